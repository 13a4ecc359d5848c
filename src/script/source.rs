//! Where a scenario's text and the modules it requires come from.

use std::path::{Path, PathBuf};

/// Where `require` looks for a scenario's parts.
#[derive(Debug, Clone)]
pub enum Folder {
    /// A folder of this machine.
    Disk(PathBuf),
    /// A folder below the binary's own `scripts/`, `""` for that one itself.
    Bundled(String),
}

/// Without the mark that some editors put in front of UTF-8, which Lua's own loader passes over as well.
pub(super) fn without_mark(text: String) -> String {
    text.strip_prefix('\u{feff}').map(str::to_owned).unwrap_or(text)
}

/// A scenario's source.
#[derive(Debug, Clone)]
pub struct Source {
    /// The scenario's name: its file name without the extension; of a bundled one, its path below `scripts/`.
    pub name: String,
    /// How errors name the file.
    pub path: String,
    /// The Lua text.
    pub text: String,
    /// The folder it is in.
    pub folder: Folder,
}

impl Source {
    /// A scenario in a file.
    ///
    /// # Errors
    /// When the file can't be read, or is not UTF-8.
    pub fn file(path: &Path) -> std::io::Result<Self> {
        let text = without_mark(std::fs::read_to_string(path)?);
        let name = path.file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default();
        let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
        Ok(Self { name, path: path.display().to_string(), text, folder: Folder::Disk(folder.to_owned()) })
    }

    /// A scenario that the binary carries.
    pub fn bundled(name: &str, text: impl Into<String>) -> Self {
        let folder = name.rsplit_once('/').map_or("", |(folder, _)| folder);
        Self {
            name: name.to_owned(),
            path: format!("scripts/{name}.lua"),
            text: text.into(),
            folder: Folder::Bundled(folder.to_owned()),
        }
    }
}
