//! The run's timeline: phases, and which one a moment belongs to.

use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};
use std::sync::{Mutex, OnceLock, PoisonError};
use std::time::{Duration, Instant};

use tokio::sync::watch;

/// A phase by its place in the order in which phases were first begun.
pub type PhaseId = u32;

/// Phases of every run; a conductor's own come after them.
const WARM_UP: PhaseId = 0;
const MAIN: PhaseId = 1;
const DRAIN: PhaseId = 2;
const PAUSED: PhaseId = 3;

/// An end that is not known.
const OPEN: u64 = u64::MAX;

/// A stretch of the timeline: its phase's name, from, to, whether it is measured.
pub type Stretch = (String, Duration, Duration, bool);

/// The name of the measured phase that every run begins with.
pub const MAIN_NAME: &str = "main";

/// The timeline that all workers share. Reading it costs a few atomic loads.
///
/// Nobody comes and nothing falls due while it is paused: the load's own clock stands still, and its end moves. Pauses
/// come after the warm-up.
#[derive(Debug)]
pub struct Timeline {
    origin: OnceLock<Instant>,
    warm_up: Duration,
    /// When the load is to end, in ns on the run's clock; [`OPEN`] if only the iterations end it.
    end_ns: AtomicU64,
    /// Whether a conductor ended the load before that.
    finished: watch::Sender<bool>,
    /// The latest pause: from when until when, in ns on the run's clock; [`OPEN`] if there was none, or it lasts.
    paused_ns: AtomicU64,
    resumed_ns: AtomicU64,
    /// The phase in force within the measured stretch.
    current: AtomicU32,
    names: Mutex<Vec<String>>,
    /// When each phase was begun by a conductor, on the run's clock.
    begun: Mutex<Vec<(Duration, PhaseId)>>,
    pauses: Mutex<Vec<Pause>>,
}

/// A stretch of the run in which the load stood still.
#[derive(Debug, Clone, Copy)]
struct Pause {
    from: Duration,
    /// None while it lasts.
    to: Option<Duration>,
    /// When the load was to end before it.
    end_ns: u64,
}

impl Timeline {
    /// A timeline that has not started: `warm_up` first, and the load's end if that is known.
    pub fn new(warm_up: Duration, end: Option<Duration>) -> Self {
        let names = ["warm_up", MAIN_NAME, "drain", "paused"].map(str::to_owned).to_vec();
        Self {
            origin: OnceLock::new(),
            warm_up,
            end_ns: AtomicU64::new(end.map_or(OPEN, nanoseconds)),
            finished: watch::Sender::new(false),
            paused_ns: AtomicU64::new(OPEN),
            resumed_ns: AtomicU64::new(OPEN),
            current: AtomicU32::new(MAIN),
            names: Mutex::new(names),
            begun: Mutex::new(vec![(warm_up, MAIN)]),
            pauses: Mutex::default(),
        }
    }

    /// Starts the clock at `origin`; later calls change nothing.
    pub fn start(&self, origin: Instant) {
        self.origin.get_or_init(|| origin);
    }

    /// Whether the clock runs.
    pub fn has_started(&self) -> bool {
        self.origin.get().is_some_and(|origin| Instant::now() >= *origin)
    }

    /// When the run's clock read zero; now, if it has not started.
    pub fn origin(&self) -> Instant {
        self.origin.get().copied().unwrap_or_else(Instant::now)
    }

    /// The phase that something due at `moment` belongs to.
    pub fn phase_at(&self, moment: Instant) -> PhaseId {
        let Some(origin) = self.origin.get() else { return WARM_UP };
        let since = moment.saturating_duration_since(*origin);
        let is_over = nanoseconds(since) > self.end_ns.load(Ordering::Relaxed);
        if since < self.warm_up && !is_over {
            WARM_UP
        } else if self.stands_still(nanoseconds(since)) {
            PAUSED
        } else if is_over {
            DRAIN
        } else {
            self.current.load(Ordering::Relaxed)
        }
    }

    /// Whether the latest pause, which is the only one that can matter, covers a moment.
    fn stands_still(&self, since_ns: u64) -> bool {
        loop {
            let paused = self.paused_ns.load(Ordering::Acquire);
            let resumed = self.resumed_ns.load(Ordering::Acquire);
            // The end may be that of a pause which has begun meanwhile, and another beginning tells.
            if self.paused_ns.load(Ordering::Relaxed) == paused {
                return paused != OPEN && since_ns >= paused && since_ns < resumed;
            }
        }
    }

    /// The same, if its figures count in totals and thresholds.
    pub fn measured_at(&self, moment: Instant) -> Option<PhaseId> {
        Some(self.phase_at(moment)).filter(|&phase| Self::is_measured(phase))
    }

    /// Begins a phase by name, anew or again. Within warm-up and drain it has no effect on figures.
    pub fn begin(&self, name: &str) -> PhaseId {
        let id = {
            let mut names = lock(&self.names);
            match names.iter().position(|known| known == name) {
                Some(id) => id,
                None => {
                    names.push(name.to_owned());
                    names.len() - 1
                }
            }
        } as PhaseId;
        self.current.store(id, Ordering::Relaxed);
        lock(&self.begun).push((self.origin().elapsed(), id));
        id
    }

    /// The name of a phase.
    pub fn name(&self, id: PhaseId) -> String {
        lock(&self.names).get(id as usize).cloned().unwrap_or_default()
    }

    /// The names of the phases begun by `moment`, in the order in which they were first begun.
    pub fn begun_by(&self, moment: Instant) -> Vec<String> {
        let since = self.origin.get().map_or(Duration::ZERO, |origin| moment.saturating_duration_since(*origin));
        let mut ids = Vec::new();
        if !self.warm_up.is_zero() {
            ids.push(WARM_UP);
        }
        if since >= self.warm_up {
            for (_, id) in lock(&self.begun).iter() {
                if !ids.contains(id) {
                    ids.push(*id);
                }
            }
        }
        if self.end().is_some_and(|end| since > end) {
            ids.push(DRAIN);
        }
        ids.into_iter().map(|id| self.name(id)).collect()
    }

    /// Whether a name is that of a phase which the run itself begins, and which is not measured.
    pub fn is_taken(&self, name: &str) -> bool {
        [WARM_UP, DRAIN, PAUSED].iter().any(|&id| self.name(id) == name)
    }

    /// Whether figures of the phase count in totals and thresholds.
    pub fn is_measured(id: PhaseId) -> bool {
        !matches!(id, WARM_UP | DRAIN | PAUSED)
    }

    /// Warm-up's length.
    pub fn warm_up(&self) -> Duration {
        self.warm_up
    }

    /// When the load ends on the run's clock, if that is known.
    pub fn end(&self) -> Option<Duration> {
        Some(self.end_ns.load(Ordering::Relaxed)).filter(|&end| end != OPEN).map(Duration::from_nanos)
    }

    /// Has a load of which only the iterations knew the end come to it at a moment of its own clock, or now if that has
    /// passed.
    pub fn ends_at(&self, end: Duration) {
        let now = self.origin().elapsed();
        let mut pauses = lock(&self.pauses);
        let stood_still: Duration = pauses.iter().filter_map(|pause| Some(pause.to? - pause.from)).sum();
        let end_ns = nanoseconds((end + stood_still).max(now));
        match pauses.last_mut().filter(|pause| pause.to.is_none()) {
            Some(pause) => pause.end_ns = pause.end_ns.min(end_ns),
            None => drop(self.end_ns.fetch_min(end_ns, Ordering::Relaxed)),
        }
    }

    /// Ends the load now, unless it has ended.
    pub fn finish(&self) {
        self.end_ns.fetch_min(nanoseconds(self.origin().elapsed()), Ordering::Relaxed);
        self.finished.send_replace(true);
    }

    /// Has the load stand still from a moment of the run's clock on. It has no end until it goes on.
    pub fn pause(&self, from: Duration) {
        let end_ns = self.end_ns.swap(OPEN, Ordering::Relaxed);
        lock(&self.pauses).push(Pause { from, to: None, end_ns });
        // None while the end is not its own: whoever sees the new end sees that there is none, or the new beginning.
        self.paused_ns.store(OPEN, Ordering::Relaxed);
        self.resumed_ns.store(OPEN, Ordering::Release);
        self.paused_ns.store(nanoseconds(from), Ordering::Release);
    }

    /// Has it go on at a moment of the run's clock, and end later by as much as it stood still.
    pub fn resume(&self, to: Duration) {
        let mut pauses = lock(&self.pauses);
        let Some(pause) = pauses.last_mut().filter(|pause| pause.to.is_none()) else { return };
        pause.to = Some(to);
        self.resumed_ns.store(nanoseconds(to), Ordering::Release);
        let later = nanoseconds(to.saturating_sub(pause.from));
        // Unless a conductor has ended it meanwhile.
        let end_ns = if pause.end_ns == OPEN { OPEN } else { pause.end_ns.saturating_add(later) };
        self.end_ns.fetch_min(end_ns, Ordering::Relaxed);
    }

    /// How long it has stood still in all by `moment` of the run's clock.
    pub fn stood_still(&self, moment: Duration) -> Duration {
        let pauses = lock(&self.pauses);
        let lasted = |pause: &Pause| pause.to.map_or(moment, |to| to.min(moment)).saturating_sub(pause.from);
        pauses.iter().map(lasted).sum()
    }

    /// Waits until somebody ends the load.
    pub async fn finished(&self) {
        // The sender lives in `self`, so waiting can't fail.
        let _ = self.finished.subscribe().wait_for(|finished| *finished).await;
    }

    /// Stretches of the timeline up to `until`: name, from, to, measured.
    pub fn stretches(&self, until: Duration) -> Vec<Stretch> {
        let mut stretches = Vec::new();
        let measured_end = self.end().map_or(until, |end| end.min(until));
        if !self.warm_up.is_zero() {
            stretches.push((self.name(WARM_UP), Duration::ZERO, self.warm_up.min(measured_end), false));
        }
        let begun = lock(&self.begun).clone();
        for (position, (from, id)) in begun.iter().enumerate() {
            let to = begun.get(position + 1).map_or(measured_end, |(next, _)| (*next).min(measured_end));
            let from = (*from).max(self.warm_up);
            self.between_pauses(*id, from, to, &mut stretches);
        }
        if until > measured_end {
            stretches.push((self.name(DRAIN), measured_end, until, false));
        }
        stretches
    }

    /// A measured stretch, cut where the load stood still.
    fn between_pauses(&self, id: PhaseId, from: Duration, to: Duration, stretches: &mut Vec<Stretch>) {
        let mut begun = from;
        let mut add = |id: PhaseId, from: Duration, to: Duration| {
            if from < to {
                stretches.push((self.name(id), from, to, Self::is_measured(id)));
            }
        };
        for pause in lock(&self.pauses).iter() {
            let (stood, went_on) =
                (pause.from.clamp(begun, to.max(begun)), pause.to.unwrap_or(to).clamp(begun, to.max(begun)));
            add(id, begun, stood);
            add(PAUSED, stood, went_on);
            begun = went_on;
        }
        add(id, begun, to);
    }
}

fn nanoseconds(since: Duration) -> u64 {
    u64::try_from(since.as_nanos()).unwrap_or(OPEN)
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    // A panic elsewhere leaves the list whole: every change is one push.
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests;
