//! What a sampler is: something that looks at one thing again and again, and says how what it reads is to be kept.

use std::time::Duration;

use futures_util::future::LocalBoxFuture;

use crate::record::MissingRecord;

/// Looks at one thing. Everything that a sampler needs to do so it holds itself.
pub(in crate::monitor) trait Sampler {
    /// What it is called, how often it looks, and what it reads.
    fn spec(&self) -> &Spec;

    /// Whether it looks but once, when the users have gone: at what would hold them up.
    fn only_at_the_end(&self) -> bool {
        false
    }

    /// Looks once.
    fn sample(&mut self) -> LocalBoxFuture<'_, Result<Vec<Row>, SampleError>>;
}

/// What is to be known of a sampler.
#[derive(Debug, Clone)]
pub(in crate::monitor) struct Spec {
    /// Its name in the record.
    pub name: &'static str,
    /// How often it looks.
    pub period: Duration,
    /// How what it reads is kept.
    pub keep: Keep,
    /// What tells one row from another.
    pub keys: Vec<&'static str>,
    /// What else is said of a row; the last reading counts.
    pub notes: Vec<&'static str>,
    /// The figures of a row.
    pub figures: Vec<(&'static str, Kind)>,
}

impl Spec {
    /// Its name and its figures, if it follows something over time.
    pub(in crate::monitor) fn outline(&self) -> Option<(&'static str, Vec<&'static str>)> {
        let figures = || self.figures.iter().map(|(name, _)| *name).collect();
        (self.keep == Keep::Series).then(|| (self.name, figures()))
    }
}

/// How readings are kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::monitor) enum Keep {
    /// The one row of each reading is followed over time.
    Series,
    /// The figures of each row are kept over the whole load: of so many rows, those first of which the first counter
    /// rose most.
    Rows {
        /// How many rows.
        most: usize,
        /// Whether a row is kept of which no counter rose.
        idle: bool,
    },
    /// Each row is an event, then what it happens to, and how many were met: sums over time.
    Profile,
    /// Each row is a thing that was met; from when to when, and how often.
    Sightings,
    /// The one row of the first reading, of notes alone.
    Facts,
}

/// What kind of figure.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::monitor) enum Kind {
    /// It only rises; what matters is by how much.
    Counter,
    /// It rises and falls; what matters is where it stands.
    Gauge,
}

/// One thing as it was read.
#[derive(Debug, Clone, Default, PartialEq)]
pub(in crate::monitor) struct Row {
    /// In the order of the spec's keys.
    pub keys: Vec<String>,
    /// In the order of the spec's notes.
    pub notes: Vec<String>,
    /// In the order of the spec's figures; none where the target has none.
    pub figures: Vec<Option<f64>>,
    /// Since when its counters count, if the target tells: once that is another moment they have begun anew.
    pub since: Option<String>,
}

/// Why nothing could be read.
#[derive(Debug, thiserror::Error)]
pub(in crate::monitor) enum SampleError {
    /// It never can; the sampler is not asked again.
    #[error("{}", .0.what)]
    Unavailable(MissingRecord),
    /// This time.
    #[error("{0}")]
    Failed(String),
}
