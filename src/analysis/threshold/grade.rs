//! Passed, warning or failed: a rule may have a stricter limit that only warns, or do no more than warn.

use super::RuleError;
use super::base::{Base, Relation};
use super::reader::{Place, Reader};
use super::rule::{Comparison, Figure, Rule};

/// What of a rule is worth a warning and does not fail the run.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Warning {
    /// Its breach: `… < 80% warn`.
    Breach,
    /// A breach of a stricter limit, which is of the same kind as the rule's own: `… < 200ms warn 100ms`.
    At(f64),
}

/// What became of a rule.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Grade {
    /// It held.
    Passed,
    /// The run goes on to pass, but somebody should look.
    Warning,
    /// It did not hold.
    Failed,
}

impl Rule {
    /// Grades a figure. `there` is what the limit stands on, where it does not stand on itself; a figure that nothing is
    /// known of cannot have been looked at.
    pub(super) fn grade(&self, observed: Option<f64>, there: Option<f64>) -> Grade {
        let worst = match self.warning {
            Some(Warning::Breach) => Grade::Warning,
            _ => Grade::Failed,
        };
        let limit = |limit: f64| match &self.base {
            None => Some(limit),
            Some(base) => there.map(|there| base.limit(limit, there)),
        };
        let Some((value, most)) = observed.zip(limit(self.limit)) else { return worst };
        let stricter = match self.warning {
            Some(Warning::At(stricter)) => limit(stricter),
            _ => None,
        };
        match stricter {
            _ if !self.comparison.holds(value, most) => worst,
            Some(stricter) if !self.comparison.holds(value, stricter) => Grade::Warning,
            _ => Grade::Passed,
        }
    }

    /// The limits that a figure is held against, the stricter one last.
    pub fn limits(&self) -> impl Iterator<Item = f64> {
        let stricter = match self.warning {
            Some(Warning::At(stricter)) => Some(stricter),
            _ => None,
        };
        std::iter::once(self.limit).chain(stricter)
    }
}

impl Reader<'_> {
    /// `warn`, or `warn` and a limit that is stricter than `limit`, if it comes next.
    pub(super) fn warning(
        &mut self,
        figure: &Figure,
        base: Option<&Base>,
        comparison: Comparison,
        limit: f64,
    ) -> Result<Option<Warning>, RuleError> {
        if self.word_ahead() != "warn" {
            return Ok(None);
        }
        let (_, place) = self.word();
        match self.word_ahead() {
            "" => return Ok(Some(Warning::Breach)),
            "abort" => {
                let hint = "give `warn` a limit of its own, or leave out `abort`";
                return Err(self.error(place, "a rule that only warns can't end the run", Some(hint)));
            }
            _ => {}
        }
        let (text, place) = self.take(|c| !c.is_whitespace());
        let stricter = match base {
            Some(Base { relation: Relation::Of, .. }) => self.share_of(text, place)?,
            _ => self.limit(figure, text, place)?,
        };
        self.check_stricter(comparison, limit, stricter, place)?;
        Ok(Some(Warning::At(stricter)))
    }

    fn check_stricter(&self, comparison: Comparison, limit: f64, stricter: f64, place: Place) -> Result<(), RuleError> {
        let side = match comparison {
            Comparison::Less | Comparison::AtMost if stricter < limit => return Ok(()),
            Comparison::Greater | Comparison::AtLeast if stricter > limit => return Ok(()),
            Comparison::Less | Comparison::AtMost => "below",
            Comparison::Greater | Comparison::AtLeast => "above",
            Comparison::Equal => {
                let hint = "such as `warn` alone, by which a breach warns and does not fail the run";
                return Err(self.error(place, "`==` has no stricter limit", Some(hint)));
            }
        };
        let message = format!("what warns lies {side} what fails, or it would never warn");
        Err(self.error(place, message, Some("such as `response.p95 < 200ms warn 100ms`")))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rule(text: &str) -> Rule {
        Rule::parse(text).unwrap_or_else(|error| panic!("{error}"))
    }

    #[test]
    fn a_rule_passes_warns_or_fails() {
        use Grade::{Failed, Passed, Warning};
        for (text, graded) in [
            ("errors.rate < 5% warn 1%", [(0.009, Passed), (0.01, Warning), (0.049, Warning), (0.05, Failed)]),
            ("errors.rate <= 5% warn 1%", [(0.01, Passed), (0.011, Warning), (0.05, Warning), (0.051, Failed)]),
            ("hits > 70% warn 80%", [(0.81, Passed), (0.8, Warning), (0.71, Warning), (0.7, Failed)]),
            ("errors.rate < 5% warn", [(0.0, Passed), (0.049, Passed), (0.05, Warning), (1.0, Warning)]),
            ("errors.rate < 5%", [(0.0, Passed), (0.049, Passed), (0.05, Failed), (1.0, Failed)]),
        ] {
            for (value, grade) in graded {
                assert_eq!(rule(text).grade(Some(value), None), grade, "{text}: {value}");
            }
        }
        assert_eq!(rule("errors.rate < 5% warn 1%").grade(None, None), Failed);
        assert_eq!(rule("errors.rate < 5% warn").grade(None, None), Warning);
    }

    #[test]
    fn a_stricter_limit_stands_on_another_phase_as_the_rules_own_does() {
        let rule = rule("response{phase=peak}.mean < 150% of {phase=baseline} warn 120%");
        let grades = [1100.0, 1300.0, 1500.0].map(|us| rule.grade(Some(us), Some(1000.0)));
        assert_eq!(grades, [Grade::Passed, Grade::Warning, Grade::Failed]);
        assert_eq!(rule.grade(Some(1.0), None), Grade::Failed);
    }

    #[test]
    fn a_limit_that_would_never_warn_is_refused() {
        for (text, message) in [
            ("response.p95 < 200ms warn 200ms", "what warns lies below what fails"),
            ("hits > 80% warn 70%", "what warns lies above what fails"),
            ("errors.count == 0 warn 1", "`==` has no stricter limit"),
            ("errors.rate < 5% warn abort", "a rule that only warns can't end the run"),
            ("errors.rate < 5% warn soon", "`soon` is not a percentage"),
            ("errors.rate < 5% warn 1% please", "nothing was expected here"),
        ] {
            let error = Rule::parse(text).expect_err(text).to_string();
            assert!(error.contains(message), "{text}: {error}");
        }
        assert!(rule("errors.rate < 5% warn 1% abort after 10s").abort.is_some());
    }
}
