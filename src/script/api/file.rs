//! `throng.file`: files of the run's own folder, and of no other place.

use std::io;
use std::path::PathBuf;

use mlua::{Lua, LuaString, Table, Value};
use tokio::fs;
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};

use crate::script::args;
use crate::script::error::Thrown;
use crate::script::host::Host;
use crate::script::waiting;

/// Makes the module.
pub fn module(lua: &Lua) -> mlua::Result<Table> {
    let module = lua.create_table()?;
    args::add_async(lua, &module, "file.read", |lua, mut args| async move {
        let file = File::new(&lua, args.req("path")?)?;
        let bytes = fs::read(&file.path).await.map_err(|error| file.failed("read", &error))?;
        lua.create_string(bytes).map(Value::String)
    })?;
    args::add_async(lua, &module, "file.write", |lua, mut args| async move {
        let file = File::new(&lua, args.req("path")?)?;
        file.write(args.req("content")?, fs::OpenOptions::new().write(true).create(true).truncate(true)).await?;
        Ok(Value::Nil)
    })?;
    args::add_async(lua, &module, "file.append", |lua, mut args| async move {
        let file = File::new(&lua, args.req("path")?)?;
        file.write(args.req("content")?, fs::OpenOptions::new().append(true).create(true)).await?;
        Ok(Value::Nil)
    })?;
    args::add_async(lua, &module, "file.lines", |lua, mut args| async move {
        lines(&lua, File::new(&lua, args.req("path")?)?).await
    })?;
    args::add_async(lua, &module, "file.list", |lua, mut args| async move {
        let folder = File::new(&lua, args.opt("folder")?.unwrap_or_default())?;
        let names = folder.names().await.map_err(|error| folder.failed("list", &error))?;
        lua.create_sequence_from(names).map(Value::Table)
    })?;
    args::add_async(lua, &module, "file.exists", |lua, mut args| async move {
        let file = File::new(&lua, args.req("path")?)?;
        Ok(Value::Boolean(fs::try_exists(&file.path).await.unwrap_or(false)))
    })?;
    args::add_async(lua, &module, "file.size", |lua, mut args| async move {
        let file = File::new(&lua, args.req("path")?)?;
        let about = fs::metadata(&file.path).await.map_err(|error| file.failed("look at", &error))?;
        Ok(Value::Integer(about.len() as i64))
    })?;
    args::add_async(lua, &module, "file.remove", |lua, mut args| async move {
        let file = File::new(&lua, args.req("path")?)?;
        match fs::remove_file(&file.path).await {
            Ok(()) => Ok(Value::Boolean(true)),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(Value::Boolean(false)),
            Err(error) => Err(file.failed("remove", &error).into()),
        }
    })?;
    Ok(module)
}

/// A file or folder as a script names it, and where it is.
struct File {
    name: String,
    path: PathBuf,
}

impl File {
    fn new(lua: &Lua, name: String) -> Result<Self, Thrown> {
        let path = Host::of(lua)?.shared.files().resolve(&name)?;
        Ok(Self { name, path })
    }

    fn failed(&self, what: &str, error: &io::Error) -> Thrown {
        Thrown::raised("file", format!("can't {what} `{}`: {error}", self.name))
    }

    async fn write(&self, content: LuaString, options: &fs::OpenOptions) -> Result<(), Thrown> {
        let content = content.as_bytes().to_vec();
        let write = async {
            if let Some(folder) = self.path.parent() {
                fs::create_dir_all(folder).await?;
            }
            let mut file = options.open(&self.path).await?;
            file.write_all(&content).await?;
            file.flush().await
        };
        write.await.map_err(|error| self.failed("write", &error))
    }

    async fn names(&self) -> io::Result<Vec<String>> {
        let mut entries = fs::read_dir(&self.path).await?;
        let mut names = Vec::new();
        while let Some(entry) = entries.next_entry().await? {
            names.push(entry.file_name().to_string_lossy().into_owned());
        }
        names.sort();
        Ok(names)
    }
}

/// An iterator that reads line by line, without the line's end.
async fn lines(lua: &Lua, file: File) -> mlua::Result<Value> {
    let opened = fs::File::open(&file.path).await.map_err(|error| file.failed("read", &error))?;
    let reader = std::rc::Rc::new(tokio::sync::Mutex::new(BufReader::new(opened)));
    let file = std::rc::Rc::new(file);
    let next = waiting::function(lua, move |lua, _: mlua::MultiValue| {
        let (reader, file) = (reader.clone(), file.clone());
        async move {
            let mut line = Vec::new();
            let read = reader.lock().await.read_until(b'\n', &mut line).await;
            if read.map_err(|error| file.failed("read", &error))? == 0 {
                return Ok(Value::Nil);
            }
            let end =
                line.strip_suffix(b"\n").map_or(line.len(), |line| line.strip_suffix(b"\r").unwrap_or(line).len());
            lua.create_string(&line[..end]).map(Value::String)
        }
    })?;
    Ok(Value::Function(next))
}
