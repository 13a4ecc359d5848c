//! Sharing connections out among workers, and looking at the pools they make.

use std::collections::{BTreeMap, HashMap};

use crate::plan::Plan;
use crate::plan::target::PoolPlan;
use crate::record::PoolKey;
use crate::script::{NamedPool, PoolStatus, Pools};
use crate::stats::PoolStats;

/// Part `index` of `parts` of `total`, as even as can be; the parts add up to the total.
pub fn share(total: u64, index: usize, parts: usize) -> u64 {
    let (index, parts) = (index as u64, parts as u64);
    total / parts + u64::from(index < total % parts)
}

/// How many connections of each target worker `index` may open.
pub fn sizes(plan: &Plan, index: usize) -> HashMap<String, usize> {
    let users = plan.users();
    let part = |pool: &PoolPlan| share(pool.connections(users), index, plan.workers) as usize;
    plan.targets.pools().map(|(name, pool)| (name.clone(), part(pool))).collect()
}

/// What a worker's pools are doing and have done. Pools of users' own appear as one.
pub fn sample(plan: &Plan, pools: &Pools) -> Vec<(PoolKey, PoolStats)> {
    let mut sampled: BTreeMap<PoolKey, PoolStats> = BTreeMap::new();
    let mut add = |key: PoolKey, status: PoolStatus| {
        sampled.entry(key).or_default().merge(&PoolStats {
            max_size: status.max_size,
            size: status.size,
            in_use: status.in_use,
            in_use_peak: status.in_use_peak,
            waiters: status.waiters,
            waiters_peak: status.waiters_peak,
            waited: status.waited,
            connects: status.connects,
            reconnects: status.reconnects,
            connect_failures: status.connect_failures,
            ..PoolStats::default()
        });
    };
    for named in pools.all_postgres() {
        add(key(plan, &named, "postgres"), named.pool.status());
    }
    for named in pools.all_redis() {
        add(key(plan, &named, "redis"), named.pool.status());
    }
    for named in pools.all_http() {
        add(key(plan, &named, "http"), named.pool.status());
    }
    for (target, kind, status) in pools.retired() {
        add(PoolKey { name: target, kind: kind.to_owned(), persona: None }, status);
    }
    sampled.into_iter().collect()
}

fn key<P>(plan: &Plan, named: &NamedPool<P>, kind: &str) -> PoolKey {
    let persona = named.persona.and_then(|persona| plan.personas.get(persona)).map(|persona| persona.name.clone());
    PoolKey { name: named.target.clone(), kind: kind.to_owned(), persona }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn shares_add_up_and_differ_by_one_at_most(total in 0u64..10_000, parts in 1usize..64) {
            let shares: Vec<u64> = (0..parts).map(|index| share(total, index, parts)).collect();
            prop_assert_eq!(shares.iter().sum::<u64>(), total);
            prop_assert!(shares.iter().max().unwrap() - shares.iter().min().unwrap() <= 1);
        }
    }
}
