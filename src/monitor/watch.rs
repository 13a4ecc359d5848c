//! Watching one source: all its samplers in turn, each at its own pace, from a baseline to the end.

use std::time::{Duration, Instant};

use futures_util::future::{FutureExt, LocalBoxFuture};
use tokio::sync::{mpsc, oneshot};

use super::book::Book;
use super::pace::Pace;
use super::sampler::{SampleError, Sampler};
use crate::record::{MissingRecord, SamplerRecord, SourceRecord};

/// How long the last looks at a source may take in all: a target that is not well any more must not keep what was
/// seen of it before from the record.
const FINISH_LIMIT: Duration = Duration::from_secs(12);

/// What a source is told.
pub(super) enum Order {
    /// Look once, so that counters have something to count from.
    Baseline(oneshot::Sender<()>),
    /// The run's clock starts at the moment, and what is measured begins after so long.
    Start(Instant, Duration),
    /// Say what was seen so far, and go on.
    Tell(oneshot::Sender<SourceRecord>),
    /// Look for the last time, and say what was seen.
    Finish(oneshot::Sender<SourceRecord>),
}

/// Something that is watched.
pub(super) struct Source {
    /// Its name, kind and version, and what of it can't be seen.
    pub(super) about: SourceRecord,
    /// What looks at it.
    pub(super) samplers: Vec<Box<dyn Sampler>>,
    /// Waits, not for long, until the target tells all it has counted.
    pub(super) settled: LocalBoxFuture<'static, ()>,
    /// Puts the last touches to what was seen.
    pub(super) conclude: Box<dyn FnOnce(&mut SourceRecord)>,
}

impl Source {
    /// One at which nothing looks as yet, and which tells all it has counted at once.
    pub(super) fn unseen(about: SourceRecord) -> Self {
        let settled = std::future::ready(()).boxed_local();
        Self { about, samplers: Vec::new(), settled, conclude: Box::new(|_| ()) }
    }
}

/// A source while it is watched.
pub(super) struct Watch {
    source: Source,
    running: Vec<Running>,
    /// When the run's clock read zero.
    origin: Option<Instant>,
    /// When what is measured begins, until it has.
    measured: Option<Instant>,
}

/// A sampler at work.
struct Running {
    sampler: Box<dyn Sampler>,
    book: Book,
    pace: Pace,
    samples: u64,
    failed: u64,
    took: Duration,
    /// It can't ever look.
    off: bool,
    /// Its look at the start of what is measured, or at the end, failed, and why.
    partial: Option<String>,
}

impl Watch {
    /// Nothing seen yet.
    pub(super) fn new(mut source: Source) -> Self {
        let now = Instant::now();
        let running = std::mem::take(&mut source.samplers).into_iter().map(|sampler| Running {
            book: Book::new(sampler.spec()),
            pace: Pace::new(sampler.spec().period, now),
            sampler,
            samples: 0,
            failed: 0,
            took: Duration::ZERO,
            off: false,
            partial: None,
        });
        Self { running: running.collect(), source, origin: None, measured: None }
    }

    /// Watches until it is told to finish.
    pub(super) async fn run(mut self, mut orders: mpsc::UnboundedReceiver<Order>) {
        loop {
            let due = self.next_due();
            let order = tokio::select! {
                biased;
                order = orders.recv() => order,
                () = until(due) => {
                    self.look_at_what_is_due().await;
                    continue;
                }
            };
            match order {
                Some(Order::Baseline(done)) => {
                    self.look_at_all().await;
                    // Whoever asked may have given up waiting.
                    let _ = done.send(());
                }
                Some(Order::Start(origin, warm_up)) => self.start(origin, warm_up),
                Some(Order::Tell(reply)) => {
                    let _ = reply.send(self.so_far());
                }
                Some(Order::Finish(reply)) => {
                    let _ = reply.send(self.finish().await);
                    return;
                }
                None => return,
            }
        }
    }

    fn start(&mut self, origin: Instant, warm_up: Duration) {
        self.origin = Some(origin);
        self.source.about.from_s = warm_up.as_secs_f64();
        self.measured = Some(origin + warm_up).filter(|_| !warm_up.is_zero());
        self.running.iter_mut().for_each(|running| running.pace.start(origin));
    }

    /// When there is something to do; never before the clock starts.
    fn next_due(&self) -> Option<Instant> {
        self.origin?;
        let dues = self.running.iter().filter(|running| !running.off && running.repeats());
        dues.map(|running| running.pace.due()).chain(self.measured).min()
    }

    async fn look_at_what_is_due(&mut self) {
        if self.measured.is_some_and(|moment| moment <= Instant::now()) {
            self.measured = None;
            self.look_at_all().await;
            self.running.iter_mut().for_each(|running| running.book.rebase(running.partial.is_none()));
            return;
        }
        let dues = self.running.iter_mut().filter(|running| !running.off && running.repeats());
        let Some(running) = dues.min_by_key(|running| running.pace.due()) else { return };
        let _ = running.look(self.origin, &mut self.source.about.missing).await;
    }

    /// Looks at everything that counters are to be told from.
    async fn look_at_all(&mut self) {
        for running in &mut self.running {
            // What does not change was seen before.
            let is_first = running.samples == 0 && !running.sampler.only_at_the_end();
            if !running.off && (running.repeats() || is_first) {
                running.partial = running.look_for_sure(self.origin, &mut self.source.about.missing).await.err();
            }
        }
    }

    /// What was seen so far. Its last touches are missing, and the last looks.
    fn so_far(&self) -> SourceRecord {
        let mut about = self.source.about.clone();
        about.to_s = seconds_since(self.origin, Instant::now());
        say_what_is_partial(&mut about, &self.running);
        let seen = self.running.iter().filter(|running| running.samples > 0);
        about.samplers = seen.map(|running| running.record(running.book.clone())).collect();
        about
    }

    async fn finish(mut self) -> SourceRecord {
        let deadline = tokio::time::Instant::now() + FINISH_LIMIT;
        // One that does not get there is looked at as it is.
        let _ = tokio::time::timeout_at(deadline, &mut self.source.settled).await;
        let ended = Instant::now();
        for running in self.running.iter_mut().filter(|running| !running.off && running.looks_at_the_end()) {
            let look = running.look_for_sure(self.origin, &mut self.source.about.missing);
            let looked = tokio::time::timeout_at(deadline, look).await;
            let looked = looked.unwrap_or_else(|_| Err("it took too long".to_owned()));
            running.partial = running.partial.take().or(looked.err());
        }
        let Source { mut about, conclude, .. } = self.source;
        about.to_s = seconds_since(self.origin, ended);
        say_what_is_partial(&mut about, &self.running);
        about.samplers = self.running.into_iter().filter(|running| running.samples > 0).map(Running::finish).collect();
        conclude(&mut about);
        about
    }
}

/// Names the samplers whose counters do not cover all of the measured part.
fn say_what_is_partial(about: &mut SourceRecord, running: &[Running]) {
    let partial = running.iter().filter_map(|running| Some((running.sampler.spec().name, running.partial.as_ref()?)));
    let (names, reasons): (Vec<_>, Vec<_>) = partial.unzip();
    if let Some(reason) = reasons.first() {
        let what = format!(
            "the first or the last look failed ({reason}), so that a part is missing of `{}`",
            names.join("`, `")
        );
        about.missing.push(MissingRecord { what, fix: None });
    }
    about.partial = names.into_iter().map(str::to_owned).collect();
}

impl Running {
    /// Whether it looks more than once.
    fn repeats(&self) -> bool {
        !matches!(self.book, Book::Facts(_)) && !self.sampler.only_at_the_end()
    }

    /// Whether it looks when the users have gone: not at what they are doing.
    fn looks_at_the_end(&self) -> bool {
        self.sampler.only_at_the_end() || self.repeats() && !matches!(self.book, Book::Profile(_))
    }

    /// Looks where no other look could stand in for this one, so that it tries again if that fails; why it failed at
    /// first, if it could not.
    async fn look_for_sure(&mut self, origin: Option<Instant>, missing: &mut Vec<MissingRecord>) -> Result<(), String> {
        let Err(why) = self.look(origin, missing).await else { return Ok(()) };
        self.look(origin, missing).await.map_err(|_| why)
    }

    /// Looks once; why not, if it could not.
    async fn look(&mut self, origin: Option<Instant>, missing: &mut Vec<MissingRecord>) -> Result<(), String> {
        let began = Instant::now();
        let result = self.sampler.sample().await;
        let ended = Instant::now();
        match result {
            Ok(rows) => {
                self.samples += 1;
                self.took += ended - began;
                self.book.take(seconds_since(origin, began), rows, self.sampler.spec());
                self.pace.looked(began, ended);
                Ok(())
            }
            Err(SampleError::Failed(why)) => {
                self.failed += 1;
                self.pace.failed(began, ended);
                Err(why)
            }
            Err(SampleError::Unavailable(why)) => {
                self.off = true;
                if !missing.contains(&why) {
                    missing.push(why);
                }
                // That is said already.
                Ok(())
            }
        }
    }

    fn finish(mut self) -> SamplerRecord {
        let empty = Book::new(self.sampler.spec());
        let book = std::mem::replace(&mut self.book, empty);
        self.record(book)
    }

    fn record(&self, book: Book) -> SamplerRecord {
        let spec = self.sampler.spec();
        SamplerRecord {
            name: spec.name.to_owned(),
            period_s: spec.period.as_secs_f64(),
            samples: self.samples,
            failed: self.failed,
            took_us: (self.took.as_micros() / u128::from(self.samples.max(1))) as u64,
            resets: book.resets(),
            data: book.finish(spec),
        }
    }
}

/// Seconds of the run's clock; less than none before it starts.
fn seconds_since(origin: Option<Instant>, moment: Instant) -> f64 {
    let seconds = match origin {
        Some(origin) if moment >= origin => (moment - origin).as_secs_f64(),
        Some(origin) => -(origin - moment).as_secs_f64(),
        // The clock starts as soon as all baselines are there.
        None => -1e-3,
    };
    // A record need not carry nanoseconds.
    (seconds * 1e3).round() / 1e3
}

async fn until(due: Option<Instant>) {
    match due {
        Some(due) => tokio::time::sleep_until(due.into()).await,
        None => std::future::pending().await,
    }
}

#[cfg(test)]
mod tests {
    use super::super::sampler::{Keep, Kind, Row, Spec};
    use super::*;

    /// Reads a counter that rises by ten from one answer to the next; of each of its looks, whether it fails.
    struct Flaky {
        spec: Spec,
        fails: std::vec::IntoIter<bool>,
        counted: f64,
    }

    impl Sampler for Flaky {
        fn spec(&self) -> &Spec {
            &self.spec
        }

        fn sample(&mut self) -> LocalBoxFuture<'_, Result<Vec<Row>, SampleError>> {
            if self.fails.next().expect("a look that is expected") {
                return std::future::ready(Err(SampleError::Failed("not now".to_owned()))).boxed_local();
            }
            self.counted += 10.0;
            let row = Row { keys: vec!["thing".to_owned()], figures: vec![Some(self.counted)], ..Row::default() };
            std::future::ready(Ok(vec![row])).boxed_local()
        }
    }

    /// What is seen between a baseline and a last look.
    async fn seen(fails: Vec<bool>) -> SourceRecord {
        let spec = Spec {
            name: "things",
            period: Duration::from_secs(60),
            keep: Keep::Rows { most: 10, idle: false },
            keys: vec!["thing"],
            notes: Vec::new(),
            figures: vec![("count", Kind::Counter)],
        };
        let sampler = Flaky { spec, fails: fails.into_iter(), counted: 0.0 };
        let source = Source { samplers: vec![Box::new(sampler)], ..Source::unseen(SourceRecord::default()) };
        let mut watch = Watch::new(source);
        watch.look_at_all().await;
        watch.start(Instant::now(), Duration::ZERO);
        watch.finish().await
    }

    #[tokio::test]
    async fn the_first_and_the_last_look_are_tried_again() {
        for fails in [vec![false, false], vec![true, false, true, false]] {
            let source = seen(fails.clone()).await;
            assert_eq!(source.rows("things")[0].counter("count"), 10.0, "{fails:?}");
            assert!(source.partial.is_empty() && source.missing.is_empty(), "{source:?}");
        }
    }

    #[tokio::test]
    async fn what_fails_twice_is_said_to_lack_a_part() {
        for fails in [vec![true, true, false], vec![false, true, true]] {
            let source = seen(fails.clone()).await;
            assert_eq!(source.partial, ["things"], "{fails:?}");
            assert!(source.missing[0].what.contains("not now"), "{source:?}");
        }
    }
}
