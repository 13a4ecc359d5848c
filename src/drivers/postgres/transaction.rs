//! Transactions.

use std::pin::pin;

use super::connection::Connection;
use crate::drivers::Failure;

/// How strictly a transaction is kept apart from others.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Isolation {
    /// READ UNCOMMITTED, which PostgreSQL treats as READ COMMITTED.
    ReadUncommitted,
    /// READ COMMITTED.
    ReadCommitted,
    /// REPEATABLE READ.
    RepeatableRead,
    /// SERIALIZABLE.
    Serializable,
}

/// What kind of transaction to begin; by default what the server's settings say.
#[derive(Debug, Clone, Copy, Default)]
pub struct TransactionOptions {
    /// Its isolation.
    pub isolation: Option<Isolation>,
    /// Whether it only reads.
    pub read_only: bool,
    /// Whether it waits for a snapshot in which it cannot fail; for serializable, read-only ones.
    pub deferrable: bool,
}

impl TransactionOptions {
    fn begin_sql(self) -> String {
        let mut sql = String::from("BEGIN");
        if let Some(isolation) = self.isolation {
            sql.push_str(" ISOLATION LEVEL ");
            sql.push_str(match isolation {
                Isolation::ReadUncommitted => "READ UNCOMMITTED",
                Isolation::ReadCommitted => "READ COMMITTED",
                Isolation::RepeatableRead => "REPEATABLE READ",
                Isolation::Serializable => "SERIALIZABLE",
            });
        }
        if self.read_only {
            sql.push_str(" READ ONLY");
        }
        if self.deferrable {
            sql.push_str(" DEFERRABLE");
        }
        sql
    }
}

impl Connection {
    /// Begins a transaction.
    pub async fn begin(&self, options: TransactionOptions) -> Result<(), Failure> {
        if self.in_transaction() {
            return Err(Failure::Misuse {
                message: "a transaction has already begun".into(),
                hint: Some("use SAVEPOINT for a transaction within a transaction".into()),
            });
        }
        self.command("BEGIN", &options.begin_sql()).await
    }

    /// Commits. A transaction that a caught error has spoilt is rolled back and fails with SQLSTATE 25P02,
    /// because PostgreSQL itself would roll it back without a word.
    pub async fn commit(&self) -> Result<(), Failure> {
        if self.transaction_failed()
            && let Err(spoilt) = self.command("COMMIT", "SELECT 1").await
        {
            self.rollback().await?;
            return Err(spoilt);
        }
        self.command("COMMIT", "COMMIT").await
    }

    /// Rolls back.
    pub async fn rollback(&self) -> Result<(), Failure> {
        self.command("ROLLBACK", "ROLLBACK").await
    }

    async fn command(&self, name: &str, sql: &str) -> Result<(), Failure> {
        self.within_default_limit(name, pin!(self.run_script(sql))).await
    }
}
