//! A queue of plain data, first in, first out, across workers.

use std::collections::VecDeque;
use std::sync::Mutex;

use tokio::sync::Semaphore;

use super::registry::lock;
use crate::plan::Data;

/// A queue, bounded or not. Who waits first is served first.
#[derive(Debug)]
pub struct Queue {
    capacity: Option<usize>,
    values: Mutex<VecDeque<Data>>,
    /// One permit for each value in the queue.
    filled: Semaphore,
    /// One permit for each free place; unused without a capacity.
    free: Semaphore,
}

impl Queue {
    pub(super) fn new(capacity: Option<usize>) -> Self {
        let places = capacity.unwrap_or(0).min(Semaphore::MAX_PERMITS);
        Self { capacity, values: Mutex::default(), filled: Semaphore::new(0), free: Semaphore::new(places) }
    }

    /// How many values it holds at most.
    pub fn capacity(&self) -> Option<usize> {
        self.capacity
    }

    /// How many values are in it.
    pub fn size(&self) -> usize {
        lock(&self.values).len()
    }

    /// Adds a value at the end, when there is a place. Dropped before that, it adds nothing.
    pub async fn push(&self, value: Data) {
        if self.capacity.is_some() {
            take(self.free.acquire().await);
        }
        self.put(value);
    }

    /// Adds a value at the end if there is a place; whether there was.
    pub fn try_push(&self, value: Data) -> bool {
        if self.capacity.is_some() {
            match self.free.try_acquire() {
                Ok(place) => place.forget(),
                Err(_) => return false,
            }
        }
        self.put(value);
        true
    }

    /// Takes the first value, when there is one. Dropped before that, it takes nothing.
    pub async fn pop(&self) -> Data {
        take(self.filled.acquire().await);
        self.get()
    }

    /// Takes the first value if there is one.
    pub fn try_pop(&self) -> Option<Data> {
        self.filled.try_acquire().ok()?.forget();
        Some(self.get())
    }

    fn put(&self, value: Data) {
        lock(&self.values).push_back(value);
        self.filled.add_permits(1);
    }

    fn get(&self) -> Data {
        let value = lock(&self.values).pop_front().expect("each permit of `filled` stands for a value");
        if self.capacity.is_some() {
            self.free.add_permits(1);
        }
        value
    }
}

fn take(permit: Result<tokio::sync::SemaphorePermit<'_>, tokio::sync::AcquireError>) {
    permit.expect("a queue's semaphores are never closed").forget();
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;

    fn alone<F: Future>(work: F) -> F::Output {
        tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(work)
    }

    #[test]
    fn values_come_out_in_the_order_they_went_in() {
        let queue = Queue::new(None);
        (1..=3).for_each(|n| assert!(queue.try_push(Data::Int(n))));
        let taken: Vec<_> = std::iter::from_fn(|| queue.try_pop()).collect();
        assert_eq!(taken, [Data::Int(1), Data::Int(2), Data::Int(3)]);
    }

    #[test]
    fn a_full_queue_refuses_until_a_value_is_taken() {
        let queue = Queue::new(Some(1));
        assert!(queue.try_push(Data::Int(1)) && !queue.try_push(Data::Int(2)));
        assert_eq!(queue.try_pop(), Some(Data::Int(1)));
        assert!(queue.try_push(Data::Int(2)));
    }

    #[test]
    fn nothing_is_lost_or_doubled_between_two_runtimes() {
        let queue = Arc::new(Queue::new(Some(3)));
        let to = queue.clone();
        let producer = std::thread::spawn(move || {
            alone(async {
                for n in 0..1000 {
                    to.push(Data::Int(n)).await;
                }
            })
        });
        let taken = alone(async {
            let mut taken = Vec::new();
            while taken.len() < 1000 {
                taken.push(queue.pop().await);
            }
            taken
        });
        producer.join().unwrap();
        assert_eq!(taken, (0..1000).map(Data::Int).collect::<Vec<_>>());
        assert_eq!(queue.size(), 0);
    }
}
