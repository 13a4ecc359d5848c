//! The record itself: that of a run, a suite, a comparison or a history.

use serde::Serialize;

use super::ReportError;

/// The record as JSON, indented.
pub(super) fn render(record: &impl Serialize) -> Result<String, ReportError> {
    let mut text = serde_json::to_string_pretty(record)?;
    text.push('\n');
    Ok(text)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use serde_json::Value;

    use super::*;
    use crate::report::keys::keys;
    use crate::report::sample;

    #[test]
    fn every_key_is_documented() {
        // What a scenario chooses is left out. The names of limits are in docs/findings.md, which has a test of its own.
        let of = |record| keys(&render(&record).expect("it is JSON"), &["params", "tags", "limits"]);
        let found: BTreeSet<String> = [sample::record(), sample::staircase()].into_iter().flat_map(of).collect();
        let page = include_str!("../../docs/record.md");
        let unknown = |key: &&String| !page.contains(&format!("`{key}`")) && !page.contains(&format!(".{key}`"));
        let missing: Vec<&String> = found.iter().filter(unknown).filter(|key| !documented_as_part(page, key)).collect();
        assert!(missing.is_empty(), "docs/record.md does not tell of {missing:?}");
    }

    /// Whether the page has the key as the heading of an object or list, such as `errors[]`.
    fn documented_as_part(page: &str, key: &str) -> bool {
        page.contains(&format!("`{key}[]`"))
    }

    #[test]
    fn the_keys_that_programs_rely_on_are_there() {
        let text = render(&sample::record()).expect("it is JSON");
        let record: Value = serde_json::from_str(&text).expect("it is JSON");
        for pointer in [
            "/schema",
            "/seed",
            "/scenario/name",
            "/duration_s",
            "/verdict",
            "/exit_code",
            "/totals/offered",
            "/totals/started",
            "/totals/dropped",
            "/totals/succeeded",
            "/totals/failed",
            "/totals/unfinished",
            "/totals/retries",
            "/totals/throughput_per_s",
            "/operations/0/name",
            "/operations/0/persona",
            "/operations/0/phase",
            "/operations/0/succeeded",
            "/operations/0/failed",
            "/operations/0/unfinished",
            "/operations/0/response_us/min",
            "/operations/0/wait_us/mean",
            "/operations/0/pool_us/p90",
            "/operations/0/service_us/p999",
            "/operations/0/histogram",
            "/errors/0/class",
            "/errors/0/operation",
            "/errors/0/count",
            "/errors/0/first_message",
            "/thresholds/0/rule",
            "/thresholds/0/observed",
            "/thresholds/0/passed",
            "/intervals/0",
            "/pools/0",
            "/generator/cpu_percent",
            "/generator/loop_lag_us",
            "/generator/suspect",
            "/generator/reasons",
        ] {
            assert!(record.pointer(pointer).is_some(), "{pointer}");
        }
        assert_eq!(record["schema"], 1);
        assert_eq!(record["verdict"], "failed");
    }
}
