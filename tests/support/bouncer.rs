//! PgBouncer, in front of a throwaway PostgreSQL.

use std::fs::{self, Permissions};
use std::net::{TcpListener, TcpStream};
use std::os::unix::fs::{MetadataExt, PermissionsExt, chown};
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use throng::servers::ThrowawayPostgres;

/// A PgBouncer with three server connections for all, until it is dropped.
pub struct Bouncer {
    process: Child,
    port: u16,
    _folder: tempfile::TempDir,
}

impl Bouncer {
    /// One that hands a server connection out for as long: a `transaction`, a `statement`.
    pub fn start(server: &ThrowawayPostgres, pool_mode: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let config = folder.path().join("pgbouncer.ini");
        let text = format!(
            "[databases]\npostgres = host=127.0.0.1 port={} user=postgres\n\
             [pgbouncer]\nlisten_addr = 127.0.0.1\nlisten_port = {port}\nunix_socket_dir =\n\
             auth_type = any\npool_mode = {pool_mode}\ndefault_pool_size = 3\nserver_round_robin = 1\n\
             ignore_startup_parameters = extra_float_digits\n",
            server.port()
        );
        fs::write(&config, text).unwrap();
        // It refuses to run as root; the account that PostgreSQL runs as will do.
        let account = fs::metadata(server.folder()).unwrap();
        fs::set_permissions(folder.path(), Permissions::from_mode(0o755)).unwrap();
        let mut command = Command::new(program());
        command.arg("-q").arg(&config).stdout(Stdio::null()).stderr(Stdio::null());
        if fs::metadata("/proc/self").map_or(account.uid(), |mine| mine.uid()) == 0 {
            chown(&config, Some(account.uid()), Some(account.gid())).unwrap();
            command.uid(account.uid()).gid(account.gid());
        }
        let process = command.spawn().expect("PgBouncer is installed");
        let bouncer = Self { process, port, _folder: folder };
        for _ in 0..500 {
            if TcpStream::connect(("127.0.0.1", port)).is_ok() {
                return bouncer;
            }
            std::thread::sleep(Duration::from_millis(20));
        }
        panic!("PgBouncer takes no connections");
    }

    /// The address of the server's database through it.
    pub fn url(&self) -> String {
        format!("postgres://postgres@127.0.0.1:{}/postgres", self.port)
    }
}

impl Drop for Bouncer {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// Packages put it where only administrators look.
fn program() -> &'static str {
    ["/usr/sbin/pgbouncer", "/usr/local/sbin/pgbouncer"]
        .into_iter()
        .find(|path| Path::new(path).exists())
        .unwrap_or("pgbouncer")
}
