//! `file.create`: a file that is written piece by piece, compressed if asked for.

use std::fs;
use std::io::{self, Write};
use std::rc::Rc;

use flate2::Compression;
use flate2::write::GzEncoder;
use mlua::{Lua, LuaString, MultiValue, UserData, UserDataFields, UserDataRef, Value};
use tokio::sync::Mutex;

use super::place::{CHUNK, Place};
use crate::script::args::Args;
use crate::script::error::Thrown;
use crate::script::waiting;

/// The object that `file.create` returns.
pub(in crate::script::api) struct Writer(Rc<Handle>);

/// A file being written, for as long as it is open.
pub(in crate::script::api) struct Handle {
    place: Place,
    /// Empty once it is closed, and after a write that failed or was given up on the way: nobody knows then what
    /// is in the file.
    open: Mutex<Option<Open>>,
}

struct Open {
    sink: Sink,
    /// What was written and has not gone to the sink yet.
    pending: Vec<u8>,
}

enum Sink {
    Plain(fs::File),
    Gzip(GzEncoder<fs::File>),
}

impl Sink {
    fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        match self {
            Self::Plain(file) => file.write_all(bytes),
            Self::Gzip(encoder) => encoder.write_all(bytes),
        }
    }

    fn finish(self) -> io::Result<fs::File> {
        match self {
            Self::Plain(file) => Ok(file),
            Self::Gzip(encoder) => encoder.finish(),
        }
    }
}

impl Handle {
    async fn create(place: Place, gzip: bool) -> Result<Self, Thrown> {
        let mut options = fs::OpenOptions::new();
        options.write(true).create(true).truncate(true);
        let file = place.apart("write", move |place| place.open_with(&options)).await?;
        let sink = if gzip { Sink::Gzip(GzEncoder::new(file, Compression::default())) } else { Sink::Plain(file) };
        Ok(Self { place, open: Mutex::new(Some(Open { sink, pending: Vec::with_capacity(CHUNK) })) })
    }

    /// Adds to the end.
    ///
    /// # Errors
    /// When the disk refuses it, or the file is closed.
    pub(in crate::script::api) async fn write(&self, bytes: &[u8]) -> Result<(), Thrown> {
        let mut open = self.open.lock().await;
        let Some(Open { pending, .. }) = open.as_mut() else { return Err(self.closed()) };
        pending.extend_from_slice(bytes);
        if pending.len() < CHUNK {
            return Ok(());
        }
        let Some(Open { mut sink, mut pending }) = open.take() else { return Err(self.closed()) };
        let written = self.place.apart("write", move |_| {
            sink.write(&pending)?;
            pending.clear();
            Ok(Open { sink, pending })
        });
        *open = Some(written.await?);
        Ok(())
    }

    /// Writes what is left and closes; with `sync` the content is on the disk then. The size of the file in bytes.
    async fn close(&self, sync: bool) -> Result<u64, Thrown> {
        let Some(Open { mut sink, pending }) = self.open.lock().await.take() else { return Err(self.closed()) };
        let closed = self.place.apart("write", move |_| {
            sink.write(&pending)?;
            let file = sink.finish()?;
            if sync {
                file.sync_all()?;
            }
            Ok(file.metadata()?.len())
        });
        closed.await
    }

    fn closed(&self) -> Thrown {
        self.place.failed("write", &io::Error::other("it is closed"))
    }
}

/// Makes a file, or empties one, for writing.
pub(super) async fn create(lua: &Lua, place: Place, gzip: bool) -> mlua::Result<Value> {
    let handle = Handle::create(place, gzip).await?;
    lua.create_userdata(Writer(Rc::new(handle))).map(Value::UserData)
}

impl Writer {
    /// The file itself.
    pub(in crate::script::api) fn handle(&self) -> Rc<Handle> {
        self.0.clone()
    }
}

impl UserData for Writer {
    fn add_fields<F: UserDataFields<Self>>(fields: &mut F) {
        let write = waiting::method("write", |_, this: UserDataRef<Self>, arguments: MultiValue| {
            let handle = this.handle();
            async move {
                let bytes: LuaString = Args::new("write", arguments).req("bytes")?;
                Ok(handle.write(&bytes.as_bytes()).await?)
            }
        });
        fields.add_field("write", write);
        let close = waiting::method("close", |_, this: UserDataRef<Self>, arguments: MultiValue| {
            let handle = this.handle();
            async move {
                let mut options = Args::new("close", arguments).options()?;
                let sync = options.opt("sync")?.unwrap_or(false);
                options.finish()?;
                Ok(handle.close(sync).await? as i64)
            }
        });
        fields.add_field("close", close);
    }
}
