//! What a rule's limit stands on, where it does not stand by itself: the same figure of another phase or part.

use super::RuleError;
use super::parse::Condition;
use super::reader::{Place, Reader};
use super::rule::{Figure, Rule};
use crate::plan::units::Percent;

/// The same figure, restricted otherwise, on which the limit stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Base {
    /// How the limit stands on it.
    pub relation: Relation,
    /// Keys that take the place of the rule's own.
    pub filter: Vec<(String, String)>,
}

/// How a limit stands on a figure.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Relation {
    /// So much more: `5ms over {phase=baseline}`.
    Over,
    /// A share of it: `120% of {phase=baseline}`.
    Of,
}

impl Base {
    /// The limit, where the figure that it stands on is `there`.
    pub(super) fn limit(&self, limit: f64, there: f64) -> f64 {
        match self.relation {
            Relation::Over => there + limit,
            Relation::Of => there * limit,
        }
    }
}

impl Rule {
    /// The rule whose figure the limit stands on.
    pub(super) fn beneath(&self) -> Option<Rule> {
        let base = self.base.as_ref()?;
        let own = self.filter.iter().filter(|(key, _)| base.filter.iter().all(|(other, _)| other != key));
        let filter = own.chain(&base.filter).cloned().collect();
        Some(Rule { filter, base: None, ..self.clone() })
    }
}

impl Reader<'_> {
    /// `over {…}` or `of {…}`, if it comes next. What it is restricted by must be keys of the figure.
    pub(super) fn base(&mut self, figure: &Figure) -> Result<Option<Base>, RuleError> {
        let relation = match self.word_ahead() {
            "over" => Relation::Over,
            "of" => Relation::Of,
            _ => return Ok(None),
        };
        let (_, place) = self.word();
        let filter: Vec<Condition> = self.filter()?;
        if filter.is_empty() {
            return Err(self.error(place, "expected what it is held against", Some("such as `over {phase=baseline}`")));
        }
        self.check_filter(figure, &filter)?;
        let filter = filter.into_iter().map(|condition| (condition.key, condition.value)).collect();
        Ok(Some(Base { relation, filter }))
    }

    /// The word that comes next, which stays where it is.
    pub(super) fn word_ahead(&mut self) -> &str {
        self.blank();
        self.rest().split([' ', '{']).next().unwrap_or_default()
    }

    /// A limit that is a share of another figure; it may be more than all of it.
    pub(super) fn share_of(&self, text: &str, place: Place) -> Result<f64, RuleError> {
        let share = text.parse::<Percent>().map(Percent::fraction);
        share.map_err(|_| {
            self.error(place, format!("`{text}` is not a percentage"), Some("such as `120% of {phase=baseline}`"))
        })
    }

    /// Refuses what is looked at while the run goes on, in rules that can be judged only at its end.
    pub(super) fn check_end(&self, rule: &Rule, place: Place) -> Result<(), RuleError> {
        let late = match &rule.figure {
            _ if rule.base.is_some() => "what is held against another phase",
            Figure::Watched(_) => "what the monitor saw",
            Figure::Connections(_) => "what became of the connections",
            _ => return Ok(()),
        };
        if rule.window.is_none() && rule.abort.is_none() {
            return Ok(());
        }
        Err(self.error(
            place,
            format!("{late} is judged when the run is over"),
            Some("leave out the window and `abort`"),
        ))
    }
}
