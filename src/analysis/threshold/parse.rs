//! Reading a rule, and saying where it went wrong.

use std::time::Duration;

use super::RuleError;
use super::base::{Base, Relation};
use super::reader::{Place, Reader};
use super::rule::{Abort, Comparison, Figure, Rule};
use crate::plan::units::{Percent, Rate, parse_duration, parse_size};
use crate::record::ThresholdUnit;

impl Rule {
    /// Reads a rule such as `response{persona=mixed}.p95[30s] < 500ms abort after 10s`.
    pub fn parse(text: &str) -> Result<Self, RuleError> {
        // A line break would put the caret under the wrong line.
        let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
        let mut reader = Reader { text: &text, at: 0 };
        let rule = reader.rule()?;
        Ok(Rule { text: text.clone(), ..rule })
    }
}

/// One `key=value` of a filter.
pub(super) struct Condition {
    pub(super) key: String,
    pub(super) place: Place,
    pub(super) value: String,
}

impl<'a> Reader<'a> {
    fn rule(&mut self) -> Result<Rule, RuleError> {
        let (name, name_place) = self.word();
        if name.is_empty() {
            return Err(self.error(
                name_place,
                "expected a figure",
                Some("such as `response.p95`, `errors.rate`, `throughput`"),
            ));
        }
        let (filter, stat, stat_place) = self.filter_and_stat()?;
        let (name, stat, stat_place) = match stat {
            Some(stat) => (name, Some(stat), stat_place),
            None => self.split(name, name_place),
        };
        let mut figure = self.figure(name, name_place, stat, stat_place)?;
        let mut filter = filter;
        self.name_series(&mut figure, &mut filter, name_place)?;
        self.check_filter(&figure, &filter)?;
        let filter = filter.into_iter().map(|condition| (condition.key, condition.value)).collect();
        let window = self.window()?;
        let comparison = self.comparison()?;
        let (text, place) = self.take(|c| !c.is_whitespace());
        let base = self.base(&figure)?;
        let limit = match &base {
            Some(Base { relation: Relation::Of, .. }) => self.share_of(text, place)?,
            _ => self.limit(&figure, text, place)?,
        };
        let warning = self.warning(&figure, base.as_ref(), comparison, limit)?;
        let abort = self.abort()?;
        let rule = Rule { text: String::new(), figure, filter, window, comparison, limit, base, warning, abort };
        self.check_end(&rule, name_place)?;
        Ok(rule)
    }

    /// `{key=value,…}` and the `.stat` after it, if they are there.
    fn filter_and_stat(&mut self) -> Result<(Vec<Condition>, Option<&'a str>, Place), RuleError> {
        let from = self.at;
        let filter = self.filter()?;
        if self.at == from {
            return Ok((filter, None, (self.at, self.at)));
        }
        if !self.eat(".") {
            return Ok((filter, Some(""), (self.at, self.at)));
        }
        let (stat, place) = self.word();
        Ok((filter, Some(stat), place))
    }

    /// `{key=value,…}`, if it is there.
    pub(super) fn filter(&mut self) -> Result<Vec<Condition>, RuleError> {
        let mut filter = Vec::new();
        if !self.rest().trim_start().starts_with('{') || !self.eat("{") {
            return Ok(filter);
        }
        loop {
            let (key, place) = self.take(|c| c.is_alphanumeric() || c == '_');
            if key.is_empty() {
                let place = self.next_place();
                return Err(self.error(place, "expected a name before `=`", Some("such as `{persona=mixed}`")));
            }
            if !self.eat("=") {
                let place = self.next_place();
                return Err(self.error(place, format!("expected `=` after `{key}`"), None));
            }
            let value = if self.eat("\"") {
                let (value, _) = self.take(|c| c != '"');
                if !self.eat("\"") {
                    return Err(self.error((self.at, self.at), "expected `\"` to end the text", None));
                }
                value
            } else {
                self.take(|c| !matches!(c, ',' | '}' | '"')).0.trim_end()
            };
            filter.push(Condition { key: key.to_owned(), place, value: value.to_owned() });
            if self.eat("}") {
                return Ok(filter);
            }
            if !self.eat(",") {
                let place = self.next_place();
                return Err(self.error(place, "expected `,` or `}`", None));
            }
        }
    }

    fn window(&mut self) -> Result<Option<Duration>, RuleError> {
        if !self.eat("[") {
            return Ok(None);
        }
        let (text, place) = self.take(|c| c != ']' && !c.is_whitespace());
        let window = self.duration(text, place, "`[30s]`")?;
        if !self.eat("]") {
            let place = self.next_place();
            return Err(self.error(place, "expected `]` after the window", None));
        }
        if window < Duration::from_secs(1) {
            return Err(self.error(place, "a window is at least one interval, 1 s, long", None));
        }
        Ok(Some(window))
    }

    fn duration(&self, text: &str, place: Place, example: &str) -> Result<Duration, RuleError> {
        parse_duration(text).map_err(|_| {
            self.error(
                place,
                format!("`{text}` is not a duration"),
                Some(&format!("write it with its unit, such as {example}")),
            )
        })
    }

    fn comparison(&mut self) -> Result<Comparison, RuleError> {
        // The longer ones first: `<` begins `<=`.
        let known = [
            ("<=", Comparison::AtMost),
            (">=", Comparison::AtLeast),
            ("==", Comparison::Equal),
            ("<", Comparison::Less),
            (">", Comparison::Greater),
        ];
        for (symbol, comparison) in known {
            if self.eat(symbol) {
                return Ok(comparison);
            }
        }
        let place = self.next_place();
        Err(self.error(place, "expected a comparison", Some("one of `<` `<=` `>` `>=` `==`")))
    }

    /// A limit in the unit of its figure.
    pub(super) fn limit(&self, figure: &Figure, text: &str, place: Place) -> Result<f64, RuleError> {
        if text.is_empty() {
            return Err(self.error(place, "expected a limit after the comparison", None));
        }
        let wrong = |what: &str, example: &str| {
            Err(self.error(place, format!("`{text}` is not {what}"), Some(&format!("such as `{example}`"))))
        };
        let number = text.parse::<f64>().ok().filter(|number| number.is_finite());
        match figure.unit() {
            ThresholdUnit::Us => match parse_duration(text) {
                Ok(time) => Ok(time.as_secs_f64() * 1e6),
                Err(_) => wrong("a time with its unit", "500ms"),
            },
            ThresholdUnit::Share => match text.parse::<Percent>() {
                Ok(share) if share.fraction() > 1.0 && figure.is_part() => Err(self.error(
                    place,
                    format!("`{text}` is more than all of them"),
                    Some("a share is at most `100%`"),
                )),
                Ok(share) => Ok(share.fraction()),
                Err(_) => wrong("a percentage", "1%"),
            },
            ThresholdUnit::PerS => match text.parse::<Rate>() {
                Ok(rate) => Ok(rate.as_per_second()),
                Err(_) => wrong("a rate", "100/s"),
            },
            ThresholdUnit::Count => number.map_or_else(|| wrong("a number", "10"), Ok),
            ThresholdUnit::Bytes => match parse_size(text) {
                Ok(bytes) => Ok(bytes as f64),
                Err(_) => wrong("a size", "2GB"),
            },
            ThresholdUnit::Own => {
                let value = number
                    .or_else(|| text.parse().ok().map(Percent::fraction))
                    .or_else(|| text.parse().ok().map(Rate::as_per_second));
                value.map_or_else(|| wrong("a number, a percentage or a rate in the metric's own unit", "90%"), Ok)
            }
        }
    }

    fn abort(&mut self) -> Result<Option<Abort>, RuleError> {
        let (word, place) = self.take(|c| !c.is_whitespace());
        match word {
            "" => return Ok(None),
            "abort" => {}
            _ => {
                return Err(self.error(
                    place,
                    format!("nothing was expected here, but `{word}` came"),
                    Some("a rule may end in `warn`, `abort` or `abort after 10s`"),
                ));
            }
        }
        let (word, place) = self.take(|c| !c.is_whitespace());
        match word {
            "" => return Ok(Some(Abort { after: Duration::ZERO })),
            "after" => {}
            _ => {
                return Err(self.error(
                    place,
                    format!("expected `after`, but `{word}` came"),
                    Some("such as `abort after 10s`"),
                ));
            }
        }
        let (text, place) = self.take(|c| !c.is_whitespace());
        let after = self.duration(text, place, "`abort after 10s`")?;
        let (more, place) = self.take(|_| true);
        match more {
            "" => Ok(Some(Abort { after })),
            _ => Err(self.error(place, "nothing was expected here", None)),
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::rule::{IterationKind, MetricStat, Stat, TimePart};
    use super::*;

    fn parse(text: &str) -> Rule {
        Rule::parse(text).unwrap_or_else(|e| panic!("{e}"))
    }

    #[test]
    fn a_rule_is_read_with_all_its_parts() {
        let rule = parse("response{persona=mixed, operation=create_member,phase=main}.p99[30s] < 1s abort after 10s");
        let filter = [("persona", "mixed"), ("operation", "create_member"), ("phase", "main")];
        assert_eq!(rule.figure, Figure::Time(TimePart::Response, Stat::Percentile(99.0)));
        assert_eq!(rule.filter, filter.map(|(key, value)| (key.to_owned(), value.to_owned())));
        assert_eq!(rule.window, Some(Duration::from_secs(30)));
        assert_eq!((rule.comparison, rule.limit), (Comparison::Less, 1_000_000.0));
        assert_eq!(rule.abort, Some(Abort { after: Duration::from_secs(10) }));
    }

    #[test]
    fn limits_are_in_the_unit_of_their_figure() {
        for (text, figure, limit) in [
            ("response.p95<500ms", Figure::Time(TimePart::Response, Stat::Percentile(95.0)), 500_000.0),
            ("pool.avg <= 0.5ms", Figure::Time(TimePart::Pool, Stat::Mean), 500.0),
            ("errors.rate < 1%", Figure::ErrorRate, 0.01),
            ("errors{class=\"connection lost\"}.count == 0", Figure::ErrorCount, 0.0),
            ("throughput > 6000/m", Figure::Throughput, 100.0),
            ("dropped.count < 10", Figure::Iterations(IterationKind::Dropped), 10.0),
            ("iterations{persona=a}.failed < 1", Figure::Iterations(IterationKind::Failed), 1.0),
            ("cache_hits > 60%", Figure::Metric("cache_hits".into(), MetricStat::Main), 0.6),
            (
                "queue_depth{queue=mail}.max < 1e3",
                Figure::Metric("queue_depth".into(), MetricStat::Of(Stat::Max)),
                1000.0,
            ),
            ("queue_depth.p99 < 5", Figure::Metric("queue_depth".into(), MetricStat::Of(Stat::Percentile(99.0))), 5.0),
        ] {
            let rule = parse(text);
            assert_eq!((rule.figure, rule.limit), (figure, limit), "{text}");
        }
    }

    #[test]
    fn a_caret_stands_under_the_place() {
        let errors: Vec<_> = [
            "response.p9x < 500ms",
            "response < 500ms",
            "respons.p95 < 500ms",
            "response{persoan=mixed}.p95 < 500ms",
            "response{persona=mixed.p95 < 500ms",
            "response{persona}.p95 < 500ms",
            "response.p95 500ms",
            "response.p95 <",
            "response.p95 < 500",
            "response.p95[30] < 2s",
            "response.p95[0.5s] < 2s",
            "errors.rate < 1",
            "errors.rate < 500%",
            "queue.depth < 5",
            "2nd_try.p95 < 5",
            "errors{clas=timeout}.rate < 1%",
            "throughput > 100",
            "throughput.p95 > 100/s",
            "errors.count < many",
            "errors.rate < 5% abort at 10s",
            "errors.rate < 5% aboard",
            "errors.rate < 5% abort after 10s please",
            "hits > 5 µs",
            "< 5",
            "",
        ]
        .into_iter()
        .map(|text| Rule::parse(text).expect_err(text).to_string())
        .collect();
        insta::assert_snapshot!(errors.join("\n\n"));
    }

    proptest! {
        #[test]
        fn no_text_makes_the_parser_panic(text in "\\PC{0,40}") {
            if let Err(error) = Rule::parse(&text) {
                prop_assert!(!error.to_string().is_empty());
            }
        }

        #[test]
        fn no_damaged_rule_makes_the_parser_panic(at in 0usize..60, with in "\\PC{0,2}") {
            let rule = "response{persona=mixed,operation=create}.p99[30s] < 1s abort after 10s";
            let damaged = format!("{}{with}{}", &rule[..at], &rule[at + 1..]);
            if let Err(error) = Rule::parse(&damaged) {
                prop_assert!(error.to_string().contains('^'));
            }
        }
    }
}
