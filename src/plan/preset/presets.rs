//! The presets, by what a system is for.

use super::Limit;

/// Values of limits for one kind of system.
#[derive(Debug)]
pub struct Preset {
    /// Its name.
    pub name: &'static str,
    /// What it is for.
    pub about: &'static str,
    /// Limits that are others than usual.
    pub limits: &'static [(Limit, f64)],
    /// Rules that it sets where it is asked for them.
    pub thresholds: &'static [&'static str],
}

/// The preset in force where none is named.
pub const DEFAULT: &Preset = &PRESETS[0];

const MS: f64 = 1_000.0;

/// All presets; those that judge alike but for a few limits differ from [`Limit::default_value`] in these alone.
pub const PRESETS: &[Preset] = &[
    // The membership system's load-test handbook.
    Preset {
        name: "office",
        about: "people at their desks: the rating tables of an office application's handbook",
        limits: &[],
        thresholds: &["response.p95 < 1s", "errors.rate < 1%"],
    },
    // The game server's load-test thresholds.
    Preset {
        name: "game",
        about: "a game server and its migration: 500, 1000 and 2000 ms at the mean, p95 and p99",
        limits: &[(Limit::StatementMean, 100.0 * MS), (Limit::ErrorsExcellent, 0.001), (Limit::ErrorsGood, 0.01)],
        thresholds: &["response.mean < 500ms", "response.p95 < 1s", "response.p99 < 2s", "errors.rate < 1%"],
    },
    // The finance suite's rating tables and configuration.
    Preset {
        name: "finance",
        about: "calculations for customers who wait: a tenth of a second a statement, one error in a thousand",
        limits: &[
            (Limit::ResponseExcellent, 50.0 * MS),
            (Limit::ResponseGood, 100.0 * MS),
            (Limit::ResponseFair, 200.0 * MS),
            (Limit::ThroughputExcellent, 1000.0),
            (Limit::ThroughputGood, 500.0),
            (Limit::ThroughputFair, 100.0),
            (Limit::ErrorsExcellent, 0.001),
            (Limit::ErrorsGood, 0.01),
            (Limit::ErrorsFair, 0.05),
            (Limit::StatementMean, 100.0 * MS),
        ],
        thresholds: &["response.mean < 200ms warn 100ms", "errors.rate < 5% warn 1%"],
    },
    // The write-load client: light 500 to 1,000, medium 2,000 to 5,000, heavy above 5,000 operations a second.
    Preset {
        name: "write_load",
        about: "as much as can be written: thousands of operations a second, each of many rows",
        limits: &[
            (Limit::ThroughputExcellent, 5000.0),
            (Limit::ThroughputGood, 2000.0),
            (Limit::ThroughputFair, 500.0),
            (Limit::StatementMean, 200.0 * MS),
        ],
        thresholds: &["errors.rate < 1%"],
    },
    // The archiver's criteria: more than 5,000 records a minute, hardly felt by the database, memory that does not leak.
    Preset {
        name: "archiver",
        about: "work in the background for hours: 5,000 records a minute, and hardly felt by anybody else",
        limits: &[
            (Limit::ThroughputExcellent, 10_000.0 / 60.0),
            (Limit::ThroughputGood, 5_000.0 / 60.0),
            (Limit::ThroughputFair, 2_500.0 / 60.0),
            (Limit::StatementMean, 1000.0 * MS),
            (Limit::HostImpact, 0.05),
        ],
        thresholds: &["errors.rate < 1%", "watched{source=host,sampler=processor,figure=above_idle_percent}.mean < 5%"],
    },
];

/// The preset of that name.
pub fn find(name: &str) -> Option<&'static Preset> {
    PRESETS.iter().find(|preset| preset.name == name)
}

impl Preset {
    /// A limit's value.
    pub fn value(&self, limit: Limit) -> f64 {
        let own = self.limits.iter().find(|(other, _)| *other == limit);
        own.map_or_else(|| limit.default_value(), |(_, value)| *value)
    }
}
