//! A file or folder as a script names it, and what is done to it as a whole.

use std::fs;
use std::io::{self, Read, Write};
use std::path::PathBuf;

use mlua::{Lua, LuaString};

use crate::script::api::hash::{Algorithm, Checksum};
use crate::script::error::Thrown;
use crate::script::host::Host;

/// How much is read at a time.
pub(super) const CHUNK: usize = 64 << 10;

/// A file or folder as a script names it, and where it is.
#[derive(Debug, Clone)]
pub(super) struct Place {
    name: String,
    path: PathBuf,
}

impl Place {
    /// The place of that name in the run's folder.
    pub(super) fn new(lua: &Lua, name: String) -> Result<Self, Thrown> {
        let path = Host::of(lua)?.shared.files().resolve(&name)?;
        Ok(Self { name, path })
    }

    /// An error of kind `file`, which says what could not be done.
    pub(super) fn failed(&self, what: &str, error: &io::Error) -> Thrown {
        Thrown::raised("file", format!("can't {what} `{}`: {error}", self.name))
    }

    /// Does what may block on a thread that may wait for the disk, not on that of the users.
    pub(super) async fn apart<T: Send + 'static>(
        &self,
        what: &str,
        work: impl FnOnce(&Self) -> io::Result<T> + Send + 'static,
    ) -> Result<T, Thrown> {
        let place = self.clone();
        let done = tokio::task::spawn_blocking(move || work(&place)).await;
        done.unwrap_or_else(|error| Err(io::Error::other(error))).map_err(|error| self.failed(what, &error))
    }

    /// Opens the file for reading.
    pub(super) fn open(&self) -> io::Result<fs::File> {
        fs::File::open(&self.path)
    }

    /// Opens the file as `options` say, and makes the folders that its path names.
    pub(super) fn open_with(&self, options: &fs::OpenOptions) -> io::Result<fs::File> {
        self.make_folder()?;
        options.open(&self.path)
    }

    fn make_folder(&self) -> io::Result<()> {
        self.path.parent().map_or(Ok(()), fs::create_dir_all)
    }

    /// The whole content.
    pub(super) fn read(&self) -> io::Result<Vec<u8>> {
        fs::read(&self.path)
    }

    /// Writes `content`, and with `sync` sees it on the disk.
    pub(super) async fn write(&self, content: LuaString, sync: bool, options: fs::OpenOptions) -> Result<(), Thrown> {
        let content = content.as_bytes().to_vec();
        self.apart("write", move |place| {
            let mut file = place.open_with(&options)?;
            file.write_all(&content)?;
            if sync { file.sync_all() } else { Ok(()) }
        })
        .await
    }

    /// The names in a folder, in order.
    pub(super) fn names(&self) -> io::Result<Vec<String>> {
        let entries = fs::read_dir(&self.path)?.collect::<io::Result<Vec<_>>>()?;
        let mut names: Vec<String> =
            entries.iter().map(|entry| entry.file_name().to_string_lossy().into_owned()).collect();
        names.sort();
        Ok(names)
    }

    /// Whether there is a file or folder.
    pub(super) fn exists(&self) -> io::Result<bool> {
        fs::exists(&self.path)
    }

    /// The size in bytes.
    pub(super) fn size(&self) -> io::Result<u64> {
        Ok(fs::metadata(&self.path)?.len())
    }

    /// Removes a file; whether there was one.
    pub(super) fn remove(&self) -> io::Result<bool> {
        match fs::remove_file(&self.path) {
            Ok(()) => Ok(true),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(false),
            Err(error) => Err(error),
        }
    }

    /// Gives it another name, in place of what has that name.
    pub(super) fn rename(&self, to: &Self) -> io::Result<()> {
        to.make_folder()?;
        fs::rename(&self.path, &to.path)
    }

    /// Sees a file's content, or a folder's names, on the disk.
    pub(super) fn sync(&self) -> io::Result<()> {
        self.open()?.sync_all()
    }

    /// The digest of the content, read piece by piece.
    pub(super) fn digest(&self, algorithm: Algorithm) -> io::Result<Checksum> {
        let (mut file, mut running) = (self.open()?, algorithm.start());
        let mut chunk = vec![0; CHUNK];
        loop {
            match file.read(&mut chunk)? {
                0 => return Ok(running.finish()),
                read => running.update(&chunk[..read]),
            }
        }
    }
}
