//! What leaves the process while a run goes on, as others understand it: a real Prometheus that scrapes, and
//! OpenTelemetry's own classes, which decode what is sent.

mod support;

use std::collections::BTreeMap;
use std::fs;
use std::io::Write;
use std::net::TcpListener;
use std::path::Path;
use std::process::{Command, Stdio};

use serde_json::Value;
use support::exchange::get;
use support::playing::{Ended, Playing};
use support::prometheus::Prometheus;
use support::receiver::{Receiver, whole};
use support::web::Certificate;

const SCENARIO: &str = include_str!("export/scenario.lua");

/// Users who need nothing but throng.
const SLEEPERS: &str = r#"
return {
  personas = {
    quick = { operations = { short = function(user) user:sleep(0.002) end } },
  },
}
"#;

/// Adjoining bounds of response times differ by no more than this, and three digits of the record on top.
const BUCKET: f64 = 5.0 / 3.0 * 1.001;

/// Operation, persona, phase, outcome.
type Key = [String; 4];

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_else(|| panic!("{value} is no text")).to_owned()
}

fn list(value: &Value) -> &[Value] {
    value.as_array().unwrap_or_else(|| panic!("{value} is no list"))
}

/// How many operations ended how, by the record.
fn recorded(ended: &Ended) -> BTreeMap<Key, u64> {
    let of = |operation: &Value| {
        let [name, persona, phase] = ["name", "persona", "phase"].map(|key| text(&operation[key]));
        ["succeeded", "failed", "unfinished"].map(|outcome| {
            let count = operation[outcome].as_u64().expect("it is a count");
            ([name.clone(), persona.clone(), phase.clone(), outcome.to_owned()], count)
        })
    };
    list(&ended.record()["operations"]).iter().flat_map(of).collect()
}

/// The address in the line that tells of an endpoint.
fn endpoint(playing: &mut Playing) -> String {
    loop {
        let line = playing.next_line();
        let place = line.split_once("metrics for Prometheus at http://").and_then(|(_, rest)| rest.split_once('/'));
        if let Some((address, _)) = place {
            return address.to_owned();
        }
    }
}

#[test]
fn prometheus_reads_what_the_record_says() {
    let arguments = ["--users", "8", "--warm-up", "1s", "--duration", "8s", "--out", "prometheus=:0,linger=60s"];
    let mut playing = Playing::start(SCENARIO, &arguments);
    let address = endpoint(&mut playing);
    let prometheus = Prometheus::start(&address);
    playing.until_it_plays();
    lint(&get(&address, "/metrics", "text/plain"));
    let ended = playing.end().expect(0);
    // What is gone is told no more, unless one asks for what was last.
    let last = |metric: &str| prometheus.query(&format!("last_over_time({metric}[5m])"));

    let labels = ["operation", "persona", "phase", "outcome"];
    let told: BTreeMap<Key, u64> = last("throng_operations_total")
        .into_iter()
        .map(|(metric, value)| (labels.map(|label| text(&metric[label])), value as u64))
        .collect();
    assert_eq!(told, recorded(&ended));
    let totals = &ended.record()["totals"];
    for (query, key) in [
        (r#"sum(last_over_time(throng_operation_response_seconds_count{phase="main"}[5m]))"#, "operations_succeeded"),
        (r#"sum(last_over_time(throng_iterations_total{phase="main",outcome="succeeded"}[5m]))"#, "succeeded"),
        (r#"sum(last_over_time(throng_iterations_offered_total{phase="main"}[5m]))"#, "offered"),
        (r#"sum(last_over_time(throng_operation_rows_total{phase="main"}[5m]))"#, "rows"),
    ] {
        // Failed operations have a response time too.
        let failed = if key.starts_with("operations") { totals["operations_failed"].as_u64() } else { None };
        let known = totals[key].as_u64().expect("it is a count") + failed.unwrap_or(0);
        assert_eq!(prometheus.value(query), known as f64, "{query}");
    }
    errors_agree(&last("throng_errors_total"), &ended);
    scripts_agree(&prometheus, &ended);
    assert_eq!(prometheus.value("sum(resets(throng_operations_total[5m]))"), 0.0, "a counter went back");

    let rate = r#"quantile_over_time(0.5, sum(rate(throng_operations_total{outcome="succeeded"}[4s]))[1m:1s])"#;
    let throughput = totals["throughput_per_s"].as_f64().expect("it is a number");
    let told = prometheus.value(rate);
    assert!((told / throughput - 1.0).abs() < 0.25, "{told}/s instead of {throughput}/s");
    quantiles_agree(&prometheus, &ended);
    dashboard_is_answered(&prometheus);

    let info = &last("throng_run_info")[0].0;
    assert_eq!(
        (&info["run_id"], &info["seed"]),
        (&ended.record()["run_id"], &ended.record()["seed"].to_string().into())
    );
    // Two series of the same labels would be told here.
    let own = get(prometheus.address(), "/metrics", "text/plain");
    assert!(own.contains("\nprometheus_target_scrapes_sample_duplicate_timestamp_total 0\n"), "{own}");
}

/// Has Prometheus's own tool look at names, types and help.
fn lint(text: &str) {
    let mut promtool = Command::new("promtool");
    promtool.args(["check", "metrics"]).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut process =
        promtool.spawn().unwrap_or_else(|error| panic!("promtool: {error}: `make test-deps` installs it"));
    process.stdin.take().expect("it is a pipe").write_all(text.as_bytes()).expect("it reads");
    let output = process.wait_with_output().expect("it ends");
    let said = String::from_utf8_lossy(&output.stderr).into_owned() + &String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success() && said.is_empty(), "{said}");
}

fn errors_agree(told: &[(Value, f64)], ended: &Ended) {
    let errors = list(&ended.record()["errors"]);
    assert_eq!(told.len(), errors.len());
    for error in errors {
        let is_it = |(metric, _): &&(Value, f64)| {
            [("class", "class"), ("operation", "operation"), ("persona", "persona"), ("phase", "phase")]
                .iter()
                .all(|(label, key)| metric[label] == error[key])
        };
        let (_, count) = told.iter().find(is_it).unwrap_or_else(|| panic!("{error} is not told"));
        assert_eq!(Some(*count as u64), error["count"].as_u64());
    }
}

/// What scripts count, with tags of any signs.
fn scripts_agree(prometheus: &Prometheus, ended: &Ended) {
    for metric in list(&ended.record()["metrics"]) {
        let name = text(&metric["name"]);
        let (query, known) = match metric["kind"].as_str() {
            Some("counter") => ("throng_script_counted", &metric["count"]),
            Some("gauge") => ("throng_script_level", &metric["last"]),
            Some("rate") => ("throng_script_rate_hits_total", &metric["hits"]),
            _ => ("throng_script_trend_count", &metric["count"]),
        };
        let told = prometheus.value(&format!("last_over_time({query}{{metric=\"{name}\"}}[5m])"));
        assert_eq!(Some(told), known.as_f64(), "{name}");
    }
    let tagged = r#"last_over_time(throng_script_counted{tag_U__shop_2d_kind="new \"and\" small"}[5m])"#;
    assert_eq!(prometheus.query(tagged).len(), 1);
}

/// Prometheus's percentiles lie in the bucket of the record's.
fn quantiles_agree(prometheus: &Prometheus, ended: &Ended) {
    for (quantile, key) in [(0.5, "p50"), (0.95, "p95")] {
        let query = format!(
            "histogram_quantile({quantile}, sum by (le, operation) \
             (last_over_time(throng_operation_response_seconds_bucket{{phase=\"main\"}}[5m])))"
        );
        for (metric, told) in prometheus.query(&query) {
            let is_it = |operation: &&Value| operation["name"] == metric["operation"] && operation["phase"] == "main";
            let operation = list(&ended.record()["operations"]).iter().find(is_it).expect("it is in the record");
            let known = operation["response_us"][key].as_f64().expect("it is a time") / 1e6;
            let ratio = told / known;
            // Below the first bound everything is one bucket.
            assert!(known < 1e-4 || (1.0 / BUCKET..BUCKET).contains(&ratio), "{metric} {key}: {told} s, not {known} s");
        }
    }
}

/// Every query of the dashboard has an answer, so that no panel names what is not there.
fn dashboard_is_answered(prometheus: &Prometheus) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("deploy/grafana/dashboard.json");
    let dashboard: Value = serde_json::from_slice(&fs::read(path).expect("it is there")).expect("it is JSON");
    let panels = list(&dashboard["panels"]).iter().filter_map(|panel| panel["targets"].as_array());
    let queries: Vec<String> = panels.flatten().map(|target| text(&target["expr"])).collect();
    assert!(queries.len() > 30, "{queries:?}");
    for query in queries {
        let filled = query.replace("$__rate_interval", "4s");
        let filled = ["$instance", "$phase", "$operation"].iter().fold(filled, |text, name| text.replace(name, ".*"));
        assert!(!filled.contains('$'), "{filled}");
        assert!(prometheus.series_within(&filled, 60) > 0, "nothing answers {filled}");
    }
}

#[test]
fn an_address_in_use_is_told_before_any_load() {
    let taken = TcpListener::bind("127.0.0.1:0").expect("there is a free port");
    let address = taken.local_addr().expect("it listens");
    let arguments = ["--users", "1", "--iterations", "1", "--out", &format!("prometheus={address}")];
    let ended = Playing::start(SLEEPERS, &arguments).end().expect(2);
    let said = format!("error: `--out prometheus`: can't listen on {address}: Address already in use");
    assert!(ended.stderr.starts_with(&said) && ended.stderr.contains("\nhint: another program"), "{}", ended.stderr);
}

#[test]
fn opentelemetrys_own_classes_read_what_the_record_says_even_if_much_was_refused() {
    let receiver = Receiver::start(2);
    let variables = [
        ("OTEL_EXPORTER_OTLP_HEADERS", "authorization=Bearer%20hunter2"),
        ("OTEL_METRIC_EXPORT_INTERVAL", "1000"),
        ("OTEL_RESOURCE_ATTRIBUTES", "team=a"),
    ];
    let out = format!("otlp={}", receiver.address);
    let playing = Playing::start_with(SCENARIO, &["--users", "8", "--duration", "4s", "--out", &out], &variables);
    let ended = playing.end().expect(0);
    let received = receiver.received();
    assert!(received.len() > 2, "{received:#?}");
    assert!(received.iter().all(|told| told["path"] == "/v1/metrics"));
    assert!(received.iter().all(|told| told["headers"]["authorization"] == "Bearer hunter2"));
    for text in [&ended.stdout, &ended.stderr, &ended.record().to_string()] {
        assert!(!text.contains("hunter2"), "a secret got out");
    }
    let said = &ended.stderr;
    assert_eq!(said.matches("warning: otlp: metrics do not reach").count(), 1, "{said}");
    assert!(said.contains("the last one did, and has all figures"), "{said}");

    let last = received.last().expect("there are some");
    assert_eq!(last["taken"], true);
    let resource = &last["request"]["resourceMetrics"][0];
    let attributes = attributes(&resource["resource"]["attributes"]);
    assert_eq!(attributes["service.name"], "throng");
    assert_eq!(attributes["service.instance.id"], text(&ended.record()["run_id"]));
    assert_eq!(attributes["team"], "a");
    let metrics = list(&resource["scopeMetrics"][0]["metrics"]);
    let metric = |name: &str| metrics.iter().find(|metric| metric["name"] == name).expect("it is told");
    let operations = &metric("throng.operations")["sum"];
    assert_eq!((&operations["isMonotonic"], &operations["aggregationTemporality"]), (&true.into(), &CUMULATIVE.into()));
    let told: BTreeMap<Key, u64> = list(&operations["dataPoints"])
        .iter()
        .map(|point| {
            let of = self::attributes(&point["attributes"]);
            (["operation", "persona", "phase", "outcome"].map(|label| of[label].clone()), whole(&point["asInt"]))
        })
        .collect();
    assert_eq!(told, recorded(&ended));
    let response = metric("throng.operation.response");
    assert_eq!(response["unit"], "s");
    for operation in list(&ended.record()["operations"]) {
        histogram_agrees(&response["exponentialHistogram"], operation);
    }
}

const CUMULATIVE: &str = "AGGREGATION_TEMPORALITY_CUMULATIVE";

fn attributes(list: &Value) -> BTreeMap<String, String> {
    let pairs = self::list(list).iter();
    pairs.map(|pair| (text(&pair["key"]), text(&pair["value"]["stringValue"]))).collect()
}

/// The histogram of an operation has every time, and the bucket of the 95th percentile holds the record's.
fn histogram_agrees(histogram: &Value, operation: &Value) {
    assert_eq!(histogram["aggregationTemporality"], CUMULATIVE);
    let is_it = |point: &&Value| {
        let of = attributes(&point["attributes"]);
        [("operation", "name"), ("persona", "persona"), ("phase", "phase")]
            .iter()
            .all(|(label, key)| Some(of[*label].as_str()) == operation[key].as_str())
    };
    let point = list(&histogram["dataPoints"]).iter().find(is_it).unwrap_or_else(|| panic!("{operation} is not told"));
    let count = whole(&point["count"]);
    let known = ["succeeded", "failed"].map(|key| operation[key].as_u64().expect("it is a count"));
    assert_eq!(count, known.iter().sum::<u64>(), "{operation}");
    let zeros = whole(&point["zeroCount"]);
    let positive = &point["positive"];
    let counts: Vec<u64> =
        positive["bucketCounts"].as_array().map(|counts| counts.iter().map(whole).collect()).unwrap_or_default();
    assert_eq!(zeros + counts.iter().sum::<u64>(), count, "{operation}");
    let p95 = operation["response_us"]["p95"].as_f64().expect("it is a time") / 1e6;
    let rank = (count as f64 * 0.95).ceil() as u64;
    if rank <= zeros {
        return assert_eq!(p95, 0.0);
    }
    let mut sum = zeros;
    let place = counts.iter().position(|bucket| {
        sum += bucket;
        sum >= rank
    });
    let scale = point["scale"].as_i64().unwrap_or(0) as i32;
    let base = f64::from(-scale).exp2().exp2();
    let index = positive["offset"].as_i64().unwrap_or(0) as f64 + place.expect("it has every time") as f64;
    let (low, high) = (base.powf(index) / 1.002, base.powf(index + 1.0) * 1.002);
    assert!((low..=high).contains(&p95), "p95 of {p95} s is not in {low}..{high}: {operation}");
}

#[test]
fn a_receiver_that_is_gone_or_hangs_does_not_disturb_the_run() {
    let hanging = TcpListener::bind("127.0.0.1:0").expect("there is a free port");
    let gone = TcpListener::bind("127.0.0.1:0").and_then(|listener| listener.local_addr()).expect("a free port");
    for address in [hanging.local_addr().expect("it listens"), gone] {
        let out = format!("otlp=http://me:hunter2@{address}");
        let limits = [("OTEL_EXPORTER_OTLP_TIMEOUT", "300"), ("OTEL_METRIC_EXPORT_INTERVAL", "1000")];
        let arguments = ["--users", "2", "--duration", "2500ms", "--out", &out];
        let ended = Playing::start_with(SLEEPERS, &arguments, &limits).end().expect(0);
        let said = &ended.stderr;
        assert_eq!(said.matches("warning: otlp: metrics do not reach").count(), 1, "{said}");
        assert!(said.contains("and the last figures are missing there"), "{said}");
        assert!(!said.contains("hunter2"), "{said}");
        assert_eq!(ended.record()["verdict"], "passed");
    }
}

#[test]
fn figures_go_over_tls_to_a_receiver_that_is_trusted() {
    let certificate = Certificate::new("localhost");
    let receiver = Receiver::start_with(0, &certificate);
    // The path may stand in the URL, before what it says of TLS.
    let out = format!("otlp={}/v1/metrics#ca={}", receiver.address, certificate.authority());
    let playing = Playing::start(SLEEPERS, &["--users", "2", "--duration", "1500ms", "--out", &out]);
    let ended = playing.end().expect(0);
    assert!(!ended.stderr.contains("warning: otlp"), "{}", ended.stderr);
    let received = receiver.received();
    let last = received.last().expect("something came");
    assert_eq!((&last["path"], &last["taken"]), (&"/v1/metrics".into(), &true.into()));
    let metrics = list(&last["request"]["resourceMetrics"][0]["scopeMetrics"][0]["metrics"]);
    let operations = metrics.iter().find(|metric| metric["name"] == "throng.operations").expect("it is told");
    let told: u64 = list(&operations["sum"]["dataPoints"]).iter().map(|point| whole(&point["asInt"])).sum();
    assert_eq!(told, recorded(&ended).values().sum::<u64>());
}

#[test]
fn a_receiver_whose_certificate_nobody_vouches_for_gets_nothing_and_one_is_told_what_to_do() {
    let (certificate, other) = (Certificate::new("localhost"), Certificate::new("localhost"));
    let receiver = Receiver::start_with(0, &certificate);
    let secret = receiver.address.replace("https://", "https://me:hunter2@");
    let variables = [("OTEL_EXPORTER_OTLP_HEADERS", "authorization=Bearer%20hunter2")];
    for (trust, why) in [
        (String::new(), "UnknownIssuer"),
        (format!("#ca={}", other.authority()), "invalid peer certificate"),
        // Issued to a name, not to an address.
        (format!("#ca={}", certificate.authority()), "not valid for name"),
    ] {
        let address = if why.starts_with("not") { secret.replace("localhost", "127.0.0.1") } else { secret.clone() };
        let out = format!("otlp={address}{trust}");
        // Ends before an export is due, so that the last one is the only one.
        let arguments = ["--users", "1", "--duration", "1500ms", "--out", &out];
        let ended = Playing::start_with(SLEEPERS, &arguments, &variables).end().expect(0);
        let said = &ended.stderr;
        assert!(said.contains("invalid peer certificate") && said.contains(why), "{why}: {said}");
        assert!(said.contains("\nhint: name the authority of its certificate behind the URL"), "{said}");
        assert!(said.contains("#insecure") && !said.contains("hunter2"), "{said}");
        assert_eq!(ended.record()["verdict"], "passed");
    }
    let out = format!("otlp={secret}#insecure");
    let arguments = ["--users", "1", "--duration", "1500ms", "--out", &out];
    let ended = Playing::start_with(SLEEPERS, &arguments, &variables).end().expect(0);
    assert!(!ended.stderr.contains("warning: otlp"), "{}", ended.stderr);
    // All that came, came from the run that asks for no certificate.
    let received = receiver.received();
    let of = |told: &Value| attributes(&told["request"]["resourceMetrics"][0]["resource"]["attributes"]);
    assert!(!received.is_empty());
    assert!(received.iter().all(|told| of(told)["service.instance.id"] == text(&ended.record()["run_id"])));
}
