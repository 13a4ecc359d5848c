//! Answers of an application in front that are errors, and that no request asked about.

use std::collections::BTreeMap;

use super::found::Found;
use super::rule::{Look, Rule};
use crate::plan::preset::Limit;
use crate::record::{EvidenceUnit, MetricValue, Record, Severity};

pub(super) static RULE: Rule = Rule { id: "unasked_statuses", explains: &[], look: Look::Run(look) };

/// A share of answers of 4xx from which on they are not what the scenario is about: some are how an application
/// says that there is nothing.
const MOSTLY: f64 = 0.5;

/// Statuses told of, the most frequent first.
const MOST: usize = 3;

fn look(record: &Record) -> Vec<Found> {
    let unasked = by_status(record, "http_unasked");
    let share = |class: &str| {
        let of_class = unasked.iter().filter(|(status, _)| status.starts_with(class)).map(|(_, count)| count);
        // Operations that failed may have failed by the script's own look at the status.
        let silent = of_class.sum::<f64>() - record.totals.operations_failed as f64;
        silent.max(0.0) / by_status(record, "http_responses").values().sum::<f64>().max(1.0)
    };
    let (server, client) = (share("5"), share("4"));
    let limit = record.preset.limit(Limit::ErrorsExcellent);
    let (severity, share, what) = match () {
        () if server >= limit && server >= record.preset.limit(Limit::ErrorsGood) => {
            (Severity::Critical, server, "5xx")
        }
        () if server > 0.0 && server >= limit => (Severity::Warning, server, "5xx"),
        () if client >= MOSTLY => (Severity::Warning, client, "4xx"),
        () => return Vec::new(),
    };
    let title = format!("answers of {what} count as success, since no request says what it expects");
    let found =
        Found::new(severity, share, title).figure(format!("of answers {what}"), share, EvidenceUnit::Share).action(
            "give the requests `expect`, such as `http:with({ expect = \"2xx\" })`, so that other answers are errors; \
         name in it what is in order",
        );
    let mut unasked: Vec<_> = unasked.into_iter().collect();
    unasked.sort_by(|(_, a), (_, b)| b.total_cmp(a));
    let told = unasked.into_iter().take(MOST);
    vec![
        told.fold(found, |found, (status, count)| {
            found.figure(format!("answers {status}"), count, EvidenceUnit::Count)
        }),
    ]
}

/// How many answers a counter of them has, by status.
fn by_status(record: &Record, name: &str) -> BTreeMap<String, f64> {
    let mut counts = BTreeMap::new();
    for metric in record.metrics.iter().filter(|metric| metric.name == name) {
        let status = metric.tags.get("status").and_then(|status| status.as_str()).unwrap_or_default();
        if let MetricValue::Counter { count, .. } = metric.value {
            *counts.entry(status.to_owned()).or_default() += count;
        }
    }
    counts
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::analysis::findings::made;
    use crate::record::MetricRecord;

    fn record(status: &str, unasked: f64, fine: f64) -> Record {
        let metric = |name: &str, status: &str, count: f64| MetricRecord {
            name: name.into(),
            tags: [("status".to_owned(), json!(status))].into_iter().collect(),
            value: MetricValue::Counter { count, rate: 0.0 },
        };
        let mut record = made::record();
        record.metrics = vec![
            metric("http_responses", status, unasked),
            metric("http_responses", "200", fine),
            metric("http_unasked", status, unasked),
        ];
        record
    }

    #[test]
    fn errors_of_the_server_that_nobody_asked_about_are_found() {
        let [finding] = made::found(&RULE, &record("500", 12.0, 0.0)).try_into().expect("one finding");
        assert_eq!(finding.severity, Severity::Critical);
        assert!(finding.title.contains("5xx") && finding.action.contains("expect"), "{finding:?}");
        assert!(finding.evidence.iter().any(|evidence| evidence.label == "answers 500"), "{finding:?}");
        assert!(made::found(&RULE, &record("503", 1.0, 9_999.0)).is_empty());
    }

    #[test]
    fn what_is_not_there_now_and_then_is_in_order_and_what_failed_is_told_of_already() {
        assert!(made::found(&RULE, &record("404", 10.0, 90.0)).is_empty());
        assert_eq!(made::found(&RULE, &record("404", 90.0, 10.0))[0].severity, Severity::Warning);
        let mut failed = record("500", 50.0, 950.0);
        failed.totals.operations_failed = 50;
        assert!(made::found(&RULE, &failed).is_empty());
    }
}
