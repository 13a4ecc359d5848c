//! Giving connections up when others need them, and taking them back when there is room again.
//!
//! Once a second each PostgreSQL is asked how many connections the run may have there, with the reserve left to others.
//! What changes is told to all workers, each of which resizes its part of the pools.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::watch;

use super::pools;
use super::story::Tale;
use crate::monitor::Headroom;
use crate::plan::Plan;
use crate::plan::target::{PoolPlan, PoolSharing};
use crate::record::HeadroomRecord;
use crate::script::{LogLevel, Pools, Shared, Timeline};

/// How often a target is asked.
const EVERY: Duration = Duration::from_secs(1);

/// How many times in a row there must be room before connections are taken back.
const ROOM_FOR: u32 = 3;

/// How many connections each pool of a target may have, over all workers; one that is not here has all that were planned.
pub type Allowances = HashMap<String, u64>;

/// A target that is watched.
struct Watched {
    name: String,
    headroom: Headroom,
    /// Pools of this target; each gets an equal part.
    pools: u64,
    /// Connections of all of them, as planned.
    planned: u64,
    /// As it is now.
    now: u64,
    /// How many times in a row there was room for more.
    room_for_more: u32,
}

impl Watched {
    /// How many connections its pools are to have when so many are allowed: less at once, and more only when there has
    /// been room for a while, so that who comes and goes does not drag the pools along.
    fn settle(&mut self, allowed: u64) -> u64 {
        self.room_for_more = if allowed > self.now { self.room_for_more + 1 } else { 0 };
        if allowed > self.now && self.room_for_more < ROOM_FOR { self.now } else { allowed }
    }
}

/// Keeps a run within the room that its targets have.
pub struct Keeper {
    plan: Arc<Plan>,
    watched: Vec<Watched>,
    told: watch::Sender<Allowances>,
}

impl Keeper {
    /// Begins to watch what can be watched. Pools of users' own can't give anything up, and with `--force` nothing is
    /// held back.
    pub async fn open(plan: &Arc<Plan>) -> Self {
        let mut watched = Vec::new();
        for (name, target) in plan.targets.postgres.iter().filter(|(_, target)| can_give(plan, &target.pool)) {
            if let Some(headroom) = Headroom::open(target, plan).await {
                let pools = if target.pool.sharing == PoolSharing::Persona { plan.personas.len() as u64 } else { 1 };
                let planned = target.pool.connections(plan.users()) * pools;
                watched.push(Watched { name: name.clone(), headroom, pools, planned, now: planned, room_for_more: 0 });
            }
        }
        Self { plan: plan.clone(), watched, told: watch::Sender::default() }
    }

    /// What workers follow.
    pub fn told(&self) -> watch::Receiver<Allowances> {
        self.told.subscribe()
    }

    /// Asks and tells; never returns.
    pub async fn keep(mut self, timeline: Arc<Timeline>, tale: Tale, shared: Arc<Shared>) {
        loop {
            tokio::time::sleep(EVERY).await;
            for watched in &mut self.watched {
                let Some(allowed) = watched.headroom.allowed().await else { continue };
                // A worker needs a connection of each pool, or its users would starve.
                let least = self.plan.workers as u64 * watched.pools;
                let now = watched.settle(allowed.clamp(least.min(watched.planned), watched.planned));
                if now == std::mem::replace(&mut watched.now, now) {
                    continue;
                }
                self.told.send_modify(|told| {
                    told.insert(watched.name.clone(), now / watched.pools);
                });
                let (place, planned) = (format!("target `{}`", watched.name), watched.planned);
                let at_s = timeline.origin().elapsed().as_secs_f64();
                let change = HeadroomRecord { target: watched.name.clone(), at_s, connections: now, planned };
                tale.lock().finish.headroom.push(change);
                let message = match now == planned {
                    true => format!("there is room again: its pool may have all {planned} connections"),
                    false => format!("others need connections: its pool gives way to {now} of {planned}"),
                };
                shared.log().write(LogLevel::Warn, &place, &message);
            }
        }
    }
}

fn can_give(plan: &Plan, pool: &PoolPlan) -> bool {
    !plan.force && pool.sharing != PoolSharing::User
}

/// Resizes a worker's part of the pools as it is told; returns when nobody tells any more.
pub async fn follow(mut told: watch::Receiver<Allowances>, pools: &Pools, index: usize, workers: usize) {
    while told.changed().await.is_ok() {
        let allowances = told.borrow_and_update().clone();
        for (target, allowed) in allowances {
            pools.limit_postgres(&target, pools::share(allowed, index, workers) as usize);
        }
    }
}
