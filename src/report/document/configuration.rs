//! What was asked for.

use serde_json::Value;

use super::{Block, Cell, Section};
use crate::record::{Record, SteeringRecord, TargetRecord};
use crate::report::human;

pub(super) fn section(record: &Record) -> Option<Section> {
    let mut pairs: Vec<(&'static str, Cell)> = Vec::new();
    let scenario = &record.scenario;
    let name = match &scenario.profile {
        Some(profile) => format!("{}, profile {profile}", scenario.name),
        None => scenario.name.clone(),
    };
    pairs.push(("Scenario", name.into()));
    if !scenario.about.is_empty() {
        pairs.push(("About", human::plain(&scenario.about, 300).into()));
    }
    for group in &record.load.groups {
        pairs.push(("Load", group.description.as_str().into()));
    }
    if !record.steering.is_empty() {
        pairs.push(("Steered", steered(&record.steering).into()));
    }
    if record.load.warm_up_s > 0.0 {
        pairs.push(("Warm-up", format!("{}, not counted", human::seconds(record.load.warm_up_s)).into()));
    }
    if !scenario.params.is_empty() {
        let params: Vec<String> =
            scenario.params.iter().map(|(name, value)| format!("{name} = {}", shown(value))).collect();
        pairs.push(("Parameters", params.join(", ").into()));
    }
    pairs.extend(record.targets.iter().map(|target| ("Target", self::target(target).into())));
    let workers = human::things(record.workers as u64, "worker");
    pairs.push(("Generator", format!("throng {}, {workers}, seed {}", record.throng, record.seed).into()));
    if !record.started_at.is_empty() {
        pairs.push(("Started", started(&record.started_at).into()));
    }
    pairs.push(("Duration", duration(record).into()));
    Some(Section::new("Configuration", [Block::Pairs(pairs)]))
}

/// What somebody changed by hand, as much of it as fits into a line or two.
fn steered(changes: &[SteeringRecord]) -> String {
    const SHOWN: usize = 8;
    let mut told: Vec<String> = changes.iter().take(SHOWN).map(SteeringRecord::to_string).collect();
    if changes.len() > SHOWN {
        told.push(format!("{} more", human::things((changes.len() - SHOWN) as u64, "change")));
    }
    format!("by hand: {}", told.join(", "))
}

/// A parameter's value: text without quotes, and not endless.
fn shown(value: &Value) -> String {
    let text = match value {
        Value::String(text) => text.clone(),
        value => value.to_string(),
    };
    human::plain(&text, 60)
}

fn target(target: &TargetRecord) -> String {
    // Distributions add their package's name in brackets.
    let version = target.version.as_deref().and_then(|version| version.split(" (").next());
    let version = version.map(|version| format!(" {}", human::plain(version, 60))).unwrap_or_default();
    let kind = match target.kind.as_str() {
        "postgres" => "PostgreSQL",
        "redis" => "Redis",
        "http" => "HTTP",
        other => other,
    };
    let name = if target.name == target.kind { String::new() } else { format!("{}: ", target.name) };
    format!("{name}{kind}{version} at {}", target.address)
}

/// `2026-03-01 09:30:00 UTC` of `2026-03-01T09:30:00.123456Z`.
fn started(timestamp: &str) -> String {
    format!("{} UTC", human::second(timestamp))
}

/// How long the load took, and what came before and after it.
fn duration(record: &Record) -> String {
    let parts: Vec<String> = [("setup", record.setup_s), ("verify", record.verify_s), ("teardown", record.teardown_s)]
        .into_iter()
        .filter(|(_, seconds)| *seconds > 0.0)
        .map(|(name, seconds)| format!("{name} {}", human::seconds(seconds)))
        .collect();
    let measured = format!("{} measured", human::seconds(record.duration_s));
    std::iter::once(measured).chain(parts).collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::record::SteeredFigure;

    #[test]
    fn what_was_changed_by_hand_is_told_and_not_without_end() {
        let change = |at_s: f64| SteeringRecord { at_s, what: SteeredFigure::Users, from: Some(50.0), to: Some(55.0) };
        assert_eq!(steered(&[change(12.3)]), "by hand: users 50 → 55 at 12.3 s");
        let many: Vec<_> = (10..30).map(|second| change(f64::from(second))).collect();
        assert!(steered(&many).ends_with("users 50 → 55 at 17.0 s, 12 changes more"), "{}", steered(&many));
    }
}
