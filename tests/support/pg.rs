//! Helpers for the tests of the PostgreSQL driver.

use throng::drivers::Failure;
use throng::drivers::postgres::{Connection, Param, Rows, Statement, Value};
use throng::plan::Limits;
use throng::plan::target::{PoolPlan, PostgresTarget, SecretUrl, SessionPlan, StatementMode};

/// A target at `url`.
pub fn target(url: &str, statements: StatementMode) -> PostgresTarget {
    PostgresTarget {
        url: Some(SecretUrl::new(url)),
        statements,
        pool: PoolPlan::default(),
        session: SessionPlan::default(),
        server: Default::default(),
    }
}

/// A connection to this test binary's server, in UTC and ISO style.
pub async fn connection(statements: StatementMode) -> Connection {
    let url = super::postgres().url();
    let url = format!("{}?options=-c%20TimeZone%3DUTC%20-c%20DateStyle%3DISO", url.reveal());
    Connection::open(&target(&url, statements), &Limits::default()).await.expect("the server lets us in")
}

/// The rows of a plain text.
pub async fn query(connection: &Connection, sql: &str, params: &[Param]) -> Result<Rows, Failure> {
    connection.query(&Statement::plain(sql), params).await
}

/// The first value, as a parameter that would send it back.
pub async fn value(connection: &Connection, sql: &str, params: &[Param]) -> Param {
    let rows = query(connection, sql, params).await.unwrap_or_else(|failure| panic!("{sql}: {failure}"));
    let mut scratch = String::new();
    to_param(rows.value(0, 0, &mut scratch).unwrap_or_else(|failure| panic!("{sql}: {failure}")))
}

/// A value as the parameter that would send it back.
pub fn to_param(value: Value<'_>) -> Param {
    match value {
        Value::Null => Param::Null,
        Value::Bool(value) => Param::Bool(value),
        Value::Int(value) => Param::Int(value),
        Value::Float(value) => Param::Float(value),
        Value::Numeric(text) => Param::from(text),
        Value::Text(bytes) | Value::Json(bytes) => Param::Text(bytes.to_vec()),
        Value::Bytes(bytes) => Param::Bytes(bytes.to_vec()),
        Value::List(mut list) => {
            let mut scratch = String::new();
            let mut items = Vec::new();
            while let Some(item) = list.next(&mut scratch).expect("a well-formed array") {
                items.push(to_param(item));
            }
            Param::List(items)
        }
    }
}

/// A text parameter's text.
pub fn text(param: &Param) -> String {
    match param {
        Param::Text(bytes) => String::from_utf8(bytes.clone()).expect("UTF-8"),
        other => panic!("{other:?} is no text"),
    }
}
