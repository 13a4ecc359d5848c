//! Whose scripts take the workers' time, seen from outside: a thread looks at the spotlights now and then.
//!
//! It costs an operation nothing, since the spotlight is there for the watchdog anyway.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use super::error::EngineError;
use crate::plan::Plan;
use crate::record::BusyRecord;

/// How often it looks: often enough for a share of a second, rarely enough to take no time itself. No other
/// period of throng's is a multiple of it, so that it does not always look at the same moment of a turn.
const LOOK_EVERY: Duration = Duration::from_millis(7);

/// A thread that looks.
pub struct Sampler {
    /// Dropped, it ends the thread.
    going_on: mpsc::Sender<()>,
    thread: JoinHandle<Vec<Seen>>,
}

/// What was seen of one worker.
#[derive(Debug, Clone, Default)]
struct Seen {
    /// How often somebody looked.
    looks: u64,
    /// How often a script of each persona was running.
    running: Vec<u64>,
}

impl Sampler {
    /// Starts looking at each worker's spotlight: the index of the persona whose script runs plus 1, or 0.
    pub fn start(spotlights: Vec<Arc<AtomicUsize>>, personas: usize) -> Result<Self, EngineError> {
        let (going_on, ended) = mpsc::channel();
        let look = move || {
            let mut seen = vec![Seen { looks: 0, running: vec![0; personas] }; spotlights.len()];
            while ended.recv_timeout(LOOK_EVERY) == Err(RecvTimeoutError::Timeout) {
                for (worker, spotlight) in seen.iter_mut().zip(&spotlights) {
                    worker.look(spotlight.load(Ordering::Relaxed));
                }
            }
            seen
        };
        let thread = thread::Builder::new().name("sampler".to_owned()).spawn(look).map_err(EngineError::Start)?;
        Ok(Self { going_on, thread })
    }

    /// Ends it: the share of each worker's time that each persona of `plan` took.
    pub fn finish(self, plan: &Plan) -> Vec<BusyRecord> {
        drop(self.going_on);
        let names: Vec<&str> = plan.personas.iter().map(|persona| persona.name.as_str()).collect();
        // A thread that only counts does not panic; if it did, there would be nothing to tell.
        shares(&self.thread.join().unwrap_or_default(), &names)
    }
}

impl Seen {
    fn look(&mut self, spotlight: usize) {
        self.looks += 1;
        if let Some(persona) = spotlight.checked_sub(1)
            && let Some(times) = self.running.get_mut(persona)
        {
            *times += 1;
        }
    }
}

/// The shares of all that were seen at all, by worker, then in the order of personas.
fn shares(seen: &[Seen], personas: &[&str]) -> Vec<BusyRecord> {
    let of_worker = |(worker, seen): (usize, &Seen)| {
        let met = seen.running.iter().zip(personas).filter(|(times, _)| **times > 0);
        let share = |(&times, &persona): (&u64, &&str)| BusyRecord {
            worker,
            persona: persona.to_owned(),
            percent: 100.0 * times as f64 / seen.looks as f64,
        };
        met.map(share).collect::<Vec<_>>()
    };
    seen.iter().enumerate().flat_map(of_worker).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_are_of_the_looks_at_each_worker() {
        let mut seen = vec![Seen { looks: 0, running: vec![0; 2] }; 3];
        // Idle, the first persona, the second one; and one that the plan does not know.
        [0, 2, 2, 1].into_iter().for_each(|spotlight| seen[0].look(spotlight));
        [0, 0, 1, 9].into_iter().for_each(|spotlight| seen[1].look(spotlight));
        let busy = |worker, persona: &str, percent| BusyRecord { worker, persona: persona.to_owned(), percent };
        let expected = [busy(0, "burner", 25.0), busy(0, "caller", 50.0), busy(1, "burner", 25.0)];
        assert_eq!(shares(&seen, &["burner", "caller"]), expected);
    }
}
