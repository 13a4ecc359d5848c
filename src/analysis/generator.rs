//! Whether throng itself may have been the limit.

use crate::record::GeneratorRecord;

/// Above this use of their cores, workers queue behind each other and every time grows.
const CPU_PERCENT: f64 = 90.0;

/// A loop that comes round this late adds as much to the times it takes.
const LOOP_LAG_US: u64 = 5_000;

/// More late starts than this, and the load was not the one asked for.
const LATE_PERCENT: f64 = 1.0;

/// Why the measurement is not to be trusted, one sentence each; none if it is.
pub(super) fn reasons(generator: &GeneratorRecord) -> Vec<String> {
    let cpu = (generator.cpu_percent > CPU_PERCENT).then(|| {
        format!(
            "throng's workers kept their cores busy {:.0} % of the time (limit {CPU_PERCENT:.0} %)",
            generator.cpu_percent
        )
    });
    let lag = (generator.loop_lag_us.p99 > LOOP_LAG_US).then(|| {
        format!(
            "throng's loops came round {:.1} ms late at the 99th percentile (limit {} ms)",
            generator.loop_lag_us.p99 as f64 / 1000.0,
            LOOP_LAG_US / 1000
        )
    });
    let late = (generator.late_percent > LATE_PERCENT).then(|| {
        format!(
            "{:.1} % of the iterations started late although a user was free (limit {LATE_PERCENT:.0} %)",
            generator.late_percent
        )
    });
    [cpu, lag, late].into_iter().flatten().collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stats::Summary;

    #[test]
    fn a_generator_at_ease_is_not_suspect() {
        let at_ease = GeneratorRecord {
            cpu_percent: 90.0,
            loop_lag_us: Summary { p99: 5_000, ..Summary::default() },
            late_percent: 1.0,
            ..GeneratorRecord::default()
        };
        assert!(reasons(&at_ease).is_empty());
    }

    #[test]
    fn each_sign_of_strain_is_told() {
        let strained = GeneratorRecord {
            cpu_percent: 97.0,
            loop_lag_us: Summary { p99: 12_300, ..Summary::default() },
            late_percent: 2.5,
            ..GeneratorRecord::default()
        };
        let told = reasons(&strained).join("\n");
        assert!(told.contains("97 %") && told.contains("12.3 ms") && told.contains("2.5 %"), "{told}");
    }
}
