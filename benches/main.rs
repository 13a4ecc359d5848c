//! `make bench`: throng against its peers, and against what is known beforehand.
//!
//! Works (`works/`) are the bars of speed and size; tests of truth (`truth/`) have known answers.
//! Both are cases: a file with an `ENTRY`, and its line in the folder's registry. Everything runs
//! against servers of the bench's own, on the loopback, and ends with it.

mod peers;
mod support;
mod truth;
mod works;

use std::process::ExitCode;

use clap::Parser;
use support::{BUSY, Bench, BenchError, Case, Machine, Options, Outcome, text, write_page};

/// Columns of the table.
const WIDTH: u16 = 160;

fn main() -> ExitCode {
    let options = Options::parse();
    if !options.by_cargo_bench {
        // Built and started by `cargo test --all-targets`, which has no time for this.
        return ExitCode::SUCCESS;
    }
    if options.list {
        cases().for_each(|case| println!("{}", case.name));
        return ExitCode::SUCCESS;
    }
    match run(options) {
        Ok(status) => status,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}

fn run(options: Options) -> Result<ExitCode, BenchError> {
    if let Some(name) = options.only.iter().find(|name| cases().all(|case| case.name != *name)) {
        return Err(BenchError::UnknownCase { name: name.clone() });
    }
    let bench = Bench::new(options)?;
    let mut machine = Machine::look().with_programs(&bench)?;
    let results: Vec<(&Case, Outcome)> = cases().map(|case| (case, measure(case, &bench, &mut machine))).collect();
    let shown: Vec<(&Case, Outcome)> = match bench.options.only.is_empty() {
        true => results,
        false => results.into_iter().filter(|(case, _)| bench.options.wants(case.name)).collect(),
    };
    println!("{}", text(&shown, WIDTH));
    let (others, busy) = machine.others();
    println!("\nothers used {others}");
    if busy {
        println!("warning: {BUSY}");
    }
    let mut status = ExitCode::SUCCESS;
    for (case, outcome) in &shown {
        if let Outcome::Failed(error) = outcome {
            eprintln!("\n{}: {error}", case.name);
            status = ExitCode::FAILURE;
        }
    }
    if bench.options.is_full() {
        write_page(&bench.options, &machine, &shown)?;
    }
    Ok(status)
}

/// All cases, in the order of the table.
fn cases() -> impl Iterator<Item = &'static Case> {
    works::ALL.iter().chain(truth::ALL).copied()
}

fn measure(case: &Case, bench: &Bench, machine: &mut Machine) -> Outcome {
    if case.is_run(&bench.options) {
        machine.watch_others();
        eprintln!("{} …", case.name);
    }
    case.outcome(bench)
}
