//! Time as the run sees it: fine-grained sleeping for arrivals, thinking and script sleeps.
//!
//! tokio's timer has ticks of 1 ms and overshoots by as much; an open load on
//! it would add half a millisecond to every response time. On Linux a worker
//! sleeps on one timerfd over a heap of deadlines; elsewhere on tokio's timer.
//! Imports no other layer, because both the engine and the script API sleep.
