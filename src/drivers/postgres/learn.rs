//! Learns the database's own types when a connection is opened, for targets behind a pooler.
//!
//! The client library looks an unknown result type up when it first meets one, with a prepared
//! statement that it keeps. A pooler in transaction mode forgets that statement with the next
//! transaction, and the look-up after it would fail although the statement itself was done. So all
//! types are looked up in one transaction at the start, and the look-up's statements are removed,
//! lest a later process meets their names.

use tokio_postgres::{Client, Error, SimpleQueryMessage};

/// An expression of each type that somebody made and a column can have: enums, ranges, types of
/// extensions, composite types, and arrays of all these. Domains arrive as their base types. User
/// objects are numbered from 16384 (`FirstNormalObjectId`); a result has at most 1,664 columns.
const OWN_TYPES: &str = "
    SELECT format('NULL::%s', t.oid::regtype) FROM pg_catalog.pg_type t
    LEFT JOIN pg_catalog.pg_type e ON e.oid = t.typelem AND t.typcategory = 'A'
    LEFT JOIN pg_catalog.pg_class c ON c.oid = greatest(t.typrelid, e.typrelid)
    WHERE t.oid >= 16384 AND t.typtype IN ('b', 'c', 'e', 'm', 'r') AND (c.relkind IS NULL OR c.relkind = 'c')
    ORDER BY t.oid LIMIT 1600";

/// The names of the statements that looking types up has left on the server connection.
const LOOK_UPS: &str = "
    SELECT format('DEALLOCATE %I', name) FROM pg_catalog.pg_prepared_statements
    WHERE NOT from_sql AND name ~ '^s[0-9]+$' AND statement ~ 'FROM pg_catalog.pg_(type|enum|attribute)'";

/// Makes all of the database's own types known to `client`.
pub(super) async fn learn_types(client: &Client) -> Result<(), Error> {
    client.batch_execute("BEGIN READ ONLY").await?;
    // Another process may have been stopped before it cleaned up.
    remove_look_ups(client).await?;
    let types = first_column(client, OWN_TYPES).await?;
    if !types.is_empty() {
        // Describing the result is what looks its types up; nothing is run.
        client.prepare(&format!("SELECT {}", types.join(", "))).await?;
        remove_look_ups(client).await?;
    }
    client.batch_execute("COMMIT").await
}

async fn remove_look_ups(client: &Client) -> Result<(), Error> {
    client.batch_execute(&first_column(client, LOOK_UPS).await?.join(";")).await
}

async fn first_column(client: &Client, sql: &str) -> Result<Vec<String>, Error> {
    let messages = client.simple_query(sql).await?;
    let values = messages.into_iter().filter_map(|message| match message {
        SimpleQueryMessage::Row(row) => row.get(0).map(str::to_owned),
        _ => None,
    });
    Ok(values.collect())
}
