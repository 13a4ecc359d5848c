//! The cgroup, version 2, that a process is in: what all in it take, and where it holds them back.
//!
//! See `Documentation/admin-guide/cgroup-v2.rst` of Linux.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use futures_util::future::LocalBoxFuture;

use super::proc;
use crate::monitor::sampler::{Keep, Kind, Row, SampleError, Sampler, Spec};

/// What is followed.
pub(super) const FIGURES: [(&str, Kind); 7] = [
    ("cpu_us", Kind::Counter),
    ("throttled_us", Kind::Counter),
    ("throttled_periods", Kind::Counter),
    ("memory_bytes", Kind::Gauge),
    // None where there is no limit.
    ("memory_limit_bytes", Kind::Gauge),
    ("cpu_limit_cores", Kind::Gauge),
    ("out_of_memory_kills", Kind::Counter),
];

/// A cgroup that limits memory or processors, or could.
pub(in crate::monitor) struct Cgroup {
    spec: Spec,
    folder: PathBuf,
    /// Where version 2 is mounted: what holds this group also holds those in which it is, up to there.
    root: PathBuf,
}

impl Cgroup {
    /// That of a server here; none where it shares it with throng, whose own shows on the host.
    pub(in crate::monitor) fn of_server(pid: u32) -> Option<Self> {
        let root = mounted()?;
        let folder = folder(&root, &pid.to_string())?;
        (Some(&folder) != self::folder(&root, "self").as_ref()).then(|| Self::at(folder, root)).flatten()
    }

    /// That of throng itself.
    pub(in crate::monitor) fn own() -> Option<Self> {
        let root = mounted()?;
        Self::at(folder(&root, "self")?, root)
    }

    /// None where the folder is the root of all, which tells no memory.
    fn at(folder: PathBuf, root: PathBuf) -> Option<Self> {
        folder.join("memory.current").exists().then(|| Self {
            spec: Spec {
                name: "cgroup",
                period: Duration::from_secs(1),
                keep: Keep::Series,
                keys: Vec::new(),
                notes: Vec::new(),
                figures: FIGURES.to_vec(),
            },
            folder,
            root,
        })
    }

    /// The least limit that this group or one around it sets in the file of that name; none if none does.
    fn least(&self, name: &str, read: impl Fn(&str) -> Option<f64>) -> Option<f64> {
        let around = self.folder.ancestors().take_while(|folder| folder.starts_with(&self.root));
        let limits = around.filter_map(|folder| read(&fs::read_to_string(folder.join(name)).ok()?));
        limits.reduce(f64::min)
    }

    fn read(&self) -> Result<Row, SampleError> {
        let file = |name: &str| fs::read_to_string(self.folder.join(name));
        let usage = file("cpu.stat").map_err(|error| SampleError::Failed(format!("cpu.stat: {error}")))?;
        let events = file("memory.events").unwrap_or_default();
        let amount = |name: &str| file(name).ok()?.trim().parse::<f64>().ok();
        let figures = vec![
            field(&usage, "usage_usec"),
            field(&usage, "throttled_usec"),
            field(&usage, "nr_throttled"),
            amount("memory.current"),
            self.least("memory.max", |limit| limit.trim().parse().ok()),
            self.least("cpu.max", cores),
            field(&events, "oom_kill"),
        ];
        Ok(Row { figures, ..Row::default() })
    }
}

impl Sampler for Cgroup {
    fn spec(&self) -> &Spec {
        &self.spec
    }

    fn sample(&mut self) -> LocalBoxFuture<'_, Result<Vec<Row>, SampleError>> {
        let row = self.read().map(|row| vec![row]);
        Box::pin(std::future::ready(row))
    }
}

/// The folder of a process's cgroup of version 2, which is mounted at `root`.
fn folder(root: &Path, process: &str) -> Option<PathBuf> {
    let groups = fs::read_to_string(proc().join(process).join("cgroup")).ok()?;
    Some(root.join(path(&groups)?.trim_start_matches('/')))
}

/// Where version 2 is mounted here.
fn mounted() -> Option<PathBuf> {
    Some(root(&fs::read_to_string(proc().join("self/mounts")).ok()?)?.to_owned())
}

/// The path in `0::/path`; of version 1 each line has a number of its own.
fn path(groups: &str) -> Option<&str> {
    groups.lines().find_map(|line| line.strip_prefix("0::"))
}

/// Where version 2 is mounted, of all mounts.
fn root(mounts: &str) -> Option<&Path> {
    mounts.lines().find_map(|line| {
        // What is mounted, where, and what kind it is.
        let mut words = line.split(' ').skip(1);
        let place = words.next()?;
        (words.next()? == "cgroup2").then(|| Path::new(place))
    })
}

/// A line such as `usage_usec 17`.
fn field(text: &str, name: &str) -> Option<f64> {
    let mut lines = text.lines().filter_map(|line| line.split_once(' '));
    lines.find(|(found, _)| *found == name)?.1.trim().parse().ok()
}

/// How many processors `50000 100000` is: so many microseconds of so many.
fn cores(limit: &str) -> Option<f64> {
    let (quota, period) = limit.trim().split_once(' ')?;
    Some(quota.parse::<f64>().ok()? / period.parse::<f64>().ok()?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_group_is_found_where_version_2_is_mounted() {
        let mounts = "tmpfs /sys/fs/cgroup tmpfs rw 0 0\ncgroup2 /sys/fs/cgroup/unified cgroup2 rw 0 0\n";
        assert_eq!(root(mounts), Some(Path::new("/sys/fs/cgroup/unified")));
        assert_eq!(path("9:name=systemd:/\n0::/system.slice/pg.service\n"), Some("/system.slice/pg.service"));
        assert_eq!((root("tmpfs / tmpfs rw 0 0"), path("1:cpu:/")), (None, None));
    }

    #[test]
    fn a_group_tells_what_its_files_say() {
        let folder = tempfile::tempdir().expect("a folder");
        let write = |name: &str, text: &str| fs::write(folder.path().join(name), text).expect("it can be written");
        let at = |folder: &Path| Cgroup::at(folder.to_owned(), folder.to_owned());
        assert!(at(folder.path()).is_none(), "the root of all tells no memory");
        write("memory.current", "4096\n");
        write("memory.max", "max\n");
        write("memory.events", "low 0\noom_kill 2\n");
        write("cpu.stat", "usage_usec 700\nuser_usec 500\nnr_throttled 3\nthrottled_usec 90\n");
        write("cpu.max", "50000 100000\n");
        let group = at(folder.path()).expect("a group");
        let figures = group.read().expect("it can be read").figures;
        let expected = [Some(700.0), Some(90.0), Some(3.0), Some(4096.0), None, Some(0.5), Some(2.0)];
        assert_eq!(figures, expected);
    }

    #[test]
    fn of_the_limits_of_all_groups_around_it_the_least_holds() {
        let root = tempfile::tempdir().expect("a folder");
        let leaf = root.path().join("slice/pod/container");
        fs::create_dir_all(&leaf).expect("it can be made");
        let write = |name: &str, text: &str| fs::write(root.path().join(name), text).expect("it can be written");
        for (name, text) in [
            ("slice/memory.max", "8192\n"),
            ("slice/pod/memory.max", "4096\n"),
            ("slice/pod/container/memory.max", "max\n"),
            ("slice/cpu.max", "150000 100000\n"),
            ("slice/pod/cpu.max", "max 100000\n"),
            ("slice/pod/container/cpu.max", "200000 100000\n"),
            ("slice/pod/container/memory.current", "1\n"),
            ("slice/pod/container/cpu.stat", "usage_usec 1\n"),
        ] {
            write(name, text);
        }
        let limits = |root: &Path| {
            let figures = Cgroup::at(leaf.clone(), root.to_owned()).expect("a group").read().expect("figures").figures;
            (figures[4], figures[5])
        };
        assert_eq!(limits(root.path()), (Some(4096.0), Some(1.5)));
        assert_eq!(limits(&leaf), (None, Some(2.0)), "what is outside is not seen");
    }
}
