//! A thing that several objects of a script know, and one call at a time uses.

use std::cell::RefCell;
use std::mem::replace;
use std::ops::{Deref, DerefMut};
use std::rc::Rc;

/// A shared place for a thing that can be taken out and is put back, until the place is closed.
pub(in crate::script::api) struct Held<T>(Rc<RefCell<Place<T>>>);

enum Place<T> {
    Here(T),
    Lent,
    Closed,
}

impl<T> Clone for Held<T> {
    fn clone(&self) -> Self {
        Self(self.0.clone())
    }
}

impl<T> Held<T> {
    /// A place that holds `thing`.
    pub(in crate::script::api) fn new(thing: T) -> Self {
        Self(Rc::new(RefCell::new(Place::Here(thing))))
    }

    /// Takes the thing for one call; `None` while another call has it, and once the place is closed.
    pub(in crate::script::api) fn borrow(&self) -> Option<Borrowed<T>> {
        let mut place = self.0.borrow_mut();
        match replace(&mut *place, Place::Lent) {
            Place::Here(thing) => Some(Borrowed { thing: Some(thing), home: Some(self.clone()) }),
            other => {
                *place = other;
                None
            }
        }
    }

    /// Closes the place; the thing if it was there. One that is lent is dropped when it comes back.
    pub(in crate::script::api) fn close(&self) -> Option<T> {
        match replace(&mut *self.0.borrow_mut(), Place::Closed) {
            Place::Here(thing) => Some(thing),
            Place::Lent | Place::Closed => None,
        }
    }
}

/// A thing in use: dropped, also when the call was cancelled, it goes back where it came from.
pub(in crate::script::api) struct Borrowed<T> {
    thing: Option<T>,
    home: Option<Held<T>>,
}

impl<T> Borrowed<T> {
    /// A thing without a place to go back to.
    pub(in crate::script::api) fn own(thing: T) -> Self {
        Self { thing: Some(thing), home: None }
    }
}

impl<T> Deref for Borrowed<T> {
    type Target = T;

    fn deref(&self) -> &T {
        self.thing.as_ref().expect("taken only by drop")
    }
}

impl<T> DerefMut for Borrowed<T> {
    fn deref_mut(&mut self) -> &mut T {
        self.thing.as_mut().expect("taken only by drop")
    }
}

impl<T> Drop for Borrowed<T> {
    fn drop(&mut self) {
        if let (Some(home), Some(thing)) = (&self.home, self.thing.take()) {
            let mut place = home.0.borrow_mut();
            if matches!(*place, Place::Lent) {
                *place = Place::Here(thing);
            }
        }
    }
}
