//! A staircase of loads, the curve through it, and what follows for more users.
//!
//! The curve is that of users against throughput. Response time follows from it by Little's law, N = X · (R + Z): what of a
//! user's cycle is not response is thinking, which is taken from the steps themselves and held to be the same at every load.

use super::advice::recommendation;
use super::staircase::steps;
use super::usl::{Usl, fit, usl};
use crate::plan::safety::is_here;
use crate::plan::target::SecretUrl;
use crate::record::{CurveRecord, Record, ScalingRecord, ScalingStep};

/// Below these the curve is no good description of what was measured.
const GOOD_R_SQUARED: f64 = 0.95;
const GOOD_RESIDUAL: f64 = 0.1;

/// Above this share of failures a step tells of errors rather than of work.
const TOO_MANY_ERRORS: f64 = 0.01;

/// Above this the generator has no time left to be punctual; the bound of the generator's own check.
const BUSY_PERCENT: f64 = 90.0;

/// Beyond so many times the most users measured, a curve says nothing that could be relied on.
const FAR: f64 = 2.0;

/// While the most users do more than this part of what they would unhindered, no limit has shown itself.
const UNHINDERED: f64 = 0.9;

/// Fills in how the system scaled, where the run is a staircase.
pub(super) fn fill(record: &mut Record) {
    record.scaling = scaling_of(record);
}

fn scaling_of(record: &Record) -> Option<ScalingRecord> {
    let (target_us, to) = (record.load.scale_target_us, record.load.scale_to);
    let steps = steps(record, target_us);
    // One or two levels are a load with a ramp, of which nobody wants to know how it scales.
    if steps.len() < 3 {
        return None;
    }
    let think_us = thinking(&steps);
    let law = usl(&loads(&steps));
    let curve = law.ok().map(|law| curve(&law, &steps, think_us, target_us, to));
    let mut scaling = ScalingRecord {
        warnings: warnings(record, &steps, law.ok().as_ref(), to),
        refused: law.err().map(|error| error.to_string()),
        recommendation: String::new(),
        steps,
        target_us,
        to,
        think_us,
        curve,
    };
    scaling.recommendation = recommendation(&scaling, law.ok().as_ref());
    Some(scaling)
}

fn loads(steps: &[ScalingStep]) -> Vec<(f64, f64)> {
    steps.iter().map(|step| (step.users as f64, step.throughput_per_s)).collect()
}

/// What of an operation's cycle is not response, by Little's law: the median over the steps, in µs.
fn thinking(steps: &[ScalingStep]) -> f64 {
    let rest = |step: &ScalingStep| {
        let ended_per_s = step.throughput_per_s / (1.0 - step.error_rate).max(f64::MIN_POSITIVE);
        (step.users as f64 / ended_per_s * 1e6 - step.response_mean_us).max(0.0)
    };
    let mut rests: Vec<f64> = steps.iter().map(rest).filter(|rest| rest.is_finite()).collect();
    rests.sort_by(f64::total_cmp);
    rests.get(rests.len() / 2).copied().unwrap_or(0.0)
}

fn curve(law: &Usl, steps: &[ScalingStep], think_us: f64, target_us: f64, to: u64) -> CurveRecord {
    let cycle_s = (target_us + think_us) / 1e6;
    let capacity = law.users_at_cycle(cycle_s);
    let loads = loads(steps);
    let without_one = (0..loads.len()).filter_map(|left_out| {
        let mut rest = loads.clone();
        rest.remove(left_out);
        fit(&rest).ok().map(|law| law.users_at_cycle(cycle_s))
    });
    // No limit is more than any.
    let mut capacities: Vec<f64> =
        without_one.chain([capacity]).map(|capacity| capacity.unwrap_or(f64::INFINITY)).collect();
    capacities.sort_by(f64::total_cmp);
    let limited = |capacity: Option<&f64>| capacity.copied().filter(|capacity| capacity.is_finite());
    let at = to as f64;
    CurveRecord {
        lambda_per_s: law.lambda,
        sigma: law.sigma,
        kappa: law.kappa,
        r_squared: law.r_squared,
        residual: law.residual,
        peak_users: law.peak(),
        peak_throughput_per_s: law.peak().map(|peak| law.throughput(peak)),
        capacity,
        capacity_low: limited(capacities.first()),
        capacity_high: limited(capacities.last()),
        throughput_at_per_s: law.throughput(at),
        response_at_us: (at / law.throughput(at) * 1e6 - think_us).max(0.0),
        extrapolated: at > most(steps),
    }
}

/// The most users that were measured.
pub(super) fn most(steps: &[ScalingStep]) -> f64 {
    steps.last().map_or(0.0, |step| step.users as f64)
}

fn warnings(record: &Record, steps: &[ScalingStep], law: Option<&Usl>, to: u64) -> Vec<String> {
    let mut warnings = Vec::new();
    let users = |bad: &dyn Fn(&ScalingStep) -> bool| {
        steps.iter().filter(|step| bad(step)).map(|step| step.users.to_string()).collect::<Vec<_>>().join(", ")
    };
    let busy = users(&|step| step.generator_cpu_percent > BUSY_PERCENT);
    if !busy.is_empty() {
        warnings.push(format!(
            "at {busy} users throng itself had no processor time left: what bends the curve there may be throng"
        ));
    } else if record.generator.suspect {
        warnings.push("throng itself may have been the limit in part of the run, and so of the curve".to_owned());
    }
    let failing = users(&|step| step.error_rate > TOO_MANY_ERRORS);
    if !failing.is_empty() {
        warnings.push(format!(
            "at {failing} users more than 1 % of the operations failed: the curve counts only those that succeeded"
        ));
    }
    if record.targets.iter().any(|target| is_here(&SecretUrl::new(target.address.as_str()))) {
        warnings.push(
            "target and users shared this machine: the curve is that of both together, on this machine".to_owned(),
        );
    }
    if let Some(law) = law {
        if law.r_squared < GOOD_R_SQUARED || law.residual > GOOD_RESIDUAL {
            warnings.push(format!(
                "the curve fits badly (R² {:.3}, errors of {:.0} %): take its figures for no more than a hint, and play longer steps",
                law.r_squared,
                100.0 * law.residual
            ));
        }
        let beyond = to as f64 / most(steps);
        if beyond > FAR {
            warnings.push(format!(
                "{to} users are {beyond:.1} times the most that were measured: so far out the curve is a guess"
            ));
        }
        if !is_bent(law, steps) {
            warnings.push(format!(
                "throughput still grew with the users at {}: no limit has shown itself, so where it lies is not known",
                most(steps)
            ));
        }
    }
    warnings
}

/// Whether the most users did notably less than they would have unhindered.
pub(super) fn is_bent(law: &Usl, steps: &[ScalingStep]) -> bool {
    law.throughput(most(steps)) < UNHINDERED * law.lambda * most(steps)
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::analysis::{Ending, conclude};
    use crate::record::{Collector, Finish, GroupRecord, IntervalInput, LoadRecord, MAIN, PhaseRecord, TargetRecord};
    use crate::stats::{Outcome, Recorder, Sample};

    const LAW: Usl = Usl { lambda: 10.0, sigma: 0.004, kappa: 0.000_01, r_squared: 1.0, residual: 0.0 };
    const STEPS: [u64; 6] = [10, 25, 50, 100, 200, 400];
    const THINK_US: f64 = 90_000.0;
    /// Seconds of each step.
    const HELD: u64 = 5;

    /// What a run measures of a system that follows a law exactly, with so much processor time of the generator and one of so
    /// many operations failing.
    struct Run {
        law: Usl,
        steps: Vec<u64>,
        to: u64,
        cpu_percent: f64,
        fails: u64,
        address: &'static str,
    }

    impl Default for Run {
        fn default() -> Self {
            let address = "postgres://me@db.example/app";
            Self { law: LAW, steps: STEPS.to_vec(), to: 4000, cpu_percent: 20.0, fails: u64::MAX, address }
        }
    }

    impl Run {
        fn record(&self) -> Record {
            let (mut collector, mut recorder) = (Collector::default(), Recorder::default());
            let mut second = 0;
            for users in &self.steps {
                let per_s = self.law.throughput(*users as f64);
                let response_us = (*users as f64 / per_s * 1e6 - THINK_US) as u64;
                for at in 0..HELD {
                    let cell = recorder.cell("reader", "list", MAIN);
                    // While a step settles, much more goes wrong than later.
                    let settles = if at == 0 { 2 } else { 1 };
                    for number in 0..per_s.round() as u64 {
                        let failed = (number + 1) % self.fails == 0;
                        let outcome = if failed { Outcome::Failed } else { Outcome::Succeeded };
                        let response_us = response_us * settles;
                        let sample = Sample {
                            target_us: 0,
                            outcome,
                            response_us,
                            wait_us: 0,
                            pool_us: 0,
                            retries: 0,
                            rows: 0,
                            bytes: 0,
                        };
                        recorder.operation(cell, &sample);
                    }
                    collector.add(&IntervalInput {
                        start: Duration::from_secs(second),
                        length: Duration::from_secs(1),
                        phase: MAIN,
                        figures: &recorder.swap(*users),
                        pools: &[],
                        cpu_percent: self.cpu_percent,
                    });
                    second += 1;
                }
            }
            let groups = vec![GroupRecord { users: 400, staged: true, ..GroupRecord::default() }];
            let load = LoadRecord { groups, scale_to: self.to, scale_target_us: 500_000.0, ..LoadRecord::default() };
            let (name, kind, address) = ("postgres".to_owned(), "postgres".to_owned(), self.address.to_owned());
            let targets = vec![TargetRecord { name, kind, version: None, address }];
            let phases = vec![PhaseRecord::new(MAIN, 0.0, second as f64)];
            let mut record = collector.finish(Finish { load, targets, phases, ..Finish::default() });
            conclude(&mut record, &Ending::Completed);
            record
        }

        fn scaling(&self) -> ScalingRecord {
            self.record().scaling.expect("a staircase")
        }
    }

    #[test]
    fn every_step_is_found_without_the_second_in_which_it_settles() {
        let scaling = Run::default().scaling();
        assert_eq!(scaling.steps.iter().map(|step| step.users).collect::<Vec<_>>(), STEPS);
        for step in &scaling.steps {
            let per_s = LAW.throughput(step.users as f64);
            assert_eq!((step.seconds, step.error_rate), (4.0, 0.0));
            assert!((step.throughput_per_s - per_s).abs() < 1.0, "{step:?}");
            let mean = step.users as f64 / per_s * 1e6 - THINK_US;
            assert!((step.response_mean_us - mean).abs() <= 1.0, "{step:?}");
            assert!((step.response_p95_us as f64 / mean - 1.0).abs() < 0.01, "{step:?}");
            assert_eq!(step.linear_capacity, 500_000.0 / step.response_mean_us * step.users as f64);
        }
        assert!((scaling.think_us / THINK_US - 1.0).abs() < 0.02, "{}", scaling.think_us);
    }

    #[test]
    fn the_curve_tells_capacity_peak_and_what_lies_beyond_the_measured() {
        let scaling = Run::default().scaling();
        let curve = scaling.curve.expect("six steps");
        let cycle_s = (500_000.0 + THINK_US) / 1e6;
        let capacity = LAW.users_at_cycle(cycle_s).expect("a limit");
        assert!((curve.capacity.expect("a limit") / capacity - 1.0).abs() < 0.03, "{curve:?}");
        assert!(curve.capacity_low <= curve.capacity && curve.capacity <= curve.capacity_high, "{curve:?}");
        assert!((curve.peak_users.expect("a peak") / LAW.peak().expect("a peak") - 1.0).abs() < 0.05, "{curve:?}");
        assert!(curve.extrapolated && curve.response_at_us > scaling.target_us);
        assert!(scaling.recommendation.starts_with("for 4000 users the system must bear "), "{scaling:?}");
        assert_eq!(
            scaling.warnings,
            ["4000 users are 10.0 times the most that were measured: so far out the curve is a guess"]
        );
    }

    #[test]
    fn users_that_were_measured_within_the_target_are_no_guess() {
        let scaling = Run { to: 200, ..Run::default() }.scaling();
        assert!(!scaling.curve.expect("six steps").extrapolated);
        assert_eq!(scaling.recommendation, "200 users are served within the target, and were measured");
        assert!(scaling.warnings.is_empty(), "{:?}", scaling.warnings);
    }

    #[test]
    fn users_between_two_steps_were_not_measured() {
        let scaling = Run { to: 150, ..Run::default() }.scaling();
        assert!(scaling.recommendation.ends_with("but not at 150 itself"), "{}", scaling.recommendation);
    }

    #[test]
    fn a_system_that_is_too_slow_for_its_first_users_has_no_room_for_more() {
        let law = Usl { lambda: 1.0 / 0.89, sigma: 0.0, kappa: 0.0, ..LAW };
        let scaling = Run { law, ..Run::default() }.scaling();
        assert!(scaling.recommendation.starts_with("10 users, the fewest measured, already"), "{scaling:?}");
    }

    #[test]
    fn what_was_measured_over_the_target_outweighs_the_curve_and_nothing_is_no_divisor() {
        let mut scaling = Run { to: 200, ..Run::default() }.scaling();
        scaling.steps[3].response_mean_us = 600_000.0;
        let said = recommendation(&scaling, Some(&LAW));
        assert!(said.contains("but 100 waited longer than the target when measured"), "{said}");
        if let Some(curve) = &mut scaling.curve {
            curve.capacity = Some(0.0);
        }
        let said = recommendation(&scaling, Some(&LAW));
        assert!(said.contains("not even one is served") && !said.contains("times"), "{said}");
    }

    #[test]
    fn fewer_than_five_steps_make_no_curve_and_one_or_two_are_no_staircase() {
        let scaling = Run { steps: vec![10, 20, 40, 80], ..Run::default() }.scaling();
        assert_eq!(scaling.curve, None);
        assert_eq!(scaling.refused.as_deref(), Some("a curve needs at least 5 different loads, there were 4"));
        assert!(scaling.recommendation.starts_with("play at least 5"), "{}", scaling.recommendation);
        assert_eq!(Run { steps: vec![10, 20], ..Run::default() }.record().scaling, None);
    }

    #[test]
    fn what_makes_a_curve_doubtful_is_said() {
        let law = Usl { sigma: 0.0, kappa: 0.0, ..LAW };
        let jumps = Usl { sigma: 0.4, ..LAW };
        let says = |run: Run, what: &str| {
            let warnings = run.scaling().warnings;
            assert!(warnings.iter().any(|warning| warning.contains(what)), "{what}: {warnings:?}");
        };
        says(Run { cpu_percent: 95.0, ..Run::default() }, "400 users throng itself had no processor time left");
        says(Run { fails: 50, ..Run::default() }, "more than 1 % of the operations failed");
        says(Run { address: "postgres://me@127.0.0.1:5432/app", ..Run::default() }, "shared this machine");
        says(Run { law, ..Run::default() }, "no limit has shown itself");
        // Steps that contradict each other.
        let mut contradictory = Run { law: jumps, ..Run::default() }.record();
        for (place, interval) in contradictory.intervals.iter_mut().enumerate() {
            interval.operations_succeeded *= 1 + (place as u64 / HELD) % 2 * 3;
        }
        let warnings = scaling_of(&contradictory).expect("a staircase").warnings;
        assert!(warnings.iter().any(|warning| warning.contains("the curve fits badly")), "{warnings:?}");
    }

    #[test]
    fn where_nothing_bends_the_curve_nothing_is_promised() {
        let law = Usl { sigma: 0.0, kappa: 0.0, ..LAW };
        let scaling = Run { law, ..Run::default() }.scaling();
        assert!(scaling.recommendation.starts_with("play more users"), "{}", scaling.recommendation);
    }

    #[test]
    fn a_load_without_stages_is_no_staircase() {
        let mut record = Run::default().record();
        record.load.groups[0].staged = false;
        assert_eq!(scaling_of(&record), None);
    }
}
