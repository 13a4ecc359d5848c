//! Each scenario in `examples/trouble/` is about one trouble, and that is the first thing that throng finds in it.

use std::fs;
use std::path::Path;
use std::process::Command;
use std::sync::{Mutex, PoisonError};

use throng::record::{FindingRecord, Record, Severity};

/// A file, the rule whose finding comes first, and words of what it must say: of its title, evidence and action.
struct Trouble {
    file: &'static str,
    rule: &'static str,
    says: &'static [&'static str],
    try_this: &'static str,
}

const TROUBLES: [Trouble; 9] = [
    Trouble {
        file: "missing_index",
        rule: "missing_index",
        says: &["`public.orders`", "`orders_of`", "scans of the whole table"],
        try_this: "CREATE INDEX CONCURRENTLY ON public.orders (customer_id);",
    },
    Trouble {
        file: "lock_convoy",
        rule: "lock_contention",
        says: &["`count_visit`", "whose session then idled in its transaction"],
        try_this: "end the transaction of `count_visit` sooner",
    },
    Trouble {
        file: "small_pool",
        rule: "pool_too_small",
        says: &["the pool of postgres", "wait for a connection"],
        try_this: "--connections 20",
    },
    Trouble {
        file: "spill",
        rule: "temp_spill",
        says: &["`rank_sales`", "work_mem is 256kB", "written to temporary files"],
        try_this: "SET work_mem = '8MB' for the sessions that run `rank_sales`",
    },
    Trouble {
        file: "checkpoint_storm",
        rule: "checkpoints",
        says: &["max_wal_size is 32MB", "from one to the next"],
        try_this: "ALTER SYSTEM SET max_wal_size = '",
    },
    Trouble {
        file: "deadlock_pair",
        rule: "deadlocks",
        says: &["`correct` and `debit`", "deadlocks"],
        try_this: "have the transactions of `correct` and `debit` take their rows in one order",
    },
    Trouble {
        file: "cold_cache",
        rule: "cold_cache",
        says: &["cold", "of blocks were in the cache at the beginning"],
        try_this: "--warm-up",
    },
    Trouble {
        file: "eviction_storm",
        rule: "redis_evictions",
        says: &["redis throws keys out", "maxmemory-policy is allkeys-lru"],
        try_this: "CONFIG SET maxmemory 12mb",
    },
    Trouble {
        file: "saturated_generator",
        rule: "generator_limit",
        says: &["persona `burner`", "scripts ran on worker"],
        try_this: "have persona `burner` compute less",
    },
];

/// Checks a scenario and plays it for a moment, on servers that throng starts for it, while no other is played: each
/// would be in the other's figures of the machine.
fn play(scenario: &str) -> Record {
    static ONE_AT_A_TIME: Mutex<()> = Mutex::new(());
    let _alone = ONE_AT_A_TIME.lock().unwrap_or_else(PoisonError::into_inner);
    let folder = tempfile::tempdir().expect("a temporary folder can be made");
    let out = folder.path().join("record.json");
    let throng = |args: &[&str]| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_throng"));
        command.current_dir(env!("CARGO_MANIFEST_DIR")).args(args).env_remove("DATABASE_URL").env_remove("REDIS_URL");
        let output = command.output().expect("the binary was built with this test");
        let said = String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).into_owned();
        assert_eq!(output.status.code(), Some(0), "{args:?}\n{said}");
    };
    throng(&["check", scenario]);
    let out_json = format!("json={}", out.display());
    throng(&["run", scenario, "--profile", "quick", "--quiet", "--seed", "1", "--workers", "2", "--out", &out_json]);
    let text = fs::read_to_string(&out).expect("the record was written");
    serde_json::from_str(&text).expect("a record")
}

/// All that a finding says, but for what to do.
fn said(finding: &FindingRecord) -> String {
    let evidence = finding.evidence.iter().map(|evidence| evidence.label.as_str());
    std::iter::once(finding.title.as_str()).chain(evidence).collect::<Vec<_>>().join("; ")
}

#[test]
fn every_trouble_is_the_first_finding_of_its_run() {
    for Trouble { file, rule, says, try_this } in TROUBLES {
        let record = play(&format!("examples/trouble/{file}.lua"));
        let first = record.findings.first().unwrap_or_else(|| panic!("{file}: nothing was found"));
        assert_eq!(first.id, rule, "{file}: {:#?}", record.findings);
        let said = said(first);
        assert!(says.iter().all(|words| said.contains(words)), "{file}: {says:?} in {said}");
        assert!(first.action.contains(try_this), "{file}: {}", first.action);
    }
}

#[test]
fn no_trouble_is_left_out() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/trouble");
    let entries = fs::read_dir(folder).expect("there are examples");
    let mut files: Vec<String> = entries
        .map(|entry| entry.expect("the folder can be listed").file_name().to_string_lossy().into_owned())
        .collect();
    let mut known = TROUBLES.map(|trouble| format!("{}.lua", trouble.file)).to_vec();
    files.sort();
    known.sort();
    assert_eq!(files, known);
    let page = include_str!("../docs/trouble.md");
    for Trouble { file, .. } in TROUBLES {
        assert!(page.contains(&format!("\n## {file}\n")), "docs/trouble.md has no section for `{file}`");
    }
}

#[test]
fn a_healthy_run_has_nothing_to_be_warned_of() {
    let record = play("membership");
    // What else this machine does meanwhile is not the scenario's.
    let of_the_machine = ["generator_starved", "host_cpu", "host_disk", "host_memory", "shared_host"];
    let alarms: Vec<_> = record
        .findings
        .iter()
        .filter(|finding| finding.severity < Severity::Note && !of_the_machine.contains(&&*finding.id))
        .collect();
    assert!(alarms.is_empty(), "{alarms:#?}");
}
