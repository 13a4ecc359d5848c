//! Where a scenario's text and the modules it requires come from.

use std::path::{Path, PathBuf};

/// A scenario's source.
#[derive(Debug, Clone)]
pub struct Source {
    /// The scenario's name: its file name without the extension.
    pub name: String,
    /// How errors name the file.
    pub path: String,
    /// The Lua text.
    pub text: String,
    /// The folder in which `require` looks; `None` for a bundled scenario, whose folder is in the binary.
    pub folder: Option<PathBuf>,
}

impl Source {
    /// A scenario in a file.
    ///
    /// # Errors
    /// When the file can't be read, or is not UTF-8.
    pub fn file(path: &Path) -> std::io::Result<Self> {
        let text = std::fs::read_to_string(path)?;
        let name = path.file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default();
        let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
        Ok(Self { name, path: path.display().to_string(), text, folder: Some(folder.to_owned()) })
    }

    /// A scenario that the binary carries.
    pub fn bundled(name: &str, text: impl Into<String>) -> Self {
        Self { name: name.to_owned(), path: format!("scripts/{name}.lua"), text: text.into(), folder: None }
    }
}
