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
}

impl Cgroup {
    /// That of a server here; none where it shares it with throng, whose own shows on the host.
    pub(in crate::monitor) fn of_server(pid: u32) -> Option<Self> {
        let folder = folder(&pid.to_string())?;
        (Some(&folder) != self::folder("self").as_ref()).then(|| Self::at(folder)).flatten()
    }

    /// That of throng itself.
    pub(in crate::monitor) fn own() -> Option<Self> {
        Self::at(folder("self")?)
    }

    /// None where the folder is the root of all, which tells no memory.
    fn at(folder: PathBuf) -> Option<Self> {
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
        })
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
            amount("memory.max"),
            file("cpu.max").ok().and_then(|limit| cores(&limit)),
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

/// The folder of a process's cgroup of version 2.
fn folder(process: &str) -> Option<PathBuf> {
    let groups = fs::read_to_string(proc().join(process).join("cgroup")).ok()?;
    let mounts = fs::read_to_string(proc().join("self/mounts")).ok()?;
    Some(root(&mounts)?.join(path(&groups)?.trim_start_matches('/')))
}

/// The path in `0::/path`; of version 1 each line has a number of its own.
fn path(groups: &str) -> Option<&str> {
    groups.lines().find_map(|line| line.strip_prefix("0::"))
}

/// Where version 2 is mounted.
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
        assert!(Cgroup::at(folder.path().to_owned()).is_none(), "the root of all tells no memory");
        write("memory.current", "4096\n");
        write("memory.max", "max\n");
        write("memory.events", "low 0\noom_kill 2\n");
        write("cpu.stat", "usage_usec 700\nuser_usec 500\nnr_throttled 3\nthrottled_usec 90\n");
        write("cpu.max", "50000 100000\n");
        let group = Cgroup::at(folder.path().to_owned()).expect("a group");
        let figures = group.read().expect("it can be read").figures;
        let expected = [Some(700.0), Some(90.0), Some(3.0), Some(4096.0), None, Some(0.5), Some(2.0)];
        assert_eq!(figures, expected);
    }
}
