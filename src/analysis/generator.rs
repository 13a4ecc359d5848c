//! Whether throng itself may have been the limit, and whose scripts made it so.

use crate::record::{BusyRecord, GeneratorRecord};

/// Above this use of their cores, workers queue behind each other and every time grows.
const CPU_PERCENT: f64 = 90.0;

/// Scripts that run for more than this of a worker's time leave too little of it for all that waits.
const SCRIPTS_PERCENT: f64 = 90.0;

/// A persona that takes more than this of a worker's time is what saturates it.
const MOST_PERCENT: f64 = 50.0;

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
    let scripts =
        busiest_worker(generator).filter(|(_, percent)| *percent > SCRIPTS_PERCENT).map(|(worker, percent)| {
            format!("scripts ran on worker {worker} {percent:.0} % of the time (limit {SCRIPTS_PERCENT:.0} %)")
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
    [cpu, scripts, lag, late].into_iter().flatten().collect()
}

/// Whether throng's own work was the limit, rather than a machine that let it wait for a processor.
pub fn worked_too_much(generator: &GeneratorRecord) -> bool {
    generator.cpu_percent > CPU_PERCENT || busiest_worker(generator).is_some_and(|(_, busy)| busy > SCRIPTS_PERCENT)
}

/// The persona whose scripts took most of a worker's time, if throng's own work was the limit and one did.
pub fn saturating(generator: &GeneratorRecord) -> Option<&BusyRecord> {
    let busiest = generator.busy.iter().max_by(|a, b| a.percent.total_cmp(&b.percent));
    busiest.filter(|busy| generator.suspect && worked_too_much(generator) && busy.percent > MOST_PERCENT)
}

/// The worker whose time scripts took most of, and how much of it in percent.
fn busiest_worker(generator: &GeneratorRecord) -> Option<(usize, f64)> {
    let workers = 0..generator.busy.iter().map(|busy| busy.worker + 1).max()?;
    let share = |worker| generator.busy.iter().filter(|busy| busy.worker == worker).map(|busy| busy.percent).sum();
    workers.map(|worker| (worker, share(worker))).max_by(|(_, a): &(_, f64), (_, b)| a.total_cmp(b))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stats::Summary;

    fn busy(shares: &[(usize, &str, f64)]) -> Vec<BusyRecord> {
        let record = |&(worker, persona, percent): &_| BusyRecord { worker, persona: String::from(persona), percent };
        shares.iter().map(record).collect()
    }

    #[test]
    fn a_generator_at_ease_is_not_suspect() {
        let at_ease = GeneratorRecord {
            cpu_percent: 90.0,
            busy: busy(&[(0, "caller", 45.0), (0, "reader", 45.0), (1, "caller", 60.0)]),
            loop_lag_us: Summary { p99: 5_000, ..Summary::default() },
            late_percent: 1.0,
            ..GeneratorRecord::default()
        };
        assert!(reasons(&at_ease).is_empty());
        assert_eq!(saturating(&at_ease), None);
    }

    #[test]
    fn each_sign_of_strain_is_told() {
        let strained = GeneratorRecord {
            cpu_percent: 97.0,
            busy: busy(&[(0, "caller", 45.0), (1, "burner", 70.0), (1, "caller", 28.0)]),
            loop_lag_us: Summary { p99: 12_300, ..Summary::default() },
            late_percent: 2.5,
            ..GeneratorRecord::default()
        };
        let told = reasons(&strained).join("\n");
        for sign in ["97 %", "on worker 1 98 %", "12.3 ms", "2.5 %"] {
            assert!(told.contains(sign), "{sign}: {told}");
        }
    }

    #[test]
    fn only_a_persona_that_takes_most_of_a_worker_is_blamed() {
        let suspect = |shares| GeneratorRecord { suspect: true, busy: busy(shares), ..GeneratorRecord::default() };
        let burner = suspect(&[(0, "caller", 3.0), (1, "burner", 92.0), (1, "caller", 4.0)]);
        assert_eq!(saturating(&burner).map(|busy| (busy.worker, busy.persona.as_str())), Some((1, "burner")));
        assert_eq!(saturating(&suspect(&[(0, "caller", 40.0), (0, "reader", 45.0)])), None);
        // It came late for another reason: others had the processors.
        assert_eq!(saturating(&suspect(&[(0, "caller", 60.0)])), None);
    }
}
