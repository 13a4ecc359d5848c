//! A sampler that is one section of `INFO`: either its fields as one thing, or its lines as many.

use std::rc::Rc;
use std::time::Duration;

use futures_util::future::{FutureExt, LocalBoxFuture};

use super::super::sampler::{Keep, Kind, Row, SampleError, Sampler, Spec};
use super::link::{Link, command, failed};
use super::reply::{fields, text};
use crate::drivers::redis::Command;

/// What is read, how often, and how it is kept.
pub(super) struct Info {
    /// Its name in the record.
    pub name: &'static str,
    /// How often it is read.
    pub period: Duration,
    /// How it is kept.
    pub keep: Keep,
    /// The section.
    pub section: &'static str,
    /// Where each line is a thing of its own: what lines begin with, and what their name tells.
    pub lines: Option<(&'static str, &'static str)>,
    /// What is taken.
    pub fields: &'static [Field],
    /// The first version that has it, as in `6.2`: 602.
    pub since: u32,
}

/// One field.
#[derive(Debug, Clone, Copy)]
pub(super) struct Field {
    name: &'static str,
    /// Its name in `INFO`.
    key: &'static str,
    kind: Kind,
    read: Read,
}

/// How a field is read.
#[derive(Debug, Clone, Copy)]
enum Read {
    /// A number, times this.
    Times(f64),
    /// `ok` is 0, and anything else 1.
    Failed,
    /// Not at all: it is what the monitor has sent.
    Own,
}

impl Field {
    /// What only rises.
    pub(super) const fn counter(name: &'static str, key: &'static str) -> Self {
        Self { name, key, kind: Kind::Counter, read: Read::Times(1.0) }
    }

    /// What rises and falls.
    pub(super) const fn gauge(name: &'static str, key: &'static str) -> Self {
        Self { kind: Kind::Gauge, ..Self::counter(name, key) }
    }

    /// 1 where something is not `ok`.
    pub(super) const fn failure(name: &'static str, key: &'static str) -> Self {
        Self { read: Read::Failed, ..Self::gauge(name, key) }
    }

    /// The commands of the monitor's own.
    pub(super) const fn own(name: &'static str) -> Self {
        Self { read: Read::Own, ..Self::counter(name, "") }
    }

    /// In another unit.
    pub(super) const fn times(self, factor: f64) -> Self {
        Self { read: Read::Times(factor), ..self }
    }

    /// The figure, of what `INFO` says for its key.
    fn read(&self, said: Option<&str>, link: &Link) -> Option<f64> {
        match self.read {
            Read::Own => Some(link.sent() as f64),
            Read::Failed => said.map(|word| f64::from(word != "ok")),
            Read::Times(factor) => said?.parse::<f64>().ok().map(|number| number * factor),
        }
    }
}

impl Info {
    /// The names of its figures.
    pub(super) fn figures(&self) -> impl Iterator<Item = &'static str> {
        self.fields.iter().map(|field| field.name)
    }

    /// The sampler for a server of this version, if it can have one.
    pub(super) fn sampler(&'static self, link: &Rc<Link>, version: u32) -> Option<Box<dyn Sampler>> {
        (version >= self.since).then(|| -> Box<dyn Sampler> {
            Box::new(InfoSampler {
                spec: Spec {
                    name: self.name,
                    period: self.period,
                    keep: self.keep,
                    keys: self.lines.iter().map(|(_, key)| *key).collect(),
                    notes: Vec::new(),
                    figures: self.fields.iter().map(|field| (field.name, field.kind)).collect(),
                },
                info: self,
                command: command(&["INFO", self.section]),
                link: link.clone(),
            })
        })
    }
}

/// A section of one server.
struct InfoSampler {
    spec: Spec,
    info: &'static Info,
    command: Command,
    link: Rc<Link>,
}

impl Sampler for InfoSampler {
    fn spec(&self) -> &Spec {
        &self.spec
    }

    fn sample(&mut self) -> LocalBoxFuture<'_, Result<Vec<Row>, SampleError>> {
        async {
            let reply = self.link.ask(&self.command).await.map_err(failed)?;
            Ok(self.rows(&text(&reply)))
        }
        .boxed_local()
    }
}

impl InfoSampler {
    fn rows(&self, section: &str) -> Vec<Row> {
        let lines = fields(section);
        let fields = self.info.fields.iter();
        let Some((prefix, _)) = self.info.lines else {
            let said = |key: &str| lines.get(key).map(String::as_str);
            let figures = fields.map(|field| field.read(said(field.key), &self.link)).collect();
            return vec![Row { figures, ..Row::default() }];
        };
        let things = lines.iter().filter_map(|(name, line)| Some((name.strip_prefix(prefix)?, line)));
        let row = |(name, line): (&str, &String)| Row {
            keys: vec![name.to_owned()],
            figures: fields.clone().map(|field| field.read(member(line, field.key), &self.link)).collect(),
            ..Row::default()
        };
        things.map(row).collect()
    }
}

/// A member of a line such as `calls=3,usec=5`.
fn member<'a>(line: &'a str, key: &str) -> Option<&'a str> {
    let mut pairs = line.split(',').filter_map(|pair| pair.split_once('='));
    pairs.find(|(name, _)| *name == key).map(|(_, value)| value)
}
