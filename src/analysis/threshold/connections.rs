//! What became of the connections of all pools, over the run.

use super::course::{Course, CourseStat};
use crate::record::PoolKey;
use crate::stats::PoolStats;

/// What can be asked of connections.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ConnectionStat {
    /// Attempts to connect that failed, and connections that had to be opened in place of lost ones.
    Errors,
    /// Still in use when the users had gone.
    Held,
    /// How many are open.
    Open(CourseStat),
    /// Connections in use by those that the pool may have, of the fullest pool at each moment.
    Use(CourseStat),
}

impl ConnectionStat {
    /// Reads `errors`, `held`, `use`, `use.max`, or a statistic of how many are open.
    pub fn parse(text: &str) -> Option<Self> {
        match text {
            "errors" => Some(Self::Errors),
            "held" => Some(Self::Held),
            "use" => Some(Self::Use(CourseStat::Mean)),
            text => match text.strip_prefix("use.") {
                Some(stat) => CourseStat::parse(stat).map(Self::Use),
                None => CourseStat::parse(text).map(Self::Open),
            },
        }
    }
}

/// What was seen of them so far.
#[derive(Debug, Clone, Default)]
pub(super) struct Connections {
    errors: u64,
    held: u64,
    /// How many were open, by interval.
    open: Course,
    /// How much of the fullest pool was in use, likewise.
    used: Course,
}

impl Connections {
    /// The pools at the end of an interval, which counts for the course if it is `measured`.
    pub(super) fn of(pools: &[(PoolKey, PoolStats)], measured: bool) -> Self {
        let sum = |figure: fn(&PoolStats) -> u64| pools.iter().map(|(_, pool)| figure(pool)).sum::<u64>();
        let point = |value: f64| if measured { Course::one(value) } else { Course::default() };
        let used = pools.iter().filter(|(_, pool)| pool.max_size > 0);
        let used = used.map(|(_, pool)| pool.in_use as f64 / pool.max_size as f64).reduce(f64::max);
        Self {
            errors: sum(|pool| pool.connect_failures + pool.reconnects),
            held: sum(|pool| pool.in_use),
            open: point(sum(|pool| pool.size) as f64),
            used: used.map(point).unwrap_or_default(),
        }
    }

    /// Adds what came later: counts are since the start of the run.
    pub(super) fn merge(&mut self, later: &Self) {
        (self.errors, self.held) = (later.errors, later.held);
        self.open.extend(&later.open);
        self.used.extend(&later.used);
    }

    /// The figure, if there is one.
    pub(super) fn value(&self, stat: ConnectionStat) -> Option<f64> {
        match stat {
            ConnectionStat::Errors => Some(self.errors as f64),
            ConnectionStat::Held => Some(self.held as f64),
            ConnectionStat::Open(stat) => self.open.value(stat),
            ConnectionStat::Use(stat) => self.used.value(stat),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pools(size: u64, in_use: u64, reconnects: u64) -> [(PoolKey, PoolStats); 2] {
        let stats = PoolStats { size, in_use, reconnects, connect_failures: 1, ..PoolStats::default() };
        let key = |name: &str| PoolKey { name: name.into(), kind: "postgres".into(), persona: None };
        [(key("a"), stats.clone()), (key("b"), PoolStats { reconnects: 0, ..stats })]
    }

    #[test]
    fn counts_are_the_latest_and_what_is_open_is_a_course() {
        let mut seen = Connections::default();
        for (size, measured) in [(9, false), (5, true), (6, true), (4, false)] {
            seen.merge(&Connections::of(&pools(size, size - 4, size / 3), measured));
        }
        assert_eq!(seen.value(ConnectionStat::Errors), Some(3.0));
        assert_eq!(seen.value(ConnectionStat::Held), Some(0.0));
        assert_eq!(seen.value(ConnectionStat::Open(CourseStat::Max)), Some(12.0));
        assert_eq!(
            seen.value(ConnectionStat::Open(CourseStat::Growth)).map(|growth| (growth * 10.0).round()),
            Some(2.0)
        );
    }

    #[test]
    fn use_is_that_of_the_fullest_pool() {
        let mut seen = Connections::default();
        for (in_use, measured) in [([10, 10], false), ([2, 5], true), ([9, 1], true)] {
            let of = |(place, in_use): (usize, u64)| {
                let key = PoolKey { name: place.to_string(), kind: "postgres".into(), persona: None };
                (key, PoolStats { max_size: 10, size: 10, in_use, ..PoolStats::default() })
            };
            let pools: Vec<_> = in_use.into_iter().enumerate().map(of).collect();
            seen.merge(&Connections::of(&pools, measured));
        }
        assert_eq!(seen.value(ConnectionStat::Use(CourseStat::Mean)), Some(0.7));
        assert_eq!(seen.value(ConnectionStat::Use(CourseStat::Max)), Some(0.9));
        assert_eq!(ConnectionStat::parse("use"), Some(ConnectionStat::Use(CourseStat::Mean)));
        assert_eq!(ConnectionStat::parse("use.max"), Some(ConnectionStat::Use(CourseStat::Max)));
    }

    #[test]
    fn a_long_course_keeps_its_mean_its_peaks_and_its_end_in_few_points() {
        let mut seen = Connections::default();
        for second in 0..10_000_u64 {
            let size = if second == 5_000 { 40 } else { 1 + second % 2 };
            seen.merge(&Connections::of(&pools(size, 0, 0), true));
        }
        let value = |stat| seen.value(ConnectionStat::Open(stat)).expect("there are points");
        let mean = value(CourseStat::Mean);
        // Two pools of 1 or 2 each, and once 40 instead of 1.
        assert!((mean - (3.0 + 78.0 / 10_000.0)).abs() < 1e-9, "{mean}");
        assert_eq!([CourseStat::Max, CourseStat::Min, CourseStat::Last].map(value), [80.0, 2.0, 4.0]);
    }
}
