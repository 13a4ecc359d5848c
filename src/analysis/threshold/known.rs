//! Rules that name what a run does not have, a persona, an operation or something watched: they would meet no sample.
//!
//! What a flow calls its operations is known only when it plays, so an operation is refused only where nobody who could
//! name it so has a flow.

use super::RuleError;
use super::rule::{Figure, Rule};
use crate::plan::Outline;
use crate::plan::nearest::nearest;
use crate::plan::scenario::PersonaDecl;

/// Refuses a rule on what neither `personas` have nor is `watched`, and one whose limit stands on such a thing.
pub(super) fn check(rule: &Rule, personas: &[PersonaDecl], watched: &[Outline]) -> Result<(), RuleError> {
    check_watched(rule, watched)?;
    check_personas(rule, personas)?;
    rule.beneath().map_or(Ok(()), |beneath| check_personas(&beneath, personas))
}

impl Rule {
    /// Whether it, or what its limit stands on, is restricted to one of `all` personas that is not among those `playing`.
    pub fn is_on_another_than(&self, playing: &[PersonaDecl], all: &[PersonaDecl]) -> bool {
        if matches!(self.figure, Figure::Metric(..)) {
            return false;
        }
        let known = |those: &[PersonaDecl], name: &str| those.iter().any(|persona| persona.name == name);
        let stands_on = self.base.iter().flat_map(|base| &base.filter);
        let mut named = self.filter.iter().chain(stands_on).filter(|(key, _)| key == "persona");
        named.any(|(_, name)| known(all, name) && !known(playing, name))
    }
}

/// Refuses a rule on a series that nobody will look at.
fn check_watched(rule: &Rule, watched: &[Outline]) -> Result<(), RuleError> {
    let Figure::Watched(series) = &rule.figure else { return Ok(()) };
    let Some(source) = watched.iter().find(|outline| outline.source == series.source) else {
        let known: Vec<&str> = watched.iter().map(|outline| outline.source.as_str()).collect();
        let hint = match nearest(&series.source, known.iter().copied()) {
            Some(near) => format!("did you mean `{near}`?"),
            None if known.is_empty() => "`no_monitor` leaves out everything".to_owned(),
            None => format!("`{}` is watched; `no_monitor` may leave out the rest", known.join("`, `")),
        };
        return Err(told(rule, 0, &series.source, format!("`{}` is not watched", series.source), hint));
    };
    let samplers = || source.samplers.iter().map(|(name, _)| *name);
    let Some((_, figures)) = source.samplers.iter().find(|(name, _)| *name == series.sampler) else {
        return Err(unknown(rule, "sampler", &series.sampler, samplers()));
    };
    match figures.contains(&series.figure.as_str()) {
        true => Ok(()),
        false => Err(unknown(rule, "figure", &series.figure, figures.iter().copied())),
    }
}

/// Refuses a rule on what `personas` don't have.
fn check_personas(rule: &Rule, personas: &[PersonaDecl]) -> Result<(), RuleError> {
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
    let known: Vec<&str> = known.collect();
    let hint = match nearest(name, known.iter().copied()) {
        Some(near) => format!("did you mean `{near}`?"),
        None => format!("there is `{}`", known.join("`, `")),
    };
    let after = rule.text.find(&format!("{key}={name}")).or_else(|| rule.text.find(key)).unwrap_or_default();
    told(rule, after, name, format!("there is no {key} `{name}`"), hint)
}

/// An error at `name`, which comes `after` a place in the rule; of a figure such as `cpu` it is not written.
fn told(rule: &Rule, after: usize, name: &str, message: String, hint: String) -> RuleError {
    let (from, to) = match rule.text[after..].find(name) {
        Some(place) => (after + place, after + place + name.len()),
        None => (0, rule.text.find(['.', '{', ' ']).unwrap_or(rule.text.len())),
    };
    RuleError { rule: rule.text.clone(), from, to, message, hint: Some(hint) }
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
        let samplers = vec![("processor", vec!["busy_percent"]), ("throng", vec!["cpu_us", "resident_bytes"])];
        let host = Outline { source: "host".into(), samplers };
        check(&rule, &[mix, flow], &[host]).map_err(|error| error.to_string())
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
    fn what_is_not_watched_is_refused_with_what_is() {
        for (text, message) in [
            ("watched{source=postgres,sampler=database,figure=commits}.mean > 1", "`postgres` is not watched"),
            ("watched{source=hots,sampler=throng,figure=cpu_us}.mean < 50%", "did you mean `host`?"),
            ("watched{source=host,sampler=processors,figure=busy_percent}.mean < 50%", "did you mean `processor`?"),
            ("watched{source=host,sampler=throng,figure=swap}.max < 1", "there is `cpu_us`, `resident_bytes`"),
            ("response{persona=reader}.mean < 1s over {persona=reder}", "there is no persona `reder`"),
        ] {
            let error = judged(text).expect_err(text);
            assert!(error.contains(message), "{text}: {error}");
        }
        assert_eq!(judged("cpu.mean < 80%"), Ok(()));
        let rule = Rule::parse("cpu.mean < 80%").unwrap_or_else(|error| panic!("{error}"));
        assert_eq!(
            check(&rule, &[], &[]).expect_err("nothing is watched").to_string(),
            "threshold: `host` is not watched\n  cpu.mean < 80%\n  ^^^\nhint: `no_monitor` leaves out everything"
        );
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
