//! What the monitor can tell of a plan's targets over time, as far as that is known before it has looked at them.

use super::{host, postgres, process, redis};
use crate::plan::{Outline, Plan};

/// An outline of each source that will be watched.
pub fn outlines(plan: &Plan) -> Vec<Outline> {
    let mut outlines = Vec::new();
    let mut add = |source: &str, mut samplers: Vec<_>, is_server: bool| {
        // Where a server turns out to be on this machine.
        if is_server && plan.monitor.host {
            samplers.extend(process::outline());
        }
        outlines.push(Outline { source: source.to_owned(), samplers });
    };
    if plan.monitor.postgres {
        plan.targets.postgres.keys().for_each(|name| add(name, postgres::outline(), true));
    }
    if plan.monitor.redis {
        plan.targets.redis.keys().for_each(|name| add(name, redis::outline(), true));
    }
    if plan.monitor.host {
        let source = host::source(None);
        add(&source.about.name, source.samplers.iter().filter_map(|sampler| sampler.spec().outline()).collect(), false);
    }
    outlines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_machine_and_servers_tell_what_thresholds_are_usually_on() {
        let of = |samplers: Vec<(&str, Vec<&str>)>, sampler: &str, figure: &str| {
            samplers.iter().any(|(name, figures)| *name == sampler && figures.contains(&figure))
        };
        assert!(of(postgres::outline(), "database", "commits"));
        assert!(of(redis::outline(), "memory", "used_bytes"));
        assert!(of(process::outline(), "process", "resident_bytes"));
        assert!(!of(postgres::outline(), "tables", "rows_inserted"));
    }
}
