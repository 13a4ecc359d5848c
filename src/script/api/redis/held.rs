//! A thing that several objects of a script know, and one call at a time uses.

use std::cell::RefCell;
use std::ops::{Deref, DerefMut};
use std::rc::Rc;

/// A shared place for a thing that can be taken out and is put back.
pub(super) struct Held<T>(Rc<RefCell<Option<T>>>);

impl<T> Clone for Held<T> {
    fn clone(&self) -> Self {
        Self(self.0.clone())
    }
}

impl<T> Held<T> {
    /// A place that holds `thing`.
    pub(super) fn new(thing: T) -> Self {
        Self(Rc::new(RefCell::new(Some(thing))))
    }

    /// Takes the thing for one call; `None` while another call has it, and once it is gone for good.
    pub(super) fn borrow(&self) -> Option<Borrowed<T>> {
        let thing = self.0.borrow_mut().take()?;
        Some(Borrowed { thing: Some(thing), home: Some(self.clone()) })
    }

    /// Drops the thing, or takes it from whoever held it last.
    pub(super) fn close(&self) -> Option<T> {
        self.0.borrow_mut().take()
    }
}

/// A thing in use: dropped, also when the call was cancelled, it goes back where it came from.
pub(super) struct Borrowed<T> {
    thing: Option<T>,
    home: Option<Held<T>>,
}

impl<T> Borrowed<T> {
    /// A thing without a place to go back to.
    pub(super) fn own(thing: T) -> Self {
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
        if let Some(home) = &self.home {
            *home.0.borrow_mut() = self.thing.take();
        }
    }
}
