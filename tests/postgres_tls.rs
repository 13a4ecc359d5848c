//! TLS to PostgreSQL, with an authority and certificates made on the spot.

mod support;

use std::fs::{self, Permissions};
use std::os::unix::fs::{MetadataExt, PermissionsExt, chown};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use support::pg::{target, value};
use throng::drivers::Failure;
use throng::drivers::postgres::{Connection, Param, Statement};
use throng::plan::Limits;
use throng::plan::target::StatementMode;
use throng::servers::{PostgresOptions, ThrowawayPostgres};

/// A server with TLS whose certificate is for `localhost`, and the authority that issued it.
struct Secured {
    server: ThrowawayPostgres,
    authority: PathBuf,
    other_authority: PathBuf,
    _folder: tempfile::TempDir,
}

fn openssl(folder: &Path, arguments: &str) {
    let output = Command::new("openssl")
        .args(arguments.split_whitespace())
        .current_dir(folder)
        .output()
        .expect("openssl is installed");
    assert!(output.status.success(), "openssl {arguments}: {}", String::from_utf8_lossy(&output.stderr));
}

fn make_authority(folder: &Path, name: &str) -> PathBuf {
    openssl(
        folder,
        &format!("req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN={name} -keyout {name}.key -out {name}.crt"),
    );
    folder.join(format!("{name}.crt"))
}

impl Secured {
    async fn start() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path();
        let authority = make_authority(path, "authority");
        let other_authority = make_authority(path, "stranger");
        fs::write(path.join("names"), "subjectAltName=DNS:localhost\nbasicConstraints=CA:FALSE\n").unwrap();
        openssl(path, "req -newkey rsa:2048 -nodes -subj /CN=localhost -keyout server.key -out server.csr");
        openssl(
            path,
            "x509 -req -in server.csr -CA authority.crt -CAkey authority.key -CAcreateserial -days 2 -extfile names -out server.crt",
        );
        let server = ThrowawayPostgres::start(&PostgresOptions::default()).unwrap();
        let data = server.folder().join("data");
        let owner = fs::metadata(&data).unwrap();
        for file in ["server.crt", "server.key"] {
            let to = data.join(file);
            fs::copy(path.join(file), &to).unwrap();
            fs::set_permissions(&to, Permissions::from_mode(0o600)).unwrap();
            chown(&to, Some(owner.uid()), Some(owner.gid())).unwrap();
        }
        let secured = Self { server, authority, other_authority, _folder: folder };
        let plain = secured.open("127.0.0.1", "disable").await.unwrap();
        assert_eq!(is_encrypted(&plain).await, Param::Bool(false));
        for sql in ["ALTER SYSTEM SET ssl = on", "SELECT pg_reload_conf()"] {
            plain.execute(&Statement::plain(sql), &[]).await.unwrap();
        }
        for _ in 0..500 {
            if value(&plain, "SELECT current_setting('ssl')", &[]).await == Param::from("on") {
                return secured;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        panic!("the server does not take up TLS");
    }

    async fn open(&self, host: &str, mode: &str) -> Result<Connection, Failure> {
        let url = format!("postgres://postgres@{host}:{}/postgres?sslmode={mode}", self.server.port());
        Connection::open(&target(&url, StatementMode::Prepared), &Limits::default()).await
    }
}

async fn is_encrypted(connection: &Connection) -> Param {
    value(connection, "SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()", &[]).await
}

#[tokio::test]
async fn every_mode_of_tls_checks_what_it_says() {
    let secured = Secured::start().await;
    let root = |path: &Path| format!("&sslrootcert={}", path.display());
    let (ours, strange) = (root(&secured.authority), root(&secured.other_authority));
    for (host, mode) in [
        ("127.0.0.1", "prefer".to_owned()),
        ("127.0.0.1", "require".to_owned()),
        ("127.0.0.1", format!("verify-ca{ours}")),
        ("localhost", format!("verify-full{ours}")),
        ("127.0.0.1", format!("require{ours}")),
    ] {
        let connection = secured.open(host, &mode).await.unwrap_or_else(|failure| panic!("{mode}: {failure}"));
        assert_eq!(is_encrypted(&connection).await, Param::Bool(true), "{mode}");
    }
    for (host, mode, why) in [
        ("127.0.0.1", format!("verify-full{ours}"), "not valid for name"),
        ("127.0.0.1", format!("verify-ca{strange}"), "invalid peer certificate"),
        ("127.0.0.1", format!("require{strange}"), "invalid peer certificate"),
    ] {
        let Err(Failure::ConnectionLost { message }) = secured.open(host, &mode).await else {
            panic!("{mode} connects")
        };
        assert!(message.starts_with("cannot connect to") && message.contains(why), "{mode}: {message}");
    }
}

#[tokio::test]
async fn a_server_without_tls_is_refused_if_tls_is_required() {
    let url = format!("{}?sslmode=require", support::postgres().url().reveal());
    let opened = Connection::open(&target(&url, StatementMode::Prepared), &Limits::default()).await;
    let Err(Failure::ConnectionLost { message }) = opened else { panic!("it connects") };
    assert!(message.ends_with("server does not support TLS"), "{message}");
}
