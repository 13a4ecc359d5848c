//! TLS for a throwaway PostgreSQL.

use std::fs::{self, Permissions};
use std::os::unix::fs::{MetadataExt, PermissionsExt, chown};
use std::process::Command;
use std::time::Duration;

use throng::servers::ThrowawayPostgres;

use super::web::Certificate;

/// Has a server speak TLS with a certificate, and waits until it does.
pub fn secure(server: &ThrowawayPostgres, certificate: &Certificate) {
    let data = server.folder().join("data");
    let owner = fs::metadata(&data).expect("the server has its data");
    for (name, text) in [("server.crt", certificate.pem()), ("server.key", certificate.key_pem())] {
        let path = data.join(name);
        fs::write(&path, text).expect("the folder can be filled");
        fs::set_permissions(&path, Permissions::from_mode(0o600)).expect("the file was written");
        chown(&path, Some(owner.uid()), Some(owner.gid())).expect("the file was written");
    }
    ask(server, &["ALTER SYSTEM SET ssl = on", "SELECT pg_reload_conf()"]);
    for _ in 0..500 {
        if ask(server, &["SHOW ssl"]).trim() == "on" {
            return;
        }
        std::thread::sleep(Duration::from_millis(20));
    }
    panic!("the server does not take up TLS");
}

fn ask(server: &ThrowawayPostgres, statements: &[&str]) -> String {
    let mut psql = Command::new("psql");
    psql.args(["-AtqX", "-v", "ON_ERROR_STOP=1", "-d", server.url().reveal()]);
    psql.args(statements.iter().flat_map(|statement| ["-c", statement]));
    let output = psql.output().expect("psql is installed: `make test-deps` installs it");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8_lossy(&output.stdout).into_owned()
}
