//! An archiver that is killed at any moment and started again loses no row, and has none in two places.
//!
//! What the files hold is read here anew, by nothing of the scenario's own code.

#![cfg(target_os = "linux")]

mod support;

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{BufRead, BufReader};
use std::os::fd::AsFd;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::time::Duration;

use flate2::read::MultiGzDecoder;
use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
use nix::sys::inotify::{AddWatchFlags, InitFlags, Inotify};
use rand::{RngExt, SeedableRng};
use rand_xoshiro::Xoshiro256PlusPlus;
use serde_json::Value;
use support::pg::{query, target};
use throng::drivers::postgres::{Connection, Value as Found};
use throng::plan::Limits;
use throng::plan::target::StatementMode;
use throng::servers::{PostgresOptions, ThrowawayPostgres};

const TABLES: [&str; 2] = ["audit_log_1", "audit_log_2"];

/// How often it is killed.
const KILLS: usize = 20;

/// How often at most, as long as no kill has met it at work: that is a matter of luck, of which there is less on a busy machine.
const MOST_KILLS: usize = 100;

/// Each batch is some ten to twenty events of its folder: made, written, closed, read, renamed, the manifest written.
const MOST_EVENTS: usize = 60;

/// From an event on it goes for as long again, so that it is also killed where the disk sees nothing, as between the
/// commit and the manifest.
const MOST_MICROSECONDS: u64 = 4000;

/// An archiver's run on one server and one folder.
struct Archiver<'a> {
    url: &'a str,
    folder: &'a Path,
}

impl Archiver<'_> {
    /// The program; `rounds` of archival, with rows fed in before each but the first.
    fn command(&self, rounds: u32) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_throng"));
        command.args(["run", "archiver", "--profile", "quick", "--quiet", "--no-monitor", "all", "--pg", self.url]);
        command.arg("--data").arg(self.folder);
        for param in ["resume=true", "rows=1500", "batch=50", "feed=300", "pause=0s", "quiet=0s"] {
            command.args(["--param", param]);
        }
        command.arg("--param").arg(format!("rounds={rounds}"));
        command.args(["--think", "exp(5ms)"]).env_remove("DATABASE_URL").env_remove("REDIS_URL");
        command.stdin(Stdio::null());
        command
    }

    fn finish(&self) -> Output {
        self.command(1).output().expect("the binary was built with this test")
    }

    /// Starts it, and kills it in the middle of its work: after so many events of its folder, and so much later.
    fn kill_after(&self, events: &Events, count: usize, later: Duration) {
        let mut process = self.command(1_000_000).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let mut seen = 0;
        while seen < count {
            seen += events.next(&mut process);
        }
        // Not to wait for something: any moment will do.
        std::thread::sleep(later);
        process.kill().unwrap();
        process.wait().unwrap();
        events.forget();
    }
}

/// What happens in the folders of the files.
struct Events(Inotify);

impl Events {
    fn of(folder: &Path) -> Self {
        let inotify = Inotify::init(InitFlags::IN_NONBLOCK | InitFlags::IN_CLOEXEC).unwrap();
        for table in TABLES {
            let path = folder.join("audit").join(table);
            fs::create_dir_all(&path).unwrap();
            inotify.add_watch(&path, AddWatchFlags::IN_ALL_EVENTS).unwrap();
        }
        Self(inotify)
    }

    /// Waits for some, and says how many; fails when the process has ended instead.
    fn next(&self, process: &mut Child) -> usize {
        let mut poller = [PollFd::new(self.0.as_fd(), PollFlags::POLLIN)];
        while poll(&mut poller, PollTimeout::from(100u8)).unwrap() == 0 {
            if let Some(status) = process.try_wait().unwrap() {
                let mut said = String::new();
                std::io::Read::read_to_string(&mut process.stderr.take().unwrap(), &mut said).unwrap();
                panic!("it ended by itself: {status}\n{said}");
            }
        }
        self.0.read_events().map_or(0, |events| events.len())
    }

    fn forget(&self) {
        while self.0.read_events().is_ok_and(|events| !events.is_empty()) {}
    }
}

/// The files of a table, but for its manifest.
fn files(folder: &Path, table: &str) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder.join("audit").join(table)).unwrap();
    let paths = entries.map(|entry| entry.unwrap().path());
    paths.filter(|path| !path.ends_with("manifest.jsonl")).collect()
}

fn manifest(folder: &Path, table: &str) -> Vec<Value> {
    let text = fs::read_to_string(folder.join("audit").join(table).join("manifest.jsonl")).unwrap_or_default();
    text.lines().filter_map(|line| serde_json::from_str(line).ok()).collect()
}

/// The whole numbers of a query's rows.
async fn rows(connection: &Connection, sql: String) -> Vec<Vec<i64>> {
    let found = query(connection, &sql, &[]).await.unwrap();
    let number = |row, column| match found.value(row, column, &mut String::new()) {
        Ok(Found::Int(number)) => number,
        other => panic!("{sql}: {other:?}"),
    };
    (0..found.len()).map(|row| (0..found.columns().len()).map(|column| number(row, column)).collect()).collect()
}

/// How often each row of a table is there, by writer and number: in files and in the table.
async fn whereabouts(connection: &Connection, folder: &Path, table: &str) -> BTreeMap<(i64, i64), usize> {
    let mut found = BTreeMap::new();
    for path in files(folder, table) {
        for line in BufReader::new(MultiGzDecoder::new(File::open(&path).unwrap())).lines() {
            let row: Value = serde_json::from_str(&line.unwrap()).unwrap();
            let number = |name: &str| row[name].as_i64().unwrap();
            *found.entry((number("writer"), number("number"))).or_default() += 1;
        }
    }
    for row in rows(connection, format!("SELECT writer, number FROM {table}")).await {
        *found.entry((row[0], row[1])).or_default() += 1;
    }
    found
}

#[tokio::test]
async fn an_archiver_killed_at_random_again_and_again_loses_no_row_and_has_none_twice() {
    let server = ThrowawayPostgres::start(&PostgresOptions::default()).expect("PostgreSQL starts");
    let folder = tempfile::tempdir().unwrap();
    let address = server.url();
    let archiver = Archiver { url: address.reveal(), folder: folder.path() };
    let events = Events::of(folder.path());
    let url = target(address.reveal(), StatementMode::Prepared);
    let mut random = Xoshiro256PlusPlus::seed_from_u64(4);
    let (mut unfinished, mut unnoted, mut unlisted) = (0, 0, 0);
    for kill in 0..MOST_KILLS {
        if kill >= KILLS && unfinished + unnoted + unlisted > 0 {
            break;
        }
        let later = Duration::from_micros(random.random_range(0..=MOST_MICROSECONDS));
        archiver.kill_after(&events, random.random_range(1..=MOST_EVENTS), later);
        let connection = Connection::open(&url, &Limits::default()).await.unwrap();
        for table in TABLES {
            let sql = format!("SELECT count(*) FROM audit_archive_batches WHERE table_name = '{table}'");
            let noted = rows(&connection, sql).await[0][0] as usize;
            let left = files(folder.path(), table);
            let parts = left.iter().filter(|path| path.extension().is_some_and(|end| end == "part")).count();
            unfinished += parts;
            unnoted += (left.len() - parts).saturating_sub(noted);
            unlisted += noted.saturating_sub(manifest(folder.path(), table).len());
        }
        connection.close().await;
    }
    println!("left behind: {unfinished} unfinished, {unnoted} unnoted, {unlisted} unlisted files");
    assert!(unfinished + unnoted + unlisted > 0, "no kill met an archiver at work");

    let output = archiver.finish();
    assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
    let connection = Connection::open(&url, &Limits::default()).await.unwrap();
    for table in TABLES {
        let listed: Vec<_> = manifest(folder.path(), table).iter().map(|entry| entry["file"].clone()).collect();
        assert_eq!(listed.len(), files(folder.path(), table).len(), "{table}");
        let found = whereabouts(&connection, folder.path(), table).await;
        let sql = format!("SELECT writer, rows FROM audit_writers WHERE table_name = '{table}'");
        let written = rows(&connection, sql).await;
        let numbers = written.iter().flat_map(|row| (1..=row[1]).map(|number| (row[0], number)));
        let expected: BTreeMap<_, _> = numbers.map(|row| (row, 1)).collect();
        assert!(expected.len() > 1500, "{table}");
        assert!(found == expected, "{table}: rows lost, doubled or made up");
    }
}
