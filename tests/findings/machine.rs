//! What the machine can suffer from, by real use of it.
//!
//! Processors are burnt by processes of the test's own. Neither can a shared machine be filled up with data in memory, nor its
//! disk be kept busy all the time, without harm to others on it: there the limit is lowered to below what any machine has.

use std::process::{Child, Command, Stdio};

use throng::record::Record;

use super::support::{self, play::record};
use super::{alone, finding, found, play_on_with, play_with};

/// Processes that compute for as long as they live.
struct Burners(Vec<Child>);

impl Burners {
    /// So many for each processor.
    fn start(each: usize) -> Self {
        let cores = std::thread::available_parallelism().expect("a number of processors").get();
        let burner = |_| {
            let mut shell = Command::new("sh");
            shell.args(["-c", "while :; do :; done"]).stdin(Stdio::null()).spawn().expect("a shell starts")
        };
        Self((0..each * cores).map(burner).collect())
    }
}

impl Drop for Burners {
    fn drop(&mut self) {
        for burner in &mut self.0 {
            let _ = burner.kill();
            let _ = burner.wait();
        }
    }
}

/// A user now and then.
const QUIET: &str = r#"
    local pg = require("throng.pg")
    local find = pg.statement("find", "SELECT relname FROM pg_class WHERE oid = $1")
    return {
      needs = { "postgres" },
      load = { users = 4, duration = "4s" },
      personas = { reader = { think = "5ms", operations = { look_up = function(user) user.pg:value(find, 1259) end } } },
    }"#;

/// Plays in a process of its own that leaves the processors to whoever else wants them.
fn play_nicely(scenario: &str) -> Record {
    let _alone = alone();
    let folder = tempfile::tempdir().expect("a temporary folder can be made");
    let (file, out) = (folder.path().join("scenario.lua"), folder.path().join("record.json"));
    std::fs::write(&file, scenario).expect("it can be written");
    let server = support::postgres().url();
    let mut nice = Command::new("nice");
    nice.args(["-n", "19", env!("CARGO_BIN_EXE_throng"), "run", "--quiet", "--pg", server.reveal()]);
    nice.arg("--out").arg(format!("json={}", out.display())).arg(&file).current_dir(folder.path());
    let _burners = Burners::start(2);
    let output = nice.output().expect("it starts");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_str(&std::fs::read_to_string(&out).expect("a record was written")).expect("a record")
}

#[test]
fn processors_that_others_take_are_missed_and_throng_that_waits_for_them_says_so() {
    let record = play_nicely(QUIET);
    assert!(finding(&record, "host_cpu").title.contains("has no processor to spare"));
    let starved = finding(&record, "generator_starved");
    assert!(starved.title.contains("kept waiting for a processor"), "{starved:?}");
    let place = |id: &str| record.findings.iter().position(|finding| finding.id == id);
    assert!(place("host_cpu") < place("generator_starved"), "{:#?}", record.findings);
    assert!(record.findings.iter().all(|finding| finding.id != "generator_limit"), "it had little to do");
}

#[test]
fn a_throng_that_computes_beside_its_target_is_said_to_take_from_it() {
    let scenario = r#"
        local pg = require("throng.pg")
        local find = pg.statement("find", "SELECT relname FROM pg_class WHERE oid = $1")
        return {
          needs = { "postgres" },
          load = { users = 4, duration = "3s" },
          personas = { burner = { operations = { burn = function(user)
            local sum = 0
            for n = 1, 2000000 do sum = sum + n % 7 end
            user.pg:value(find, 1259)
          end } } },
        }"#;
    // Whatever else runs here, two workers that never rest have a good part of it.
    let url = support::postgres().url();
    let _alone = alone();
    let record = record(scenario, &[("postgres", url.reveal()), ("preset", "host_cpu=40%")], 2);
    assert!(finding(&record, "shared_host").title.contains("takes processor time from the target"));
}

#[test]
fn memory_and_disks_are_held_against_their_limits() {
    let record = play_with(QUIET, &[("preset", "host_memory=1%")]);
    assert!(finding(&record, "host_memory").evidence.iter().any(|evidence| evidence.limit == Some(0.01)));
    let writing = QUIET
        .replace("SELECT relname FROM pg_class WHERE oid = $1", "INSERT INTO kept SELECT n, repeat('x', 100) FROM generate_series(1, $1::int) n")
        .replace("needs =", "tables = { 'kept' }, setup = function(ctx) ctx.pg:script('DROP TABLE IF EXISTS kept; CREATE TABLE kept (n int, note text)') end, needs =")
        .replace("user.pg:value(find, 1259)", "user.pg:execute(find, 100)");
    let record = play_on_with(&[("fsync", "on")], &writing, &[("preset", "host_disk=0.01%")]);
    let disks = record.monitor.source("host", "host").map(|host| host.rows("disks")).unwrap_or_default();
    if disks.iter().all(|disk| disk.counter("busy_us") == 0.0) {
        eprintln!("left out: this machine tells of no disk that the server wrote to");
        return;
    }
    assert!(found_of_machine(&record, "host_disk"), "{:#?}", record.findings);
}

fn found_of_machine(record: &Record, id: &str) -> bool {
    record.findings.iter().any(|finding| finding.id == id)
}

#[test]
fn a_load_that_should_hardly_be_felt_is_held_against_the_machine_before_it() {
    let busy = QUIET.replace(
        "SELECT relname FROM pg_class WHERE oid = $1",
        "SELECT count(*) FROM generate_series(1, 100000 + $1::int)",
    );
    let settings = [("preset", "host_impact=5%")];
    let record = {
        let url = support::postgres().url();
        let _alone = alone();
        record(&busy, &[("postgres", url.reveal()), settings[0]], 1)
    };
    let processor = record.monitor.source("host", "host").and_then(|host| host.series("processor"));
    let idle = processor.and_then(|processor| processor.gauges.get("idle_percent")).map_or(100.0, |idle| idle.mean);
    match idle > 50.0 {
        true => eprintln!("left out: others keep this machine {idle:.0} % busy, so that no load could be felt"),
        false => assert_eq!(finding(&record, "host_impact").evidence.len(), 2, "{:#?}", record.findings),
    }
    let record = play_with(QUIET, &[]);
    assert!(
        found(&record).iter().all(|finding| finding.id != "host_impact"),
        "none is asked for: {:#?}",
        record.findings
    );
}
