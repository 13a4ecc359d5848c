//! `--out FORMAT=PATH`: where else the report of a run goes, and its figures while it goes on.

use std::fs;
use std::path::{Path, PathBuf};

use super::error::CliError;
use super::terminal::Terminal;
use crate::export::{self, EXPORTERS, Exporter, Goal, Note, Shared};
use crate::plan::nearest::nearest;
use crate::record::Record;
use crate::report::{self, FORMATS, Format, ReportError};

/// Where else a report is to go.
#[derive(Debug, Default, clap::Args)]
pub struct OutFlags {
    #[arg(long, value_name = "FORMAT=PATH", help = help())]
    out: Vec<String>,
}

fn help() -> String {
    let live = EXPORTERS.iter().map(|form| format!("{}={} ({})", form.name, form.place, form.about));
    format!("{}. Of a run also {}", help_on(FORMATS), live.collect::<Vec<_>>().join(", "))
}

/// What is said of `--out` where it takes these formats.
pub fn help_on<T>(formats: &[Format<T>]) -> String {
    let formats = formats.iter().map(|format| format!("{} ({})", format.name, format.about));
    format!("Also write the report to a file; may be repeated. FORMAT is {}", formats.collect::<Vec<_>>().join(", "))
}

/// Everything that is asked for.
#[derive(Debug)]
pub struct Outputs {
    /// Files, written when the run is over.
    pub files: Vec<Output>,
    /// What is told while it goes on.
    pub live: Vec<Live>,
}

impl Outputs {
    /// The files, where there is no run that anything could be told of meanwhile.
    ///
    /// # Errors
    /// When something else is asked for.
    pub fn only_files(self) -> Result<Vec<Output>, CliError> {
        match self.live.first() {
            Some(live) => Err(CliError::NothingLive { name: live.name }),
            None => Ok(self.files),
        }
    }
}

impl OutFlags {
    /// What is asked for.
    ///
    /// # Errors
    /// What would fail later for sure.
    pub fn outputs(&self) -> Result<Outputs, CliError> {
        let (mut live, mut texts) = (Vec::new(), Vec::new());
        for text in &self.out {
            match Live::read(text)? {
                Some(goal) => live.push(goal),
                None => texts.push(text.clone()),
            }
        }
        Ok(Outputs { files: outputs(&texts, FORMATS).map_err(or_live)?, live })
    }

    /// What is asked for of several runs together, in some of these formats.
    ///
    /// # Errors
    /// What would fail later for sure, or what is made of one run.
    pub fn of_several<T>(&self, formats: &'static [Format<T>]) -> Result<Vec<Output<T>>, CliError> {
        let names = self.out.iter().map(|text| text.split_once('=').map_or(text.as_str(), |(name, _)| name));
        for name in names.filter(|name| report::find(formats, name).is_err()) {
            let hint = match (report::format(name), export::form(name)) {
                (Ok(_), _) => format!("`throng report RECORD --out {name}=PATH` makes it of the record of each"),
                (_, Some(_)) => "play one, without `--repeat` and `--against`".to_owned(),
                _ => continue,
            };
            return Err(CliError::OutOfOne { name: name.to_owned(), formats: report::names(formats), hint });
        }
        outputs(&self.out, formats)
    }
}

/// The files that `--out` names, in some of these formats.
///
/// # Errors
/// What would fail later for sure.
pub fn outputs<T>(texts: &[String], formats: &'static [Format<T>]) -> Result<Vec<Output<T>>, CliError> {
    let outputs = texts.iter().map(|text| Output::read(text, formats)).collect::<Result<Vec<_>, CliError>>()?;
    for (place, output) in outputs.iter().enumerate() {
        // A device takes what it is given; of a file the last would be all that is left.
        let is_file = output.path.is_file() || !output.path.exists();
        let one_after_the_other = |earlier: &Output<T>| earlier.is_printed() && output.is_printed();
        let overwrites = |earlier: &Output<T>| is_same(&earlier.path, &output.path) && !one_after_the_other(earlier);
        if is_file && outputs[..place].iter().any(overwrites) {
            return Err(CliError::OutTwice { path: output.path.clone() });
        }
    }
    Ok(outputs)
}

/// Refuses reports that would take the place of what a command reads.
///
/// # Errors
/// The first of them.
pub fn spare<'a, T>(outputs: &[Output<T>], read: impl IntoIterator<Item = &'a Path>) -> Result<(), CliError> {
    for path in read {
        if outputs.iter().any(|output| is_same(&output.path, path)) {
            return Err(CliError::OutOverInput { path: path.to_owned() });
        }
    }
    Ok(())
}

/// Whether two paths lead to one file, be it there or not.
fn is_same(one: &Path, other: &Path) -> bool {
    one == other || place(one).is_some_and(|one| place(other) == Some(one))
}

/// Where a file is, or would be, without links and detours.
fn place(path: &Path) -> Option<PathBuf> {
    if let Ok(place) = fs::canonicalize(path) {
        return Some(place);
    }
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    Some(fs::canonicalize(folder).ok()?.join(path.file_name()?))
}

/// Has the terminal leave standard output to a report that goes there, so that whoever reads it gets nothing else.
pub fn make_way<T>(outputs: &[Output<T>], terminal: &mut Terminal) {
    if outputs.iter().any(Output::is_printed) {
        terminal.step_aside();
    }
}

/// One file to write.
#[derive(Debug)]
pub struct Output<T: 'static = Record> {
    format: &'static Format<T>,
    path: PathBuf,
}

impl<T> Output<T> {
    /// Reads `FORMAT=PATH`. What would fail after the run for sure fails here, before it.
    fn read(text: &str, formats: &'static [Format<T>]) -> Result<Self, CliError> {
        let Some((format, path)) = text.split_once('=').filter(|(_, path)| !path.is_empty()) else {
            return Err(CliError::BadOut { text: text.to_owned(), formats: report::names(formats) });
        };
        let format = report::find(formats, format)?;
        if path == "-" {
            return Err(CliError::OutToNowhere { text: text.to_owned(), format: format.name });
        }
        let path = PathBuf::from(path);
        report::check(&path).map_err(CliError::OutPlace)?;
        Ok(Self { format, path })
    }

    /// Whether it goes to standard output.
    fn is_printed(&self) -> bool {
        report::is_standard_output(&self.path)
    }

    /// Writes the report of a run, or of whatever it is.
    ///
    /// # Errors
    /// When the file cannot be written; what stood there before is then still there.
    pub fn write(&self, record: &T) -> Result<(), CliError> {
        let text = (self.format.render)(record)?;
        Ok(report::write(&self.path, &text)?)
    }
}

/// A format that is unknown may be an exporter with a slip.
fn or_live(error: CliError) -> CliError {
    let live = || EXPORTERS.iter().map(|form| form.name);
    let all = || format!("{}, `{}`", report::names(FORMATS), live().collect::<Vec<_>>().join("`, `"));
    match error {
        CliError::Report(ReportError::UnknownFormat { name, hint }) => {
            let hint = match nearest(&name, live()) {
                Some(near) => format!("did you mean `{near}`?"),
                None if hint.starts_with("one of ") => format!("one of {}", all()),
                None => hint,
            };
            ReportError::UnknownFormat { name, hint }.into()
        }
        CliError::BadOut { text, .. } => CliError::BadOut { text, formats: all() },
        other => other,
    }
}

/// An exporter to open.
#[derive(Debug)]
pub struct Live {
    /// As it is called on the command line.
    pub name: &'static str,
    goal: Box<dyn Goal>,
}

impl Live {
    /// Reads `NAME=PLACE`; none if it is no exporter's name.
    fn read(text: &str) -> Result<Option<Self>, CliError> {
        let (name, place) = text.split_once('=').unwrap_or((text, ""));
        let Some(form) = export::form(name) else { return Ok(None) };
        let goal = (form.read)(place).map_err(|source| CliError::Export { name: form.name, source })?;
        Ok(Some(Self { name: form.name, goal }))
    }

    /// Begins to tell what `figures` has.
    ///
    /// # Errors
    /// What would keep it from ever doing so.
    pub fn open(&self, figures: &Shared, note: Note) -> Result<Box<dyn Exporter>, CliError> {
        self.goal.open(figures, note).map_err(|source| CliError::Export { name: self.name, source })
    }
}
