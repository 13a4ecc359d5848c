//! A throwaway Redis.

use std::fs;
use std::io::{Read, Write};
use std::ops::{Deref, DerefMut};
use std::os::unix::net::UnixStream;
use std::path::Path;
use std::time::Duration;

use super::account::Account;
use super::binaries::Search;
use super::folder::Folder;
use super::instance::{Instance, Recipe, on_free_port};
use super::{Kept, ServerError, sweep};
use crate::plan::percent_encode;
use crate::plan::target::SecretUrl;

/// The socket's name in the folder; Redis removes it when it ends.
const SOCKET: &str = "redis.sock";

/// What a throwaway Redis should be like.
#[derive(Debug, Clone, Default)]
pub struct RedisOptions {
    /// The default user's password, if it is to have one.
    pub password: Option<String>,
    /// Further settings for `redis.conf`, stronger than throng's own.
    pub settings: Vec<(String, String)>,
}

/// A Redis of our own, gone when dropped. Unless the settings say otherwise it writes nothing to disk, and is
/// empty after a restart.
///
/// Its folder has the socket, `server.log` and `redis.conf`.
pub struct ThrowawayRedis {
    instance: Instance,
    password: Option<String>,
}

impl ThrowawayRedis {
    /// Starts one; takes some 50 ms, and blocks for it.
    pub fn start(options: &RedisOptions) -> Result<Self, ServerError> {
        sweep();
        let program = Search::here().redis()?;
        on_free_port(|port| Self::start_on(&program, options, port))
    }

    fn start_on(program: &Path, options: &RedisOptions, port: u16) -> Result<Self, ServerError> {
        let account = Account::unprivileged();
        let folder = Folder::create(account)?;
        let config = folder.file("redis.conf");
        let written = fs::write(&config, configuration(folder.path(), options, port))
            .map_err(ServerError::io(format!("write `{}`", config.display())))
            .and_then(|()| account.map_or(Ok(()), |account| account.own(&config)));
        let recipe = Recipe {
            server: "Redis",
            program: program.to_owned(),
            args: vec![config.into()],
            account,
            port,
            running: SOCKET,
            ready: |folder, _| answers(&folder.join(SOCKET)),
        };
        // From here on the folder goes when anything fails.
        let mut instance = Instance::new(recipe, folder);
        written?;
        instance.launch()?;
        Ok(Self { instance, password: options.password.clone() })
    }

    /// Its URL over TCP.
    pub fn url(&self) -> SecretUrl {
        let password = self.password.as_ref().map(|password| format!(":{}@", percent_encode(password)));
        SecretUrl::new(format!("redis://{}127.0.0.1:{}", password.unwrap_or_default(), self.port()))
    }

    /// Its URL over the Unix socket.
    pub fn socket_url(&self) -> SecretUrl {
        let password = self.password.as_ref().map(|password| format!("?pass={}", percent_encode(password)));
        SecretUrl::new(format!("redis+unix://{}{}", self.folder().join(SOCKET).display(), password.unwrap_or_default()))
    }

    /// Leaves it running and says how to connect to it and how to remove it.
    pub fn keep(self) -> Kept {
        let connect = vec![
            format!("redis-cli -s {}", self.folder().join(SOCKET).display()),
            format!("redis-cli -p {}", self.port()),
        ];
        self.instance.keep(connect)
    }
}

impl Deref for ThrowawayRedis {
    type Target = Instance;

    fn deref(&self) -> &Instance {
        &self.instance
    }
}

impl DerefMut for ThrowawayRedis {
    fn deref_mut(&mut self) -> &mut Instance {
        &mut self.instance
    }
}

fn configuration(folder: &Path, options: &RedisOptions, port: u16) -> String {
    let folder_text = folder.display().to_string();
    let socket = folder.join(SOCKET).display().to_string();
    let mut lines = vec![
        ("bind", quoted("127.0.0.1")),
        ("port", port.to_string()),
        ("unixsocket", quoted(&socket)),
        ("unixsocketperm", "700".into()),
        ("dir", quoted(&folder_text)),
        ("save", quoted("")),
        ("appendonly", "no".into()),
        ("daemonize", "no".into()),
        // So that what holds the server up can be told.
        ("latency-monitor-threshold", "10".into()),
    ];
    if let Some(password) = &options.password {
        lines.push(("requirepass", quoted(password)));
    }
    // Some settings take several words, so the caller's values stand as they are.
    lines.extend(options.settings.iter().map(|(name, value)| (name.as_str(), value.clone())));
    lines.into_iter().map(|(name, value)| format!("{name} {value}\n")).collect()
}

fn quoted(value: &str) -> String {
    format!("\"{}\"", value.replace('\\', "\\\\").replace('"', "\\\""))
}

/// Whether the server answers a ping, if only to ask for a password.
fn answers(socket: &Path) -> bool {
    let ping = || -> std::io::Result<[u8; 5]> {
        let mut stream = UnixStream::connect(socket)?;
        stream.set_read_timeout(Some(Duration::from_secs(1)))?;
        stream.write_all(b"PING\r\n")?;
        let mut answer = [0; 5];
        stream.read_exact(&mut answer)?;
        Ok(answer)
    };
    ping().is_ok_and(|answer| matches!(&answer, b"+PONG" | b"-NOAU"))
}
