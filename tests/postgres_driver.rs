//! The PostgreSQL driver against a real server: statements, pools, and what goes wrong.

mod support;

use std::time::Duration;

use support::pg::{connection, query, target, text, value};
use throng::drivers::Failure;
use throng::drivers::postgres::{Connection, Param, Pool, Statement, TransactionOptions};
use throng::plan::Limits;
use throng::plan::target::{PostgresTarget, StatementMode};
use throng::servers::{PostgresOptions, ThrowawayPostgres};

const MODES: [StatementMode; 3] = [StatementMode::Prepared, StatementMode::Unnamed, StatementMode::Simple];

fn own_target() -> PostgresTarget {
    target(support::postgres().url().reveal(), StatementMode::Prepared)
}

fn pool(size: usize) -> Pool {
    Pool::new("main", &own_target(), size, &Limits::default()).expect("the target is understood")
}

async fn int(connection: &Connection, sql: &str) -> i64 {
    match value(connection, sql, &[]).await {
        Param::Int(number) => number,
        other => text(&other).parse().expect("a number"),
    }
}

/// Waits for what the server does in its own time.
async fn eventually(connection: &Connection, sql: &str, expected: i64) {
    for _ in 0..500 {
        if int(connection, sql).await == expected {
            return;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    panic!("never {expected}: {sql}");
}

fn code(failure: &Failure) -> &str {
    match failure {
        Failure::Sql { code, .. } => code,
        other => panic!("not refused by the server: {other:?}"),
    }
}

#[tokio::test]
async fn all_modes_run_the_same_statements() {
    for mode in MODES {
        let connection = connection(mode).await;
        connection
            .script("CREATE TEMP TABLE t (id int PRIMARY KEY, name text); CREATE INDEX ON t (name)")
            .await
            .unwrap();
        let insert = Statement::labelled("insert", "INSERT INTO t VALUES ($1, $2), ($1 + 100, $2)");
        let done = connection.execute(&insert, &[Param::Int(1), Param::from("it's $1")]).await.unwrap();
        assert_eq!(done.affected(), 2, "{mode:?}");
        let rows =
            query(&connection, "SELECT name AS label, id FROM t WHERE id = $1", &[Param::Int(101)]).await.unwrap();
        assert_eq!(rows.len(), 1, "{mode:?}");
        assert!(rows.bytes() > 0);
        assert_eq!(rows.columns().names().map(|name| &**name).collect::<Vec<_>>(), ["label", "id"]);
        assert_eq!(text(&value(&connection, "SELECT name FROM t WHERE id = 1", &[]).await), "it's $1");
        let failure = query(&connection, "SELECT $1, $2", &[Param::Null]).await.unwrap_err();
        assert_eq!(failure.to_string(), "statement `SELECT $1, $2` takes 2 parameters, got 1");
        let failure = connection.execute(&insert, &[Param::Int(1), Param::Null]).await.unwrap_err();
        assert_eq!(code(&failure), "23505", "{mode:?}");
    }
}

#[tokio::test]
async fn a_refusal_comes_with_all_its_fields() {
    let connection = connection(StatementMode::Prepared).await;
    connection.script("CREATE TEMP TABLE stock (amount int CONSTRAINT enough CHECK (amount >= 0))").await.unwrap();
    let failure = query(&connection, "INSERT INTO stock VALUES (-1)", &[]).await.unwrap_err();
    let Failure::Sql { code, name, message, fields } = failure else { panic!("{failure:?}") };
    assert_eq!((code.as_str(), name.as_str()), ("23514", "check_violation"));
    assert!(message.contains("enough"));
    assert!(fields.contains(&("constraint", "enough".into())) && fields.contains(&("table", "stock".into())));
    assert!(fields.iter().any(|(field, _)| *field == "detail"));
    let failure = query(&connection, "SELECT nothing", &[]).await.unwrap_err();
    let Failure::Sql { fields, .. } = failure else { panic!("{failure:?}") };
    assert!(fields.contains(&("position", "8".into())), "{fields:?}");
}

#[tokio::test]
async fn a_statement_is_prepared_once_a_connection() {
    let connection = connection(StatementMode::Prepared).await;
    let known = "SELECT count(*) FROM pg_prepared_statements WHERE statement LIKE '%/* mine */%' AND name <> ''";
    let statement = Statement::labelled("mine", "SELECT /* mine */ $1::int");
    for number in 0..5 {
        connection.query(&statement, &[Param::Int(number)]).await.unwrap();
    }
    // The statement that asks holds the words too.
    assert_eq!(int(&connection, known).await, 2);
}

#[tokio::test]
async fn only_recent_plain_texts_stay_prepared() {
    let connection = connection(StatementMode::Prepared).await;
    let statement = Statement::labelled("kept", "SELECT 'kept'");
    connection.query(&statement, &[]).await.unwrap();
    for number in 0..300 {
        query(&connection, &format!("SELECT {number}"), &[]).await.unwrap();
    }
    let kept = "SELECT count(*) FROM pg_prepared_statements WHERE statement = 'SELECT ''kept'''";
    assert_eq!(int(&connection, kept).await, 1);
    assert!(int(&connection, "SELECT count(*) FROM pg_prepared_statements").await <= 260);
}

#[tokio::test]
async fn a_statement_whose_result_changed_is_prepared_again() {
    let connection = connection(StatementMode::Prepared).await;
    connection.script("CREATE TEMP TABLE wide (a int); INSERT INTO wide VALUES (1)").await.unwrap();
    let all = Statement::labelled("all", "SELECT * FROM wide");
    assert_eq!(connection.query(&all, &[]).await.unwrap().columns().len(), 1);
    connection.script("ALTER TABLE wide ADD b text").await.unwrap();
    assert_eq!(connection.query(&all, &[]).await.unwrap().columns().len(), 2);

    // Within a transaction the first error has spoilt it; the next transaction is fine.
    connection.script("ALTER TABLE wide ADD c text").await.unwrap();
    connection.begin(TransactionOptions::default()).await.unwrap();
    assert_eq!(code(&connection.query(&all, &[]).await.unwrap_err()), "0A000");
    connection.rollback().await.unwrap();
    assert_eq!(connection.query(&all, &[]).await.unwrap().columns().len(), 3);
}

#[tokio::test]
async fn a_statement_that_the_server_forgot_is_prepared_again() {
    let connection = connection(StatementMode::Prepared).await;
    let one = Statement::labelled("one", "SELECT 1");
    connection.query(&one, &[]).await.unwrap();
    connection.script("DEALLOCATE ALL").await.unwrap();
    assert_eq!(connection.query(&one, &[]).await.unwrap().len(), 1);
}

#[tokio::test]
async fn a_pipeline_keeps_the_order_in_every_mode() {
    for mode in MODES {
        let connection = connection(mode).await;
        connection.script("CREATE TEMP TABLE log (id serial, n int)").await.unwrap();
        let insert = Statement::labelled("insert", "INSERT INTO log (n) VALUES ($1) RETURNING id");
        let broken = Statement::labelled("broken", "SELECT 1 / $1::int");
        let params: Vec<[Param; 1]> = (0..1000).map(|number| [Param::Int(number)]).collect();
        let calls: Vec<(&Statement, &[Param])> = params
            .iter()
            .enumerate()
            .map(|(index, params)| (if index == 0 { &broken } else { &insert }, &params[..]))
            .collect();
        let results = connection.pipeline(&calls).await.unwrap();
        assert_eq!(code(results[0].as_ref().unwrap_err()), "22012", "{mode:?}");
        assert!(results[1..].iter().all(Result::is_ok));
        assert_eq!(int(&connection, "SELECT count(*) FROM log WHERE id = n").await, 999, "{mode:?}");
        assert!(connection.is_reusable());
    }
}

#[tokio::test]
async fn a_spoilt_transaction_can_not_be_committed() {
    let connection = connection(StatementMode::Prepared).await;
    connection.begin(TransactionOptions::default()).await.unwrap();
    query(&connection, "SELECT 1 / 0", &[]).await.unwrap_err();
    assert_eq!(code(&connection.commit().await.unwrap_err()), "25P02");
    assert!(connection.is_reusable());
}

#[tokio::test]
async fn a_copy_that_is_broken_off_leaves_nothing_and_the_connection_usable() {
    for mode in MODES {
        let connection = connection(mode).await;
        connection.script("CREATE TEMP TABLE copied (n int)").await.unwrap();
        let statement = Statement::labelled("copy", "COPY copied FROM STDIN");
        let mut copy = connection.copy_in(&statement).await.unwrap();
        copy.send("1\n2\n".into()).await.unwrap();
        copy.abort().await.unwrap();
        let mut copy = connection.copy_in(&statement).await.unwrap();
        copy.send("3\nnot a number\n".into()).await.unwrap();
        assert_eq!(code(&copy.finish().await.unwrap_err()), "22P02");
        let mut copy = connection.copy_in(&statement).await.unwrap();
        copy.send("4\n".into()).await.unwrap();
        assert_eq!(copy.finish().await.unwrap(), (1, 2));
        assert_eq!(int(&connection, "SELECT sum(n) FROM copied").await, 4, "{mode:?}");
        assert!(connection.is_reusable());
    }
}

#[tokio::test]
async fn a_copy_dropped_between_two_chunks_spoils_the_connection() {
    let pool = pool(1);
    let copy_in = Statement::labelled("copy in", "COPY copied FROM STDIN");
    let copy_out = Statement::labelled("copy out", "COPY (SELECT generate_series(1, 100000)) TO STDOUT");
    let lease = pool.acquire().await.unwrap();
    let mut copy = lease.copy_out(&copy_out).await.unwrap();
    while copy.next().await.unwrap().is_some() {}
    assert_eq!(copy.next().await.unwrap(), None);
    drop(copy);
    assert!(lease.is_reusable());

    let mut copy = lease.copy_out(&copy_out).await.unwrap();
    assert_eq!(copy.next().await.unwrap().as_deref(), Some(&b"1\n"[..]));
    drop(copy);
    assert!(!lease.is_reusable());
    drop(lease);
    let lease = pool.acquire().await.unwrap();
    lease.script("CREATE TEMP TABLE copied (n int)").await.unwrap();
    let mut copy = lease.copy_in(&copy_in).await.unwrap();
    copy.send("1\n".into()).await.unwrap();
    drop(copy);
    assert!(!lease.is_reusable());
    drop(lease);
    assert_eq!(int(&pool.acquire().await.unwrap(), "SELECT 1").await, 1);
    assert_eq!((pool.status().connects, pool.status().reconnects), (3, 2));
}

#[tokio::test]
async fn an_empty_pool_makes_its_callers_wait_and_then_says_so() {
    let mut target = own_target();
    target.pool.acquire_timeout = Duration::from_millis(50);
    let pool = Pool::new("narrow", &target, 1, &Limits::default()).unwrap();
    let lease = pool.acquire().await.unwrap();
    let Err(Failure::PoolTimeout { pool: name, limit }) = pool.acquire().await else { panic!("it came free") };
    assert_eq!((name.as_str(), limit), ("narrow", Duration::from_millis(50)));
    assert_eq!((pool.status().size, pool.status().in_use), (1, 1));
    drop(lease);
    pool.acquire().await.unwrap();
    assert_eq!((pool.status().in_use, pool.status().connects), (0, 1));
}

#[tokio::test]
async fn a_call_dropped_in_mid_statement_stops_the_server_and_spoils_the_connection() {
    let pool = pool(1);
    let watcher = connection(StatementMode::Prepared).await;
    let lease = pool.acquire().await.unwrap();
    let sleep = Statement::labelled("sleep", "SELECT pg_sleep(600) /* dropped */");
    let running = "SELECT count(*) FROM pg_stat_activity WHERE query LIKE '%/* dropped %' AND state = 'active' AND pid <> pg_backend_pid()";
    let dropped = async { lease.query(&sleep, &[]).await.map(drop) };
    tokio::select! {
        done = dropped => panic!("{done:?}"),
        () = eventually(&watcher, running, 1) => {}
    }
    drop(lease);
    eventually(&watcher, running, 0).await;
    let lease = pool.acquire().await.unwrap();
    assert_eq!(int(&lease, "SELECT 1").await, 1);
    assert_eq!((pool.status().connects, pool.status().reconnects), (2, 1));
}

#[tokio::test]
async fn a_transaction_left_open_never_reaches_the_next_user() {
    let pool = pool(1);
    let lease = pool.acquire().await.unwrap();
    lease.begin(TransactionOptions::default()).await.unwrap();
    let pid = int(&lease, "SELECT pg_backend_pid()").await;
    drop(lease);
    let lease = pool.acquire().await.unwrap();
    assert_ne!(int(&lease, "SELECT pg_backend_pid()").await, pid);
    eventually(&lease, &format!("SELECT count(*) FROM pg_stat_activity WHERE pid = {pid}"), 0).await;
}

#[tokio::test]
async fn a_script_ends_the_transactions_it_begins_or_is_refused() {
    let (connection, watcher) = (connection(StatementMode::Prepared).await, connection(StatementMode::Prepared).await);
    let pid = int(&connection, "SELECT pg_backend_pid()").await;
    let idle = format!("SELECT count(*) FROM pg_stat_activity WHERE pid = {pid} AND state = 'idle'");
    for script in ["SELECT 1; BEGIN", "/* x */ BEGIN", "-- x\nBEGIN", "BEGIN; COMMIT AND CHAIN"] {
        let failure = connection.script(script).await.unwrap_err();
        assert!(matches!(failure, Failure::Misuse { .. }), "{script}: {failure:?}");
        eventually(&watcher, &idle, 1).await;
    }
    connection.script("BEGIN; CREATE TEMP TABLE kept (n int); COMMIT; SELECT 1").await.unwrap();
    eventually(&watcher, &idle, 1).await;
    // One that fails halfway is rolled back.
    let failure = connection.script("BEGIN; INSERT INTO kept VALUES (1); SELECT 1 / 0; COMMIT").await.unwrap_err();
    assert_eq!(code(&failure), "22012");
    assert!(connection.is_reusable());
    assert_eq!(int(&connection, "SELECT count(*) FROM kept").await, 0);
    connection.begin(TransactionOptions::default()).await.unwrap();
    assert!(matches!(connection.script("COMMIT; BEGIN; COMMIT").await, Err(Failure::Misuse { .. })));
    connection.commit().await.unwrap();
}

#[tokio::test]
async fn a_statement_past_its_limit_is_cancelled_on_the_server() {
    let limits = Limits { statement: Duration::from_millis(100), ..Limits::default() };
    let connection = Connection::open(&own_target(), &limits).await.unwrap();
    let sleep = Statement::labelled("nap", "SELECT pg_sleep(600) /* timed out */");
    let Err(Failure::Timeout { what, limit }) = connection.query(&sleep, &[]).await else { panic!("it ended") };
    assert_eq!((what.as_str(), limit), ("statement `nap`", Duration::from_millis(100)));
    assert!(!connection.is_reusable());
    assert!(matches!(connection.query(&sleep, &[]).await, Err(Failure::ConnectionLost { .. })));
    let watcher = support::pg::connection(StatementMode::Prepared).await;
    let running = "SELECT count(*) FROM pg_stat_activity WHERE query LIKE '%/* timed out %' AND state = 'active' AND pid <> pg_backend_pid()";
    eventually(&watcher, running, 0).await;
}

#[tokio::test]
async fn calls_that_overlap_get_their_own_answers_even_if_one_of_them_leaves() {
    for mode in MODES {
        let connection = connection(mode).await;
        let (one, two) = (Statement::plain("SELECT $1::int8"), Statement::plain("SELECT 'two', $1::int8"));
        for _ in 0..20 {
            let (a, b) = ([Param::Int(1)], [Param::Int(2)]);
            let (first, second) = tokio::join!(connection.query(&one, &a), connection.query(&two, &b));
            assert_eq!((first.unwrap().columns().len(), second.unwrap().columns().len()), (1, 2), "{mode:?}");
        }
        // The one that leaves was sent first; its answer is passed over by the other.
        let sleep = Statement::plain("SELECT pg_sleep(0.05), $1::int8, 3");
        let leaves = tokio::time::timeout(Duration::from_millis(10), connection.query(&sleep, &[Param::Int(3)]));
        let (left, stayed) = tokio::join!(leaves, connection.query(&two, &[Param::Int(4)]));
        assert!(left.is_err(), "{mode:?}");
        assert_eq!(stayed.unwrap().columns().len(), 2, "{mode:?}");
        assert!(!connection.is_reusable(), "{mode:?}");
    }
}

#[tokio::test]
async fn nothing_else_runs_on_a_connection_during_its_copy() {
    let connection = connection(StatementMode::Prepared).await;
    connection.script("CREATE TEMP TABLE copied (n int)").await.unwrap();
    let statement = Statement::labelled("copy", "COPY copied FROM STDIN");
    let mut copy = connection.copy_in(&statement).await.unwrap();
    copy.send("1\n".into()).await.unwrap();
    let failure = query(&connection, "SELECT 1", &[]).await.unwrap_err();
    assert!(failure.to_string().ends_with("cannot run during a COPY on the same connection"), "{failure}");
    copy.send("2\n".into()).await.unwrap();
    assert_eq!(copy.finish().await.unwrap().0, 2);
    assert_eq!(int(&connection, "SELECT sum(n) FROM copied").await, 3);
}

#[tokio::test]
async fn a_copy_of_much_is_held_back_and_told_of_its_failure_before_its_end() {
    let connection = connection(StatementMode::Prepared).await;
    connection.script("CREATE TEMP TABLE copied (n int)").await.unwrap();
    let statement = Statement::labelled("copy", "COPY copied FROM STDIN");
    let chunk: bytes::Bytes = "12345678\n".repeat(10_000).into();
    let mut copy = connection.copy_in(&statement).await.unwrap();
    for _ in 0..100 {
        copy.send(chunk.clone()).await.unwrap();
    }
    assert_eq!(copy.finish().await.unwrap(), (1_000_000, 100 * chunk.len() as u64));
    let mut copy = connection.copy_in(&statement).await.unwrap();
    copy.send("not a number\n".into()).await.unwrap();
    let failure = loop {
        if let Err(failure) = copy.send(chunk.clone()).await {
            break failure;
        }
    };
    assert_eq!(code(&failure), "22P02");
    drop(copy);
    assert!(connection.is_reusable());
}

#[tokio::test]
async fn a_copy_where_rows_are_expected_is_refused() {
    for mode in MODES {
        let connection = connection(mode).await;
        let failure = query(&connection, "COPY (SELECT 1) TO STDOUT", &[]).await.unwrap_err();
        assert!(failure.to_string().ends_with("was answered by something else than rows"), "{mode:?}: {failure}");
        assert!(connection.is_reusable(), "{mode:?}");
        connection.script("CREATE TEMP TABLE copied (n int)").await.unwrap();
        let failure = query(&connection, "COPY copied FROM STDIN", &[]).await.unwrap_err();
        assert!(matches!(failure, Failure::Misuse { .. }), "{mode:?}: {failure:?}");
        assert!(!connection.is_reusable(), "{mode:?}");
    }
}

#[tokio::test]
async fn a_statement_without_a_name_has_columns_though_it_returns_no_row() {
    let connection = connection(StatementMode::Unnamed).await;
    let rows = query(&connection, "SELECT 1 AS one WHERE false", &[]).await.unwrap();
    assert_eq!((rows.len(), rows.columns().len()), (0, 1));
}

#[tokio::test]
async fn an_idle_connection_that_the_server_ended_is_noticed_before_it_is_lent() {
    let pool = pool(1);
    let watcher = connection(StatementMode::Prepared).await;
    let lease = pool.acquire().await.unwrap();
    let pid = int(&lease, "SELECT pg_backend_pid()").await;
    drop(lease);
    int(&watcher, &format!("SELECT count(*) FROM (SELECT pg_terminate_backend({pid})) t")).await;
    eventually(&watcher, &format!("SELECT count(*) FROM pg_stat_activity WHERE pid = {pid}"), 0).await;
    let lease = pool.acquire().await.unwrap();
    assert_ne!(int(&lease, "SELECT pg_backend_pid()").await, pid);
    assert_eq!(pool.status().reconnects, 1);
}

#[tokio::test]
async fn a_connection_ended_by_the_server_is_replaced() {
    let pool = pool(2);
    let watcher = connection(StatementMode::Prepared).await;
    let lease = pool.acquire().await.unwrap();
    let pid = int(&lease, "SELECT pg_backend_pid()").await;
    let sleep = Statement::labelled("sleep", "SELECT pg_sleep(600)");
    let terminate = format!("SELECT count(*) FROM (SELECT pg_terminate_backend({pid})) t");
    let (failure, _) = tokio::join!(lease.query(&sleep, &[]), int(&watcher, &terminate));
    let Err(Failure::ConnectionLost { message }) = failure else { panic!("{failure:?}") };
    assert!(message.ends_with("terminating connection due to administrator command"), "{message}");
    drop(lease);
    let lease = pool.acquire().await.unwrap();
    assert_eq!(int(&lease, "SELECT 1").await, 1);
    assert_eq!(pool.status().reconnects, 1);
}

#[tokio::test]
async fn the_end_of_a_connection_is_told_to_everybody_who_waits_on_it() {
    let connection = connection(StatementMode::Prepared).await;
    let watcher = support::pg::connection(StatementMode::Prepared).await;
    let pid = int(&connection, "SELECT pg_backend_pid()").await;
    let sleep = Statement::labelled("sleep", "SELECT pg_sleep(600)");
    let terminate = format!("SELECT count(*) FROM (SELECT pg_terminate_backend({pid})) t");
    let (first, second, _) =
        tokio::join!(connection.query(&sleep, &[]), connection.query(&sleep, &[]), int(&watcher, &terminate));
    for failure in [first, second] {
        // Nobody waits for the limit of a statement in vain.
        let Err(Failure::ConnectionLost { message }) = failure else { panic!("{failure:?}") };
        assert!(message.ends_with("terminating connection due to administrator command"), "{message}");
    }
}

#[tokio::test]
async fn a_connection_that_ended_itself_is_not_lent_again() {
    let pool = pool(1);
    let end = pool.acquire().await.unwrap().script("SELECT pg_terminate_backend(pg_backend_pid())").await;
    assert!(matches!(end, Err(Failure::ConnectionLost { .. })), "{end:?}");
    let lease = pool.acquire().await.unwrap();
    assert_eq!(int(&lease, "SELECT 1").await, 1);
    assert_eq!(pool.status().reconnects, 1);
}

#[tokio::test]
async fn what_is_no_text_is_refused_and_never_changed() {
    for mode in MODES {
        let connection = connection(mode).await;
        for bytes in [&b"\xff\xfe"[..], b"a\0b"] {
            let text = [Param::Text(bytes.to_vec())];
            let failure = query(&connection, "SELECT $1::text", &text).await.expect_err("no text");
            match mode {
                StatementMode::Prepared => assert_eq!(code(&failure), "22021"),
                _ => {
                    assert!(failure.to_string().starts_with("parameter 1 of statement `SELECT $1::text` "), "{failure}")
                }
            }
            let sent = value(&connection, "SELECT encode($1::bytea, 'hex')", &[Param::Bytes(bytes.to_vec())]).await;
            assert_eq!(
                self::text(&sent),
                bytes.iter().map(|byte| format!("{byte:02x}")).collect::<String>(),
                "{mode:?}"
            );
        }
        for failure in [
            query(&connection, "SELECT 'a\0b'", &[]).await.expect_err("no SQL"),
            connection.script("SELECT 'a\0b'").await.expect_err("no SQL"),
        ] {
            assert!(matches!(failure, Failure::Misuse { .. }), "{mode:?}: {failure:?}");
        }
        assert!(connection.is_reusable() && int(&connection, "SELECT 1").await == 1, "{mode:?}");
    }
}

#[tokio::test]
async fn a_connection_past_its_lifetime_is_replaced() {
    let mut target = own_target();
    target.pool.lifetime = Some(Duration::ZERO);
    let pool = Pool::new("short", &target, 1, &Limits::default()).unwrap();
    for _ in 0..3 {
        pool.acquire().await.unwrap();
    }
    assert_eq!((pool.status().connects, pool.status().reconnects), (3, 0));
}

#[tokio::test]
async fn a_connection_that_a_pool_has_no_more_use_for_says_farewell() {
    let server = ThrowawayPostgres::start(&PostgresOptions::default()).unwrap();
    let mut target = target(server.url().reveal(), StatementMode::Prepared);
    let pool = Pool::new("resized", &target, 3, &Limits::default()).unwrap();
    pool.fill().await.unwrap();
    pool.resize(1);
    assert_eq!((pool.status().max_size, pool.status().size), (1, 1));
    target.pool.lifetime = Some(Duration::ZERO);
    let aged = Pool::new("aged", &target, 1, &Limits::default()).unwrap();
    for _ in 0..3 {
        aged.acquire().await.unwrap();
    }
    pool.close().await;
    aged.close().await;
    let watcher = Connection::open(&target, &Limits::default()).await.unwrap();
    eventually(&watcher, "SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'client backend'", 1).await;
    // From version 14 on the server counts who went without a word.
    if int(&watcher, "SELECT current_setting('server_version_num')::int8").await >= 140_000 {
        eventually(&watcher, "SELECT sessions FROM pg_stat_database WHERE datname = current_database()", 7).await;
        let abandoned = "SELECT sessions_abandoned FROM pg_stat_database WHERE datname = current_database()";
        assert_eq!(int(&watcher, abandoned).await, 0);
    }
}

#[tokio::test]
async fn a_pool_made_smaller_takes_lent_connections_back_for_good_and_larger_again_lends_more() {
    let pool = pool(2);
    let (first, second) = (pool.acquire().await.unwrap(), pool.acquire().await.unwrap());
    pool.resize(1);
    assert_eq!((pool.status().max_size, pool.status().size, pool.status().in_use), (1, 2, 2));
    drop(first);
    assert_eq!((pool.status().size, pool.status().in_use), (1, 1));
    assert!(pool.acquire_at_once().is_none());
    pool.resize(2);
    let third = pool.acquire().await.unwrap();
    assert_eq!(int(&third, "SELECT 1").await, 1);
    drop((second, third));
    assert_eq!((pool.status().size, pool.status().in_use), (2, 0));
}

#[tokio::test]
async fn a_wait_for_a_connection_that_is_given_up_keeps_nobody_else_from_it() {
    let pool = pool(1);
    let lease = pool.acquire().await.unwrap();
    let waiting = tokio::time::timeout(Duration::from_millis(10), pool.acquire()).await;
    assert!(waiting.is_err());
    assert_eq!(pool.status().waiters, 0);
    drop(lease);
    assert!(pool.acquire_at_once().is_some());
}

#[tokio::test]
async fn a_closed_pool_leaves_no_connection_behind() {
    let pool = pool(3);
    pool.fill().await.unwrap();
    assert_eq!((pool.status().size, pool.status().in_use), (3, 0));
    let lease = pool.acquire().await.unwrap();
    let pid = int(&lease, "SELECT pg_backend_pid()").await;
    drop(lease);
    pool.close().await;
    assert!(pool.acquire().await.is_err());
    let watcher = connection(StatementMode::Prepared).await;
    eventually(&watcher, &format!("SELECT count(*) FROM pg_stat_activity WHERE pid = {pid}"), 0).await;
}

#[tokio::test]
async fn a_server_that_dies_and_comes_back_is_found_again() {
    let mut server = ThrowawayPostgres::start(&PostgresOptions::default()).unwrap();
    let target = target(server.url().reveal(), StatementMode::Prepared);
    let pool = Pool::new("main", &target, 2, &Limits::default()).unwrap();
    let lease = pool.acquire().await.unwrap();
    server.kill();
    let failure = query(&lease, "SELECT 1", &[]).await.unwrap_err();
    assert!(matches!(failure, Failure::ConnectionLost { .. }), "{failure:?}");
    drop(lease);
    let Err(Failure::ConnectionLost { message }) = pool.acquire().await else { panic!("it was dead") };
    assert!(message.starts_with("cannot connect to `127.0.0.1:"), "{message}");
    server.restart().unwrap();
    let lease = loop {
        if let Ok(lease) = pool.acquire().await {
            break lease;
        }
    };
    assert_eq!(int(&lease, "SELECT 1").await, 1);
    let status = pool.status();
    assert_eq!((status.connects, status.reconnects), (2, 1));
    assert!(status.connect_failures >= 1);
}

#[tokio::test]
async fn a_server_that_lets_nobody_in_says_why_without_the_password() {
    let options = PostgresOptions { password: Some("sesame".into()), ..PostgresOptions::default() };
    let server = ThrowawayPostgres::start(&options).unwrap();
    let right = server.url().reveal().to_owned();
    let open = async |url: String| {
        Connection::open(&target(&url, StatementMode::Prepared), &Limits::default()).await.map(drop)
    };
    open(right.clone()).await.unwrap();
    open(server.socket_url().reveal().to_owned()).await.unwrap();
    let failure = open(right.replace("sesame", "secret")).await.unwrap_err();
    assert_eq!(code(&failure), "28P01");
    assert!(!format!("{failure:?}").contains("secret"));
    let failure = open(format!("{}/elsewhere", right.trim_end_matches("/postgres"))).await.unwrap_err();
    assert_eq!(code(&failure), "3D000");
    let failure = open(right.replace(":sesame", "")).await.unwrap_err();
    assert!(failure.to_string().ends_with("password missing"), "{failure}");
}

#[tokio::test]
async fn notifications_arrive_on_their_own_connection() {
    let mut listener =
        throng::drivers::postgres::Listener::open(&own_target(), &Limits::default(), &["news".into()]).await.unwrap();
    let sender = connection(StatementMode::Prepared).await;
    let pid = int(&sender, "SELECT pg_backend_pid()").await;
    query(&sender, "SELECT pg_notify('news', 'hello')", &[]).await.unwrap();
    let notified = listener.next().await.unwrap();
    assert_eq!((notified.channel.as_str(), notified.payload.as_str()), ("news", "hello"));
    assert_eq!(i64::from(notified.process_id), pid);
    listener.close().await;
}

#[tokio::test]
async fn a_listener_whose_session_was_ended_says_why() {
    let mut listener =
        throng::drivers::postgres::Listener::open(&own_target(), &Limits::default(), &["end".into()]).await.unwrap();
    let watcher = connection(StatementMode::Prepared).await;
    let end = "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE query LIKE 'LISTEN \"end\"%'";
    let (ended, count) = tokio::join!(listener.next(), int(&watcher, end));
    assert_eq!(count, 1);
    let Err(Failure::ConnectionLost { message }) = ended else { panic!("{ended:?}") };
    assert!(message.ends_with("terminating connection due to administrator command"), "{message}");
}
