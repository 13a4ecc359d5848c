//! Figures of what the monitor saw, judged when the run is over: `memory.max`, `cpu.mean`, or any series by its name.
//!
//! What is to be compared with a limit is a number in a plain unit: counters are taken a second, processor time (`cpu_us`)
//! and per cents (`…_percent`) as shares, so that `100%` of `cpu_us` is one core that is never idle.

use super::course::CourseStat;
use super::rule::Rule;
use crate::record::{MonitorRecord, PhaseRecord, Reading, SamplerData, SeriesRecord, ThresholdUnit};

/// One figure of a series, and what is asked of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Watched {
    /// The source, by its name.
    pub source: String,
    /// The sampler.
    pub sampler: String,
    /// Its figure.
    pub figure: String,
    /// What is asked of its readings.
    pub stat: CourseStat,
}

impl Watched {
    /// A figure of throng's own process.
    pub(super) fn memory(stat: CourseStat) -> Self {
        Self::new("host", "throng", "resident_bytes", stat)
    }

    /// How busy the processors of the machine are.
    pub(super) fn processors(stat: CourseStat) -> Self {
        Self::new("host", "processor", "busy_percent", stat)
    }

    /// Any figure.
    pub(super) fn new(source: &str, sampler: &str, figure: &str, stat: CourseStat) -> Self {
        Self { source: source.to_owned(), sampler: sampler.to_owned(), figure: figure.to_owned(), stat }
    }

    /// The unit that it is compared in.
    pub(super) fn unit(&self) -> ThresholdUnit {
        match self.figure.as_str() {
            _ if self.stat == CourseStat::Growth => ThresholdUnit::Share,
            "cpu_us" => ThresholdUnit::Share,
            name if name.ends_with("_percent") => ThresholdUnit::Share,
            name if name.ends_with("_bytes") => ThresholdUnit::Bytes,
            _ => ThresholdUnit::Own,
        }
    }

    /// What makes a reading one of that unit.
    fn scale(&self) -> f64 {
        match self.figure.as_str() {
            "cpu_us" => 1e-6,
            name if name.ends_with("_percent") => 1e-2,
            _ => 1.0,
        }
    }

    /// The figure over the phases that `rule` is measured over; none if nothing was seen then.
    pub(super) fn value(&self, rule: &Rule, phases: &[PhaseRecord], monitor: &MonitorRecord) -> Option<f64> {
        let source = monitor.sources.iter().find(|source| source.name == self.source)?;
        let sampler = source.samplers.iter().find(|sampler| sampler.name == self.sampler)?;
        let SamplerData::Series(series) = &sampler.data else { return None };
        let wanted = |at_s: f64| {
            let within = |phase: &&PhaseRecord| at_s >= phase.from_s && at_s < phase.to_s;
            phases.iter().filter(within).any(|phase| rule.is_measured_over(phase))
        };
        self.stat.of(&self.readings(series, wanted)?)
    }

    /// The readings at the times that are wanted. A counter's is what it rose by a second, and stands for the time since
    /// the one before.
    fn readings(&self, series: &SeriesRecord, wanted: impl Fn(f64) -> bool) -> Option<Vec<Reading>> {
        let points = series.points.get(&self.figure)?;
        let scale = self.scale();
        if !series.counters.contains_key(&self.figure) {
            let scaled = |Reading { min, mean, max, last, weight }| Reading {
                min: min * scale,
                mean: mean * scale,
                max: max * scale,
                last: last * scale,
                weight,
            };
            let known = series.readings(&self.figure).into_iter().filter(|(at_s, _)| wanted(*at_s));
            return Some(known.map(|(_, reading)| scaled(reading)).collect());
        }
        let known = series.at_s.iter().zip(points).enumerate();
        let risen = known.filter_map(|(at, (at_s, rise))| {
            let since_s = *series.at_s.get(at.checked_sub(1)?)?;
            let length_s = at_s - since_s;
            let per_s = (*rise)? * scale / length_s;
            (length_s > 0.0 && wanted(since_s + length_s / 2.0)).then(|| Reading::one(per_s, length_s))
        });
        Some(risen.collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::record::{SamplerRecord, SourceRecord, WARM_UP};

    /// A machine that is looked at every second: for two of a warm-up, four of `before`, six of `while`.
    fn seen() -> (MonitorRecord, Vec<PhaseRecord>) {
        let at_s: Vec<f64> = (0..=12).map(f64::from).collect();
        let gauge = |value: &dyn Fn(f64) -> f64| at_s.iter().map(|at| Some(value(*at))).collect::<Vec<_>>();
        let mut resident = gauge(&|at| 100e6 + at * 10e6);
        resident[7] = None;
        let busy = gauge(&|at| if at < 6.0 { 20.0 } else { 30.0 });
        // Half a core before, a whole one while.
        let used = gauge(&|at| if at <= 6.0 { 0.5e6 } else { 1e6 });
        let sampler = |name: &str, figure: &str, points: Vec<Option<f64>>, counter: bool| {
            let mut series = SeriesRecord { at_s: at_s.clone(), ..SeriesRecord::default() };
            series.points.insert(figure.to_owned(), points);
            if counter {
                series.counters.insert(figure.to_owned(), 0.0);
            }
            let data = SamplerData::Series(series);
            SamplerRecord { name: name.into(), period_s: 1.0, samples: 13, failed: 0, took_us: 1, resets: 0, data }
        };
        let source = |name: &str, samplers| SourceRecord { name: name.into(), samplers, ..SourceRecord::default() };
        let host = vec![
            sampler("throng", "resident_bytes", resident, false),
            sampler("processor", "busy_percent", busy, false),
        ];
        let server = vec![sampler("process", "cpu_us", used, true)];
        let sources = vec![source("host", host), source("postgres", server)];
        let phase = PhaseRecord::new;
        let phases = vec![phase(WARM_UP, 0.0, 2.0), phase("before", 2.0, 6.0), phase("while", 6.0, 13.0)];
        (MonitorRecord { sources, ..MonitorRecord::default() }, phases)
    }

    fn observed(text: &str) -> Option<f64> {
        let (monitor, phases) = seen();
        let thresholds = super::super::Thresholds::parse(&[text.to_owned()]).unwrap_or_else(|error| panic!("{error}"));
        let value = thresholds.finish(&phases, &monitor)[0].observed;
        value.map(|value| (value * 1e6).round() / 1e6)
    }

    #[test]
    fn a_series_is_looked_at_over_measured_time_or_one_phase() {
        for (rule, expected) in [
            ("memory.min > 1MB", 120e6),
            ("memory.max < 2GB", 220e6),
            ("memory.last < 2GB", 220e6),
            ("memory{phase=before}.mean < 2GB", 135e6),
            ("memory.growth < 50%", 0.833_333),
            ("cpu{phase=before}.mean < 50%", 0.2),
            ("cpu{phase=while}.max < 50%", 0.3),
            ("watched{source=postgres,sampler=process,figure=cpu_us,phase=before}.mean < 60%", 0.5),
            ("watched{source=postgres,sampler=process,figure=cpu_us,phase=while}.mean < 110%", 1.0),
        ] {
            assert_eq!(observed(rule), Some(expected), "{rule}");
        }
    }

    #[test]
    fn what_was_not_seen_met_no_sample() {
        for rule in [
            "memory{phase=nowhen}.max < 2GB",
            "watched{source=redis,sampler=memory,figure=used_bytes}.max < 1GB",
            "watched{source=host,sampler=throng,figure=missing}.max < 1",
        ] {
            assert_eq!(observed(rule), None, "{rule}");
        }
    }

    #[test]
    fn a_phase_is_held_against_another() {
        let (monitor, phases) = seen();
        for (rule, passed) in [
            ("cpu{phase=while}.mean < 11% over {phase=before}", true),
            ("cpu{phase=while}.mean < 9% over {phase=before}", false),
            ("cpu{phase=while}.mean < 151% of {phase=before}", true),
            ("cpu{phase=while}.mean <= 149% of {phase=before}", false),
            ("memory{phase=while}.min < 10MB over {phase=nowhen}", false),
        ] {
            let thresholds =
                super::super::Thresholds::parse(&[rule.to_owned()]).unwrap_or_else(|error| panic!("{error}"));
            let record = &thresholds.finish(&phases, &monitor)[0];
            assert_eq!(record.passed, passed, "{rule}: {record:?}");
        }
    }
}
