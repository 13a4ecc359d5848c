//! throng and its peers by turns, and the ratios of what they achieved.
//!
//! Machines drift, above all shared ones: so contenders take turns within each round, the one who
//! begins changes from round to round, figures are compared within a round, and of the rounds'
//! ratios the median counts.

use std::time::Duration;

use super::{BenchError, Reading};

/// What one turn achieved.
#[derive(Debug, Clone, Copy)]
pub struct Effort {
    /// Operations that succeeded.
    pub operations: u64,
    /// Operations a second, by the contender's own count.
    pub per_s: f64,
    /// Processor time of the whole process.
    pub cpu: Duration,
    /// From the start of the process to its end.
    pub wall: Duration,
}

impl Effort {
    fn cpu_per_operation_us(&self) -> f64 {
        self.cpu.as_secs_f64() * 1e6 / self.operations.max(1) as f64
    }
}

/// One who takes turns.
pub struct Contender<'a> {
    name: &'static str,
    turn: Box<dyn FnMut() -> Result<Effort, BenchError> + 'a>,
}

impl<'a> Contender<'a> {
    /// A contender; the first of a duel is throng.
    pub fn new(name: &'static str, turn: impl FnMut() -> Result<Effort, BenchError> + 'a) -> Self {
        Self { name, turn: Box::new(turn) }
    }
}

/// A ratio over the rounds.
#[derive(Debug, Clone, Copy)]
pub struct Ratio {
    /// Of the rounds' ratios.
    pub median: f64,
    /// The smallest of them.
    pub low: f64,
    /// The largest of them.
    pub high: f64,
}

/// What all contenders achieved in all rounds.
pub struct Duel {
    /// Each contender's name and its efforts, a round each; throng first.
    efforts: Vec<(&'static str, Vec<Effort>)>,
}

/// Lets the contenders take turns.
pub fn duel(rounds: u32, mut contenders: Vec<Contender<'_>>) -> Result<Duel, BenchError> {
    let mut efforts: Vec<(&str, Vec<Effort>)> = contenders.iter().map(|one| (one.name, Vec::new())).collect();
    let count = contenders.len();
    for round in 0..rounds as usize {
        for turn in 0..count {
            let at = (round + turn) % count;
            efforts[at].1.push((contenders[at].turn)()?);
        }
    }
    Ok(Duel { efforts })
}

impl Duel {
    /// Operations a second.
    pub fn throughput(&self) -> Reading {
        self.reading(0, |effort| effort.per_s, f64::max)
    }

    /// Processor time an operation, in µs.
    pub fn cpu(&self) -> Reading {
        self.reading(0, Effort::cpu_per_operation_us, f64::min)
    }

    /// The same of another contender than throng itself, against the peers.
    pub fn cpu_of(&self, name: &str) -> Reading {
        let at = self.efforts.iter().position(|(known, _)| *known == name).expect("it took part");
        self.reading(at, Effort::cpu_per_operation_us, f64::min)
    }

    /// Seconds from start to end.
    pub fn wall(&self) -> Reading {
        self.reading(0, |effort| effort.wall.as_secs_f64(), f64::min)
    }

    /// The figure of a contender against the same of that peer which did better in it over all rounds.
    /// Variants of throng are no peers of each other.
    fn reading(&self, at: usize, figure: impl Fn(&Effort) -> f64, better: fn(f64, f64) -> f64) -> Reading {
        let figures = |efforts: &[Effort]| efforts.iter().map(&figure).collect::<Vec<f64>>();
        let ours = figures(&self.efforts[at].1);
        let peers = self.efforts.iter().filter(|(name, _)| !name.starts_with("throng"));
        let best = peers
            .map(|(name, efforts)| (*name, figures(efforts)))
            .reduce(|a, b| {
                let (of_a, of_b) = (median(&a.1), median(&b.1));
                if better(of_a, of_b) == of_a { a } else { b }
            })
            .expect("a duel has a peer");
        let ratios: Vec<f64> = ours.iter().zip(&best.1).map(|(ours, theirs)| ours / theirs).collect();
        let ratio = Ratio {
            median: median(&ratios),
            low: ratios.iter().copied().fold(f64::INFINITY, f64::min),
            high: ratios.iter().copied().fold(0.0, f64::max),
        };
        Reading { throng: median(&ours), peer: Some((best.0, median(&best.1))), ratio: Some(ratio) }
    }
}

/// The median; of an even number of values the mean of the two in the middle.
pub fn median(values: &[f64]) -> f64 {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    let middle = sorted.len() / 2;
    match sorted.len() {
        0 => 0.0,
        odd if odd % 2 == 1 => sorted[middle],
        _ => (sorted[middle - 1] + sorted[middle]) / 2.0,
    }
}
