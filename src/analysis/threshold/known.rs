//! Rules that name a persona or an operation which the scenario does not have: they would meet no sample.
//!
//! What a flow calls its operations is known only when it plays, so an operation is refused only where nobody who could
//! name it so has a flow.

use super::RuleError;
use super::rule::{Figure, Rule};
use crate::plan::nearest::nearest;
use crate::plan::scenario::PersonaDecl;

/// Refuses a rule on what `personas` don't have.
pub(super) fn check(rule: &Rule, personas: &[PersonaDecl]) -> Result<(), RuleError> {
    // Those of a metric are its own tags.
    if matches!(rule.figure, Figure::Metric(..)) {
        return Ok(());
    }
    let wanted = |key: &str| rule.filter.iter().find(|(name, _)| name == key).map(|(_, value)| value.as_str());
    let persona = wanted("persona");
    let those = || personas.iter().filter(|one| persona.is_none_or(|name| name == one.name));
    if let Some(name) = persona
        && those().next().is_none()
    {
        return Err(unknown(rule, "persona", name, personas.iter().map(|persona| persona.name.as_str())));
    }
    let operations = || those().flat_map(|persona| &persona.operations).map(|(name, _)| name.as_str());
    match wanted("operation") {
        Some(name) if those().all(|persona| !persona.run) && operations().all(|known| known != name) => {
            Err(unknown(rule, "operation", name, operations()))
        }
        _ => Ok(()),
    }
}

fn unknown<'a>(rule: &Rule, key: &str, name: &str, known: impl Iterator<Item = &'a str>) -> RuleError {
    let after = rule.text.find(key).unwrap_or_default();
    let from = after + rule.text[after..].find(name).unwrap_or_default();
    let known: Vec<&str> = known.collect();
    let hint = match nearest(name, known.iter().copied()) {
        Some(near) => format!("did you mean `{near}`?"),
        None => format!("there is `{}`", known.join("`, `")),
    };
    RuleError {
        rule: rule.text.clone(),
        from,
        to: from + name.len(),
        message: format!("there is no {key} `{name}`"),
        hint: Some(hint),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn judged(text: &str) -> Result<(), String> {
        let mix = PersonaDecl {
            name: "reader".into(),
            operations: vec![("find_note".into(), 1.0), ("list_notes".into(), 1.0)],
            ..PersonaDecl::default()
        };
        let flow = PersonaDecl { name: "migrator".into(), run: true, ..PersonaDecl::default() };
        let rule = Rule::parse(text).unwrap_or_else(|error| panic!("{error}"));
        check(&rule, &[mix, flow]).map_err(|error| error.to_string())
    }

    #[test]
    fn a_name_that_the_scenario_does_not_have_is_refused_with_the_nearest_one() {
        assert_eq!(
            judged("response{persona=reder}.p95 < 1s").expect_err("no such persona"),
            "threshold: there is no persona `reder`\n  response{persona=reder}.p95 < 1s\n                   ^^^^^\nhint: did you mean `reader`?"
        );
        let error = judged("response{persona=reader,operation=find_notes}.p95 < 1s").expect_err("no such operation");
        assert!(error.contains("there is no operation `find_notes`") && error.contains("`find_note`?"), "{error}");
        let error = judged("errors{persona=nobody}.rate < 1%").expect_err("no such persona");
        assert!(error.ends_with("hint: there is `reader`, `migrator`"), "{error}");
    }

    #[test]
    fn what_a_flow_may_name_at_play_and_tags_of_a_metric_are_let_through() {
        for text in [
            "response{operation=copy_batch}.p95 < 1s",
            "response{persona=migrator,operation=copy_batch}.p95 < 1s",
            "response{persona=reader,operation=find_note,phase=cutover}.p95 < 1s",
            "depth{persona=whoever} < 5",
        ] {
            assert_eq!(judged(text), Ok(()), "{text}");
        }
    }
}
