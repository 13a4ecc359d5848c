//! What the samplers saw of the systems under test while the users were there.
//!
//! A source is one thing that was watched: a PostgreSQL, a Redis, a host. Each of its samplers keeps what it read in one
//! of a few shapes, so that whoever reads a record need not know each sampler. Times are on the run's clock.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::StretchesRecord;

/// The version of this part's schema.
pub const MONITOR_SCHEMA: u32 = 1;

/// All that was watched.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct MonitorRecord {
    /// The version of this part's schema: [`MONITOR_SCHEMA`].
    pub schema: u32,
    /// What was watched.
    pub sources: Vec<SourceRecord>,
}

/// One thing that was watched.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct SourceRecord {
    /// The target's name.
    pub name: String,
    /// What it is: `postgres`, `redis`, or `host`, whose name is `host` too.
    pub kind: String,
    /// Its version, if it could be asked.
    pub version: Option<String>,
    /// From when on totals count, in seconds of the run's clock: the start of the measured part.
    pub from_s: f64,
    /// Until when.
    pub to_s: f64,
    /// What could not be seen, and what would help.
    pub missing: Vec<MissingRecord>,
    /// Samplers whose counters do not cover all of the measured part, since the look at its start or its end failed.
    #[serde(default)]
    pub partial: Vec<String>,
    /// What was seen, by sampler.
    pub samplers: Vec<SamplerRecord>,
}

/// Something that could not be seen.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MissingRecord {
    /// What, and why.
    pub what: String,
    /// The command that changes it, if one does.
    pub fix: Option<String>,
}

/// What one sampler saw.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SamplerRecord {
    /// Its name.
    pub name: String,
    /// How often it was to look.
    pub period_s: f64,
    /// How often it did.
    pub samples: u64,
    /// How often it failed to.
    pub failed: u64,
    /// How long a look took, in the mean, as throng saw it.
    pub took_us: u64,
    /// How often counters were found set back: what they counted in between is not known.
    pub resets: u64,
    /// What it saw.
    #[serde(flatten)]
    pub data: SamplerData,
}

/// What a sampler saw, in one of a few shapes.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "shape", rename_all = "lowercase")]
pub enum SamplerData {
    /// Figures of one thing over time.
    Series(SeriesRecord),
    /// Figures of many things over the whole load.
    Rows(RowsRecord),
    /// How many of many were met doing what.
    Profile(ProfileRecord),
    /// What was met now and then, and from when to when.
    Sightings(SightingsRecord),
    /// What does not change.
    Facts(FactsRecord),
}

/// Figures of one thing over time.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct SeriesRecord {
    /// What each counter rose by over the measured part.
    pub counters: BTreeMap<String, f64>,
    /// The readings of each gauge.
    pub gauges: BTreeMap<String, Extent>,
    /// When each point was read.
    pub at_s: Vec<f64>,
    /// The points of each figure: a counter's rise since the point before, a gauge's reading, of several the highest.
    pub points: BTreeMap<String, Vec<Option<f64>>>,
    /// Of a run so long that a point is several readings, what else these were, for each gauge.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub stretches: BTreeMap<String, StretchesRecord>,
}

/// The readings of a gauge.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
pub struct Extent {
    /// The first.
    pub first: f64,
    /// The last.
    pub last: f64,
    /// The smallest.
    pub min: f64,
    /// The mean.
    pub mean: f64,
    /// The largest.
    pub max: f64,
}

/// Figures of many things over the whole load.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct RowsRecord {
    /// One for each thing, those with the most first.
    pub rows: Vec<RowRecord>,
    /// How many there were no room for.
    pub left_out: u64,
}

/// One thing.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct RowRecord {
    /// What tells it from others, and what else is known of it.
    pub names: BTreeMap<String, String>,
    /// What each counter rose by over the measured part.
    pub counters: BTreeMap<String, f64>,
    /// The readings of each gauge.
    pub gauges: BTreeMap<String, Extent>,
}

/// How many of many were met doing what.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct ProfileRecord {
    /// How many sightings of each event there were in the measured part, by what it happened to.
    pub totals: Vec<ProfileTotal>,
    /// Looks in the measured part.
    pub looks: u64,
    /// When the last look was, with the users still there.
    #[serde(default)]
    pub until_s: f64,
    /// The length of the stretches below.
    pub stretch_s: f64,
    /// Looks in each stretch, from the start of the run's clock.
    pub looks_by_stretch: Vec<u32>,
    /// Sightings of each event in each stretch.
    pub sightings: BTreeMap<String, Vec<u32>>,
}

/// Sightings of one event.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProfileTotal {
    /// What was met: `CPU`, `Lock:transactionid`, `idle in transaction`.
    pub event: String,
    /// What it happened to, if that is known: a statement's label, or its text or number.
    pub subject: Option<String>,
    /// How often.
    pub count: u64,
}

/// What was met now and then.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct SightingsRecord {
    /// One for each thing met, the most frequent first.
    pub sightings: Vec<Sighting>,
    /// How many sightings there were no room for.
    pub left_out: u64,
}

/// One thing that was met now and then.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Sighting {
    /// What was met.
    pub names: BTreeMap<String, String>,
    /// When first.
    pub first_s: f64,
    /// When last.
    pub last_s: f64,
    /// How often.
    pub count: u64,
    /// The largest of each figure.
    pub most: BTreeMap<String, f64>,
}

/// What does not change.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct FactsRecord {
    /// By name.
    pub facts: BTreeMap<String, String>,
}

impl ProfileRecord {
    /// Active sightings of what happened to this.
    pub fn active_of(&self, subject: &str) -> impl Iterator<Item = &ProfileTotal> {
        self.totals.iter().filter(move |total| total.subject.as_deref() == Some(subject) && total.is_active())
    }
}

impl ProfileTotal {
    /// Whether it waited for a lock.
    pub fn is_lock(&self) -> bool {
        self.event.starts_with("Lock:")
    }

    /// Whether the server worked or waited for something of its own, rather than for its client.
    pub fn is_active(&self) -> bool {
        !self.event.starts_with("idle") && !self.event.starts_with("Client:")
    }
}

impl MonitorRecord {
    /// The source of that kind and name.
    pub fn source(&self, kind: &str, name: &str) -> Option<&SourceRecord> {
        self.sources.iter().find(|source| source.kind == kind && source.name == name)
    }
}

impl SourceRecord {
    /// The sampler of that name.
    pub fn sampler(&self, name: &str) -> Option<&SamplerRecord> {
        self.samplers.iter().find(|sampler| sampler.name == name)
    }

    /// What a sampler followed over time.
    pub fn series(&self, sampler: &str) -> Option<&SeriesRecord> {
        match &self.sampler(sampler)?.data {
            SamplerData::Series(series) => Some(series),
            _ => None,
        }
    }

    /// The things a sampler counted; none if it did not.
    pub fn rows(&self, sampler: &str) -> &[RowRecord] {
        match self.sampler(sampler).map(|sampler| &sampler.data) {
            Some(SamplerData::Rows(rows)) => &rows.rows,
            _ => &[],
        }
    }

    /// Whether what a sampler counted covers all of the measured part.
    pub fn is_whole(&self, sampler: &str) -> bool {
        !self.partial.iter().any(|partial| partial == sampler)
    }

    /// What a sampler met the many doing.
    pub fn profile(&self, sampler: &str) -> Option<&ProfileRecord> {
        match &self.sampler(sampler)?.data {
            SamplerData::Profile(profile) => Some(profile),
            _ => None,
        }
    }

    /// What a sampler met now and then; none if it did not.
    pub fn sightings(&self, sampler: &str) -> &[Sighting] {
        match self.sampler(sampler).map(|sampler| &sampler.data) {
            Some(SamplerData::Sightings(sightings)) => &sightings.sightings,
            _ => &[],
        }
    }

    /// What a sampler found that does not change.
    pub fn fact(&self, sampler: &str, name: &str) -> Option<&str> {
        match &self.sampler(sampler)?.data {
            SamplerData::Facts(facts) => facts.facts.get(name).map(String::as_str),
            _ => None,
        }
    }
}

impl SeriesRecord {
    /// What a counter rose by; 0 if there is none of that name.
    pub fn counter(&self, name: &str) -> f64 {
        self.counters.get(name).copied().unwrap_or(0.0)
    }
}

impl RowRecord {
    /// What a counter rose by; 0 if there is none of that name.
    pub fn counter(&self, name: &str) -> f64 {
        self.counters.get(name).copied().unwrap_or(0.0)
    }

    /// One of its names; empty if there is none.
    pub fn name(&self, name: &str) -> &str {
        self.names.get(name).map_or("", String::as_str)
    }
}
