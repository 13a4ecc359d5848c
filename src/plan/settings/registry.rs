//! All settings, one line each.

use super::super::Origin;
use super::value::{Problem, Value};
use super::{Input, Settings};

/// A setting: its one name in scenarios, files, environment and flags, and what can be done with it.
pub struct Setting {
    /// The name; as a variable `THRONG_<NAME>`.
    pub name: &'static str,
    /// One line of help.
    pub doc: &'static str,
    pub(super) read: fn(&mut Settings, Input<'_>) -> Result<(), Problem>,
    pub(super) show: fn(&Settings) -> Option<String>,
    pub(super) layer: fn(&mut Settings, &Settings, Origin),
}

/// All settings, in the order in which a plan shows them.
pub fn all() -> &'static [Setting] {
    SETTINGS
}

/// A setting by name.
pub fn find(name: &str) -> Option<&'static Setting> {
    SETTINGS.iter().find(|setting| setting.name == name)
}

macro_rules! settings {
    ($($name:literal => $($field:ident).+, $doc:literal;)+) => {
        const SETTINGS: &[Setting] = &[$(Setting {
            name: $name,
            doc: $doc,
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
    "users" => shape.users, "users of a closed load, or the level its stages start from";
    "iterations" => shape.iterations, "iterations of each user";
    "shared_iterations" => shape.shared_iterations, "iterations of all users together, taken from one counter";
    "duration" => shape.duration, "how long the measured part takes";
    "stages" => shape.stages, "levels of users or of a rate to follow along straight lines";
    "rate" => shape.rate, "arrivals of an open load";
    "ramp_up" => shape.ramp_up, "over how long the starts of users are spread";
    "arrivals" => shape.arrivals, "spacing of arrivals: regular or poisson";
    "max_users" => shape.max_users, "most users at once in an open load";
    "overflow" => shape.overflow, "what becomes of an arrival when all users are busy: queue or drop";
    "warm_up" => warm_up, "played first, left out of the figures";
    "graceful_stop" => graceful_stop, "how long unfinished iterations may go on at the end";
    "think" => think, "pause of every persona after an iteration";
    "persona" => persona, "only these personas";
    "params" => params, "values of the scenario's parameters";
    "thresholds" => thresholds, "rules of pass and fail";
    "postgres" => postgres, "URL of the PostgreSQL, or URLs by name";
    "redis" => redis, "URL of the Redis, or URLs by name";
    "connections" => connections, "connections to each target, over all workers";
    "pool" => pool, "who shares the connections: shared, persona or user";
    "connection_lifetime" => connection_lifetime, "age at which a connection is replaced";
    "acquire_timeout" => acquire_timeout, "how long a user waits for a connection";
    "statements" => statements, "how statements travel: prepared, unnamed or simple";
    "statement_timeout" => statement_timeout, "limit for one statement or command";
    "operation_timeout" => operation_timeout, "limit for one operation";
    "connect_timeout" => connect_timeout, "limit for opening a connection";
    "memory_limit" => memory_limit, "Lua memory of one worker";
    "workers" => workers, "worker threads";
    "seed" => seed, "seed of every random stream";
    "scale_to" => scale_to, "users the scaling estimate is stated for";
    "on_script_bug" => on_script_bug, "what the first script bug does: stop or count";
}
