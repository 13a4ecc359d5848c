//! Which systems are reached how, and by how many workers.

use super::super::scenario::{Need, Scenario, TargetKind};
use super::super::target::{HttpTarget, PoolPlan, PostgresTarget, RedisTarget, SecretUrl, SessionPlan, Targets};
use super::super::{Layer, Origin, PlanError};
use super::bounds::{bounded, positive};
use super::layers::Merged;
use super::values::UNNAMED;
use super::{Settings, Urls};

/// Beyond any server's limit.
const MAX_CONNECTIONS: u64 = 100_000;
/// Beyond any machine's cores.
const MAX_WORKERS: u64 = 1024;

/// The targets that the scenario needs, with the URLs that were given.
pub(super) fn targets(scenario: &Scenario, settings: &Settings) -> Result<Targets, PlanError> {
    let default = PoolPlan::default();
    let size = bounded("connections", settings.connections, MAX_CONNECTIONS)?;
    let pool = PoolPlan {
        sharing: settings.pool.unwrap_or(default.sharing),
        size: size.and_then(|size| u32::try_from(size).ok()),
        lifetime: positive("connection_lifetime", settings.connection_lifetime)?,
        acquire_timeout: positive("acquire_timeout", settings.acquire_timeout)?.unwrap_or(default.acquire_timeout),
        reserve: settings.reserve.unwrap_or(default.reserve),
    };
    let mut targets = Targets::default();
    for need in &scenario.needs {
        let pool = pool.clone();
        targets.least.extend(need.version.map(|version| (need.name.clone(), version)));
        match need.kind {
            TargetKind::Postgres => {
                let url = url_for(need, settings.postgres.as_ref());
                let statements = settings.statements.unwrap_or_default();
                let (session, server) = (SessionPlan::default(), need.settings.clone());
                targets.postgres.insert(need.name.clone(), PostgresTarget { url, statements, pool, session, server });
            }
            TargetKind::Redis => {
                let url = url_for(need, settings.redis.as_ref());
                targets.redis.insert(need.name.clone(), RedisTarget { url, pool, server: need.settings.clone() });
            }
            TargetKind::Http => {
                let url = url_for(need, settings.http.as_ref());
                targets.http.insert(need.name.clone(), HttpTarget { url, pool });
            }
        }
    }
    Ok(targets)
}

fn url_for(need: &Need, urls: Option<&Urls>) -> Option<SecretUrl> {
    urls?.0.get(&need.name).cloned()
}

/// Gives URLs without a name that of the main target of their kind, so that layers meet under one name.
pub(super) fn name_urls(scenario: &Scenario, settings: &mut Settings) {
    for kind in TargetKind::ALL {
        let Some(urls) = settings.urls_mut(kind).as_mut() else { continue };
        if let (Some(url), Some(name)) = (urls.0.remove(UNNAMED), main_target(scenario, kind)) {
            urls.0.entry(name.clone()).or_insert(url);
        }
    }
}

/// The target named after its kind, or else the only one of it.
fn main_target(scenario: &Scenario, kind: TargetKind) -> Option<&String> {
    let names: Vec<_> = scenario.needs.iter().filter(|need| need.kind == kind).map(|need| &need.name).collect();
    names.iter().find(|name| **name == kind.name()).copied().or(if names.len() == 1 { Some(names[0]) } else { None })
}

/// URLs that a scenario has no target for, by kind and name.
fn unused_urls(scenario: &Scenario, settings: &Settings) -> Vec<(TargetKind, String)> {
    let mut unused = Vec::new();
    for kind in TargetKind::ALL {
        let is_used = |name: &String| match name.as_str() {
            UNNAMED => main_target(scenario, kind).is_some(),
            _ => scenario.needs.iter().any(|need| need.kind == kind && need.name == *name),
        };
        let urls = settings.urls(kind).into_iter();
        let names = urls.flat_map(|urls| urls.0.keys()).filter(|name| !is_used(name));
        unused.extend(names.map(|name| (kind, name.clone())));
    }
    unused
}

impl Settings {
    /// Takes out the URLs that a scenario has no target for, where they may be meant for another one; returns them.
    pub fn take_unused_urls(&mut self, scenario: &Scenario) -> Vec<(TargetKind, String)> {
        let unused = unused_urls(scenario, self);
        for (kind, name) in &unused {
            let urls = self.urls_mut(*kind);
            *urls = urls.take().and_then(|mut urls| {
                urls.0.remove(name);
                (!urls.0.is_empty()).then_some(urls)
            });
        }
        unused
    }
}

/// Refuses URLs on the command line that nothing would use; elsewhere they may be meant for other scenarios.
pub(super) fn check_urls(scenario: &Scenario, layer: &Layer) -> Result<(), PlanError> {
    if layer.origin != Origin::CommandLine {
        return Ok(());
    }
    let Some((kind, name)) = unused_urls(scenario, &layer.settings).into_iter().next() else { return Ok(()) };
    let of_name = if name == UNNAMED { String::new() } else { format!(" `{name}`") };
    let needed = scenario.needs.iter().filter(|need| need.kind == kind);
    let needed: Vec<String> = needed.map(|need| format!("`{}=URL`", need.name)).collect();
    let hint = match needed.as_slice() {
        [] => "\nhint: its `needs` does not name one".to_owned(),
        names => format!("\nhint: say which: {}", names.join(", ")),
    };
    Err(PlanError::UnknownTarget { scenario: scenario.name.clone(), kind: kind.name(), of_name, hint })
}

/// A worker a core, but never more than users or connections, so that none starves.
///
/// A number in a file or variable is meant for the machine and gives way to a
/// small load; one on the command line is meant for this run, and is refused.
pub(super) fn workers(merged: &Merged, users: u64, targets: &Targets, cores: usize) -> Result<usize, PlanError> {
    let connections = targets.pools().map(|(_, pool)| pool.connections(users)).min().unwrap_or(u64::MAX);
    let (most, what) = if users <= connections { (users, "users") } else { (connections, "connections") };
    let asked = bounded("workers", merged.settings.workers, MAX_WORKERS)?;
    match asked {
        Some(workers) if workers > most && merged.origins.get("workers") == Some(&Origin::CommandLine) => {
            Err(PlanError::TooManyWorkers { workers, most, what })
        }
        _ => Ok(asked.unwrap_or(cores as u64).min(most).clamp(1, MAX_WORKERS) as usize),
    }
}
