//! A sampler that is one query.

use std::rc::Rc;
use std::time::Duration;

use futures_util::future::{FutureExt, LocalBoxFuture};

use super::super::sampler::{Keep, Row, SampleError, Sampler, Spec};
use super::field::{Field, Role};
use super::link::{Link, text};
use super::server::Server;
use crate::drivers::postgres::{Rows, Statement};

/// What is asked, how often, and how the answer is kept.
pub(super) struct Query {
    /// Its name in the record.
    pub name: &'static str,
    /// How often it is asked.
    pub period: Duration,
    /// How the answers are kept.
    pub keep: Keep,
    /// The columns of the answer.
    pub fields: &'static [Field],
    /// By whose version a column is there or not.
    pub versions: Versions,
    /// All from `FROM` on; none where the server does not have it.
    pub from: fn(&Server) -> Option<String>,
    /// Puts a row in order before it is kept; told how often the monitor has looked at all.
    pub tidy: fn(&mut Row, u64),
}

/// By whose version a column is there or not.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Versions {
    /// The server's major one.
    Server,
    /// The minor one of the extension `pg_stat_statements`.
    Statements,
}

/// A row that is in order as it is.
pub(super) fn as_it_is(_: &mut Row, _: u64) {}

impl Query {
    /// The names of its figures, in all versions.
    pub(super) fn figures(&self) -> Vec<&'static str> {
        let is_figure = |field: &&Field| matches!(field.role, Role::Figure(_));
        self.fields.iter().filter(is_figure).map(|field| field.name).collect()
    }

    /// The sampler for this server, if it can have one.
    pub(super) fn sampler(&'static self, link: &Rc<Link>, server: &Server) -> Option<Box<dyn Sampler>> {
        let version = match self.versions {
            Versions::Server => server.major,
            Versions::Statements => server.statements?,
        };
        let from = (self.from)(server)?;
        let fields: Vec<Field> = self.fields.iter().filter(|field| field.is_in(version)).copied().collect();
        let columns: Vec<&str> = fields.iter().map(|field| field.sql).collect();
        let named = |role| fields.iter().filter(move |field| field.role == role).map(|field| field.name).collect();
        let figure = |field: &Field| match field.role {
            Role::Figure(kind) => Some((field.name, kind)),
            Role::Key | Role::Note | Role::Since => None,
        };
        Some(Box::new(QuerySampler {
            spec: Spec {
                name: self.name,
                period: self.period,
                keep: self.keep,
                keys: named(Role::Key),
                notes: named(Role::Note),
                figures: fields.iter().filter_map(figure).collect(),
            },
            statement: link.statement(self.name, &format!("{} {from}", columns.join(", "))),
            roles: fields.iter().map(|field| field.role).collect(),
            link: link.clone(),
            tidy: self.tidy,
        }))
    }
}

/// A query as it is put to one server.
struct QuerySampler {
    spec: Spec,
    statement: Statement,
    /// Of each column.
    roles: Vec<Role>,
    link: Rc<Link>,
    tidy: fn(&mut Row, u64),
}

impl Sampler for QuerySampler {
    fn spec(&self) -> &Spec {
        &self.spec
    }

    fn sample(&mut self) -> LocalBoxFuture<'_, Result<Vec<Row>, SampleError>> {
        async {
            let rows = self.link.rows(&self.statement).await?;
            Ok((0..rows.len()).map(|row| self.read(&rows, row)).collect())
        }
        .boxed_local()
    }
}

impl QuerySampler {
    fn read(&self, rows: &Rows, row: usize) -> Row {
        let mut read = Row::default();
        for (column, role) in self.roles.iter().enumerate() {
            let value = text(rows, row, column);
            match role {
                Role::Key => read.keys.push(value.unwrap_or_default()),
                Role::Note => read.notes.push(value.unwrap_or_default()),
                Role::Since => read.since = value,
                Role::Figure(_) => read.figures.push(value.and_then(|value| value.parse().ok())),
            }
        }
        (self.tidy)(&mut read, self.link.looks());
        read
    }
}
