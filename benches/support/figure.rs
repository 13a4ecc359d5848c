//! Figures and the bars they are held against.

use super::duel::Ratio;
use super::{Bench, BenchError, Options};

/// One work or test of truth.
pub struct Case {
    /// Its name for `--only`.
    pub name: &'static str,
    /// Whether it is run only with `--long`.
    pub long: bool,
    /// What it tells, in order.
    pub figures: &'static [Figure],
    /// Measures them: a reading for each figure.
    pub run: fn(&Bench) -> Result<Vec<Reading>, BenchError>,
}

/// What is measured, and what it ought to be.
pub struct Figure {
    /// The number of its bar; empty for one that is told beside the bars.
    pub number: &'static str,
    /// What it is.
    pub what: &'static str,
    /// What it is counted in.
    pub unit: Unit,
    /// What it ought to be.
    pub bar: Bar,
}

/// What a figure is counted in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unit {
    /// Microseconds.
    Micros,
    /// Milliseconds.
    Millis,
    /// Seconds.
    Seconds,
    /// Things a second.
    PerSecond,
    /// Binary kilobytes.
    Kib,
    /// Megabytes.
    Megabytes,
    /// Hundredths.
    Percent,
    /// A number of things.
    Count,
    /// 1 for yes, 0 for no.
    Yes,
}

/// What a figure ought to be.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Bar {
    /// At most this part of the peer's.
    RatioAtMost(f64),
    /// At least this part of the peer's.
    RatioAtLeast(f64),
    /// At most this.
    AtMost(f64),
    /// At least this.
    AtLeast(f64),
    /// From the one to the other.
    Within(f64, f64),
    /// Exactly this.
    Exactly(f64),
    /// It has none; it is told for information.
    None,
}

/// A figure as measured.
#[derive(Debug, Clone)]
pub struct Reading {
    /// throng's.
    pub throng: f64,
    /// The peer's, with its name.
    pub peer: Option<(&'static str, f64)>,
    /// throng's by the peer's, round by round.
    pub ratio: Option<Ratio>,
}

impl Reading {
    /// One that has no peer.
    pub fn alone(throng: f64) -> Self {
        Self { throng, peer: None, ratio: None }
    }
}

/// What became of a case.
pub enum Outcome {
    /// It was measured.
    Measured(Vec<Reading>),
    /// It was left out, and why.
    NotRun(&'static str),
    /// It could not be measured.
    Failed(BenchError),
}

impl Case {
    /// Whether the options want it.
    pub fn is_run(&self, options: &Options) -> bool {
        options.wants(self.name) && (!self.long || options.long)
    }

    /// Measures it, unless the options leave it out.
    pub fn outcome(&self, bench: &Bench) -> Outcome {
        if !self.is_run(&bench.options) {
            return Outcome::NotRun(if self.long { "takes --long" } else { "not asked for" });
        }
        match (self.run)(bench) {
            Ok(readings) => {
                assert_eq!(readings.len(), self.figures.len(), "`{}` gives a reading for each figure", self.name);
                Outcome::Measured(readings)
            }
            Err(error) => Outcome::Failed(error),
        }
    }
}

impl Bar {
    /// Whether a reading meets it; none if there is nothing to meet.
    pub fn is_met(self, reading: &Reading) -> Option<bool> {
        let ratio = reading.ratio.map(|ratio| ratio.median);
        match self {
            Self::RatioAtMost(bar) => ratio.map(|ratio| ratio <= bar),
            Self::RatioAtLeast(bar) => ratio.map(|ratio| ratio >= bar),
            Self::AtMost(bar) => Some(reading.throng <= bar),
            Self::AtLeast(bar) => Some(reading.throng >= bar),
            Self::Within(low, high) => Some((low..=high).contains(&reading.throng)),
            Self::Exactly(bar) => Some(reading.throng == bar),
            Self::None => None,
        }
    }

    /// The bar in words.
    pub fn text(self, unit: Unit) -> String {
        match self {
            Self::RatioAtMost(bar) => format!("≤ {bar:.2}"),
            Self::RatioAtLeast(bar) => format!("≥ {bar:.2}"),
            Self::AtMost(bar) => format!("≤ {}", unit.text(bar)),
            Self::AtLeast(bar) => format!("≥ {}", unit.text(bar)),
            Self::Within(low, high) => format!("{} to {}", unit.number(low), unit.text(high)),
            Self::Exactly(bar) => unit.text(bar),
            Self::None => String::new(),
        }
    }
}

impl Unit {
    /// A value with its unit.
    pub fn text(self, value: f64) -> String {
        let unit = match self {
            Self::Micros => " µs",
            Self::Millis => " ms",
            Self::Seconds => " s",
            Self::PerSecond => "/s",
            Self::Kib => " KiB",
            Self::Megabytes => " MB",
            Self::Percent => " %",
            Self::Count | Self::Yes => "",
        };
        format!("{}{unit}", self.number(value))
    }

    /// A value without its unit, to three or more digits.
    fn number(self, value: f64) -> String {
        match self {
            Self::Yes => if value == 0.0 { "no" } else { "yes" }.to_owned(),
            _ if value.fract() == 0.0 || value.abs() >= 1000.0 => grouped(value),
            _ if value.abs() >= 100.0 => format!("{value:.0}"),
            _ if value.abs() >= 10.0 => format!("{value:.1}"),
            _ if value.abs() >= 0.1 => format!("{value:.2}"),
            _ => format!("{value:.3}"),
        }
    }
}

/// A whole number with its thousands apart.
fn grouped(value: f64) -> String {
    let digits = format!("{:.0}", value.abs());
    let mut text = String::new();
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    if value < 0.0 { format!("-{text}") } else { text }
}
