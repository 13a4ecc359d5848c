//! The systems under test, made ready: throwaway servers where no URL is given, and a look at each.

use super::room::Room;
use crate::monitor::{self, ProbeError};
use crate::plan::Plan;
use crate::plan::target::{Guard, PoolSharing, ServerSettings};
use crate::record::TargetRecord;
use crate::servers::{Kept, PostgresOptions, RedisOptions, ServerError, ThrowawayPostgres, ThrowawayRedis};

/// Connections that a throwaway PostgreSQL has beyond those of the pools: setup's, and for looking at it by hand.
const SPARE_CONNECTIONS: u32 = 20;

/// Throwaway servers that a run started; dropped, they are gone.
#[derive(Default)]
pub struct Throwaway {
    postgres: Vec<ThrowawayPostgres>,
    redis: Vec<ThrowawayRedis>,
}

impl Throwaway {
    /// Starts a server for each target of `plan` without a URL, set up as the scenario has it, and fills the URLs in.
    /// Settings that are left in `plan` are of servers that throng does not start.
    ///
    /// # Errors
    /// When a server can't be started, for instance because none is installed.
    pub fn start(plan: &mut Plan) -> Result<Self, ServerError> {
        let mut started = Self::default();
        let connections = connections(plan);
        for target in plan.targets.postgres.values_mut().filter(|target| target.url.is_none()) {
            let options = PostgresOptions::default();
            let max_connections = options.max_connections.max(connections + SPARE_CONNECTIONS);
            let server = ThrowawayPostgres::start(&PostgresOptions {
                max_connections,
                settings: std::mem::take(&mut target.server).into_iter().collect(),
                ..options
            })?;
            target.url = Some(server.url());
            started.postgres.push(server);
        }
        for target in plan.targets.redis.values_mut().filter(|target| target.url.is_none()) {
            let settings = std::mem::take(&mut target.server).into_iter().collect();
            let server = ThrowawayRedis::start(&RedisOptions { settings, ..RedisOptions::default() })?;
            target.url = Some(server.url());
            started.redis.push(server);
        }
        Ok(started)
    }

    /// Leaves the servers running, and says how to reach and remove each.
    pub fn keep(self) -> Vec<Kept> {
        let postgres = self.postgres.into_iter().map(ThrowawayPostgres::keep);
        postgres.chain(self.redis.into_iter().map(ThrowawayRedis::keep)).collect()
    }
}

/// What is to be said of targets whose servers a scenario would have set up, but which throng did not start, by target.
pub fn not_set_up(plan: &Plan) -> Vec<(String, String)> {
    let postgres = plan.targets.postgres.iter().map(|(name, target)| (name, &target.server));
    let all = postgres.chain(plan.targets.redis.iter().map(|(name, target)| (name, &target.server)));
    let note = |server: &ServerSettings| {
        let settings: Vec<_> = server.iter().map(|(name, value)| format!("`{name} = {value}`")).collect();
        format!("the scenario means a server with {}; only one that throng starts is set up so", settings.join(", "))
    };
    all.filter(|(_, server)| !server.is_empty()).map(|(name, server)| (name.clone(), note(server))).collect()
}

/// Most connections that one target may see.
fn connections(plan: &Plan) -> u32 {
    let users = plan.users();
    let pools = plan.targets.postgres.values().map(|target| {
        let pools = if target.pool.sharing == PoolSharing::Persona { plan.personas.len() as u64 } else { 1 };
        target.pool.connections(users) * pools
    });
    u32::try_from(pools.max().unwrap_or(0)).unwrap_or(u32::MAX / 2)
}

/// An id for a run, short enough to be read aloud.
pub fn run_id() -> String {
    let mut id = uuid::Uuid::new_v4().simple().to_string();
    id.truncate(8);
    id
}

/// What a look at all targets found.
pub struct Seen {
    /// What the record says of them.
    pub records: Vec<TargetRecord>,
    /// What each PostgreSQL has to offer a run, by target.
    offers: Vec<(String, Offer)>,
}

/// What a PostgreSQL has to offer a run.
struct Offer {
    /// Its room for connections, if it tells.
    room: Option<Room>,
    /// What it can look after itself.
    guard: Guard,
    /// Where it is, if its database is marked as production.
    production: Option<String>,
    /// Other runs of throng that play against it now.
    other_runs: Vec<String>,
}

impl Seen {
    /// Has a plan take what its targets offer, and no more; gives what is to be said of it, by target.
    ///
    /// # Errors
    /// When a target has no room for the connections that were asked for, or is marked as production.
    pub fn fit(&self, plan: &mut Plan) -> Result<Vec<(String, String)>, ProbeError> {
        let mut notes = Vec::new();
        for (name, offer) in &self.offers {
            if let Some(address) = offer.production.clone().filter(|_| !plan.force) {
                return Err(ProbeError::Production { name: name.clone(), address });
            }
            if let Some(target) = plan.targets.postgres.get_mut(name) {
                target.session.guard = offer.guard;
            }
            if !offer.other_runs.is_empty() {
                let runs = offer.other_runs.join("`, `");
                notes.push((name.clone(), format!("another run of throng has connections to it: `{runs}`")));
            }
            let fitted = offer.room.as_ref().map_or(Ok(None), |room| room.fit(name, plan))?;
            notes.extend(fitted.map(|note| (name.clone(), note)));
        }
        Ok(notes)
    }
}

/// Looks at every target once.
///
/// # Errors
/// The first that can't be reached, refuses, or is too old.
pub async fn look(plan: &Plan) -> Result<Seen, ProbeError> {
    let mut seen = Seen { records: Vec::new(), offers: Vec::new() };
    for (name, target) in &plan.targets.postgres {
        let probed = monitor::probe::postgres(name, target, &plan.limits).await?;
        monitor::probe::check_version(name, &probed, plan.targets.least.get(name).copied())?;
        let room = probed.room.map(|free| Room { free, address: probed.address.clone() });
        let production = probed.production.then(|| probed.address.clone());
        let offer = Offer { room, guard: probed.guard, production, other_runs: probed.other_runs.clone() };
        seen.offers.push((name.clone(), offer));
        seen.records.push(record(name, "postgres", probed));
    }
    for (name, target) in &plan.targets.redis {
        let probed = monitor::probe::redis(name, target, &plan.limits).await?;
        monitor::probe::check_version(name, &probed, plan.targets.least.get(name).copied())?;
        seen.records.push(record(name, "redis", probed));
    }
    for (name, target) in &plan.targets.http {
        let address = monitor::probe::http(name, target, &plan.limits).await?;
        seen.records.push(TargetRecord { name: name.clone(), kind: "http".to_owned(), version: None, address });
    }
    Ok(seen)
}

fn record(name: &str, kind: &str, probed: monitor::Probed) -> TargetRecord {
    TargetRecord {
        name: name.to_owned(),
        kind: kind.to_owned(),
        version: Some(probed.version),
        address: probed.address,
    }
}
