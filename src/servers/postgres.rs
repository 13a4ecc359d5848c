//! A throwaway PostgreSQL.

use std::fs::{self, OpenOptions};
use std::io::Write;
use std::ops::{Deref, DerefMut};
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use super::account::Account;
use super::binaries::Search;
use super::folder::Folder;
use super::instance::{Instance, Recipe, on_free_port};
use super::{Kept, ServerError, sweep};
use crate::plan::percent_encode;
use crate::plan::target::SecretUrl;

/// The postmaster's lock file.
const RUNNING: &str = "data/postmaster.pid";

/// What a throwaway PostgreSQL should be like.
#[derive(Debug, Clone)]
pub struct PostgresOptions {
    /// Connections it allows.
    pub max_connections: u32,
    /// The superuser's password, asked for on every connection; without one, everybody is let in.
    pub password: Option<String>,
    /// The folder of the server's programs, if not the one that is found.
    pub bin: Option<PathBuf>,
    /// Further settings for `postgresql.conf`, stronger than throng's own.
    pub settings: Vec<(String, String)>,
}

impl Default for PostgresOptions {
    /// 200 connections: four times the largest pool that is chosen by default.
    fn default() -> Self {
        Self { max_connections: 200, password: None, bin: None, settings: Vec::new() }
    }
}

/// A PostgreSQL of our own, gone when dropped. Its superuser and its database are both named `postgres`.
///
/// Its folder has the socket, `server.log`, and the cluster in `data`.
pub struct ThrowawayPostgres {
    instance: Instance,
    password: Option<String>,
}

impl ThrowawayPostgres {
    /// Starts one; takes about a second, and blocks for it.
    pub fn start(options: &PostgresOptions) -> Result<Self, ServerError> {
        sweep();
        Self::begin(None, options)
    }

    /// Starts a replica of it, which has its files and its password, lets everybody read, and follows it.
    ///
    /// # Errors
    /// When it can't be copied, or the replica does not come up.
    pub fn replica(&self, options: &PostgresOptions) -> Result<Self, ServerError> {
        Self::begin(Some(self), options)
    }

    fn begin(primary: Option<&Self>, options: &PostgresOptions) -> Result<Self, ServerError> {
        let bin = match &options.bin {
            Some(bin) => bin.clone(),
            None => Search::here().postgres()?,
        };
        on_free_port(|port| Self::start_on(primary, &bin, options, port))
    }

    fn start_on(primary: Option<&Self>, bin: &Path, options: &PostgresOptions, port: u16) -> Result<Self, ServerError> {
        let account = Account::unprivileged();
        let folder = Folder::create(account)?;
        let data = folder.file("data");
        let recipe = Recipe {
            server: "PostgreSQL",
            program: bin.join("postgres"),
            args: vec!["-D".into(), data.clone().into()],
            account,
            port,
            running: RUNNING,
            ready: is_ready,
        };
        // From here on the folder goes when anything fails.
        let mut instance = Instance::new(recipe, folder);
        let cluster = Cluster { bin, folder: instance.folder().to_owned(), data, account };
        let password = match primary {
            Some(primary) => {
                cluster.copy(primary)?;
                // The rest is in the files that were copied.
                cluster.write(&own(options, &cluster.folder, port))?;
                primary.password.clone()
            }
            None => {
                cluster.initialise(options.password.as_deref())?;
                cluster.configure(options, port)?;
                options.password.clone()
            }
        };
        instance.launch()?;
        Ok(Self { instance, password })
    }

    /// Its URL over TCP.
    pub fn url(&self) -> SecretUrl {
        let password = self.password.as_ref().map(|password| format!(":{}", percent_encode(password)));
        SecretUrl::new(format!(
            "postgres://postgres{}@127.0.0.1:{}/postgres",
            password.unwrap_or_default(),
            self.port()
        ))
    }

    /// Its URL over the Unix socket.
    pub fn socket_url(&self) -> SecretUrl {
        let password = self.password.as_ref().map(|password| format!("&password={}", percent_encode(password)));
        SecretUrl::new(format!(
            "postgres:///postgres?host={}&port={}&user=postgres{}",
            percent_encode(&self.folder().to_string_lossy()),
            self.port(),
            password.unwrap_or_default()
        ))
    }

    /// Leaves it running, with its files, and says how to connect to it and how to remove it.
    pub fn keep(self) -> Kept {
        let connect = vec![
            format!("psql -h {} -p {} -U postgres postgres", self.folder().display(), self.port()),
            format!("psql {}", self.url()),
        ];
        self.instance.keep(connect)
    }
}

impl Deref for ThrowawayPostgres {
    type Target = Instance;

    fn deref(&self) -> &Instance {
        &self.instance
    }
}

impl DerefMut for ThrowawayPostgres {
    fn deref_mut(&mut self) -> &mut Instance {
        &mut self.instance
    }
}

/// The files of a cluster that is being made.
struct Cluster<'a> {
    bin: &'a Path,
    folder: PathBuf,
    data: PathBuf,
    account: Option<Account>,
}

impl Cluster<'_> {
    fn initialise(&self, password: Option<&str>) -> Result<(), ServerError> {
        let mut command = self.command("initdb");
        command.args(["--username=postgres", "--encoding=UTF8", "--locale=C", "--no-sync", "-D"]).arg(&self.data);
        if let Some(password) = password {
            let file = self.folder.join("password");
            fs::write(&file, password).map_err(ServerError::io(format!("write `{}`", file.display())))?;
            if let Some(account) = self.account {
                account.own(&file)?;
            }
            command.arg("--auth=scram-sha-256").arg("--pwfile").arg(file);
        } else {
            command.arg("--auth=trust");
        }
        run(&mut command, Stdio::null()).map(drop)
    }

    /// Takes the files of a server that runs, to follow it.
    fn copy(&self, primary: &ThrowawayPostgres) -> Result<(), ServerError> {
        // Of links to a few of a server's programs in another folder, this one may be missing.
        let program = self.bin.join("postgres");
        let own = fs::canonicalize(&program).map_err(ServerError::io(format!("find `{}`", program.display())))?;
        let mut command = self.command_of(own.parent().unwrap_or(self.bin), "pg_basebackup");
        let at = format!("host={} port={} user=postgres", primary.folder().display(), primary.port());
        command.args(["--write-recovery-conf", "--checkpoint=fast", "--no-sync", "-d", &at, "-D"]).arg(&self.data);
        if let Some(password) = &primary.password {
            command.env("PGPASSWORD", password);
        }
        run(&mut command, Stdio::null()).map(drop)
    }

    fn configure(&self, options: &PostgresOptions, port: u16) -> Result<(), ServerError> {
        let mut settings: Vec<(&str, String)> = vec![
            // Its data is thrown away, so a crash of the machine may take it.
            ("fsync", "off".into()),
            ("full_page_writes", "off".into()),
            ("timezone", "UTC".into()),
            // So that reading and writing can be told from computing.
            ("track_io_timing", "on".into()),
        ];
        if self.has_statement_statistics() {
            settings.push(("shared_preload_libraries", "pg_stat_statements".into()));
        }
        settings.extend(own(options, &self.folder, port));
        self.write(&settings)
    }

    /// Writes settings behind those that are there.
    fn write(&self, settings: &[(&str, String)]) -> Result<(), ServerError> {
        let text: String =
            settings.iter().map(|(name, value)| format!("{name} = '{}'\n", value.replace('\'', "''"))).collect();
        let file = self.data.join("postgresql.conf");
        OpenOptions::new()
            .append(true)
            .open(&file)
            .and_then(|mut file| file.write_all(text.as_bytes()))
            .map_err(ServerError::io(format!("write `{}`", file.display())))
    }

    /// Creates the extension `pg_stat_statements`, and says whether the machine has it.
    fn has_statement_statistics(&self) -> bool {
        let (reader, mut writer) = match std::io::pipe() {
            Ok(pipe) => pipe,
            Err(_) => return false,
        };
        if writer.write_all(b"CREATE EXTENSION pg_stat_statements\n").is_err() {
            return false;
        }
        drop(writer);
        let mut command = self.command("postgres");
        command.args(["--single", "-c", "shared_preload_libraries=pg_stat_statements", "-c", "fsync=off", "-D"]);
        command.arg(&self.data).arg("postgres");
        // A library that cannot be loaded ends the server, an extension without its files is only an error in the output.
        run(&mut command, reader.into()).is_ok_and(|output| !String::from_utf8_lossy(&output.stderr).contains("ERROR:"))
    }

    fn command(&self, name: &str) -> Command {
        self.command_of(self.bin, name)
    }

    fn command_of(&self, bin: &Path, name: &str) -> Command {
        let mut command = Command::new(bin.join(name));
        // PostgreSQL's programs insist on a working folder that they can read.
        command.current_dir(&self.folder).env("LC_ALL", "C");
        if let Some(account) = self.account {
            account.apply(&mut command);
        }
        command
    }
}

/// Where one server is reached, and what was asked for, which is stronger than throng's own settings.
fn own<'a>(options: &'a PostgresOptions, folder: &Path, port: u16) -> Vec<(&'a str, String)> {
    let mut settings = vec![
        ("listen_addresses", "127.0.0.1".to_owned()),
        ("port", port.to_string()),
        ("unix_socket_directories", folder.display().to_string()),
        ("max_connections", options.max_connections.to_string()),
    ];
    settings.extend(options.settings.iter().map(|(name, value)| (name.as_str(), value.clone())));
    settings
}

fn run(command: &mut Command, input: Stdio) -> Result<Output, ServerError> {
    let program = PathBuf::from(command.get_program());
    let output = command.stdin(input).output().map_err(ServerError::io(format!("start `{}`", program.display())))?;
    if output.status.success() {
        return Ok(output);
    }
    let said = String::from_utf8_lossy(&output.stderr).trim().to_owned();
    Err(ServerError::Prepare { program, output: if said.is_empty() { output.status.to_string() } else { said } })
}

/// `postmaster.pid` holds the process id in line 1 and the state in line 8 (`src/include/utils/pidfile.h`).
fn is_ready(folder: &Path, pid: u32) -> bool {
    let Ok(text) = fs::read_to_string(folder.join(RUNNING)) else { return false };
    let mut lines = text.lines();
    lines.next().is_some_and(|line| line.trim() == pid.to_string())
        && lines.nth(6).is_some_and(|line| line.trim() == "ready")
}
