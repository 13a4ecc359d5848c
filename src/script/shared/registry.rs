//! Named things that come into being when first asked for.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// Things of one kind by name.
#[derive(Debug)]
pub(super) struct Registry<T>(Mutex<HashMap<String, Arc<T>>>);

impl<T> Default for Registry<T> {
    fn default() -> Self {
        Self(Mutex::default())
    }
}

impl<T> Registry<T> {
    /// The thing of that name, made by `make` the first time.
    pub(super) fn get(&self, name: &str, make: impl FnOnce() -> T) -> Arc<T> {
        let mut things = lock(&self.0);
        if let Some(thing) = things.get(name) {
            return thing.clone();
        }
        let thing = Arc::new(make());
        things.insert(name.to_owned(), thing.clone());
        thing
    }
}

/// Locks, whatever became of the last holder: what is locked here is whole after every statement.
pub(super) fn lock<T: ?Sized>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
