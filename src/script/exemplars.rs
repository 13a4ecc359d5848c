//! The slowest execution of each labelled statement that a worker has seen, with its parameters: for the plans that are
//! taken of them. Where none are, nothing is kept.

use std::cell::RefCell;
use std::collections::HashMap;
use std::rc::Rc;
use std::sync::Arc;

use crate::drivers::postgres::{Exemplar, Param, Statement};

/// Parameters longer than this, in bytes, are not kept.
const LONGEST: usize = 1 << 20;

/// Most statements of which an execution is kept; a script may name statements as it goes.
const MOST: usize = 1000;

/// A target and a label.
type Key = (Rc<str>, Arc<str>);

/// Executions by target and label.
pub struct Exemplars {
    on: bool,
    kept: RefCell<HashMap<Key, Kept>>,
}

/// The slowest execution of one statement.
struct Kept {
    time_us: u64,
    /// Not handed over yet.
    new: Option<Exemplar>,
}

impl Exemplars {
    /// None kept yet; `on` says whether any are to be.
    pub fn new(on: bool) -> Self {
        Self { on, kept: RefCell::default() }
    }

    /// Whether executions are kept.
    pub fn are_kept(&self) -> bool {
        self.on
    }

    /// Keeps an execution if it is the slowest of its statement.
    pub fn see(&self, target: &Rc<str>, statement: &Statement, params: &[Param], time_us: u64) {
        let mut kept = self.kept.borrow_mut();
        let key = (target.clone(), statement.label().clone());
        let slowest = kept.get(&key).map(|kept| kept.time_us);
        let has_room = slowest.is_some() || kept.len() < MOST;
        if slowest.is_some_and(|slowest| slowest >= time_us)
            || !has_room
            || params.iter().map(Param::weight).sum::<usize>() > LONGEST
        {
            return;
        }
        let (label, sql) = (statement.label().clone(), statement.sql().clone());
        let (target, params) = (target.to_string(), params.to_vec());
        let new = Some(Exemplar { target, label, sql, params, time_us });
        kept.insert(key, Kept { time_us, new });
    }

    /// Those that were not taken before.
    pub fn take(&self) -> Vec<Exemplar> {
        self.kept.borrow_mut().values_mut().filter_map(|kept| kept.new.take()).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_slowest_execution_is_kept_and_handed_over_once() {
        let (kept, target) = (Exemplars::new(true), Rc::from("postgres"));
        let find = Statement::labelled("find", "SELECT $1");
        for (value, time_us) in [(1, 10), (2, 30), (3, 20)] {
            kept.see(&target, &find, &[Param::Int(value)], time_us);
        }
        kept.see(&target, &Statement::labelled("load", "SELECT $1"), &[Param::Text(vec![0; LONGEST + 1])], 99);
        let taken = kept.take();
        assert_eq!(taken.len(), 1);
        assert_eq!((&*taken[0].label, &taken[0].params[..], taken[0].time_us), ("find", &[Param::Int(2)][..], 30));
        assert!(kept.take().is_empty());
        kept.see(&target, &find, &[Param::Int(4)], 31);
        assert_eq!(kept.take()[0].params, [Param::Int(4)]);
    }
}
