//! The names of figures, and what each can be asked for and restricted by.

use super::RuleError;
use super::connections::ConnectionStat;
use super::course::CourseStat;
use super::parse::Condition;
use super::reader::{Place, Reader};
use super::rule::{Figure, IterationKind, MetricStat, Stat, TimePart};
use super::watched::Watched;

/// Figures that throng itself knows; a metric of a scenario is looked at under its own name.
const FIGURES: [&str; 12] = [
    "response",
    "wait",
    "pool",
    "service",
    "errors",
    "throughput",
    "iterations",
    "dropped",
    "memory",
    "cpu",
    "watched",
    "connections",
];

impl<'a> Reader<'a> {
    /// Splits `name.stat` where the name is one that throng knows, or the rest is a statistic.
    pub(super) fn split(&self, word: &'a str, (from, to): Place) -> (&'a str, Option<&'a str>, Place) {
        let dots = || word.match_indices('.').map(|(dot, _)| dot);
        let known = dots().find(|&dot| FIGURES.contains(&&word[..dot]));
        let dot = known.or_else(|| dots().find(|&dot| metric_stat(&word[dot + 1..]).is_some()));
        match dot {
            Some(dot) => (&word[..dot], Some(&word[dot + 1..]), (from + dot + 1, to)),
            None => (word, None, (to, to)),
        }
    }

    /// The figure of a name and what is asked of it.
    pub(super) fn figure(
        &self,
        name: &str,
        place: Place,
        stat: Option<&str>,
        stat_place: Place,
    ) -> Result<Figure, RuleError> {
        let stat = stat.unwrap_or_default();
        let unknown = |choices: &str| {
            let message = match stat {
                "" => format!("`{name}` needs a figure after it"),
                stat => format!("`{name}` has no `{stat}`"),
            };
            Err(self.error(stat_place, message, Some(&format!("{choices}, such as `{name}.{}`", example(choices)))))
        };
        let time = |part| match Stat::parse(stat) {
            Some(stat) => Ok(Figure::Time(part, stat)),
            None => unknown("`p95` or any other percentile, `min`, `mean` or `max`"),
        };
        match (name, stat) {
            ("response", _) => time(TimePart::Response),
            ("wait", _) => time(TimePart::Wait),
            ("pool", _) => time(TimePart::Pool),
            ("service", _) => time(TimePart::Service),
            ("errors", "rate") => Ok(Figure::ErrorRate),
            ("errors", "count") => Ok(Figure::ErrorCount),
            ("errors", _) => unknown("`rate` or `count`"),
            ("throughput", "") => Ok(Figure::Throughput),
            ("throughput", _) => {
                Err(self.error(stat_place, "`throughput` has nothing after it", Some("`throughput > 100/s`")))
            }
            ("dropped", "count") => Ok(Figure::Iterations(IterationKind::Dropped)),
            ("dropped", "rate") => Ok(Figure::DroppedRate),
            ("dropped", _) => unknown("`count` or `rate`"),
            ("iterations", _) => match iteration_kind(stat) {
                Some(kind) => Ok(Figure::Iterations(kind)),
                None => unknown("`failed`, `offered`, `started`, `dropped`, `succeeded`, `unfinished` or `late`"),
            },
            ("memory" | "cpu" | "watched", _) => match CourseStat::parse(stat) {
                Some(stat) if name == "memory" => Ok(Figure::Watched(Watched::memory(stat))),
                Some(stat) if name == "cpu" => Ok(Figure::Watched(Watched::processors(stat))),
                // The rest of what it is stands in the filter.
                Some(stat) => Ok(Figure::Watched(Watched::new("", "", "", stat))),
                None => unknown("`max`, `mean`, `min`, `last` or `growth`"),
            },
            ("connections", _) => match ConnectionStat::parse(stat) {
                Some(stat) => Ok(Figure::Connections(stat)),
                None => unknown("`errors`, `held`, `use`, `use.max`, `max`, `mean`, `min`, `last` or `growth`"),
            },
            (name, stat) => {
                if let Some(near) = FIGURES.iter().find(|known| strsim::osa_distance(known, name) <= 1) {
                    return Err(self.error(
                        place,
                        format!("there is no figure `{name}`"),
                        Some(&format!("did you mean `{near}`?")),
                    ));
                }
                if !is_metric_name(name) {
                    return Err(self.error(
                        place,
                        format!("`{name}` can't be the name of a metric"),
                        Some("a metric's name is letters, digits and `_`, a letter first"),
                    ));
                }
                match metric_stat(stat) {
                    Some(stat) => Ok(Figure::Metric(name.to_owned(), stat)),
                    None => unknown("`count`, `rate`, `last`, `p95` or any other percentile, `min`, `mean` or `max`"),
                }
            }
        }
    }

    /// Puts what `watched{…}` is into the figure, out of the filter.
    pub(super) fn name_series(
        &self,
        figure: &mut Figure,
        filter: &mut Vec<Condition>,
        place: Place,
    ) -> Result<(), RuleError> {
        let Figure::Watched(watched) = figure else { return Ok(()) };
        if !watched.source.is_empty() {
            return Ok(());
        }
        let places =
            [("source", &mut watched.source), ("sampler", &mut watched.sampler), ("figure", &mut watched.figure)];
        for (key, to) in places {
            let Some(at) = filter.iter().position(|condition| condition.key == key) else {
                let hint = "such as `watched{source=postgres,sampler=process,figure=resident_bytes}.max < 1GB`";
                return Err(self.error(place, format!("`watched` needs a `{key}`"), Some(hint)));
            };
            *to = filter.remove(at).value;
        }
        Ok(())
    }

    /// Refuses keys that the figure cannot be restricted by.
    pub(super) fn check_filter(&self, figure: &Figure, filter: &[Condition]) -> Result<(), RuleError> {
        let keys: &[&str] = match figure {
            Figure::Metric(..) => return Ok(()),
            Figure::ErrorRate | Figure::ErrorCount => &["persona", "operation", "phase", "class"],
            Figure::Iterations(_) | Figure::DroppedRate => &["persona", "phase"],
            Figure::Watched(_) => &["phase"],
            Figure::Connections(_) => &[],
            Figure::Time(..) | Figure::Throughput => &["persona", "operation", "phase"],
        };
        for Condition { key, place, .. } in filter {
            if !keys.contains(&key.as_str()) {
                let near = keys.iter().find(|known| strsim::osa_distance(known, key) <= 2);
                let hint = match near {
                    Some(near) => format!("did you mean `{near}`?"),
                    None if keys.is_empty() => "it is kept for all of the run together".to_owned(),
                    None => format!("it can be restricted by `{}`", keys.join("`, `")),
                };
                return Err(self.error(*place, format!("this figure is not kept by `{key}`"), Some(&hint)));
            }
        }
        Ok(())
    }
}

/// The first choice of a list such as ``​`rate` or `count` ``.
fn example(choices: &str) -> &str {
    choices.split('`').nth(1).unwrap_or_default()
}

/// As `throng.metrics` takes them.
fn is_metric_name(name: &str) -> bool {
    name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_') && name.starts_with(|c: char| c.is_ascii_alphabetic())
}

fn metric_stat(text: &str) -> Option<MetricStat> {
    match text {
        "" => Some(MetricStat::Main),
        "count" => Some(MetricStat::Count),
        "rate" => Some(MetricStat::Rate),
        "last" => Some(MetricStat::Last),
        text => Stat::parse(text).map(MetricStat::Of),
    }
}

fn iteration_kind(text: &str) -> Option<IterationKind> {
    Some(match text {
        "offered" => IterationKind::Offered,
        "started" => IterationKind::Started,
        "dropped" => IterationKind::Dropped,
        "succeeded" => IterationKind::Succeeded,
        "failed" => IterationKind::Failed,
        "unfinished" => IterationKind::Unfinished,
        "late" => IterationKind::Late,
        _ => return None,
    })
}
