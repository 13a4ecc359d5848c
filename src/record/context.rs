//! What was asked for: scenario, load, targets.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::plan::load::{Iterations, Schedule};
use crate::plan::settings::SCALE_TARGET;
use crate::plan::{Data, Group, Plan};

/// The scenario that was played.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct ScenarioRecord {
    /// Its name: the file name without the extension.
    pub name: String,
    /// One line on what it models.
    pub about: String,
    /// SHA-256 of its source, in hex.
    pub source_hash: String,
    /// The profile in force.
    pub profile: Option<String>,
    /// Parameters with the values in force.
    pub params: Map<String, Value>,
}

/// The load that was asked for.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct LoadRecord {
    /// Seconds of warm-up before anything counts.
    pub warm_up_s: f64,
    /// Seconds that unfinished iterations were given at the end.
    pub graceful_stop_s: f64,
    /// The number of users that the scaling estimate is made for.
    pub scale_to: u64,
    /// The mean response time that counts as served in it, in µs.
    #[serde(default = "served_us")]
    pub scale_target_us: f64,
    /// Populations, each with a load of its own.
    pub groups: Vec<GroupRecord>,
}

/// What records had before it could be chosen.
fn served_us() -> f64 {
    SCALE_TARGET.as_secs_f64() * 1e6
}

/// A population and its load.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct GroupRecord {
    /// The load model in one line, such as `50 users × 50 iterations`.
    pub description: String,
    /// Whether arrivals come at a rate, whoever is free, rather than from a fixed population.
    pub open: bool,
    /// Whether its users follow stages, and so may be held at several numbers.
    #[serde(default)]
    pub staged: bool,
    /// Most users at a time.
    pub users: u64,
    /// Iterations that fall due in the measured part, if the model fixes that.
    pub iterations: Option<u64>,
    /// Seconds until the load ends, warm-up included, if the model fixes that.
    pub duration_s: Option<f64>,
    /// Who plays what.
    pub personas: Vec<PersonaLoad>,
}

/// A persona's part of a population.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PersonaLoad {
    /// Its name.
    pub name: String,
    /// Whether it is a mix of operations, one an iteration, rather than a flow.
    pub mix: bool,
    /// Its part of the population's users or arrivals, in percent.
    pub share_percent: f64,
    /// Users that play it; `null` in open load.
    pub users: Option<u64>,
    /// How long its users think, as a scenario would write it: `50ms..150ms`.
    pub think: String,
    /// The mean of that, in µs.
    pub think_mean_us: f64,
}

impl From<&Plan> for LoadRecord {
    fn from(plan: &Plan) -> Self {
        Self {
            warm_up_s: plan.warm_up.as_secs_f64(),
            graceful_stop_s: plan.graceful_stop.as_secs_f64(),
            scale_to: plan.scale_to,
            scale_target_us: plan.scale_target.as_secs_f64() * 1e6,
            groups: plan.groups.iter().map(|group| self::group(plan, group)).collect(),
        }
    }
}

fn group(plan: &Plan, group: &Group) -> GroupRecord {
    let schedule = group.load.schedule(plan.warm_up);
    let (open, users, iterations) = match &schedule {
        Schedule::Open(open) => (true, open.max_users(), Some(open.total())),
        Schedule::Closed(closed) => {
            let iterations = match closed.iterations() {
                Iterations::PerUser(each) => Some(each * closed.users()),
                Iterations::Shared(all) => Some(all),
                Iterations::Unlimited => None,
            };
            (false, closed.users(), iterations)
        }
    };
    let cycle = &group.assignment.cycle;
    let personas = plan.personas.iter().zip(0u16..).filter_map(|(persona, index)| {
        let turns = cycle.iter().filter(|&&played| played == index).count();
        (turns > 0).then(|| PersonaLoad {
            name: persona.name.clone(),
            mix: persona.mix,
            share_percent: 100.0 * turns as f64 / cycle.len() as f64,
            users: (!open).then(|| group.users_of(index)),
            think: persona.think.to_string(),
            think_mean_us: persona.think.mean().as_secs_f64() * 1e6,
        })
    });
    GroupRecord {
        description: group.load.to_string(),
        open,
        staged: group.load.has_stages(),
        users,
        iterations,
        duration_s: schedule.end().map(|end| end.as_secs_f64()),
        personas: personas.collect(),
    }
}

impl From<&Plan> for ScenarioRecord {
    fn from(plan: &Plan) -> Self {
        Self {
            name: plan.scenario.clone(),
            about: plan.about.clone(),
            source_hash: plan.source_hash.clone(),
            profile: plan.profile.clone(),
            params: plan.params.iter().map(|(name, param)| (name.clone(), json(&param.value))).collect(),
        }
    }
}

/// Plain data as JSON; bytes that are not UTF-8 and numbers that JSON lacks are shown as text.
fn json(data: &Data) -> Value {
    match data {
        Data::Nil => Value::Null,
        Data::Bool(value) => Value::from(*value),
        Data::Int(value) => Value::from(*value),
        Data::Float(value) if value.is_finite() => Value::from(*value),
        Data::Float(value) => Value::from(value.to_string()),
        Data::Bytes(bytes) => Value::from(String::from_utf8_lossy(bytes)),
        Data::List(items) => items.iter().map(json).collect(),
        Data::Map(entries) => Value::Object(entries.iter().map(|(key, value)| (key.clone(), json(value))).collect()),
    }
}

/// A system under test.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TargetRecord {
    /// Its name in the scenario.
    pub name: String,
    /// `postgres`, `redis`, `http`.
    pub kind: String,
    /// The server's version, if it was reached.
    pub version: Option<String>,
    /// Where it is, without a password.
    pub address: String,
}
