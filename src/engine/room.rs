//! Making a run's connections fit what a target has room for, before there is any load.
//!
//! A size that was asked for is kept or refused; one that throng chose gives way.

use crate::monitor::{ProbeError, beside};
use crate::plan::Plan;
use crate::plan::target::PoolSharing;

/// Connections that the session itself has beside the users': those under the run's name, and the monitor's.
fn own(plan: &Plan) -> u64 {
    beside(plan) + u64::from(plan.monitor.postgres)
}

/// How many connections a target has free.
#[derive(Debug, Clone)]
pub struct Room {
    /// How many more it would let in.
    pub free: u64,
    /// Where it is, without a password.
    pub address: String,
}

impl Room {
    /// Makes the pools of target `name` fit; says what had to change.
    ///
    /// # Errors
    /// When they can't fit, unless that was forced: a pooler in front of the target may make room.
    pub fn fit(&self, name: &str, plan: &mut Plan) -> Result<Option<String>, ProbeError> {
        let (users, personas, own) = (plan.users(), plan.personas.len() as u64, own(plan));
        let Some(pool) = plan.targets.postgres.get_mut(name).map(|target| &mut target.pool) else { return Ok(None) };
        let pools = if pool.sharing == PoolSharing::Persona { personas.max(1) } else { 1 };
        let asked_for = pool.size.is_some() || pool.sharing == PoolSharing::User;
        let wanted = pool.connections(users);
        let reserve = pool.reserve;
        let left = self.free.saturating_sub(reserve).saturating_sub(own);
        let most = if asked_for { wanted } else { wanted.min(left / pools).max(1) };
        if plan.force {
            return Ok(None);
        }
        if most * pools > left {
            let (name, address, wanted) = (name.to_owned(), self.address.clone(), most * pools + own);
            return Err(ProbeError::NoRoom { name, address, wanted, free: self.free, reserve });
        }
        if most == wanted {
            return Ok(None);
        }
        pool.size = u32::try_from(most).ok();
        // A worker without a connection of its own would starve.
        plan.workers = plan.workers.min(usize::try_from(most).unwrap_or(usize::MAX)).max(1);
        let free = self.free;
        Ok(Some(format!(
            "it has room for {free} more connections, {reserve} of them for others, so its pool has {most} instead of {wanted}"
        )))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::settings::Input;
    use crate::plan::{Layer, Machine, Origin, Settings, resolve};
    use crate::script::{Source, load};

    const SCENARIO: &str = r#"
        return {
          needs = { "postgres" },
          load = { users = 20, iterations = 1 },
          personas = { a = { run = function() end }, b = { run = function() end } },
        }"#;

    /// The size of the pool and the number of workers that come of it, or `None` when there is no room.
    fn fitted(settings: &[(&str, &str)], free: u64) -> Option<(u64, usize)> {
        let loaded = load(&Source::bundled("test", SCENARIO), 64 << 20).expect("a good scenario");
        let mut given = Settings::default();
        given.set("no_monitor", Input::Text("all"), "").expect("a good setting");
        for (name, value) in settings {
            given.set(name, Input::Text(value), "").expect("a good setting");
        }
        let layers = [Layer { origin: Origin::CommandLine, settings: given }];
        let mut plan = resolve(&loaded.scenario, None, &layers, Machine { cores: 4, seed: 1 }).expect("a good plan");
        let room = Room { free, address: String::new() };
        room.fit("postgres", &mut plan).ok()?;
        Some((plan.targets.postgres["postgres"].pool.connections(plan.users()), plan.workers))
    }

    #[test]
    fn a_size_of_throngs_own_gives_way_to_what_is_free() {
        assert_eq!(fitted(&[], 100), Some((20, 4)));
        assert_eq!(fitted(&[], 30), Some((18, 4)));
        assert_eq!(fitted(&[], 14), Some((2, 2)));
        assert_eq!(fitted(&[], 13), Some((1, 1)));
        assert_eq!(fitted(&[], 12), None);
        assert_eq!(fitted(&[("reserve", "0")], 3), Some((1, 1)));
        assert_eq!(fitted(&[("reserve", "0"), ("no_monitor", "")], 3), None);
        assert_eq!(fitted(&[("pool", "persona")], 32), Some((10, 4)));
    }

    #[test]
    fn a_size_that_was_asked_for_is_kept_or_refused() {
        assert_eq!(fitted(&[("connections", "30")], 42), Some((30, 4)));
        assert_eq!(fitted(&[("connections", "30")], 41), None);
        assert_eq!(fitted(&[("connections", "30"), ("reserve", "9")], 41), Some((30, 4)));
        assert_eq!(fitted(&[("pool", "user")], 31), None);
        assert_eq!(fitted(&[("pool", "persona"), ("connections", "10")], 31), None);
    }
}
