//! The scenarios that `throng.toml` may have tables for.

use std::fs;
use std::path::Path;

use crate::bundle;

/// How deep below the configuration's folder scenarios are looked for, and at how many entries in all.
const DEEPEST: usize = 4;
const MOST_ENTRIES: usize = 5_000;

/// What is known of scenarios beside a configuration file.
pub struct KnownScenarios {
    /// Bundled ones, and the files in and below its folder.
    pub names: Vec<String>,
    /// Whether there may be more, since not everything was looked at.
    pub may_be_more: bool,
}

impl KnownScenarios {
    /// Looks for scenarios in and below `folder`. Folders that tools keep for themselves are left out.
    pub fn beside(folder: &Path) -> Self {
        let mut known = Self { names: bundle::scenarios(), may_be_more: false };
        let mut left = MOST_ENTRIES;
        known.look(folder, DEEPEST, &mut left);
        known.may_be_more |= left == 0;
        known
    }

    fn look(&mut self, folder: &Path, deep: usize, left: &mut usize) {
        let entries = fs::read_dir(folder).into_iter().flatten().flatten();
        for entry in entries {
            let Some(less) = left.checked_sub(1) else { return };
            *left = less;
            let (path, name) = (entry.path(), entry.file_name().to_string_lossy().into_owned());
            let is_folder = entry.file_type().is_ok_and(|kind| kind.is_dir());
            match name.strip_suffix(".lua") {
                Some(stem) if !is_folder => self.names.push(stem.to_owned()),
                _ if !is_folder || name.starts_with('.') || ["target", "node_modules"].contains(&name.as_str()) => {}
                _ if deep == 0 => self.may_be_more = true,
                _ => self.look(&path, deep - 1, left),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_below_the_folder_are_known_as_bundled_ones_are() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let below = folder.path().join("loads/evening");
        fs::create_dir_all(&below).expect("a folder");
        fs::create_dir_all(folder.path().join(".git")).expect("a folder");
        for file in ["office.lua", "loads/evening/rush.lua", ".git/hidden.lua", "notes.txt"] {
            fs::write(folder.path().join(file), "").expect("a file");
        }
        let known = KnownScenarios::beside(folder.path());
        let has = |name: &str| known.names.iter().any(|known| known == name);
        assert!(has("office") && has("rush") && has("bench/tpcb"));
        assert!(!has("hidden") && !has("notes") && !known.may_be_more);
    }
}
