//! What may be chosen for a bench.

use clap::Parser;

/// Measures throng against its peers, and tests that its figures are true.
#[derive(Debug, Parser)]
#[command(name = "bench", disable_version_flag = true)]
pub struct Options {
    /// A short form: 3 rounds of 2 s; docs/benchmarks.md stays as it is
    #[arg(long)]
    pub quick: bool,

    /// The run at full speed too, which takes 20 minutes
    #[arg(long)]
    pub long: bool,

    /// Only this case; may be repeated; docs/benchmarks.md stays as it is
    #[arg(long, value_name = "NAME")]
    pub only: Vec<String>,

    /// List the cases by name
    #[arg(long)]
    pub list: bool,

    /// Rounds of each comparison, instead of 5
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=100))]
    rounds: Option<u32>,

    /// Length of one turn in a round, instead of 6
    #[arg(long, value_name = "SECONDS", value_parser = clap::value_parser!(u32).range(1..=600))]
    seconds: Option<u32>,

    /// Length of the long run, instead of 1200
    #[arg(long, value_name = "SECONDS", value_parser = clap::value_parser!(u32).range(10..=86_400))]
    long_seconds: Option<u32>,

    /// Given by cargo when it runs a bench, and not when it runs tests
    #[arg(long = "bench", hide = true)]
    pub by_cargo_bench: bool,
}

impl Options {
    /// Rounds of each comparison.
    pub fn rounds(&self) -> u32 {
        self.rounds.unwrap_or(if self.quick { 3 } else { 5 })
    }

    /// Seconds of one turn in a round.
    pub fn seconds(&self) -> u32 {
        self.seconds.unwrap_or(if self.quick { 2 } else { 6 })
    }

    /// Seconds of the long run.
    pub fn long_seconds(&self) -> u32 {
        self.long_seconds.unwrap_or(1200)
    }

    /// The first of two numbers in the short form, else the second.
    pub fn short_or(&self, short: u32, full: u32) -> u32 {
        if self.quick { short } else { full }
    }

    /// Whether a case of this name is wanted.
    pub fn wants(&self, name: &str) -> bool {
        self.only.is_empty() || self.only.iter().any(|only| only == name)
    }

    /// Whether nothing was shortened or left out that the page of results must have.
    pub fn is_full(&self) -> bool {
        let shortened = self.rounds.is_some_and(|n| n < 5) || self.seconds.is_some_and(|s| s < 6);
        !self.quick && self.only.is_empty() && !shortened
    }
}
