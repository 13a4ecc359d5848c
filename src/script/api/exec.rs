//! `throng.exec`: programs such as `pg_dump`, around the load and only with `--allow-exec`.

use std::collections::BTreeMap;
use std::process::Stdio;
use std::time::Duration;

use mlua::{Lua, LuaString, Table, Value};
use nix::sys::signal::{Signal, killpg};
use nix::unistd::Pid;
use tokio::io::AsyncWriteExt;
use tokio::process::{Child, Command};

use crate::drivers::{Failure, postgres};
use crate::script::args::{self, Args};
use crate::script::error::Thrown;
use crate::script::fields::{Fields, Named, describe};
use crate::script::host::{Host, Stage};

/// How long a program may take unless the call says otherwise.
const TIMEOUT: Duration = Duration::from_secs(60);

/// Makes the module.
pub fn module(lua: &Lua) -> mlua::Result<Table> {
    let module = lua.create_table()?;
    args::add_async(lua, &module, "exec.run", |lua, args| async move {
        let call = Call::new(&lua, args)?;
        let output = call.run(&lua).await?;
        let table = lua.create_table()?;
        table.raw_set("status", output.status.code())?;
        table.raw_set("stdout", lua.create_string(&output.stdout)?)?;
        table.raw_set("stderr", lua.create_string(&output.stderr)?)?;
        Ok(Value::Table(table))
    })?;
    Ok(module)
}

/// One program to run, as the script wrote it.
struct Call {
    program: String,
    arguments: Vec<String>,
    timeout: Duration,
    env: BTreeMap<String, String>,
    stdin: Vec<u8>,
    /// The name of a PostgreSQL that the program is to find in its environment.
    pg: Option<String>,
}

impl Call {
    fn new(lua: &Lua, mut args: Args) -> mlua::Result<Self> {
        let command: Table = args.req("command")?;
        let mut words = words(&command)?.into_iter();
        let program = words.next().ok_or_else(|| args.misuse("command", "the program's name is missing"))?;
        let named = lua.create_table()?;
        for pair in command.pairs::<Value, Value>() {
            let (key, value) = pair?;
            if !key.is_integer() {
                named.raw_set(key, value)?;
            }
        }
        let mut options = Fields::new(named, "exec.run");
        let timeout = options.opt("timeout")?.unwrap_or(TIMEOUT);
        let env = options.opt::<Table>("env")?.map(environment).transpose()?.unwrap_or_default();
        let stdin = options.opt::<LuaString>("stdin")?.map(|text| text.as_bytes().to_vec()).unwrap_or_default();
        let pg = options.opt("pg")?;
        options.finish()?;
        Ok(Self { program, arguments: words.collect(), timeout, env, stdin, pg })
    }

    /// Runs the program in the run's folder. Whatever ends the wait ends the program too, with all that it started.
    async fn run(self, lua: &Lua) -> Result<std::process::Output, Thrown> {
        let host = Host::of(lua)?;
        allowed(&host)?;
        let failed = |error: std::io::Error| Thrown::raised("exec", format!("can't run `{}`: {error}", self.program));
        let mut child = Command::new(&self.program)
            .args(&self.arguments)
            .envs(self.pg.as_deref().map(|name| connection(&host, name)).transpose()?.unwrap_or_default())
            .envs(&self.env)
            .current_dir(host.shared.files().root()?)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            // A Ctrl-C on the terminal is for throng, which then gives up the wait.
            .process_group(0)
            .kill_on_drop(true)
            .spawn()
            .map_err(failed)?;
        let mut group = Group::of(&child);
        let input = child.stdin.take();
        let write = async {
            if let Some(mut input) = input {
                // A program need not read its input to the end.
                let _ = input.write_all(&self.stdin).await;
            }
        };
        let work = async { futures_util::join!(write, child.wait_with_output()).1 };
        match tokio::time::timeout(self.timeout, work).await {
            Ok(output) => {
                let output = output.map_err(failed)?;
                // What it has left to go on, such as a server, it was asked for.
                group.leave();
                Ok(output)
            }
            Err(_) => Err(Failure::Timeout { what: format!("`{}`", self.program), limit: self.timeout }.into()),
        }
    }
}

/// A program and what it started; dropped, all of it is ended.
struct Group(Option<Pid>);

impl Group {
    /// That of a program which leads a group of its own.
    fn of(child: &Child) -> Self {
        Self(child.id().and_then(|id| i32::try_from(id).ok()).map(Pid::from_raw))
    }

    /// Lets what is left of it go on.
    fn leave(&mut self) {
        self.0 = None;
    }
}

impl Drop for Group {
    fn drop(&mut self) {
        // They may have ended by themselves, which is as well.
        let _ = self.0.map(|leader| killpg(leader, Signal::SIGKILL));
    }
}

/// The variables that lead PostgreSQL's programs to a target. The script does not get to see its password.
fn connection(host: &Host, name: &str) -> Result<Vec<(&'static str, String)>, Thrown> {
    let targets = &host.plan.targets.postgres;
    let unknown = || {
        let known: Vec<&str> = targets.keys().map(String::as_str).collect();
        let hint = format!("it needs: {}", if known.is_empty() { "none".to_owned() } else { known.join(", ") });
        Thrown::misuse_with(format!("`exec.run`: the scenario needs no PostgreSQL called `{name}`"), hint)
    };
    let target = targets.get(name).ok_or_else(unknown)?;
    Ok(target.url.as_ref().map(postgres::variables).transpose()?.unwrap_or_default())
}

fn allowed(host: &Host) -> Result<(), Thrown> {
    if !matches!(host.stage.get(), Stage::Setup | Stage::Verify | Stage::Teardown) {
        return Err(Thrown::misuse_with(
            "`exec.run` starts programs, which would disturb what is measured",
            "call it in `setup`, `verify` or `teardown`",
        ));
    }
    if !host.plan.allow_exec {
        return Err(Thrown::misuse_with("the scenario wants to start a program", "allow it with `--allow-exec`"));
    }
    Ok(())
}

/// The words of a command: strings, or numbers written as such.
fn words(command: &Table) -> mlua::Result<Vec<String>> {
    (1..=command.raw_len())
        .map(|position| {
            let word: Value = command.raw_get(position)?;
            match word {
                Value::Integer(_) | Value::Number(_) => word.to_string(),
                _ => {
                    let came = describe(&word);
                    String::named(word).map_err(|_| {
                        Thrown::misuse(format!("`exec.run`: word {position}: expected a string, got {came}")).into()
                    })
                }
            }
        })
        .collect()
}

fn environment(table: Table) -> Result<BTreeMap<String, String>, Thrown> {
    let pairs: mlua::Result<BTreeMap<String, String>> = table.pairs().collect();
    pairs.map_err(|_| Thrown::misuse("`exec.run`: `env` is a table of strings by name"))
}
