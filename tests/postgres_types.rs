//! Every built-in type of PostgreSQL, both ways: what is decoded is what psql would show, and
//! what was decoded, sent back, is the same value.
//!
//! `concat(v)` gives what psql shows; `v::text` is another thing for `inet` and `char(n)`.

mod support;

use std::slice::from_ref;

use support::pg::{connection, query, text, to_param, value};
use throng::drivers::Failure;
use throng::drivers::postgres::{Connection, Param, Statement, Value};
use throng::plan::target::StatementMode;

/// Types with a text form only, and inputs for each.
const TEXT_TYPES: &[(&str, &[&str])] = &[
    ("text", &["", "a", "ünï😀", "tab\tand\nline", r#"quote ' and " and \"#]),
    ("varchar(5)", &["", "12345"]),
    ("char(5)", &["ab", ""]),
    ("name", &["pg_class"]),
    ("\"char\"", &["a", ""]),
    ("xml", &["<a>1</a>", "plain &amp; simple"]),
    ("date", &["2024-02-29", "0001-01-01", "4713-01-01 BC", "5874897-12-31", "infinity", "-infinity"]),
    ("time", &["00:00:00", "23:59:59.999999", "24:00:00", "12:30:00.5"]),
    ("timetz", &["12:00:00+00", "12:00:00.25-05:30", "00:00:00+14", "01:02:03+05:30:15"]),
    (
        "timestamp",
        &[
            "2000-01-01 00:00:00",
            "1999-12-31 23:59:59.999999",
            "4713-01-01 00:00:00 BC",
            "294276-12-31 23:59:59.999999",
            "infinity",
            "-infinity",
        ],
    ),
    ("timestamptz", &["2024-06-01 12:00:00.123456+02", "0044-03-15 12:00:00+00 BC", "infinity", "-infinity"]),
    (
        "interval",
        &[
            "0",
            "1 year 2 mons 3 days 04:05:06.789",
            "-1 year -2 mons +3 days -04:05:06.789",
            "1 mon -1 day 00:00:01",
            "-1 day +00:00:01",
            "-13 mons",
            "1 day",
            "178000000 years",
            "-00:00:00.000001",
        ],
    ),
    ("uuid", &["00000000-0000-0000-0000-000000000000", "a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11"]),
    (
        "inet",
        &[
            "192.168.0.1",
            "10.0.0.0/8",
            "::1",
            "2001:db8::ff00:42:8329/64",
            "::ffff:1.2.3.4",
            "::1.2.3.4",
            "::",
            "1:0:0:2::",
        ],
    ),
    ("cidr", &["10.0.0.0/8", "192.168.1.1/32", "2001:db8::/32", "::/0"]),
    ("macaddr", &["08:00:2b:01:02:03"]),
    ("macaddr8", &["08:00:2b:01:02:03:04:05"]),
    ("bit(9)", &["101010101", "000000000"]),
    ("varbit", &["", "1", "10000000011"]),
    ("point", &["(0,0)", "(1.5,-2e+20)", "(1e-07,Infinity)"]),
    ("line", &["{1,-1,0.5}"]),
    ("lseg", &["[(0,0),(1,1)]"]),
    ("box", &["(1,1),(0,0)"]),
    ("path", &["[(0,0),(1,1)]", "((0,0),(1,1),(2,0))"]),
    ("polygon", &["((0,0),(1,1),(2,0))"]),
    ("circle", &["<(0,0),2.5>"]),
    ("int4range", &["[1,5)", "empty", "(,5)", "[1,)", "(,)"]),
    ("int8range", &["[-9223372036854775808,9223372036854775807)"]),
    ("numrange", &["[1.10,2.200]", "(1,2)"]),
    ("tsrange", &["[\"2024-01-01 00:00:00\",\"2024-01-02 00:00:00\")"]),
    ("tstzrange", &["[\"2024-01-01 00:00:00+00\",)"]),
    ("daterange", &["[2024-01-01,2024-02-01)"]),
    ("int4multirange", &["{}", "{[1,2),[4,6)}"]),
    ("tstzmultirange", &["{[\"2024-01-01 00:00:00+00\",\"2024-01-02 00:00:00+00\")}"]),
    ("tsvector", &["", "'a':1A,2B,3C,4 'cat' 'it''s':5 'back\\\\slash'"]),
    (
        "tsquery",
        &[
            "",
            "'fat' & 'rat'",
            "'a' & ( 'b' | !'c' )",
            "!( 'a' & 'b' )",
            "'a' <-> ( 'b' <2> 'c' )",
            "'a':*AB <-> 'it''s':*D",
        ],
    ),
    ("jsonpath", &["$.\"a\"[*]?(@ > 1)"]),
    ("pg_lsn", &["0/0", "16/B374D848", "FFFFFFFF/FFFFFFFF"]),
    ("tid", &["(0,1)", "(4294967295,65535)"]),
    ("pg_snapshot", &["10:20:10,14,15", "1:1:"]),
    ("txid_snapshot", &["10:20:10,14,15"]),
    ("refcursor", &["a cursor"]),
    ("mood", &["sad", "quite happy"]),
    ("email", &["a@b.c"]),
    ("pair", &["(1,\"a b\")", "(,)", "(-3,\"quote \"\" back \\\\\")", "(7,\"\")"]),
    ("nest", &["(\"(1,x)\",\"{1,NULL,3}\",2.50,t)", "(,,,)"]),
    ("floatrange", &["[0.1,1e+20)"]),
    ("citext", &["MiXed"]),
    ("hstore", &["", "\"a\"=>\"1\", \"b\"=>NULL, \"c d\"=>\"e\\\"f\""]),
    ("ltree", &["top.science.physics"]),
];

/// The types that the lists above and below name and the server does not know yet.
const OWN_TYPES: &str = "
    CREATE EXTENSION IF NOT EXISTS citext; CREATE EXTENSION IF NOT EXISTS hstore; CREATE EXTENSION IF NOT EXISTS ltree;
    DO $$ BEGIN
        PERFORM pg_advisory_xact_lock(1);
        IF to_regtype('mood') IS NULL THEN
            CREATE TYPE mood AS ENUM ('sad', 'quite happy');
            CREATE DOMAIN email AS text CHECK (VALUE LIKE '%@%');
            CREATE DOMAIN small AS int4 CHECK (VALUE < 100);
            CREATE TYPE pair AS (a int4, b text);
            CREATE TYPE nest AS (p pair, l int4[], n numeric, t bool);
            CREATE TYPE floatrange AS RANGE (SUBTYPE = float8);
        END IF;
    END $$";

async fn typed_connection(mode: StatementMode) -> Connection {
    let connection = connection(mode).await;
    // Several tests may be the first at once, and CREATE EXTENSION does not wait for another.
    connection
        .script(&format!("BEGIN; SELECT pg_advisory_xact_lock(1); {OWN_TYPES}; COMMIT"))
        .await
        .expect("own types");
    connection
}

/// Sends `param` to a place of type `type_` and has the server compare its text with the original's.
async fn assert_sends_back(connection: &Connection, type_: &str, input: &str, param: Param) {
    // PostgreSQL 15 rounds nothing here: texts are equal only if the values are, to the last digit and scale.
    let sql = format!("SELECT concat($1::{type_}), concat($2::text::{type_})");
    let rows = query(connection, &sql, &[param.clone(), Param::from(input)])
        .await
        .unwrap_or_else(|failure| panic!("{type_} {input}: {failure}"));
    let mut scratch = [String::new(), String::new()];
    let [first, second] = &mut scratch;
    assert_eq!(rows.value(0, 0, first).unwrap(), rows.value(0, 1, second).unwrap(), "{type_} {input} as {param:?}");
}

#[tokio::test]
async fn text_of_every_type_is_what_postgresql_prints_and_goes_back() {
    let prepared = typed_connection(StatementMode::Prepared).await;
    let unnamed = typed_connection(StatementMode::Unnamed).await;
    let simple = typed_connection(StatementMode::Simple).await;
    for (type_, inputs) in TEXT_TYPES {
        for input in *inputs {
            let sql = format!("SELECT v, concat(v) FROM (SELECT $1::text::{type_} AS v) t");
            let rows =
                query(&prepared, &sql, &[Param::from(*input)]).await.unwrap_or_else(|f| panic!("{type_} {input}: {f}"));
            let mut scratch = [String::new(), String::new()];
            let [first, second] = &mut scratch;
            let decoded = to_param(rows.value(0, 0, first).unwrap_or_else(|f| panic!("{type_} {input}: {f}")));
            let expected = to_param(rows.value(0, 1, second).unwrap());
            assert_eq!(decoded, expected, "{type_} {input}");
            for connection in [&prepared, &unnamed, &simple] {
                assert_sends_back(connection, type_, input, decoded.clone()).await;
            }
        }
    }
}

#[tokio::test]
async fn numbers_booleans_and_bytes_have_kinds_of_their_own() {
    let prepared = connection(StatementMode::Prepared).await;
    let unnamed = connection(StatementMode::Unnamed).await;
    let simple = connection(StatementMode::Simple).await;
    let cases: &[(&str, &str, Param)] = &[
        ("bool", "true", Param::Bool(true)),
        ("bool", "false", Param::Bool(false)),
        ("int2", "-32768", Param::Int(-32768)),
        ("int4", "2147483647", Param::Int(2_147_483_647)),
        ("int8", "-9223372036854775808", Param::Int(i64::MIN)),
        ("int8", "9223372036854775807", Param::Int(i64::MAX)),
        ("oid", "4294967295", Param::Int(4_294_967_295)),
        ("xid", "7", Param::Int(7)),
        ("cid", "8", Param::Int(8)),
        ("xid8", "9223372036854775807", Param::Int(i64::MAX)),
        ("xid8", "18446744073709551615", Param::from("18446744073709551615")),
        ("float4", "1.1", Param::Float(f64::from(1.1f32))),
        ("float8", "0.1", Param::Float(0.1)),
        ("float8", "5e-324", Param::Float(5e-324)),
        ("float8", "-1.7976931348623157e308", Param::Float(f64::MIN)),
        ("float8", "Infinity", Param::Float(f64::INFINITY)),
        ("float4", "-Infinity", Param::Float(f64::NEG_INFINITY)),
        ("bytea", r"\x", Param::Bytes(vec![])),
        ("bytea", r"\x00ff5c27", Param::Bytes(vec![0x00, 0xff, 0x5c, 0x27])),
        ("json", r#"{"b": [1, 2.50, null], "a": "x"}"#, Param::from(r#"{"b": [1, 2.50, null], "a": "x"}"#)),
        ("jsonb", r#"{"b":[1,2.50],"a":"x"}"#, Param::from(r#"{"a": "x", "b": [1, 2.50]}"#)),
        ("money", "-1234.5", Param::from("-1234.50")),
        ("int2vector", "1 2 3", Param::List(vec![Param::Int(1), Param::Int(2), Param::Int(3)])),
        ("oidvector", "", Param::List(vec![])),
    ];
    for (type_, input, expected) in cases {
        let decoded = value(&prepared, &format!("SELECT $1::text::{type_}"), &[Param::from(*input)]).await;
        assert_eq!(decoded, *expected, "{type_} {input}");
        for connection in [&prepared, &unnamed, &simple] {
            // A list is an array to a server that infers the type, and a vector is none.
            if !type_.ends_with("vector") || std::ptr::eq(connection, &prepared) {
                assert_sends_back(connection, type_, input, decoded.clone()).await;
            }
        }
    }
    for (type_, input, number) in [("regclass", "pg_class", 1259), ("regtype", "integer", 23), ("regproc", "now", 1299)]
    {
        let decoded = value(&prepared, &format!("SELECT '{input}'::{type_}"), &[]).await;
        assert_eq!(decoded, Param::Int(number), "{type_} {input}");
        assert_sends_back(&prepared, type_, input, decoded).await;
    }
    let nan = value(&prepared, "SELECT 'NaN'::float8", &[]).await;
    assert!(matches!(nan, Param::Float(number) if number.is_nan()));
    assert_sends_back(&prepared, "float8", "NaN", nan).await;
}

#[tokio::test]
async fn numerics_are_exact_and_keep_their_scale() {
    let connection = connection(StatementMode::Prepared).await;
    let long = format!("{}.{}", "9".repeat(200), "1".repeat(150));
    let inputs = [
        "0",
        "0.00",
        "-0.5",
        "1",
        "10000",
        "100000000.0001",
        "0.00001",
        "123456789012345678901234567890.123",
        "NaN",
        "Infinity",
        "-Infinity",
        "1e20",
        "0.0000000000000000000001",
        &long,
    ];
    for input in inputs {
        let rows =
            query(&connection, "SELECT v, concat(v) FROM (SELECT $1::text::numeric AS v) t", &[Param::from(input)])
                .await
                .unwrap();
        let mut scratch = [String::new(), String::new()];
        let [first, second] = &mut scratch;
        let Value::Numeric(decoded) = rows.value(0, 0, first).unwrap() else { panic!("{input} is no numeric") };
        assert_eq!(Value::Text(decoded.as_bytes()), rows.value(0, 1, second).unwrap());
        assert_sends_back(&connection, "numeric", input, Param::from(decoded)).await;
    }
    assert_sends_back(&connection, "numeric", "9223372036854775807", Param::Int(i64::MAX)).await;
    assert_sends_back(&connection, "numeric", "0.1", Param::Float(0.1)).await;
}

#[tokio::test]
async fn arrays_keep_their_nulls_and_dimensions() {
    let prepared = typed_connection(StatementMode::Prepared).await;
    let unnamed = typed_connection(StatementMode::Unnamed).await;
    let simple = typed_connection(StatementMode::Simple).await;
    let ints = |numbers: &[i64]| Param::List(numbers.iter().map(|&number| Param::Int(number)).collect());
    let texts = |texts: &[&str]| Param::List(texts.iter().map(|&text| Param::from(text)).collect());
    let cases: &[(&str, &str, Param)] = &[
        ("int4[]", "{}", Param::List(vec![])),
        ("int4[]", "{1,NULL,3}", Param::List(vec![Param::Int(1), Param::Null, Param::Int(3)])),
        ("int8[]", "{{1,2},{3,4}}", Param::List(vec![ints(&[1, 2]), ints(&[3, 4])])),
        (
            "int2[]",
            "{{{1},{2}},{{3},{4}}}",
            Param::List(vec![Param::List(vec![ints(&[1]), ints(&[2])]), Param::List(vec![ints(&[3]), ints(&[4])])]),
        ),
        ("text[]", r#"{"","null","a b","q\"\\","{}",x}"#, texts(&["", "null", "a b", r#"q"\"#, "{}", "x"])),
        ("bool[]", "{t,f}", Param::List(vec![Param::Bool(true), Param::Bool(false)])),
        ("float8[]", "{1.5,-Infinity}", Param::List(vec![Param::Float(1.5), Param::Float(f64::NEG_INFINITY)])),
        ("numeric[]", "{1.50,NaN}", texts(&["1.50", "NaN"])),
        ("bytea[]", r#"{"\\x00ff",NULL}"#, Param::List(vec![Param::Bytes(vec![0, 255]), Param::Null])),
        ("uuid[]", "{a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11}", texts(&["a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11"])),
        ("timestamptz[]", r#"{"2024-01-01 00:00:00+00"}"#, texts(&["2024-01-01 00:00:00+00"])),
        ("box[]", "{(1,1),(0,0);(3,3),(2,2)}", texts(&["(1,1),(0,0)", "(3,3),(2,2)"])),
        ("mood[]", r#"{sad,"quite happy"}"#, texts(&["sad", "quite happy"])),
        ("pair[]", r#"{"(1,x)"}"#, texts(&["(1,x)"])),
        ("jsonb[]", r#"{"{\"a\": 1}"}"#, texts(&[r#"{"a": 1}"#])),
    ];
    for (type_, input, expected) in cases {
        let decoded = value(&prepared, &format!("SELECT $1::text::{type_}"), &[Param::from(*input)]).await;
        assert_eq!(decoded, *expected, "{type_} {input}");
        for connection in [&prepared, &unnamed, &simple] {
            // Only a server that tells the type tells that boxes are separated by semicolons.
            if *type_ != "box[]" || std::ptr::eq(connection, &prepared) {
                assert_sends_back(connection, type_, input, decoded.clone()).await;
            }
        }
    }
    // Lower bounds are not kept, but the elements are.
    assert_eq!(value(&prepared, "SELECT '[0:1]={1,2}'::int4[]", &[]).await, ints(&[1, 2]));
    // Within a composite they are, as its text is PostgreSQL's own.
    assert_eq!(text(&value(&prepared, "SELECT ROW('[0:1]={1,2}'::int4[])", &[]).await), "(\"[0:1]={1,2}\")");
}

#[tokio::test]
async fn plain_records_and_nothing_are_readable() {
    let connection = connection(StatementMode::Prepared).await;
    let record = value(&connection, "SELECT ROW(1, 'a b', NULL, 2.50, now() IS NULL, 0.1::float8)", &[]).await;
    assert_eq!(text(&record), "(1,\"a b\",,2.50,f,0.1)");
    assert_eq!(value(&connection, "SELECT pg_notify('x', 'y')", &[]).await, Param::Null);
    assert_eq!(value(&connection, "SELECT NULL::int4", &[]).await, Param::Null);
}

#[tokio::test]
async fn tables_become_json() {
    let map = Param::Map(vec![
        ("b".into(), Param::List(vec![Param::Int(1), Param::Null, Param::Float(0.5)])),
        ("a".into(), Param::from("it's \"x\"")),
    ]);
    let expected = r#"{"b":[1,null,0.5],"a":"it's \"x\""}"#;
    for mode in [StatementMode::Prepared, StatementMode::Unnamed, StatementMode::Simple] {
        let connection = connection(mode).await;
        assert_eq!(text(&value(&connection, "SELECT $1::json::text", from_ref(&map)).await), expected, "{mode:?}");
        assert_eq!(text(&value(&connection, "SELECT ($1::jsonb->>'a')", from_ref(&map)).await), "it's \"x\"");
    }
    let connection = connection(StatementMode::Prepared).await;
    let list = Param::List(vec![Param::Int(1), Param::from("x")]);
    assert_eq!(text(&value(&connection, "SELECT $1::json::text", &[list]).await), r#"[1,"x"]"#);
}

#[tokio::test]
async fn values_of_a_megabyte_go_both_ways() {
    let connection = connection(StatementMode::Prepared).await;
    let bytes: Vec<u8> = (0..1u32 << 20).map(|index| (index % 251) as u8).collect();
    let param = Param::Bytes(bytes.clone());
    assert_eq!(value(&connection, "SELECT $1::bytea", &[param]).await, Param::Bytes(bytes));
    let text = Param::Text("ü".repeat(1 << 19).into_bytes());
    assert_eq!(value(&connection, "SELECT $1::text", from_ref(&text)).await, text);
}

/// Columns of server-made values and their own text, many at a time.
#[tokio::test]
async fn random_values_print_as_postgresql_prints_them() {
    let connection = connection(StatementMode::Prepared).await;
    query(&connection, "SELECT setseed(0.5)", &[]).await.unwrap();
    for expression in [
        "timestamp '4713-01-01 BC' + random() * interval '298000 years'",
        "timestamptz '4713-01-01 BC' + random() * interval '298000 years'",
        "date '4713-01-01 BC' + (random() * 100000000)::int",
        "make_interval(months => (random() * 1000 - 500)::int, days => (random() * 1000 - 500)::int, secs => random() * 1000000 - 500000)",
        "(random() * 10 ^ (random() * 60 - 30)::int)::numeric * (10::numeric ^ (random() * 40 - 20)::int)",
        "ROW((random() - 0.5) * 10 ^ (random() * 600 - 300)::int)",
        "ROW(((random() - 0.5) * 10 ^ (random() * 60 - 30)::int)::float4)",
        "ARRAY[md5(random()::text), chr((random() * 90 + 32)::int) || ' ' || chr((random() * 200 + 160)::int)]::text[]::text",
        "ROW(chr((random() * 90 + 32)::int) || chr((random() * 90 + 32)::int))",
        "(random() * 4294967295)::bigint::bit(33)",
        "inet '0.0.0.0' + (random() * 4294967295)::bigint",
        "set_masklen(inet '::' + (random() * 1e15)::bigint, (random() * 128)::int)",
        "int4range((random() * 100)::int, (random() * 100)::int + 100, '[]')",
    ] {
        let sql = format!("SELECT v, concat(v) FROM (SELECT {expression} AS v FROM generate_series(1, 2000)) t");
        let rows = query(&connection, &sql, &[]).await.unwrap_or_else(|failure| panic!("{expression}: {failure}"));
        let (mut decoded, mut printed) = (String::new(), String::new());
        for row in 0..rows.len() {
            let decoded = match rows.value(row, 0, &mut decoded).unwrap() {
                Value::Numeric(text) => text.as_bytes(),
                Value::Text(text) => text,
                other => panic!("{expression}: {other:?}"),
            };
            let Value::Text(printed) = rows.value(row, 1, &mut printed).unwrap() else { panic!("no text") };
            assert_eq!(String::from_utf8_lossy(decoded), String::from_utf8_lossy(printed), "{expression}");
        }
    }
}

#[tokio::test]
async fn a_value_that_cannot_be_sent_names_parameter_statement_and_type() {
    let connection = typed_connection(StatementMode::Prepared).await;
    let cases: &[(&str, Param, &str)] = &[
        ("int4", Param::Int(3_000_000_000), "`int4`, which cannot take 3000000000: it is out of range"),
        ("int2", Param::Float(1.5), "`int2`, which cannot take 1.5: it is not a whole number of that type"),
        ("int8", Param::Float(1e300), "`int8`, which cannot take"),
        ("int4", Param::Map(vec![("a".into(), Param::Int(1))]), "`int4`, which cannot take a table with keys"),
        ("int4", Param::List(vec![]), "`int4`, which cannot take a list"),
        ("int4", Param::Bool(true), "`int4`, which cannot take a boolean"),
        ("timestamptz", Param::Int(1), "`timestamptz`, which cannot take an integer"),
        ("int4[]", Param::List(vec![Param::Bool(true)]), "`int4`, which cannot take a boolean"),
        ("json", Param::Float(f64::NAN), "`json`, which cannot take NaN: JSON has no such number"),
        ("email", Param::List(vec![]), "`email`, which cannot take a list"),
    ];
    for (type_, param, expected) in cases {
        let statement = Statement::labelled("probe", format!("SELECT $1::text, $2::{type_}"));
        let failure = connection.query(&statement, &[Param::Null, param.clone()]).await.unwrap_err();
        let Failure::Misuse { message, .. } = failure else { panic!("{type_}: {failure:?}") };
        assert!(message.starts_with("parameter 2 of statement `probe` is "), "{message}");
        assert!(message.contains(expected), "{message}");
    }
    // Refused before anything was sent, so the connection is as good as before.
    assert!(connection.is_reusable());
    assert_eq!(value(&connection, "SELECT $1::small", &[Param::from("42")]).await, Param::Int(42));
}

#[tokio::test]
async fn a_column_that_cannot_be_read_names_itself_and_the_way_out() {
    let connection = connection(StatementMode::Prepared).await;
    connection.script("CREATE TABLE odd (a int); CREATE STATISTICS odd_statistics ON a, (a + 1) FROM odd; INSERT INTO odd VALUES (1); ANALYZE odd").await.unwrap();
    let rows = query(&connection, "SELECT stxdndistinct AS odd FROM pg_statistic_ext_data", &[]).await.unwrap();
    let failure = rows.value(0, 0, &mut String::new()).unwrap_err();
    let Failure::Misuse { message, hint } = failure else { panic!("{failure:?}") };
    assert!(message.contains("column `odd` of statement") && message.contains("`pg_ndistinct`"), "{message}");
    assert_eq!(hint.as_deref(), Some("cast it to text: `odd::text`"));

    let failure = query(&connection, "SELECT 'postgres=r/postgres'::aclitem", &[]).await.unwrap_err();
    let Failure::Sql { fields, .. } = failure else { panic!("{failure:?}") };
    assert!(fields.contains(&("hint", "cast the column to `text`".to_owned())), "{fields:?}");
}
