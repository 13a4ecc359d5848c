//! Playing scenarios in the test's own process, through the engine.

use throng::analysis::threshold::Thresholds;
use throng::engine::{self, Observer, Options, Outcome};
use throng::plan::settings::Input;
use throng::plan::{Layer, Machine, Origin, Plan, Settings, resolve};
use throng::record::{Progress, Record};
use throng::script::{Source, load};

/// An observer that looks away.
pub struct Nobody;

impl Observer for Nobody {
    fn stage(&mut self, _: &str) {}
    fn progress(&mut self, _: &Progress) {}
}

/// Plays a scenario's text with settings as they would stand on the command line, on `workers` threads.
pub fn outcome(text: &str, settings: &[(&str, &str)], workers: u64) -> Outcome {
    watched(text, settings, workers, &mut Nobody)
}

/// The same while somebody watches.
pub fn watched(text: &str, settings: &[(&str, &str)], workers: u64, observer: &mut dyn Observer) -> Outcome {
    let (plan, source, thresholds) = prepared(text, settings, workers);
    engine::run(plan, source, thresholds, &Options::default(), observer)
}

/// Everything that a run of a scenario's text needs, with settings as they would stand on the command line, on `workers`
/// threads.
pub fn prepared(text: &str, settings: &[(&str, &str)], workers: u64) -> (Plan, Source, Thresholds) {
    let source = Source::bundled("test", text);
    let loaded = load(&source, 256 << 20).unwrap_or_else(|error| panic!("{error}"));
    let mut given = Settings::default();
    for (name, value) in settings {
        given.set(name, Input::Text(value), "").unwrap_or_else(|error| panic!("{error}"));
    }
    given.workers = Some(workers);
    let layers = [Layer { origin: Origin::CommandLine, settings: given }];
    let machine = Machine { cores: 2, seed: 42 };
    let plan = resolve(&loaded.scenario, None, &layers, machine).unwrap_or_else(|error| panic!("{error}"));
    let thresholds = Thresholds::of(&plan).unwrap_or_else(|error| panic!("{error}"));
    (plan, source, thresholds)
}

/// Plays a scenario that must get to its end.
pub fn record(text: &str, settings: &[(&str, &str)], workers: u64) -> Record {
    let outcome = outcome(text, settings, workers);
    if let Some(error) = outcome.error {
        panic!("{error}");
    }
    outcome.record
}
