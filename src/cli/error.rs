//! Errors of the command line and of what it reads.

use std::io;
use std::path::PathBuf;

use crate::analysis::threshold::RuleError;
use crate::drivers::Failure;
use crate::engine::EngineError;
use crate::export::ExportError;
use crate::plan::PlanError;
use crate::plan::safety::Danger;
use crate::plan::suite::SuiteError;
use crate::plan::units::UnitError;
use crate::report::ReportError;
use crate::script::ScriptError;

/// Why a command could not do its work. A hint, where there is one, is on a line of its own.
#[derive(Debug, thiserror::Error)]
#[allow(missing_docs, reason = "the fields are what the messages say")]
pub enum CliError {
    /// The plan is wrong.
    #[error(transparent)]
    Plan(#[from] PlanError),
    /// A threshold cannot be read.
    #[error(transparent)]
    Rule(#[from] RuleError),
    /// The scenario cannot be loaded.
    #[error(transparent)]
    Script(#[from] ScriptError),
    /// The run or rehearsal could not be carried through.
    #[error(transparent)]
    Engine(#[from] EngineError),
    /// A target that should not be used.
    #[error(transparent)]
    Danger(#[from] Danger),
    /// `throng.toml` is wrong.
    #[error("{}: {problem}", .path.display())]
    Config { path: PathBuf, problem: String },
    /// `.env` is wrong.
    #[error("`.env`: {}", dotenv_problem(.0))]
    Dotenv(dotenvy::Error),
    /// No terminal to show a run on.
    #[error(
        "`--tui` shows the run on a terminal, and {what} is none\nhint: leave it out: a line an interval says how far the run has come"
    )]
    NoTerminal { what: &'static str },
    /// A terminal that can't be used.
    #[error("the terminal can't show the run: {0}")]
    Screen(io::Error),
    /// Nothing to look at.
    #[error(
        "there is no target to look at\nhint: give `--pg URL`, `--redis URL`, `--http URL`, or `--target NAME` of throng.toml"
    )]
    NoTarget,
    /// Nowhere to send requests to.
    #[error(
        "target `{target}` has no URL, and an application is not throng's to start\nhint: start it, and give `--http {}URL`, or name it in throng.toml",
        if target == "http" { String::new() } else { format!("{target}=") }
    )]
    NoUrl { target: String },
    /// A URL of the other kind of server.
    #[error(
        "target `{target}` is a {needs}, but the URL given for it is that of a {is}\nhint: give the URL of a {is} with `{flag}`"
    )]
    OtherKind { target: String, is: &'static str, needs: &'static str, flag: &'static str },
    /// A URL that cannot be understood.
    #[error("target `{target}`: {source}{}", source.hint_line())]
    Url { target: String, source: Box<Failure> },
    /// A URL with a port that is none.
    #[error("target `{target}`: its URL can't be understood: {problem}\nhint: a port is a number from 1 to 65535")]
    Port { target: String, problem: String },
    /// A setting that `throng scale` makes itself.
    #[error(
        "`throng scale` makes the load itself, so `{flag}` means nothing to it\nhint: `--steps` says how many users, `--step` for how long each number stays"
    )]
    ScaleSetting { flag: String },
    /// A table of `throng.toml` for a scenario that is not there.
    #[error("{}: `scenarios.{name}`: there is no scenario of that name, neither bundled nor as a file{hint}", .path.display())]
    NoSuchScenario { path: PathBuf, name: String, hint: String },
    /// A rule on a persona that does not play.
    #[error(
        "threshold: `{rule}` is on a persona that `persona` leaves out\nhint: leave out the rule, or let the persona play"
    )]
    Absent { rule: String },
    /// A target that `throng.toml` does not name.
    #[error("there is no target `{name}` in throng.toml{hint}")]
    UnknownTarget { name: String, hint: String },
    /// A target whose URL names a variable that is not set.
    #[error(
        "target `{name}` of throng.toml: its `{kind}` names a variable that is not set\nhint: set the variable, or give it a default: `${{NAME:-default}}`"
    )]
    UnsetTarget { name: String, kind: &'static str },
    /// A `THRONG_*` variable that means nothing.
    #[error("the environment variable `{name}` is no setting of throng{hint}")]
    UnknownVariable { name: String, hint: String },
    /// A variable that is not UTF-8.
    #[error("the environment variable `{name}` is not UTF-8")]
    NotText { name: String },
    /// A folder where a scenario's file belongs.
    #[error("`{0}` is a folder, not a scenario\nhint: name one of the Lua files in it")]
    ScenarioFolder(String),
    /// Neither a file nor a bundled scenario.
    #[error("there is no scenario `{name}`, neither as a file nor bundled{hint}")]
    NoScenario { name: String, hint: String },
    /// A scenario that cannot be read.
    #[error("{}: {source}", .path.display())]
    ReadScenario { path: PathBuf, source: io::Error },
    /// An `--out` that cannot be read.
    #[error("`--out {text}` names no file\nhint: write FORMAT=PATH, where FORMAT is one of {formats}")]
    BadOut { text: String, formats: String },
    /// An `--out` that names standard output as other tools do.
    #[error("`--out {text}`: `-` is no file\nhint: for standard output write `{format}=/dev/stdout`")]
    OutToNowhere { text: String, format: &'static str },
    /// Two reports that would go to one file.
    #[error("two reports would go to `{}`\nhint: give each a file of its own", .path.display())]
    OutTwice { path: PathBuf },
    /// A report that would take the place of what it is made from.
    #[error("a report would take the place of `{}`, which is read\nhint: give it a file of its own", .path.display())]
    OutOverInput { path: PathBuf },
    /// Figures that can't be sent anywhere while a run goes on.
    #[error("`--out {name}`: {source}")]
    Export { name: &'static str, source: ExportError },
    /// Figures of a run that is over, asked for as it goes on.
    #[error(
        "`--out {name}` tells of a run while it goes on, and that of a record is over\nhint: give it to `throng run`"
    )]
    NothingLive { name: &'static str },
    /// Figures of a suite's runs, asked for as they go on.
    #[error(
        "`--out {name}` tells of one run while it goes on, and the `--out` of a suite is a folder\nhint: play the run by itself, with `throng run`"
    )]
    LiveSuite { name: &'static str },
    /// An `--out` that cannot be written, as is known before the run.
    #[error(transparent)]
    OutPlace(ReportError),
    /// A report that cannot be made or written.
    #[error(transparent)]
    Report(#[from] ReportError),
    /// A profile that cannot be played.
    #[error("profile `{profile}`: {source}")]
    Profile { profile: String, source: Box<CliError> },
    /// Steps that make no staircase.
    #[error("{problem}{}", if hint.is_empty() { String::new() } else { format!("\nhint: {hint}") })]
    Steps { problem: String, hint: String },
    /// A suite that cannot be played.
    #[error(transparent)]
    Suite(#[from] SuiteError),
    /// No suite named, and none to be written.
    #[error("no suite is named\nhint: `throng suite FILE`, or `throng suite --init FILE` to write one")]
    WhichSuite,
    /// Neither a file nor a bundled suite.
    #[error("there is no suite `{name}`, neither as a file nor bundled{hint}")]
    NoSuite { name: String, hint: String },
    /// A scale that cannot be read.
    #[error("`--scale`: {source}")]
    Scale { source: UnitError },
    /// A run of a suite that cannot be played, or was not carried through.
    #[error("run `{run}`: {source}")]
    OfRun { run: String, source: Box<CliError> },
    /// Runs side by side that would make and drop each other's data.
    #[error(
        "runs `{first}` and `{second}` are played side by side on the same data of `{address}`\nhint: play them in order, or give each a database of its own"
    )]
    SameData { first: String, second: String, address: String },
    /// A file where a suite's folder belongs.
    #[error("`{}` is a file, not a folder\nhint: a suite keeps several files; name a folder for them with `--out`", .path.display())]
    NoFolder { path: PathBuf },
    /// A folder in which a suite is being played.
    #[error("a suite is being played in `{}`\nhint: wait for its end, or name another folder with `--out`", .path.display())]
    InUse { path: PathBuf },
    /// A folder with what another suite has left.
    #[error("`{}` holds the records of suite `{suite}`\nhint: name another folder with `--out`, or remove it", .path.display())]
    OthersFolder { path: PathBuf, suite: String },
    /// What is to be resumed cannot be understood.
    #[error("{}: {problem}\nhint: without `--resume` all is played again", .path.display())]
    Unresumable { path: PathBuf, problem: String },
    /// A URL for a suite of which no run has such a target.
    #[error("no run of the suite uses the {kind} target that the command line names")]
    UnusedUrl {
        /// The kind of target.
        kind: &'static str,
    },
    /// Runs that should not be compared.
    #[error(
        "the runs are not alike:\n{what}\nhint: compare runs of the same work, or add `--even-if-unlike` if the difference is what you ask about"
    )]
    Unlike { what: String },
    /// Records of which it is not said which are new.
    #[error(
        "{}\nhint: `throng compare BASE NEW`, or `throng compare BASE… -- NEW…`",
        if *given == 1 { "one record has nothing to be compared with".to_owned() } else { format!("of {given} records it is not said which are new") }
    )]
    Sides { given: usize },
    /// A flag where only files can be.
    #[error("`{text}` stands behind `--`, where only records are named\nhint: put it before the records")]
    BehindFiles { text: String },
    /// A flag that is about one run, for several.
    #[error("`{flag}` is for one run\nhint: leave it out, or `--repeat` and `--against`")]
    OfOneRun { flag: &'static str },
    /// A format that is about one run, for several.
    #[error("`--out {name}` is of one run, and the report on several is {formats}\nhint: {hint}")]
    OutOfOne { name: String, formats: String, hint: String },
    /// A flag that has nothing to do without another.
    #[error("`{flag}` does nothing without `{without}`\nhint: add `{without}`, or leave `{flag}` out")]
    Idle { flag: &'static str, without: &'static str },
    /// A folder whose records would be replaced by those that are held against them.
    #[error("`{}` is a record to compare with, and would be replaced\nhint: keep the new records elsewhere with `--records DIR`", path.display())]
    OwnBaseline { path: PathBuf },
    /// Flags of a side that cannot be read.
    #[error("`--{side}`: {problem}\nhint: write what `throng run` takes, such as `--{side} '--param rows=100'`")]
    SideFlags { side: char, problem: String },
    /// A least change that cannot be read.
    #[error("`--min-change`: {source}")]
    MinChange { source: UnitError },
    /// A folder without records.
    #[error("`{}` has no record of a run\nhint: `throng run SCENARIO --out json=PATH` writes one", .path.display())]
    NoRecords { path: PathBuf },
    /// Files among records that are none.
    #[error("{what}\nhint: keep other JSON files elsewhere, or name the records one by one")]
    NotRecords { what: String },
    /// A folder that cannot be listed.
    #[error("{}: {source}", .path.display())]
    Folder { path: PathBuf, source: io::Error },
    /// A file that could not be written.
    #[error("{}: {source}", .path.display())]
    Write { path: PathBuf, source: io::Error },
    /// Standard output could not be written.
    #[error("standard output: {0}")]
    Print(#[from] io::Error),
    /// A name for a scenario that cannot be one.
    #[error("`{name}` cannot be the name of a scenario\nhint: use letters, digits, `_` and `-`")]
    BadName { name: String },
    /// A file that is already there.
    #[error("{} is already there\nhint: choose another name, or remove it", .path.display())]
    Exists { path: PathBuf },
}

/// What is wrong with `.env`, without the line, which may hold a password.
fn dotenv_problem(error: &dotenvy::Error) -> String {
    match error {
        dotenvy::Error::LineParse(line, at) => {
            let name = line.split('=').next().unwrap_or_default().trim();
            format!("the line of `{name}` cannot be understood from character {at} on")
        }
        other => other.to_string(),
    }
}
