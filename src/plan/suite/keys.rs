//! Taking a table of a suite's file apart, key by key; what is left over must be settings.

use std::collections::BTreeMap;

use super::super::nearest::hint_for;
use super::super::settings;
use super::super::units::Percent;
use super::super::{Data, Settings};
use super::{Part, Play, SuiteError};

/// The keys of [`Part`] that are no settings.
const PART: [&str; 2] = ["profile", "target"];

/// Reads a table of settings, whose name errors tell, as whoever reads the file has it: values may stand for others.
pub type ReadSettings<'a> = &'a dyn Fn(&Data, &str) -> Result<Settings, String>;

/// A table while it is read.
pub(super) struct Keys {
    fields: BTreeMap<String, Data>,
    /// How errors name it, such as `modes.quick`; empty for the whole file.
    path: String,
    /// What it is, in words.
    place: &'static str,
    /// Names that were asked for, which are those that would have been right.
    known: Vec<&'static str>,
}

impl Keys {
    /// Begins to read a table.
    pub fn new(data: Data, path: &str, place: &'static str) -> Result<Self, SuiteError> {
        match data {
            Data::Map(fields) => Ok(Self { fields, path: path.to_owned(), place, known: Vec::new() }),
            other => Err(bad(path, "a table", &other)),
        }
    }

    /// Has errors name the table otherwise, once that is known.
    pub fn call(&mut self, path: &str) {
        self.path = path.to_owned();
    }

    /// The full name of a key.
    fn full(&self, key: &str) -> String {
        if self.path.is_empty() { key.to_owned() } else { format!("{}.{key}", self.path) }
    }

    fn take(&mut self, key: &'static str) -> Option<Data> {
        self.known.push(key);
        self.fields.remove(key)
    }

    /// A text.
    pub fn text(&mut self, key: &'static str) -> Result<Option<String>, SuiteError> {
        let full = self.full(key);
        self.take(key).map(|value| text(&full, &value)).transpose()
    }

    /// A list of texts.
    pub fn texts(&mut self, key: &'static str) -> Result<Option<Vec<String>>, SuiteError> {
        let full = self.full(key);
        match self.take(key) {
            None => Ok(None),
            Some(Data::List(items)) => items.iter().map(|item| text(&full, item)).collect::<Result<_, _>>().map(Some),
            Some(other) => Err(bad(&full, "a list of names", &other)),
        }
    }

    /// How runs follow each other.
    pub fn play(&mut self) -> Result<Option<Play>, SuiteError> {
        let full = self.full("play");
        let Some(name) = self.text("play")? else { return Ok(None) };
        match Play::from_name(&name) {
            Some(play) => Ok(Some(play)),
            None => Err(bad(&full, "`in order` or `side by side`", &Data::text(name))),
        }
    }

    /// A share of a hundred.
    pub fn percent(&mut self, key: &'static str) -> Result<Option<Percent>, SuiteError> {
        let full = self.full(key);
        match self.take(key) {
            None => Ok(None),
            Some(value) => match text(&full, &value).ok().and_then(|text| text.parse().ok()) {
                Some(percent) => Ok(Some(percent)),
                None => Err(bad(&full, "a percentage such as `\"10%\"`", &value)),
            },
        }
    }

    /// A list of tables.
    pub fn tables(&mut self, key: &'static str) -> Result<Vec<Data>, SuiteError> {
        let full = self.full(key);
        match self.take(key) {
            None => Ok(Vec::new()),
            Some(Data::List(items)) => Ok(items),
            Some(other) => Err(bad(&full, "a list of tables, each begun by `[[runs]]`", &other)),
        }
    }

    /// A table of things by name, each with its full name.
    pub fn named(&mut self, key: &'static str) -> Result<Vec<(String, String, Data)>, SuiteError> {
        let full = self.full(key);
        match self.take(key) {
            None => Ok(Vec::new()),
            Some(Data::Map(entries)) => {
                let entry = |(name, data): (String, Data)| {
                    let full = format!("{full}.{name}");
                    (name, full, data)
                };
                Ok(entries.into_iter().map(entry).collect())
            }
            Some(other) => Err(bad(&full, "a table", &other)),
        }
    }

    /// What is left, as what may be said of a run; a name that is neither is an error.
    pub fn part(mut self, read: ReadSettings<'_>) -> Result<Part, SuiteError> {
        let [profile, target] = PART;
        let (profile, target) = (self.text(profile)?, self.text(target)?);
        if let Some(name) = self.fields.keys().find(|name| settings::find(name).is_none()) {
            let known = self.known.iter().copied().chain(settings::all().iter().map(|setting| setting.name));
            let (hint, name) = (hint_for(name, known.collect::<Vec<_>>()), self.full(name));
            return Err(SuiteError::UnknownKey { name, place: self.place, hint });
        }
        let settings = read(&Data::Map(self.fields), &self.path).map_err(SuiteError::Settings)?;
        Ok(Part { profile, target, settings })
    }

    /// Nothing may be left.
    pub fn finish(self) -> Result<(), SuiteError> {
        match self.fields.keys().next() {
            None => Ok(()),
            Some(name) => {
                let (hint, name) = (hint_for(name, self.known.clone()), self.full(name));
                Err(SuiteError::UnknownKey { name, place: self.place, hint })
            }
        }
    }
}

fn text(name: &str, value: &Data) -> Result<String, SuiteError> {
    match value {
        Data::Bytes(bytes) => Ok(String::from_utf8_lossy(bytes).into_owned()),
        other => Err(bad(name, "a text in quotes", other)),
    }
}

fn bad(name: &str, expected: &'static str, got: &Data) -> SuiteError {
    let got = match got {
        Data::Bytes(bytes) => format!("`{}`", String::from_utf8_lossy(bytes)),
        other => other.kind().to_owned(),
    };
    SuiteError::BadValue { name: name.to_owned(), expected, got }
}
