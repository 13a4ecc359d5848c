//! Plain data by key, across workers.

use std::collections::BTreeMap;
use std::sync::Mutex;

use super::registry::lock;
use crate::plan::Data;

/// Values by key. Every method is one step that no other worker sees half done.
#[derive(Debug, Default)]
pub struct Map(Mutex<Slots>);

#[derive(Debug, Default)]
struct Slots {
    /// Each value with the number of the write that put it there, so that [`Map::update`] sees a change.
    by_key: BTreeMap<String, (u64, Data)>,
    writes: u64,
}

impl Slots {
    /// The number of the write that a value comes from, and the value.
    fn read(&self, key: &str) -> (u64, Data) {
        self.by_key.get(key).cloned().unwrap_or((0, Data::Nil))
    }

    fn write(&mut self, key: &str, value: Data) {
        self.writes += 1;
        if value == Data::Nil {
            self.by_key.remove(key);
        } else {
            self.by_key.insert(key.to_owned(), (self.writes, value));
        }
    }
}

impl Map {
    /// The value of a key; [`Data::Nil`] if there is none.
    pub fn get(&self, key: &str) -> Data {
        lock(&self.0).read(key).1
    }

    /// Sets a key; [`Data::Nil`] empties it.
    pub fn set(&self, key: &str, value: Data) {
        lock(&self.0).write(key, value);
    }

    /// Empties a key; whether it had a value.
    pub fn delete(&self, key: &str) -> bool {
        lock(&self.0).by_key.remove(key).is_some()
    }

    /// Replaces a value by what `change` makes of it, which may be called again if another worker came first.
    ///
    /// # Errors
    /// Those of `change`; the value is then as it was.
    pub fn update<E>(&self, key: &str, mut change: impl FnMut(Data) -> Result<Data, E>) -> Result<Data, E> {
        loop {
            let (before, value) = lock(&self.0).read(key);
            let after = change(value)?;
            let mut slots = lock(&self.0);
            if slots.read(key).0 == before {
                slots.write(key, after.clone());
                return Ok(after);
            }
        }
    }

    /// The keys that have a value, in order.
    pub fn keys(&self) -> Vec<String> {
        lock(&self.0).by_key.keys().cloned().collect()
    }
}

#[cfg(test)]
mod tests {
    use std::convert::Infallible;
    use std::sync::Arc;

    use super::*;

    #[test]
    fn an_emptied_key_is_gone() {
        let map = Map::default();
        map.set("b", Data::Int(1));
        map.set("a", Data::Int(2));
        assert_eq!(map.keys(), ["a", "b"]);
        assert!(map.delete("b") && !map.delete("b"));
        assert_eq!((map.keys(), map.get("b")), (vec!["a".to_owned()], Data::Nil));
    }

    #[test]
    fn updates_from_many_threads_all_count() {
        let map = Arc::new(Map::default());
        let add_one = |value| match value {
            Data::Int(number) => Ok::<_, Infallible>(Data::Int(number + 1)),
            _ => Ok(Data::Int(1)),
        };
        let threads: Vec<_> = (0..4)
            .map(|_| {
                let map = map.clone();
                std::thread::spawn(move || {
                    for _ in 0..500 {
                        map.update("n", add_one).unwrap();
                    }
                })
            })
            .collect();
        threads.into_iter().for_each(|thread| thread.join().unwrap());
        assert_eq!(map.get("n"), Data::Int(2000));
    }
}
