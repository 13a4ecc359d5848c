//! What an application in front answers.

use super::{alone, first, found};
use crate::support::play::record;
use crate::support::web::Web;
use throng::record::{Record, Severity};

/// A hundred requests for a path, with these options.
fn asking(path: &str, options: &str) -> Record {
    let _alone = alone();
    let web = Web::start();
    let scenario = format!(
        r#"return {{
          needs = {{ "http" }},
          load = {{ users = 2, iterations = 50 }},
          personas = {{ visitor = {{ operations = {{ look = function(user) user.http:get("{path}", {options}) end }} }} }},
        }}"#
    );
    record(&scenario, &[("http", &web.url(""))], 1)
}

#[test]
fn answers_that_are_errors_and_that_nobody_asks_about_are_told() {
    let record = asking("/status/500", "{}");
    let finding = first(&record, "unasked_statuses");
    assert_eq!(finding.severity, Severity::Critical);
    assert!(finding.action.contains("expect"), "{finding:?}");
    assert!(finding.evidence.iter().any(|evidence| evidence.label == "answers 500"), "{finding:?}");
    first(&asking("/status/404", "{}"), "unasked_statuses");
}

#[test]
fn answers_that_are_expected_are_not() {
    let record = asking("/status/404", "{ expect = { 200, 404 } }");
    assert!(found(&record).is_empty(), "{:?}", record.findings);
}
