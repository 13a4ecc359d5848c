//! The columns of a result: names and how to read them, worked out once a statement.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, LazyLock};

use tokio_postgres::types::Type;

use super::codec::Codec;

static NEXT_ID: AtomicU64 = AtomicU64::new(1);

/// A column as the server described it.
pub(super) type Described<'a> = (&'a str, &'a Type);

/// The columns of a result. One value is shared by all results of a statement.
#[derive(Debug)]
pub struct Columns {
    id: u64,
    columns: Vec<Column>,
}

/// One column.
#[derive(Debug)]
pub struct Column {
    name: Arc<str>,
    type_: Type,
    codec: Codec,
}

impl Columns {
    pub(super) fn new<'a>(described: impl Iterator<Item = Described<'a>>) -> Self {
        let columns = described
            .map(|(name, type_)| Column { name: name.into(), type_: type_.clone(), codec: Codec::of(type_) })
            .collect();
        Self { id: NEXT_ID.fetch_add(1, Ordering::Relaxed), columns }
    }

    /// The columns of a result that has none, or whose columns nobody saw.
    pub(super) fn none() -> Arc<Self> {
        static NONE: LazyLock<Arc<Columns>> = LazyLock::new(|| Arc::new(Columns::new(std::iter::empty())));
        NONE.clone()
    }

    /// Whether these are the described columns.
    pub(super) fn matches<'a>(&self, mut described: impl Iterator<Item = Described<'a>>) -> bool {
        self.columns
            .iter()
            .all(|mine| described.next().is_some_and(|(name, type_)| *mine.name == *name && mine.type_ == *type_))
            && described.next().is_none()
    }

    /// A number of its own within this process, to keep derived things under.
    pub fn id(&self) -> u64 {
        self.id
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.columns.len()
    }

    /// Whether there are none, as for a statement that returns no rows.
    pub fn is_empty(&self) -> bool {
        self.columns.is_empty()
    }

    /// Their names, in order.
    pub fn names(&self) -> impl ExactSizeIterator<Item = &Arc<str>> {
        self.columns.iter().map(|column| &column.name)
    }

    /// The name of the server's type of column `index`; `None` past the end.
    pub fn type_name(&self, index: usize) -> Option<&str> {
        self.columns.get(index).map(|column| column.type_.name())
    }

    pub(super) fn get(&self, index: usize) -> Option<&Column> {
        self.columns.get(index)
    }
}

impl Column {
    pub(super) fn name(&self) -> &str {
        &self.name
    }

    pub(super) fn type_(&self) -> &Type {
        &self.type_
    }

    pub(super) fn codec(&self) -> &Codec {
        &self.codec
    }
}
