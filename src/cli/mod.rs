//! The command line: arguments, configuration, one file for each command, the exit status.
//!
//! [`main`] parses, runs one command and returns its status; start reading at
//! `run`. A command first makes a `Prepared` plan out of the scenario and all
//! places that may set something (`flags`, `environment`, `config`), then
//! hands it to the engine. This is the only folder that knows clap, and the
//! only one that writes to the terminal.

mod args;
mod check;
mod checklist;
mod compare;
mod config;
mod doctor;
mod entry;
mod environment;
mod error;
mod exit;
mod experiment;
mod exports;
mod flags;
mod github;
mod hidden;
mod history;
mod known_scenarios;
mod list;
mod locate;
mod new;
mod out;
mod prepare;
mod records;
#[cfg(test)]
mod reference;
mod rehearse;
mod report;
mod run;
mod scale;
mod screen;
mod show;
mod suite;
mod table;
mod tables;
mod terminal;
mod variables;
mod watch;

pub use entry::main;
pub use error::CliError;
pub use screen::Screen;
