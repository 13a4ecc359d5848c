//! The database's own types: enums, ranges, composite types, and whatever else is not built in.
//!
//! Asked for when a column or parameter of one is first met, with the simple protocol, so that it makes no difference
//! which of a pooler's server connections answers. What is learnt is shared by all connections of a target.

use std::collections::HashMap;
use std::pin::Pin;
use std::sync::{Mutex, MutexGuard, PoisonError};

use tokio_postgres::types::{Field, Kind, Oid, Type};

use super::channel::Step;
use super::connection::Connection;
use super::protocol::{WireError, request};
use super::reader::{Malformed, Reader};

/// What is known of a target's own types, by their number.
#[derive(Debug, Default)]
pub(super) struct Types(Mutex<HashMap<Oid, Type>>);

impl Types {
    fn known(&self) -> MutexGuard<'_, HashMap<Oid, Type>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Forgets all: the schema has changed.
    pub(super) fn forget(&self) {
        self.known().clear();
    }
}

/// The rows of an answer, all of it text.
type Texts = Vec<Vec<Option<String>>>;

impl Connection {
    /// The type of that number.
    pub(super) async fn type_of(&self, oid: Oid) -> Result<Type, WireError> {
        if let Some(type_) = Type::from_oid(oid) {
            return Ok(type_);
        }
        let known = self.types().known().get(&oid).cloned();
        match known {
            Some(type_) => Ok(type_),
            None => self.learn(oid).await,
        }
    }

    /// The same for one that another type is made of.
    fn part_of(&self, oid: Oid) -> Pin<Box<dyn Future<Output = Result<Type, WireError>> + '_>> {
        Box::pin(self.type_of(oid))
    }

    async fn learn(&self, oid: Oid) -> Result<Type, WireError> {
        let sql = format!(
            "SELECT t.typname, n.nspname, t.typtype, t.typelem, t.typbasetype, t.typrelid, coalesce(r.rngsubtype, 0)
             FROM pg_catalog.pg_type t JOIN pg_catalog.pg_namespace n ON n.oid = t.typnamespace
             LEFT JOIN pg_catalog.pg_range r ON r.rngtypid = t.oid WHERE t.oid = {oid}"
        );
        let mut rows = self.texts(&sql).await?.into_iter();
        let Some([Some(name), Some(schema), Some(kind), element, base, relation, subtype]) =
            rows.next().and_then(|row| <[_; 7]>::try_from(row).ok())
        else {
            return Err(WireError::Alien);
        };
        let number = |text: Option<String>| text.and_then(|text| text.parse::<Oid>().ok()).filter(|&oid| oid != 0);
        let kind = if kind == "e" {
            Kind::Enum(self.labels(oid).await?)
        } else if kind == "p" {
            Kind::Pseudo
        } else if let Some(base) = number(base) {
            Kind::Domain(self.part_of(base).await?)
        } else if let Some(element) = number(element) {
            Kind::Array(self.part_of(element).await?)
        } else if let Some(relation) = number(relation) {
            Kind::Composite(self.fields(relation).await?)
        } else if let Some(subtype) = number(subtype) {
            Kind::Range(self.part_of(subtype).await?)
        } else {
            Kind::Simple
        };
        let type_ = Type::new(name, oid, kind, schema);
        self.types().known().insert(oid, type_.clone());
        Ok(type_)
    }

    async fn labels(&self, oid: Oid) -> Result<Vec<String>, WireError> {
        let sql = format!("SELECT enumlabel FROM pg_catalog.pg_enum WHERE enumtypid = {oid} ORDER BY enumsortorder");
        Ok(self.texts(&sql).await?.into_iter().flatten().flatten().collect())
    }

    async fn fields(&self, relation: Oid) -> Result<Vec<Field>, WireError> {
        let sql = format!(
            "SELECT attname, atttypid FROM pg_catalog.pg_attribute
             WHERE attrelid = {relation} AND NOT attisdropped AND attnum > 0 ORDER BY attnum"
        );
        let mut fields = Vec::new();
        for row in self.texts(&sql).await? {
            let Ok([Some(name), Some(type_)]) = <[_; 2]>::try_from(row) else { return Err(WireError::Alien) };
            let type_ = type_.parse().map_err(|_| WireError::Alien)?;
            fields.push(Field::new(name, self.part_of(type_).await?));
        }
        Ok(fields)
    }

    /// The rows of a query of throng's own.
    async fn texts(&self, sql: &str) -> Result<Texts, WireError> {
        let (mut answer, ()) = self.ask(|out| request::query(sql, out))?;
        let mut rows = Ok(Texts::new());
        answer
            .read(|message| {
                if message.tag == b'D' {
                    match (&mut rows, texts_of(message.body)) {
                        (Ok(rows), Ok(row)) => rows.push(row),
                        (rows, _) => *rows = Err(WireError::Alien),
                    }
                }
                Step::Next
            })
            .await?;
        rows
    }
}

fn texts_of(row: &[u8]) -> Result<Vec<Option<String>>, Malformed> {
    let mut reader = Reader::new(row);
    let count = reader.u16()?;
    let text = |field: Option<&[u8]>| field.map(|text| String::from_utf8_lossy(text).into_owned());
    (0..count).map(|_| reader.field().map(text)).collect()
}
