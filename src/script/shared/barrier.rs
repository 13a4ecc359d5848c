//! A place where users wait for one another, across workers, again and again.

use std::sync::Mutex;

use tokio::sync::watch;

use super::registry::lock;

/// Lets users go on once a number of them have come. tokio's own barrier counts those who gave up
/// waiting; here a wait that is dropped takes its arrival back.
#[derive(Debug)]
pub struct Barrier {
    parties: usize,
    /// How many wait in the present round.
    waiting: Mutex<usize>,
    round: watch::Sender<u64>,
}

/// One user's arrival; dropped before the round is full, it is taken back.
struct Arrival<'a> {
    barrier: &'a Barrier,
    round: u64,
}

impl Barrier {
    pub(super) fn new(parties: usize) -> Self {
        Self { parties, waiting: Mutex::new(0), round: watch::Sender::new(0) }
    }

    /// For how many users it is.
    pub fn parties(&self) -> usize {
        self.parties
    }

    /// Waits until all have come. True for the one who came last.
    pub async fn wait(&self) -> bool {
        let mut rounds = self.round.subscribe();
        let arrival = {
            let mut waiting = lock(&self.waiting);
            let round = *self.round.borrow();
            *waiting += 1;
            if *waiting >= self.parties {
                *waiting = 0;
                self.round.send_replace(round + 1);
                return true;
            }
            Arrival { barrier: self, round }
        };
        // Fails only without a sender, which `self` is.
        let _ = rounds.wait_for(|round| *round > arrival.round).await;
        false
    }
}

impl Drop for Arrival<'_> {
    fn drop(&mut self) {
        let mut waiting = lock(&self.barrier.waiting);
        if *self.barrier.round.borrow() == self.round {
            *waiting -= 1;
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::sync::atomic::{AtomicUsize, Ordering};

    use futures_util::FutureExt;

    use super::*;

    fn alone<F: Future>(work: F) -> F::Output {
        tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(work)
    }

    #[test]
    fn nobody_passes_before_the_last_has_come_and_one_in_a_round_is_last() {
        const PARTIES: usize = 4;
        let barrier = Arc::new(Barrier::new(PARTIES));
        let (arrived, last) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
        let threads: Vec<_> = (0..PARTIES)
            .map(|_| {
                let (barrier, arrived, last) = (barrier.clone(), arrived.clone(), last.clone());
                std::thread::spawn(move || {
                    alone(async {
                        for round in 1..=100 {
                            arrived.fetch_add(1, Ordering::SeqCst);
                            let was_last = barrier.wait().await;
                            assert!(arrived.load(Ordering::SeqCst) >= round * PARTIES);
                            last.fetch_add(usize::from(was_last), Ordering::SeqCst);
                        }
                    })
                })
            })
            .collect();
        threads.into_iter().for_each(|thread| thread.join().unwrap());
        assert_eq!(last.load(Ordering::SeqCst), 100);
    }

    #[test]
    fn a_wait_that_was_given_up_does_not_count() {
        let barrier = Barrier::new(2);
        assert!(barrier.wait().now_or_never().is_none());
        assert!(barrier.wait().now_or_never().is_none());
        alone(async {
            let (first, second) = futures_util::join!(barrier.wait(), barrier.wait());
            assert_eq!((first, second), (false, true));
        });
    }
}
