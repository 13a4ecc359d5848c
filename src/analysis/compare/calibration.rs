//! How often verdicts are wrong, and how often right, on experiments whose truth is known.
//!
//! Figures hang together as those of real runs do: a run as a whole is faster or slower, its percentiles follow, the rarer the more
//! loosely, throughput goes the other way, and each operation does as the run does and a little of its own.

use rand::SeedableRng;
use rand_distr::{Distribution, StandardNormal};
use rand_xoshiro::Xoshiro256PlusPlus;

use super::figures::{Key, Kind};
use super::judge::{Rule, Samples, judge};
use crate::record::ChangeVerdict;

/// Experiments, as many as the promise is about.
const EXPERIMENTS: u64 = 1_000;

/// Intervals decide nothing of what is asked here.
const RULE: Rule = Rule { min_change: 0.05, draws: 0 };

/// What is true of an experiment.
#[derive(Clone, Copy)]
struct Truth {
    runs: usize,
    /// The spread of runs, a part of 1.
    noise: f64,
    /// By how much response times are longer on the other side, a part of 1.
    slower: f64,
    /// How much of the spread all figures of a run have in common, a part of 1.
    shared: f64,
    operations: usize,
    /// Whether operations fail now and then.
    errors: bool,
}

const PLAIN: Truth = Truth { runs: 5, noise: 0.03, slower: 0.0, shared: 0.7, operations: 4, errors: false };

/// One experiment's figures.
fn experiment(truth: Truth, seed: u64) -> Vec<Samples> {
    let mut random = Xoshiro256PlusPlus::seed_from_u64(seed);
    let mut normal = || -> f64 { StandardNormal.sample(&mut random) };
    // How loosely each figure follows its run; so many times the spread is its own.
    let headline =
        [(Kind::Throughput, 1.0), (Kind::Mean, 1.0), (Kind::Median, 1.0), (Kind::P95, 1.5), (Kind::P99, 2.5)];
    let mut keys: Vec<(Key, f64)> =
        headline.into_iter().map(|(kind, loose)| (Key { operation: None, kind }, loose)).collect();
    if truth.errors {
        keys.push((Key { operation: None, kind: Kind::ErrorRate }, 1.0));
    }
    for operation in 0..truth.operations {
        for (kind, loose) in [(Kind::Mean, 1.5), (Kind::P95, 2.5)] {
            keys.push((Key { operation: Some(format!("operation_{operation:02}")), kind }, loose));
        }
    }
    let mut samples: Vec<Samples> =
        keys.iter().map(|(key, _)| Samples { key: key.clone(), base: vec![], new: vec![] }).collect();
    for side in [false, true] {
        for _ in 0..truth.runs {
            let common = normal();
            for ((key, loose), samples) in keys.iter().zip(&mut samples) {
                let own = truth.shared.sqrt() * common + (1.0 - truth.shared).sqrt() * normal();
                let slower = if side { 1.0 + truth.slower } else { 1.0 };
                let time = slower * (truth.noise * loose * own).exp();
                let value = match key.kind {
                    Kind::Throughput => 1_000.0 / time,
                    Kind::ErrorRate => 0.01 * (0.3 * normal()).exp(),
                    _ => 20_000.0 * time,
                };
                if side { &mut samples.new } else { &mut samples.base }.push(value);
            }
        }
    }
    samples
}

/// The parts of all experiments in which any figure is worse, and in which any is better.
fn shares(truth: Truth, rule: &Rule) -> (f64, f64) {
    shares_from(0, truth, rule)
}

/// The same of the experiments with the seeds from `first` on.
fn shares_from(first: u64, truth: Truth, rule: &Rule) -> (f64, f64) {
    let (mut worse, mut better) = (0, 0);
    for seed in first..first + EXPERIMENTS {
        let judged = judge(&experiment(truth, seed), rule).figures;
        let any = |verdict| u32::from(judged.iter().any(|figure| figure.verdict == verdict));
        worse += any(ChangeVerdict::Worse);
        better += any(ChangeVerdict::Better);
    }
    (f64::from(worse) / EXPERIMENTS as f64, f64::from(better) / EXPERIMENTS as f64)
}

#[test]
fn without_a_difference_at_most_five_of_a_hundred_experiments_say_worse() {
    for runs in [3, 5, 6] {
        for (noise, shared, errors) in [(0.03, 0.7, false), (0.10, 0.7, true), (0.10, 0.0, false)] {
            let (worse, better) = shares(Truth { runs, noise, shared, errors, ..PLAIN }, &RULE);
            assert!(worse <= 0.05, "{runs} runs a side, noise {noise}, {shared} in common: {worse} say worse");
            assert!(better <= 0.05, "{runs} runs a side, noise {noise}, {shared} in common: {better} say better");
        }
    }
}

/// The same where nothing is too small to matter: the promise is kept by the tests, not by the threshold.
#[test]
fn even_if_every_change_mattered_at_most_five_of_a_hundred_would_say_worse_or_better() {
    let rule = Rule { min_change: 0.0, ..RULE };
    for runs in [3, 5, 6, 8] {
        let (worse, better) = shares(Truth { runs, shared: 0.3, errors: true, ..PLAIN }, &rule);
        assert!(worse <= 0.05 && better <= 0.05, "{runs} runs a side: {worse} say worse, {better} better");
    }
}

#[test]
fn a_shift_of_ten_percent_is_found_by_five_runs_a_side_in_nine_of_ten_experiments() {
    for (shared, errors) in [(0.7, false), (0.7, true), (0.0, false)] {
        let (found, better) = shares(Truth { slower: 0.10, shared, errors, ..PLAIN }, &RULE);
        assert!(found > 0.90, "{shared} in common, errors {errors}: found in {found}");
        assert!(better <= 0.05, "{better}");
    }
}

#[test]
fn it_is_found_in_a_single_figure_too() {
    let alone = |seed: u64| {
        let mut samples = experiment(Truth { operations: 0, ..PLAIN }, seed);
        samples[2].new.iter_mut().for_each(|value| *value *= 1.10);
        judge(&samples, &RULE).figures[2].verdict == ChangeVerdict::Worse
    };
    let found = (0..EXPERIMENTS).filter(|seed| alone(*seed)).count() as f64 / EXPERIMENTS as f64;
    assert!(found > 0.90, "{found}");
}

#[test]
fn a_rare_operation_that_slows_down_by_a_quarter_is_found_by_six_runs_a_side() {
    let rare = |seed: u64| {
        let mut samples = experiment(Truth { runs: 6, ..PLAIN }, seed);
        let operation = samples.iter_mut().find(|samples| samples.key.operation.is_some()).expect("there are some");
        operation.new.iter_mut().for_each(|value| *value *= 1.25);
        let name = operation.key.name();
        judge(&samples, &RULE)
            .figures
            .iter()
            .any(|figure| figure.name == name && figure.verdict == ChangeVerdict::Worse)
    };
    let found = (0..200).filter(|seed| rare(*seed)).count() as f64 / 200.0;
    assert!(found > 0.75, "{found}");
}

/// The first seeds of further experiments, which nobody has looked at while the rules were made.
const UNSEEN: [u64; 5] = [1_000_000, 20_000_000, 300_000_000, 4_000_000_000, 50_000_000_000];

/// How far a part of a thousand experiments may lie beyond its bar by chance: three standard errors.
fn chance(bar: f64) -> f64 {
    3.0 * (bar * (1.0 - bar) / EXPERIMENTS as f64).sqrt()
}

/// Takes a minute or more, and prints what it saw: `cargo test --lib calibration -- --ignored --nocapture`.
#[test]
#[ignore = "takes long, and is for those who change the rules"]
fn on_experiments_that_nobody_has_seen_the_promises_hold_up_to_chance() {
    for first in UNSEEN {
        for runs in [3, 5, 6] {
            for (noise, shared, errors) in [(0.03, 0.7, false), (0.10, 0.7, true), (0.10, 0.0, false)] {
                let truth = Truth { runs, noise, shared, errors, ..PLAIN };
                let (worse, better) = shares_from(first, truth, &RULE);
                println!(
                    "seeds from {first}: {runs} runs, noise {noise}, {shared} in common: worse {worse}, better {better}"
                );
                assert!(
                    worse.max(better) <= 0.05 + chance(0.05),
                    "{first}: {runs} runs: {worse} worse, {better} better"
                );
            }
        }
        for runs in [3, 5, 6, 8] {
            let rule = Rule { min_change: 0.0, ..RULE };
            let (worse, better) = shares_from(first, Truth { runs, shared: 0.3, errors: true, ..PLAIN }, &rule);
            println!("seeds from {first}: {runs} runs, every change matters: worse {worse}, better {better}");
            assert!(worse.max(better) <= 0.05 + chance(0.05), "{first}: {runs} runs: {worse} worse, {better} better");
        }
        for (shared, errors) in [(0.7, false), (0.7, true), (0.0, false)] {
            let (found, _) = shares_from(first, Truth { slower: 0.10, shared, errors, ..PLAIN }, &RULE);
            println!("seeds from {first}: 10 % slower, {shared} in common, errors {errors}: found in {found}");
            assert!(found > 0.90 - chance(0.90), "{first}: {found}");
        }
    }
}
