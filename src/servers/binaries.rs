//! Finds the server binaries on this machine, and says how to get them where there are none.

use std::path::{Path, PathBuf};
use std::{env, fs};

use super::ServerError;

/// Folders of PostgreSQL versions side by side; `*` stands for the version.
/// Debian, PGDG on RHEL, Alpine, Homebrew on ARM and Intel, Postgres.app.
const POSTGRES_PLACES: [&str; 7] = [
    "/usr/lib/postgresql/*/bin",
    "/usr/pgsql-*/bin",
    "/usr/libexec/postgresql*",
    "/opt/homebrew/opt/postgresql@*/bin",
    "/usr/local/opt/postgresql@*/bin",
    "/Applications/Postgres.app/Contents/Versions/*/bin",
    "/usr/local/pgsql*/bin",
];

/// Where Redis stands besides `PATH`.
const REDIS_PLACES: [&str; 4] = ["/usr/bin", "/usr/sbin", "/usr/local/bin", "/opt/homebrew/bin"];

/// The packages that hold each server, by package manager: (its program, for PostgreSQL, for Redis).
const PACKAGES: [(&str, &str, &str); 4] = [
    ("apt-get", "apt-get install postgresql", "apt-get install redis-server"),
    ("dnf", "dnf install postgresql-server postgresql-contrib", "dnf install redis"),
    ("apk", "apk add postgresql postgresql-contrib", "apk add redis"),
    ("brew", "brew install postgresql@17", "brew install redis"),
];

/// Where to look: the parts of the environment that matter, so that tests can give their own.
pub(super) struct Search {
    pg_bin: Option<PathBuf>,
    path: Vec<PathBuf>,
    postgres_places: Vec<PathBuf>,
    redis_places: Vec<PathBuf>,
}

impl Search {
    /// This machine's.
    pub(super) fn here() -> Self {
        Self {
            pg_bin: env::var_os("THRONG_PG_BIN").filter(|folder| !folder.is_empty()).map(PathBuf::from),
            path: env::var_os("PATH").map(|path| env::split_paths(&path).collect()).unwrap_or_default(),
            postgres_places: POSTGRES_PLACES.iter().flat_map(|pattern| newest_first(pattern)).collect(),
            redis_places: REDIS_PLACES.iter().map(PathBuf::from).collect(),
        }
    }

    /// The folder that holds `initdb` and `postgres`: `THRONG_PG_BIN` if set, else `PATH`, else the highest version known.
    pub(super) fn postgres(&self) -> Result<PathBuf, ServerError> {
        let complete = |folder: &&PathBuf| is_program(&folder.join("initdb")) && is_program(&folder.join("postgres"));
        let found = match &self.pg_bin {
            Some(folder) => Some(folder).filter(complete),
            None => self.path.iter().chain(&self.postgres_places).find(complete),
        };
        found.cloned().ok_or_else(|| ServerError::NotInstalled {
            server: "PostgreSQL",
            binaries: "`initdb` and `postgres`",
            searched: match &self.pg_bin {
                Some(folder) => format!("`{}` (from `THRONG_PG_BIN`)", folder.display()),
                None => "PATH or the usual folders".into(),
            },
            hint: match &self.pg_bin {
                Some(_) => "unset `THRONG_PG_BIN`, or set it to the folder that holds both".into(),
                None => self.how_to_install(|(_, postgres, _)| postgres, "`--pg URL`"),
            },
        })
    }

    /// `redis-server`, or `valkey-server`, which speaks the same.
    pub(super) fn redis(&self) -> Result<PathBuf, ServerError> {
        let folders = || self.path.iter().chain(&self.redis_places);
        ["redis-server", "valkey-server"]
            .iter()
            .find_map(|name| folders().map(|folder| folder.join(name)).find(|program| is_program(program)))
            .ok_or_else(|| ServerError::NotInstalled {
                server: "Redis",
                binaries: "`redis-server` or `valkey-server`",
                searched: "PATH or the usual folders".into(),
                hint: self.how_to_install(|(_, _, redis)| redis, "`--redis URL`"),
            })
    }

    fn how_to_install(&self, line: impl Fn(&(&str, &'static str, &'static str)) -> &'static str, flag: &str) -> String {
        let manager = PACKAGES.iter().find(|(manager, ..)| self.path.iter().any(|f| is_program(&f.join(manager))));
        match manager {
            Some(packages) => {
                let sudo = if packages.0 == "brew" || nix::unistd::geteuid().is_root() { "" } else { "sudo " };
                format!("install it with `{sudo}{}`, or name a running one with {flag}", line(packages))
            }
            None => format!("install it, or name a running one with {flag}"),
        }
    }
}

fn is_program(path: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt;
    fs::metadata(path).is_ok_and(|meta| meta.is_file() && meta.permissions().mode() & 0o111 != 0)
}

/// The folders that match a pattern with one `*`, highest version number first.
fn newest_first(pattern: &str) -> Vec<PathBuf> {
    let (before, after) = pattern.split_once('*').expect("every pattern has a star");
    let (parent, prefix) = before.rsplit_once('/').expect("every pattern is absolute");
    let mut found: Vec<(Vec<u32>, PathBuf)> = fs::read_dir(parent)
        .into_iter()
        .flatten()
        .flatten()
        .filter_map(|entry| {
            let name = entry.file_name().into_string().ok()?;
            let version = name.strip_prefix(prefix)?.split('.').map(str::parse).collect::<Result<_, _>>().ok()?;
            Some((version, PathBuf::from(format!("{before}{}{after}", &name[prefix.len()..]))))
        })
        .collect();
    found.sort_by(|a, b| b.cmp(a));
    found.into_iter().map(|(_, folder)| folder).collect()
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    fn program(folder: &Path, name: &str) {
        fs::create_dir_all(folder).unwrap();
        fs::write(folder.join(name), "").unwrap();
        fs::set_permissions(folder.join(name), fs::Permissions::from_mode(0o755)).unwrap();
    }

    fn nowhere() -> Search {
        Search { pg_bin: None, path: vec![], postgres_places: vec![], redis_places: vec![] }
    }

    #[test]
    fn the_highest_version_is_compared_as_a_number() {
        let root = tempfile::tempdir().unwrap();
        for version in ["9.6", "15", "17", "readme"] {
            fs::create_dir_all(root.path().join(version).join("bin")).unwrap();
        }
        let found = newest_first(&format!("{}/*/bin", root.path().display()));
        let versions: Vec<_> = found.iter().map(|f| f.parent().unwrap().file_name().unwrap().to_owned()).collect();
        assert_eq!(versions, ["17", "15", "9.6"]);
    }

    #[test]
    fn the_named_folder_wins_and_must_be_complete() {
        let root = tempfile::tempdir().unwrap();
        let (named, path) = (root.path().join("named"), root.path().join("path"));
        for folder in [&named, &path] {
            program(folder, "initdb");
            program(folder, "postgres");
        }
        let mut search = Search { pg_bin: Some(named.clone()), path: vec![path.clone()], ..nowhere() };
        assert_eq!(search.postgres().unwrap(), named);
        fs::remove_file(named.join("postgres")).unwrap();
        let error = search.postgres().unwrap_err().to_string();
        assert!(error.contains("THRONG_PG_BIN"), "{error}");
        search.pg_bin = None;
        assert_eq!(search.postgres().unwrap(), path);
    }

    #[test]
    fn valkey_stands_in_for_redis() {
        let root = tempfile::tempdir().unwrap();
        program(root.path(), "valkey-server");
        let search = Search { path: vec![root.path().into()], ..nowhere() };
        assert_eq!(search.redis().unwrap(), root.path().join("valkey-server"));
    }

    #[test]
    fn a_missing_server_is_one_error_that_names_the_package_manager_found() {
        let root = tempfile::tempdir().unwrap();
        program(root.path(), "apk");
        let search = Search { path: vec![root.path().into()], ..nowhere() };
        let error = search.postgres().unwrap_err().to_string();
        assert!(error.starts_with("PostgreSQL is not installed: no `initdb` and `postgres` in PATH"), "{error}");
        assert!(error.contains("\nhint: install it with `"), "{error}");
        assert!(error.contains("apk add postgresql postgresql-contrib`"), "{error}");
        assert!(search.redis().unwrap_err().to_string().contains("apk add redis`"));
        assert!(nowhere().redis().unwrap_err().to_string().contains("hint: install it, or name"));
    }
}
