//! `throng.metrics`: figures that a scenario defines for itself.

use std::cell::RefCell;
use std::collections::{BTreeMap, HashMap, HashSet};
use std::rc::Rc;

use mlua::{Lua, MultiValue, Table, UserData, UserDataMethods, Value};

use crate::script::args::{self, Args};
use crate::script::error::Thrown;
use crate::script::fields::describe;
use crate::script::host::Host;
use crate::stats::{LARGEST_TREND, MetricKey, MetricKind};

/// How many sets of tags one metric may have in one worker. Each is kept for every interval, and a report of
/// more would be read by nobody.
const MAX_TAG_SETS: usize = 1000;

/// Figures that throng itself measures.
const TAKEN: &[&str] = &[
    "connections",
    "cpu",
    "dropped",
    "errors",
    "http_connect_ms",
    "http_dns_ms",
    "http_first_byte_ms",
    "http_responses",
    "http_retries",
    "http_tls_ms",
    "http_unasked",
    "iterations",
    "memory",
    "pool",
    "response",
    "service",
    "throughput",
    "wait",
    "watched",
    "ws_messages",
];

/// Makes the module.
pub fn module(lua: &Lua) -> mlua::Result<Table> {
    let module = lua.create_table()?;
    for (name, kind) in [
        ("metrics.counter", MetricKind::Counter),
        ("metrics.gauge", MetricKind::Gauge),
        ("metrics.rate", MetricKind::Rate),
        ("metrics.trend", MetricKind::Trend),
    ] {
        args::add(lua, &module, name, move |lua, mut args| {
            let name: String = args.req("name")?;
            check_name(&args, &name)?;
            let tags = tags(&mut args)?;
            let sets = Known::of(lua).sets(&name, kind)?;
            let key = MetricKey { name, kind, tags: Vec::from_iter(tags) };
            lua.create_userdata(Metric { key, sets }).map(Value::UserData)
        })?;
    }
    Ok(module)
}

/// Thresholds must be able to name the metric, and must not take it for another figure.
fn check_name(args: &Args, name: &str) -> Result<(), Thrown> {
    let plain = |b: u8| b.is_ascii_alphanumeric() || b == b'_';
    if !name.bytes().all(plain) || !name.starts_with(|c: char| c.is_ascii_alphabetic()) {
        return Err(args.misuse("name", &format!("`{name}` must be letters, digits and `_`, a letter first")));
    }
    if TAKEN.contains(&name) {
        return Err(args.misuse("name", &format!("`{name}` is a figure that throng measures itself")));
    }
    Ok(())
}

fn tags(args: &mut Args) -> mlua::Result<BTreeMap<String, String>> {
    let Some(table) = args.opt::<Table>("tags")? else { return Ok(BTreeMap::new()) };
    table
        .pairs::<Value, Value>()
        .map(|pair| match pair? {
            (
                Value::String(name),
                value @ (Value::String(_) | Value::Integer(_) | Value::Number(_) | Value::Boolean(_)),
            ) => Ok((name.to_string_lossy(), value.to_string()?)),
            (name, value) => {
                let came = format!("{} = {}", describe(&name), describe(&value));
                Err(args.wrong("tags", "strings by name", &came).into())
            }
        })
        .collect()
}

/// The tag sets that a metric has had.
type Sets = Rc<RefCell<HashSet<Vec<(String, String)>>>>;

/// The metrics of one Lua state by name.
#[derive(Clone, Default)]
struct Known(Rc<RefCell<HashMap<String, (MetricKind, Sets)>>>);

impl Known {
    fn of(lua: &Lua) -> Self {
        if let Some(known) = lua.app_data_ref::<Self>() {
            return known.clone();
        }
        let known = Self::default();
        lua.set_app_data(known.clone());
        known
    }

    fn sets(&self, name: &str, kind: MetricKind) -> Result<Sets, Thrown> {
        let mut known = self.0.borrow_mut();
        let (first, sets) = known.entry(name.to_owned()).or_insert_with(|| (kind, Sets::default()));
        if *first == kind {
            Ok(sets.clone())
        } else {
            Err(Thrown::misuse_with(
                format!("the metric `{name}` is a {} already and can't be a {} too", word(*first), word(kind)),
                "give one of them another name",
            ))
        }
    }
}

fn word(kind: MetricKind) -> &'static str {
    match kind {
        MetricKind::Counter => "counter",
        MetricKind::Gauge => "gauge",
        MetricKind::Rate => "rate",
        MetricKind::Trend => "trend",
    }
}

/// One metric as scripts hold it.
struct Metric {
    /// With the tags that every observation has.
    key: MetricKey,
    sets: Sets,
}

impl UserData for Metric {
    fn add_methods<M: UserDataMethods<Self>>(methods: &mut M) {
        methods.add_method("add", |lua, this, values: MultiValue| {
            let mut args = Args::new("metric:add", values);
            let value = this.observation(&mut args)?;
            let more = tags(&mut args)?;
            let host = Host::of(lua)?;
            if more.is_empty() {
                return this.record(&host, &this.key, value);
            }
            let mut tags: BTreeMap<String, String> = this.key.tags.iter().cloned().collect();
            tags.extend(more);
            this.record(&host, &MetricKey { tags: Vec::from_iter(tags), ..this.key.clone() }, value)
        });
    }
}

impl Metric {
    /// The value to count: 1 if a counter is given none; for a rate, 1 for true.
    fn observation(&self, args: &mut Args) -> Result<f64, Thrown> {
        let value = match args.value() {
            Value::Nil if self.key.kind == MetricKind::Counter => 1.0,
            Value::Boolean(flag) if self.key.kind == MetricKind::Rate => f64::from(u8::from(flag)),
            Value::Integer(number) => number as f64,
            Value::Number(number) => number,
            other => {
                let expected = if self.key.kind == MetricKind::Rate { "true, false or a number" } else { "a number" };
                return Err(args.wrong("value", expected, &describe(&other)));
            }
        };
        match value.is_finite() {
            true if value < 0.0 && self.key.kind == MetricKind::Trend => {
                Err(args.misuse("value", &format!("`{value}` is negative, which a trend can't hold")))
            }
            true if value > LARGEST_TREND && self.key.kind == MetricKind::Trend => {
                Err(args.misuse("value", &format!("`{value:e}` is more than a trend can hold, {LARGEST_TREND:.1e}")))
            }
            true => Ok(value),
            false => Err(args.misuse("value", &format!("`{value}` can't be counted"))),
        }
    }

    fn record(&self, host: &Host, key: &MetricKey, value: f64) -> mlua::Result<()> {
        let mut sets = self.sets.borrow_mut();
        if !sets.contains(&key.tags) {
            if sets.len() >= MAX_TAG_SETS {
                return Err(Thrown::misuse_with(
                    format!("the metric `{}` has more than {MAX_TAG_SETS} sets of tags", key.name),
                    "use tags of few values, such as a kind or a region, never an id",
                )
                .into());
            }
            sets.insert(key.tags.clone());
        }
        host.count_metric(key, value);
        Ok(())
    }
}
