//! All settings, one line each.

use super::super::Origin;
use super::value::{Form, Problem, Value};
use super::{Input, Settings};

/// A setting: its one name in scenarios, files, environment and flags, and what can be done with it.
#[derive(Debug)]
pub struct Setting {
    /// The name; as a variable `THRONG_<NAME>`.
    pub name: &'static str,
    /// One line of help.
    pub doc: &'static str,
    /// What it is about: the heading under which help lists it.
    pub topic: Topic,
    /// How its value is written as a flag.
    pub form: Form,
    pub(super) read: fn(&mut Settings, Input<'_>) -> Result<(), Problem>,
    pub(super) show: fn(&Settings) -> Option<String>,
    pub(super) layer: fn(&mut Settings, &Settings, Origin),
}

/// What settings are about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Topic {
    /// Who comes when.
    Load,
    /// What users do.
    Users,
    /// The systems under test, and the connections to them.
    Targets,
    /// What passes and what fails.
    Judging,
    /// throng itself.
    Machinery,
}

/// All settings, in the order in which a plan shows them.
pub fn all() -> &'static [Setting] {
    SETTINGS
}

/// A setting by name.
pub fn find(name: &str) -> Option<&'static Setting> {
    SETTINGS.iter().find(|setting| setting.name == name)
}

/// The form of the values in a field.
const fn form<T: Value>(_: fn(&Settings) -> &Option<T>) -> Form {
    T::FORM
}

macro_rules! settings {
    ($($name:literal => $($field:ident).+, $topic:ident, $doc:literal;)+) => {
        const SETTINGS: &[Setting] = &[$(Setting {
            name: $name,
            doc: $doc,
            topic: Topic::$topic,
            form: form(|settings| &settings.$($field).+),
            read: |settings, input| {
                let value = Value::read(input)?;
                settings.$($field).+ = Some(value);
                Ok(())
            },
            show: |settings| settings.$($field).+.as_ref().map(Value::show),
            layer: |weaker, stronger, origin| {
                if let Some(value) = stronger.$($field).+.clone() {
                    let below = weaker.$($field).+.take();
                    weaker.$($field).+ = Some(match below {
                        Some(below) => value.over(below, origin),
                        None => value,
                    });
                }
            },
        }),+];
    };
}

settings! {
    "users" => shape.users, Load, "users of a closed load, or the level its stages start from";
    "iterations" => shape.iterations, Load, "iterations of each user";
    "shared_iterations" => shape.shared_iterations, Load, "iterations of all users together, taken from one counter";
    "duration" => shape.duration, Load, "how long the measured part takes";
    "stages" => shape.stages, Load, "levels of users or of a rate to follow along straight lines";
    "rate" => shape.rate, Load, "arrivals of an open load";
    "ramp_up" => shape.ramp_up, Load, "over how long the starts of users are spread";
    "arrivals" => shape.arrivals, Load, "spacing of arrivals: regular or poisson";
    "max_users" => shape.max_users, Load, "most users at once in an open load";
    "overflow" => shape.overflow, Load, "what becomes of an arrival when all users are busy: queue or drop";
    "warm_up" => warm_up, Load, "played first, left out of the figures";
    "graceful_stop" => graceful_stop, Load, "how long unfinished iterations may go on at the end";
    "think" => think, Users, "pause of every persona after an iteration";
    "persona" => persona, Users, "only these personas";
    "params" => params, Users, "values of the scenario's parameters";
    "thresholds" => thresholds, Judging, "rules of pass and fail";
    "budget" => budget, Judging, "rules of pass and fail that hold besides the thresholds";
    "preset" => preset, Judging, "limits of ratings and findings: a preset's name, or limits such as statement_mean=50ms";
    "postgres" => postgres, Targets, "URL of the PostgreSQL, or URLs by name";
    "redis" => redis, Targets, "URL of the Redis, or URLs by name";
    "http" => http, Targets, "URL of the HTTP server, or URLs by name";
    "connections" => connections, Targets, "connections to each target, over all workers";
    "reserve" => reserve, Targets, "connections of a PostgreSQL that are left free for others";
    "pool" => pool, Targets, "who shares the connections: shared, persona or user";
    "connection_lifetime" => connection_lifetime, Targets, "age at which a connection is replaced";
    "acquire_timeout" => acquire_timeout, Targets, "how long a user waits for a connection";
    "statements" => statements, Targets, "how statements travel: prepared, unnamed or simple";
    "statement_timeout" => statement_timeout, Targets, "limit for one statement or command";
    "lock_timeout" => lock_timeout, Targets, "limit for waiting for a lock in PostgreSQL; 0s for none";
    "idle_in_transaction_timeout" => idle_in_transaction_timeout, Targets, "limit for idling in a transaction; 0s for none";
    "operation_timeout" => operation_timeout, Machinery, "limit for one operation";
    "connect_timeout" => connect_timeout, Targets, "limit for opening a connection";
    "no_monitor" => no_monitor, Machinery, "what is not watched: postgres, redis, host or all";
    "big_keys" => big_keys, Machinery, "keys of each Redis that are sized after the load, at most";
    "explain" => explain, Machinery, "whose plans are looked at: off, slow (statements over a limit) or all";
    "explain_over" => explain_over, Machinery, "how long a slow statement's slowest execution takes at least";
    "explain_params" => explain_params, Machinery, "what is kept of parameters and constants in plans: types or values";
    "memory_limit" => memory_limit, Machinery, "Lua memory of one worker";
    "workers" => workers, Machinery, "worker threads";
    "seed" => seed, Machinery, "seed of every random stream";
    "scale_to" => scale_to, Judging, "users the scaling estimate is stated for";
    "scale_target" => scale_target, Judging, "mean response time that counts as served in the scaling estimate";
    "on_script_bug" => on_script_bug, Judging, "what the first script bug does: stop or count";
}
