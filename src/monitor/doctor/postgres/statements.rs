//! Whether the server measures what its statements do, so that a report can say where the time went.

use super::Item;
use super::facts::Facts;

/// Shorter texts are cut off in pg_stat_activity in the middle of ordinary statements.
const LEAST_QUERY_SIZE: u64 = 1024;

pub(super) fn check(facts: &Facts) -> Vec<Item> {
    vec![extension(facts), query_id(facts), io_timing(facts), query_size(facts), logging(facts)]
}

fn extension(facts: &Facts) -> Item {
    let check = "pg_stat_statements";
    let load = "`ALTER SYSTEM SET shared_preload_libraries = 'pg_stat_statements'`, then restart";
    // Who may not see the setting finds out from the view, which answers only when the library is loaded.
    let setting = facts.settings.get("shared_preload_libraries");
    let loaded = setting.map(|libraries| libraries.split(',').any(|library| library.trim() == check));
    match (&facts.statements, &facts.statements_refusal, loaded) {
        (Some(version), None, _) => Item::ok(check, format!("version {version}")),
        (Some(_), Some(refusal), _) => {
            Item::warn(check, format!("it is installed, but its library is not loaded: {refusal}"), load)
        }
        (None, _, _) if !facts.is("available") => Item::warn(
            check,
            "the server does not have it",
            format!(
                "install the contrib package (postgresql-contrib), {load} and `CREATE EXTENSION pg_stat_statements`"
            ),
        ),
        (None, _, Some(false)) => Item::warn(
            check,
            "neither loaded nor installed: the report can't tell server time from the way",
            format!("{load} and `CREATE EXTENSION pg_stat_statements`"),
        ),
        (None, ..) => Item::warn(
            check,
            "not installed in this database: the report can't tell server time from the way",
            "`CREATE EXTENSION pg_stat_statements` in this database, as a superuser",
        ),
    }
}

fn query_id(facts: &Facts) -> Item {
    let check = "compute_query_id";
    match facts.setting(check) {
        "" => Item::note(check, "unknown to this version; pg_stat_statements computes it itself"),
        "off" => Item::warn(
            check,
            "off: waits can't be told by statement",
            "`ALTER SYSTEM SET compute_query_id = auto`, then `SELECT pg_reload_conf()`",
        ),
        value => Item::ok(check, value),
    }
}

fn io_timing(facts: &Facts) -> Item {
    let check = "track_io_timing";
    match facts.setting(check) {
        "on" => Item::ok(check, "on"),
        "" => Item::note(check, "unknown"),
        _ => Item::warn(
            check,
            "off: time spent reading and writing can't be told from computing",
            "`ALTER SYSTEM SET track_io_timing = on`, then `SELECT pg_reload_conf()`; pg_test_timing tells what it costs",
        ),
    }
}

fn query_size(facts: &Facts) -> Item {
    let check = "track_activity_query_size";
    match facts.number(check) {
        Some(bytes) if bytes < LEAST_QUERY_SIZE => Item::warn(
            check,
            format!("{bytes} bytes: longer statements are cut off"),
            "`ALTER SYSTEM SET track_activity_query_size = 4096`, then restart",
        ),
        Some(bytes) => Item::ok(check, format!("{bytes} bytes")),
        None => Item::note(check, "unknown"),
    }
}

fn logging(facts: &Facts) -> Item {
    let check = "statement log";
    let everything = facts.setting("log_statement") == "all" || facts.setting("log_min_duration_statement") == "0";
    match everything {
        true => Item::warn(
            check,
            "every statement is logged, which a load will feel",
            "`ALTER SYSTEM SET log_statement = none` and `log_min_duration_statement = '1s'`, then `SELECT pg_reload_conf()`",
        ),
        false => Item::ok(check, "not every statement is logged"),
    }
}

#[cfg(test)]
mod tests {
    use super::super::super::State;
    use super::*;

    fn facts(settings: &[(&str, &str)]) -> Facts {
        let settings = settings.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        Facts { settings, ..Facts::default() }
    }

    #[test]
    fn what_is_missing_of_the_extension_is_told() {
        let mut given = facts(&[("shared_preload_libraries", "")]);
        assert!(extension(&given).found.contains("does not have it"));
        given.yes.insert("available".into(), true);
        assert!(extension(&given).found.contains("neither loaded nor installed"));
        given.settings.insert("shared_preload_libraries".into(), "auto_explain, pg_stat_statements".into());
        assert!(extension(&given).found.contains("not installed in this database"));
        given.statements = Some("1.10".into());
        assert_eq!(extension(&given), Item::ok("pg_stat_statements", "version 1.10"));
        given.statements_refusal = Some("must be loaded".into());
        assert_eq!(extension(&given).state, State::Warn);
    }

    #[test]
    fn settings_that_blind_a_report_are_warned_of() {
        let blind = facts(&[
            ("compute_query_id", "off"),
            ("track_io_timing", "off"),
            ("track_activity_query_size", "100"),
            ("log_statement", "all"),
        ]);
        assert!(check(&blind).iter().all(|item| item.state == State::Warn));
        let seeing = facts(&[
            ("compute_query_id", "auto"),
            ("track_io_timing", "on"),
            ("track_activity_query_size", "1024"),
            ("log_statement", "none"),
        ]);
        assert!(check(&seeing)[1..].iter().all(|item| item.state == State::Ok));
    }
}
