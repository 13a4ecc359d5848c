//! Statements through PgBouncer in transaction mode, where the server connection changes between transactions.

mod support;

use support::bouncer::Bouncer;
use support::pg::{query, target, text, value};
use support::playing::Playing;
use throng::drivers::postgres::{Connection, Param, Statement, TransactionOptions, Value};
use throng::plan::Limits;
use throng::plan::target::StatementMode;

async fn connect(bouncer: &Bouncer, mode: StatementMode) -> Connection {
    Connection::open(&target(&bouncer.url(), mode), &Limits::default()).await.expect("PgBouncer lets us in")
}

#[tokio::test]
async fn unnamed_and_simple_statements_do_not_mind_which_server_connection_they_get() {
    let bouncer = Bouncer::start(support::postgres(), "transaction");
    for mode in [StatementMode::Unnamed, StatementMode::Simple] {
        let connection = connect(&bouncer, mode).await;
        let rival = connect(&bouncer, mode).await;
        let table = format!("bounced_{mode:?}");
        connection.script(&format!("CREATE TABLE {table} (n int, content bytea)")).await.unwrap();
        let insert = Statement::labelled("insert", format!("INSERT INTO {table} VALUES ($1, $2)"));
        let mut backends = std::collections::HashSet::new();
        for number in 0..30 {
            // A rival within a transaction holds one of the server connections.
            rival.begin(TransactionOptions::default()).await.unwrap();
            query(&rival, "SELECT 1", &[]).await.unwrap();
            connection.execute(&insert, &[Param::Int(number), Param::Bytes(vec![0, 255])]).await.unwrap();
            backends.insert(format!("{:?}", value(&connection, "SELECT pg_backend_pid()", &[]).await));
            rival.commit().await.unwrap();
        }
        assert!(backends.len() > 1, "{mode:?} kept to one server connection");
        let sum = value(&connection, &format!("SELECT sum(n)::text FROM {table} WHERE content = '\\x00ff'"), &[]).await;
        assert_eq!(text(&sum), "435", "{mode:?}");
    }
}

#[test]
fn a_run_tells_whose_it_is_and_leaves_no_limits_on_connections_that_others_get() {
    let bouncer = Bouncer::start(support::postgres(), "transaction");
    let scenario = r#"
return {
  needs = { "postgres" },
  load = { users = 4, iterations = 5 },
  personas = { looker = { operations = { look = function(user)
    user:check(user.pg:value("SHOW statement_timeout") == "0", "no limit")
    user:check(user.pg:value("SHOW application_name"):match("^throng scenario %x+$"), "its name")
  end } } },
}
"#;
    let url = bouncer.url();
    for statements in ["unnamed", "simple"] {
        Playing::start(scenario, &["--pg", &url, "--statements", statements]).end().expect(0);
    }
}

#[tokio::test]
async fn columns_of_own_types_are_readable_whichever_server_connection_they_come_from() {
    let bouncer = Bouncer::start(support::postgres(), "transaction");
    let setup = connect(&bouncer, StatementMode::Simple).await;
    setup
        .script(
            "CREATE TYPE mood AS ENUM ('sad', 'happy'); CREATE TYPE pair AS (a int, m mood);
             CREATE TABLE moods (n int, m mood, p pair, all_moods mood[])",
        )
        .await
        .unwrap();
    let insert = Statement::labelled(
        "insert",
        "INSERT INTO moods VALUES ($1, $2, ROW(1, $2), ARRAY[$2]::mood[]) RETURNING m, p, all_moods",
    );
    for round in 0..3 {
        let connection = connect(&bouncer, StatementMode::Unnamed).await;
        let rival = connect(&bouncer, StatementMode::Unnamed).await;
        for number in 0..10 {
            rival.begin(TransactionOptions::default()).await.unwrap();
            query(&rival, "SELECT m FROM moods", &[]).await.unwrap();
            let rows = connection.query(&insert, &[Param::Int(number), Param::from("happy")]).await.unwrap();
            let mut scratch = String::new();
            assert_eq!(rows.value(0, 1, &mut scratch).unwrap(), Value::Text(b"(1,happy)"), "{round}");
            rival.commit().await.unwrap();
        }
    }
    // Nothing is left for another process to stumble over.
    let left = value(&setup, "SELECT count(*) FROM pg_prepared_statements", &[]).await;
    assert_eq!(text(&left), "0");
}

#[tokio::test]
async fn transactions_cursors_copies_and_pipelines_stay_on_one_server_connection() {
    let bouncer = Bouncer::start(support::postgres(), "transaction");
    for mode in [StatementMode::Unnamed, StatementMode::Simple] {
        let connection = connect(&bouncer, mode).await;
        let table = format!("kept_{mode:?}");
        connection.script(&format!("CREATE TABLE {table} (n int)")).await.unwrap();
        let statement = Statement::labelled("copy", format!("COPY {table} FROM STDIN"));
        for _ in 0..5 {
            let mut copy = connection.copy_in(&statement).await.unwrap();
            copy.send("1\n2\n".into()).await.unwrap();
            assert_eq!(copy.finish().await.unwrap().0, 2);
        }
        let all = Statement::labelled("all", format!("SELECT n FROM {table} WHERE n >= $1"));
        connection.begin(TransactionOptions::default()).await.unwrap();
        let cursor = connection.open_cursor(&all, &[Param::Int(1)], 4).await.unwrap();
        let mut sizes = Vec::new();
        while sizes.last() != Some(&0) {
            sizes.push(connection.fetch(&cursor).await.unwrap().len());
        }
        connection.commit().await.unwrap();
        assert_eq!(sizes, [4, 4, 2, 0], "{mode:?}");
        let params = [Param::Int(2)];
        let results = connection.pipeline(&[(&all, &params), (&all, &params)]).await.unwrap();
        assert!(results.iter().all(|rows| rows.as_ref().is_ok_and(|rows| rows.len() == 5)));
    }
}

#[test]
fn plans_are_taken_through_a_pooler_that_keeps_a_transaction_together_and_through_no_other() {
    const LOOK_UPS: &str = r#"
        local find = require("throng.pg").statement("find", "SELECT relname FROM pg_class WHERE oid = $1::oid")
        return {
          needs = { "postgres" },
          load = { users = 2, iterations = 20 },
          personas = { reader = { operations = { find = function(user) user.pg:value(find, 1259) end } } },
        }"#;
    for (pool_mode, taken) in [("transaction", true), ("statement", false)] {
        let bouncer = Bouncer::start(support::postgres(), pool_mode);
        let url = bouncer.url();
        let settings = [("postgres", url.as_str()), ("statements", "simple"), ("explain", "all")];
        let record = support::play::record(LOOK_UPS, &settings, 1);
        let [plan] = record.plans.as_slice() else { panic!("{pool_mode}: {:?}", record.plans) };
        assert_eq!(plan.plan.is_some(), taken, "{pool_mode}: {plan:?}");
        let note = plan.note.clone().unwrap_or_default();
        assert_eq!(note.contains("no plan can be taken"), !taken, "{pool_mode}: {note}");
    }
}
