//! Work on many things, some at a time: much of it is waiting, for servers to start and for phases to pass.

use std::sync::Mutex;
use std::thread;

/// Does `work` with each item, so many at a time; each of those who work has what `own` makes, such as servers.
pub fn some_at_a_time<T: Send, O>(
    at_a_time: usize,
    items: Vec<T>,
    own: impl Fn() -> O + Sync,
    work: impl Fn(&O, T) + Sync,
) {
    let items = Mutex::new(items.into_iter());
    thread::scope(|scope| {
        for _ in 0..at_a_time {
            scope.spawn(|| {
                let own = own();
                let next = || items.lock().expect("nobody panics while holding it").next();
                while let Some(item) = next() {
                    work(&own, item);
                }
            });
        }
    });
}
