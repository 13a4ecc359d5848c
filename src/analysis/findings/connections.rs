//! A server that is near the end of its connections, or refused some.

use super::found::Found;
use super::operations;
use super::rule::{Look, Rule};
use crate::plan::preset::Limit;
use crate::record::{EvidenceUnit, Record, Severity, SourceRecord};

pub(super) static RULE: Rule = Rule {
    id: "connections",
    explains: &["failed_operations", "lost_connections"],
    look: Look::Source { kind: "postgres", samplers: &["sessions", "settings"], look },
};

/// What a connection meets for which there is no room.
const CLASS: &str = "sqlstate 53300";

fn look(record: &Record, source: &SourceRecord) -> Vec<Found> {
    let most = source.fact("settings", "max_connections").and_then(|most| most.parse::<f64>().ok());
    let used = source.series("sessions").and_then(|sessions| sessions.gauges.get("connections"));
    let (Some(most), Some(used)) = (most.filter(|most| *most > 0.0), used) else { return Vec::new() };
    let share = used.max / most;
    let errors = operations::errors(record, (&source.kind, &source.name), CLASS);
    let refused: u64 = errors.iter().map(|error| error.count).sum();
    if refused == 0 && share <= record.preset.limit(Limit::Connections) {
        return Vec::new();
    }
    let severity = if refused > 0 { Severity::Critical } else { Severity::Warning };
    let met = operations::names(errors.iter().map(|error| error.operation.as_str()));
    let full = share > record.preset.limit(Limit::Connections);
    let title = if full { "the server has hardly any connections left" } else { "the server refused connections" };
    let mut found = Found::new(severity, share, title);
    let label = "of max_connections in use at a time";
    // Where looks met fewer, only the refusals are beyond anything.
    found = match full {
        true => found.beyond(label, share, Limit::Connections, record),
        false => found.figure(label, share, EvidenceUnit::Share),
    };
    found =
        found.figure("connections", used.max, EvidenceUnit::Count).figure("max_connections", most, EvidenceUnit::Count);
    if refused > 0 {
        found = found.figure("connections refused", refused as f64, EvidenceUnit::Count);
    }
    vec![
        found
            .action(
                "put a pooler such as PgBouncer in front, or make the pools smaller, before raising max_connections",
            )
            .operations(met),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analysis::findings::made;
    use crate::record::WARM_UP;

    fn found(connections: f64) -> usize {
        let mut record = made::record();
        made::tell(&mut record, "sessions", made::series(&[], &[("connections", connections)]));
        made::tell(&mut record, "settings", made::facts(&[("max_connections", "100")]));
        made::found(&RULE, &record).len()
    }

    #[test]
    fn refusals_count_where_they_were_measured_and_it_is_known_whose_they_are() {
        let refused = |phase: &str, other: bool| {
            let mut record = made::record();
            made::tell(&mut record, "sessions", made::series(&[], &[("connections", 10.0)]));
            made::tell(&mut record, "settings", made::facts(&[("max_connections", "100")]));
            record.errors = vec![made::errors("sqlstate 53300 too_many_connections", phase, 3)];
            if other {
                let mut replica = made::target("postgres");
                replica.name = "replica".into();
                record.targets.push(replica);
                record.operations[0].statements[0].target = "replica".into();
            }
            look(&record, &record.monitor.sources[0]).len()
        };
        assert_eq!((refused("main", false), refused(WARM_UP, false), refused("main", true)), (1, 0, 0));
    }

    #[test]
    fn a_server_that_is_nearly_full_is_found_and_one_with_room_is_not() {
        assert_eq!((found(81.0), found(80.0)), (1, 0));
    }
}
