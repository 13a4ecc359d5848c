//! The resolved plan of one run.

use std::path::PathBuf;
use std::time::Duration;

use super::load::Load;
use super::settings::{PresetChoice, Thresholds};
use super::target::Targets;
use super::{Assignment, Explaining, Monitoring, Params, PersonaPlan};

/// Everything that is decided before a run starts.
#[derive(Debug, Clone)]
pub struct Plan {
    /// The scenario's name: its file name without the extension.
    pub scenario: String,
    /// One line on what the scenario models.
    pub about: String,
    /// Tells this run from all others; empty until it begins.
    pub run_id: String,
    /// SHA-256 of the scenario's source, in hex; records of different sources are not comparable.
    pub source_hash: String,
    /// The profile in force.
    pub profile: Option<String>,
    /// Parameters with the values in force.
    pub params: Params,
    /// Personas in the order of their names.
    pub personas: Vec<PersonaPlan>,
    /// Populations, each with its own load. Users and arrivals are numbered within a group.
    pub groups: Vec<Group>,
    /// Played first, unmeasured.
    pub warm_up: Duration,
    /// How long unfinished iterations may go on once the load ends.
    pub graceful_stop: Duration,
    /// Worker threads.
    pub workers: usize,
    /// The seed of every random stream.
    pub seed: u64,
    /// The systems under test.
    pub targets: Targets,
    /// What is watched.
    pub monitor: Monitoring,
    /// Whose plans are looked at.
    pub explain: Explaining,
    /// Timeouts and ceilings.
    pub limits: Limits,
    /// Threshold rules as written.
    pub thresholds: Vec<String>,
    /// Rules of the budget as written, which hold besides.
    pub budget: Vec<String>,
    /// The limits of ratings and findings.
    pub preset: PresetChoice,
    /// The number of users the scaling estimate is stated for.
    pub scale_to: u64,
    /// The mean response time that counts as served in it.
    pub scale_target: Duration,
    /// Environment variables the scenario declared and may read.
    pub env: Vec<String>,
    /// Tables that `setup` makes anew, and must not find there unless throng made them.
    pub tables: Vec<String>,
    /// Whether what safety would refuse is done all the same.
    pub force: bool,
    /// Whether `throng.exec` may be used.
    pub allow_exec: bool,
    /// The folder of `throng.file`; a temporary one if none is given.
    pub data: Option<PathBuf>,
    /// Whether a script bug ends the run at once (the default) or is only counted.
    pub stop_on_script_bug: bool,
    /// Where each value in force came from: (field, value, origin), for `throng check`.
    pub origins: Vec<(String, String, Origin)>,
}

/// The longest `application_name` that PostgreSQL keeps, in bytes (NAMEDATALEN - 1).
const LONGEST_NAME: usize = 63;

impl Plan {
    /// Has these rules judge the run, and `throng check` show them.
    pub fn set_thresholds(&mut self, rules: Vec<String>) {
        self.show_rules("thresholds", &rules);
        self.thresholds = rules;
    }

    /// Has these rules judge the run besides, and `throng check` show them.
    pub fn set_budget(&mut self, rules: Vec<String>) {
        self.show_rules("budget", &rules);
        self.budget = rules;
    }

    fn show_rules(&mut self, setting: &str, rules: &[String]) {
        if let Some((_, shown, _)) = self.origins.iter_mut().find(|(field, ..)| field == setting) {
            *shown = Thresholds::shown(rules);
        }
    }

    /// Gives the run its id, and has all sessions say in `pg_stat_activity` whose they are: `throng SCENARIO ID`.
    pub fn begin_as(&mut self, run_id: String) {
        let room = LONGEST_NAME.saturating_sub("throng  ".len() + run_id.len());
        let fits = |end: &usize| *end <= room;
        let ends = self.scenario.char_indices().map(|(at, c)| at + c.len_utf8());
        let scenario = &self.scenario[..ends.take_while(fits).last().unwrap_or(0)];
        let name = format!("throng {scenario} {run_id}");
        for target in self.targets.postgres.values_mut() {
            target.session.application_name = Some(name.clone());
        }
        self.run_id = run_id;
    }

    /// Most users at once, of all groups together.
    pub fn users(&self) -> u64 {
        self.groups.iter().map(|group| group.load.users()).sum()
    }
}

/// A population with a load of its own.
#[derive(Debug, Clone)]
pub struct Group {
    /// Distinguishes the random streams of groups; the first group is 0.
    pub index: u32,
    /// How many, when, for how long.
    pub load: Load,
    /// Who plays what.
    pub assignment: Assignment,
}

impl Group {
    /// The users of a closed group that play a persona.
    pub fn users_of(&self, persona: u16) -> u64 {
        let cycle = &self.assignment.cycle;
        let (users, length) = (self.load.users(), cycle.len() as u64);
        let among = |turns: &[u16]| turns.iter().filter(|played| **played == persona).count() as u64;
        users / length * among(cycle) + among(&cycle[..(users % length) as usize])
    }
}

/// Timeouts and ceilings, each with a default.
#[derive(Debug, Clone)]
pub struct Limits {
    /// One statement or Redis command.
    pub statement: Duration,
    /// One operation.
    pub operation: Duration,
    /// Opening a connection.
    pub connect: Duration,
    /// Waiting for a lock in PostgreSQL, kept by the server; `None` derives it from the limit on a statement, zero is none.
    pub lock: Option<Duration>,
    /// Idling in a transaction, kept by PostgreSQL; `None` derives it from the limit on an operation, zero is none.
    pub idle_in_transaction: Option<Duration>,
    /// Lua memory of one worker, in bytes.
    pub memory_bytes: usize,
}

impl Limits {
    /// The same with another limit on a statement: for what throng itself asks, which the users' limit is not meant for.
    pub fn with_statement(&self, limit: Duration) -> Self {
        Self { statement: limit, ..self.clone() }
    }
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            statement: Duration::from_secs(30),
            operation: Duration::from_secs(60),
            connect: Duration::from_secs(5),
            lock: None,
            idle_in_transaction: None,
            memory_bytes: 512 << 20,
        }
    }
}

/// The configuration layer a value came from, weakest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Origin {
    /// throng's own default.
    Default,
    /// The scenario file.
    Scenario,
    /// The chosen profile of the scenario.
    Profile,
    /// `throng.toml`.
    File,
    /// The file of a suite.
    Suite,
    /// A `THRONG_*` variable, `DATABASE_URL`, `REDIS_URL`, or `.env`.
    Environment,
    /// A flag.
    CommandLine,
}

impl Origin {
    /// The place in words.
    pub fn place(self) -> &'static str {
        match self {
            Self::Default => "throng's default",
            Self::Scenario => "the scenario",
            Self::Profile => "the profile",
            Self::File => "throng.toml",
            Self::Suite => "the suite",
            Self::Environment => "the environment",
            Self::CommandLine => "the command line",
        }
    }
}
