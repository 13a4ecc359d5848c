//! Rules on a class of errors that there is not: they would count nothing, and hold whatever happens.

use super::RuleError;
use super::rule::{Figure, Rule};
use crate::plan::nearest::nearest;

/// Classes that are what they are called, and faults of HTTP, which go without the `http` in front.
const PLAIN: [&str; 11] = [
    "connection_lost",
    "timeout",
    "pool_timeout",
    "check_failed",
    "script_bug",
    "dns",
    "connect",
    "tls",
    "protocol",
    "too_large",
    "redirect",
];

/// What begins a class with something behind it that can't be listed.
const OPEN: [&str; 6] = ["sqlstate_", "redis_", "http_", "raised_", "status_", "closed_"];

/// Refuses a rule on a class that can't be; `conditions` are the names that PostgreSQL has for its SQLSTATEs.
pub(super) fn check(rule: &Rule, conditions: &[&str]) -> Result<(), RuleError> {
    if !matches!(rule.figure, Figure::ErrorRate | Figure::ErrorCount) {
        return Ok(());
    }
    let stands_on = rule.base.iter().flat_map(|base| &base.filter);
    let mut classes = rule.filter.iter().chain(stands_on).filter(|(key, _)| key == "class").map(|(_, class)| class);
    match classes.find(|class| !is_class(&class.replace(' ', "_"), conditions)) {
        Some(class) => Err(unknown(rule, class, conditions)),
        None => Ok(()),
    }
}

/// Whether there may be errors of a class that is called so, with underscores for blanks.
fn is_class(name: &str, conditions: &[&str]) -> bool {
    let is_word =
        |extra: fn(char) -> bool| !name.is_empty() && name.chars().all(|c| c.is_ascii_uppercase() || extra(c));
    PLAIN.contains(&name)
        || conditions.contains(&name)
        || OPEN.iter().any(|start| name.strip_prefix(start).is_some_and(|rest| !rest.is_empty()))
        // An SQLSTATE, or the first word of an error of Redis's.
        || (name.len() == 5 && is_word(|c| c.is_ascii_digit()))
        || (name.contains(|c: char| c.is_ascii_uppercase()) && is_word(|c| c == '_'))
}

fn unknown(rule: &Rule, class: &str, conditions: &[&str]) -> RuleError {
    let known = PLAIN.iter().chain(conditions).copied();
    let hint = match nearest(&class.replace(' ', "_"), known) {
        Some(near) => format!("did you mean `{near}`? An error of the script's own kind is `raised_KIND`"),
        None => {
            "an error of the script's own kind is `raised_KIND`; the others are as the report shows them".to_owned()
        }
    };
    let from = rule.text.find(class).unwrap_or_default();
    let message = format!("there is no class of errors `{class}`");
    RuleError { rule: rule.text.clone(), from, to: from + class.len(), message, hint: Some(hint) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn judged(class: &str) -> Result<(), String> {
        let text = format!("errors{{class=\"{class}\"}}.rate < 5%");
        let rule = Rule::parse(&text).unwrap_or_else(|error| panic!("{error}"));
        check(&rule, &["unique_violation", "deadlock_detected"]).map_err(|error| error.to_string())
    }

    #[test]
    fn classes_that_may_be_are_let_through() {
        for class in [
            "connection lost",
            "pool_timeout",
            "script bug",
            "23505",
            "40P01",
            "unique_violation",
            "sqlstate 23505 unique_violation",
            "WRONGTYPE",
            "redis OOM",
            "http status 503",
            "status_503",
            "too_large",
            "raised shut",
        ] {
            assert_eq!(judged(class), Ok(()), "{class}");
        }
    }

    #[test]
    fn a_class_that_is_none_is_refused_with_the_nearest_one() {
        assert_eq!(
            judged("timout").expect_err("a slip"),
            "threshold: there is no class of errors `timout`\n  errors{class=\"timout\"}.rate < 5%\n                ^^^^^^\nhint: did you mean `timeout`? An error of the script's own kind is `raised_KIND`"
        );
        for class in ["nope", "2350", "raised ", "unique"] {
            assert!(judged(class).expect_err(class).contains("raised_KIND"), "{class}");
        }
        // Tags of a metric are its own.
        let rule = Rule::parse("mismatches{class=stale} < 1").unwrap_or_else(|error| panic!("{error}"));
        assert_eq!(check(&rule, &[]), Ok(()));
    }
}
