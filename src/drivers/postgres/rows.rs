//! The rows of a result, decoded where they are read.

use std::sync::Arc;

use tokio_postgres::types::{FromSql, Type};
use tokio_postgres::{Row, SimpleQueryRow};

use super::columns::Columns;
use super::value::{Value, decode};
use crate::drivers::Failure;

/// What a statement returned.
#[derive(Debug)]
pub struct Rows {
    pub(super) label: Arc<str>,
    pub(super) columns: Arc<Columns>,
    pub(super) rows: Vec<RowData>,
    pub(super) affected: u64,
    pub(super) bytes: u64,
}

/// A row as the protocol brought it.
#[derive(Debug)]
pub(super) enum RowData {
    /// Extended protocol: binary values.
    Binary(Row),
    /// Simple protocol: strings.
    Text(SimpleQueryRow),
}

impl Rows {
    /// Its columns.
    pub fn columns(&self) -> &Arc<Columns> {
        &self.columns
    }

    /// How many rows there are.
    pub fn len(&self) -> usize {
        self.rows.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// Rows returned or, for a statement that returns none, changed.
    pub fn affected(&self) -> u64 {
        self.affected
    }

    /// Bytes of parameters sent and of rows received.
    pub fn bytes(&self) -> u64 {
        self.bytes
    }

    /// The value in a row and a column. `scratch` holds what has to be written out.
    pub fn value<'a>(&'a self, row: usize, column: usize, scratch: &'a mut String) -> Result<Value<'a>, Failure> {
        let Some(data) = self.rows.get(row) else { return Err(self.misread(column)) };
        match data {
            RowData::Binary(values) => {
                let Ok(Raw(raw)) = values.try_get(column) else { return Err(self.misread(column)) };
                let (Some(raw), Some(described)) = (raw, self.columns.get(column)) else { return Ok(Value::Null) };
                decode(described.codec(), raw, scratch).map_err(|_| self.misread(column))
            }
            RowData::Text(values) => match values.try_get(column) {
                Ok(text) => Ok(text.map_or(Value::Null, |text| Value::Text(text.as_bytes()))),
                Err(_) => Err(self.misread(column)),
            },
        }
    }

    /// The failure of reading a value of a column.
    pub fn misread(&self, column: usize) -> Failure {
        let Some(described) = self.columns.get(column) else {
            return Failure::Misuse {
                message: format!("statement `{}` has no column {}", self.label, column + 1),
                hint: None,
            };
        };
        let (name, type_) = (described.name(), described.type_().name());
        Failure::Misuse {
            message: format!("column `{name}` of statement `{}` is `{type_}`, which cannot be read", self.label),
            hint: Some(format!("cast it to text: `{name}::text`")),
        }
    }
}

/// The bytes of a value, whatever its type.
struct Raw<'a>(Option<&'a [u8]>);

impl<'a> FromSql<'a> for Raw<'a> {
    fn from_sql(_: &Type, raw: &'a [u8]) -> Result<Self, Box<dyn std::error::Error + Sync + Send>> {
        Ok(Self(Some(raw)))
    }

    fn from_sql_null(_: &Type) -> Result<Self, Box<dyn std::error::Error + Sync + Send>> {
        Ok(Self(None))
    }

    fn accepts(_: &Type) -> bool {
        true
    }
}
