//! The commands and what all of them take.

use clap::{Parser, Subcommand};

use super::check::CheckArgs;
use super::compare::CompareArgs;
use super::doctor::DoctorArgs;
use super::exit::ExitStatus;
use super::experiment::{AbArgs, RunCommand};
use super::history::HistoryArgs;
use super::new::NewArgs;
use super::rehearse::RehearseArgs;
use super::report::ReportArgs;
use super::scale::ScaleArgs;
use super::show::ShowArgs;
use super::suite::SuiteArgs;

/// Plays crowds of users, written in Lua, against PostgreSQL and Redis.
#[derive(Debug, Parser)]
#[command(name = "throng", version, max_term_width = 100, after_help = ExitStatus::help())]
pub struct Cli {
    /// Use no colour, not even on a terminal (as with NO_COLOR)
    #[arg(long, global = true)]
    pub no_color: bool,

    /// What to do
    #[command(subcommand)]
    pub command: Command,
}

/// The commands.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Play a scenario and report what its users felt
    Run(RunCommand),
    /// Load and validate scenarios without a target, and print the plan that results
    Check(CheckArgs),
    /// Play every operation once and show each statement with its time and rows
    Rehearse(RehearseArgs),
    /// Play a scenario with more and more users, and estimate how many the system bears
    Scale(ScaleArgs),
    /// Play several runs, in order or side by side, and judge them together
    Suite(SuiteArgs),
    /// Play a scenario in two ways by turns, and say what changed
    Ab(AbArgs),
    /// Hold runs against each other, and say what changed
    Compare(CompareArgs),
    /// Show how figures went over many runs, and since which run they are others
    History(HistoryArgs),
    /// Make further reports from the record of a run
    Report(ReportArgs),
    /// Check what stands in the way of a run against a target, and say how to mend it
    Doctor(DoctorArgs),
    /// List the bundled scenarios and suites
    List,
    /// Show what a scenario models, its parameters, profiles and personas
    Show(ShowArgs),
    /// Write a scenario to start from, and what an editor needs for it
    New(NewArgs),
}
