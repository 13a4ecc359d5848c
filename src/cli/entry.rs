//! From the process's arguments to its exit status.

use std::io::{self, Write};
use std::process::ExitCode;

use clap::Parser;

use super::args::{Cli, Command};
use super::error::CliError;
use super::exit::ExitStatus;
use super::hidden::hidden;
use super::terminal::Terminal;
use super::{
    check, compare, doctor, environment, experiment, history, list, new, rehearse, report, scale, show, suite,
};

/// Runs the program.
pub fn main() -> ExitCode {
    // Before the arguments are read, since some of them may come from there, and while there is but one thread.
    let dotenv = environment::load_dotenv();
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(refusal) => return refused(&refusal),
    };
    let mut terminal = Terminal::new(cli.no_color);
    let status = dotenv.and_then(|()| dispatch(cli.command, &mut terminal)).unwrap_or_else(|error| {
        terminal.error(&error);
        ExitStatus::from(&error)
    });
    status.into()
}

fn dispatch(command: Command, terminal: &mut Terminal) -> Result<ExitStatus, CliError> {
    match command {
        Command::Run(args) => experiment::run(args, terminal),
        Command::Check(args) => check::check(args, terminal),
        Command::Rehearse(args) => rehearse::rehearse(args, terminal),
        Command::Scale(args) => scale::scale(args, terminal),
        Command::Suite(args) => suite::suite(args, terminal),
        Command::Ab(args) => experiment::ab(args, terminal),
        Command::Compare(args) => compare::compare(&args, terminal),
        Command::History(args) => history::history(&args, terminal),
        Command::Report(args) => report::report(&args, terminal),
        Command::Doctor(args) => doctor::doctor(&args, terminal),
        Command::List => list::list(terminal),
        Command::Show(args) => show::show(&args, terminal),
        Command::New(args) => new::new(&args, terminal),
    }
}

/// Help and version, asked for, are no failure; anything else is wrong usage.
fn refused(refusal: &clap::Error) -> ExitCode {
    let text = refusal.to_string();
    let shown = hidden(&text);
    // Nobody is left to tell if this cannot be printed.
    let _ = match refusal.use_stderr() && shown != text {
        true => write!(io::stderr(), "{shown}"),
        false => refusal.print(),
    };
    if refusal.use_stderr() { ExitStatus::Usage.into() } else { ExitStatus::Passed.into() }
}
