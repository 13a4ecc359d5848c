//! Reading `/proc/PID`: see proc(5).

use std::fs;

use nix::unistd::{SysconfVar, sysconf};

use super::proc;

/// What `/proc/PID/stat` tells of a process.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Stat {
    /// The program's name, at most 15 bytes of it.
    pub name: String,
    /// Who started it.
    pub parent: u32,
    /// Its processor time, and that of its children which have ended and were waited for.
    pub cpu_s: f64,
    /// When it was started, in seconds since the epoch; a second or so off.
    pub started_s: f64,
}

/// What of its memory is where, in bytes.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(super) struct Memory {
    /// Its own.
    pub private: f64,
    /// What it has touched of memory that it shares with others.
    pub shared: f64,
}

impl Stat {
    /// That of a running process.
    pub(super) fn of(pid: u32) -> Option<Self> {
        let boot = fs::read_to_string(proc().join("stat")).ok()?;
        let boot_s = boot.lines().find_map(|line| line.strip_prefix("btime "))?.trim().parse().ok()?;
        Self::parse(&fs::read_to_string(proc().join(pid.to_string()).join("stat")).ok()?, boot_s, ticks_per_s())
    }

    /// The processor time alone, in seconds.
    pub(super) fn cpu_s(pid: u32) -> Option<f64> {
        let stat = fs::read_to_string(proc().join(pid.to_string()).join("stat")).ok()?;
        Some(Self::parse(&stat, 0.0, ticks_per_s())?.cpu_s)
    }

    fn parse(stat: &str, boot_s: f64, ticks_per_s: f64) -> Option<Self> {
        // The name stands in brackets, and may hold anything.
        let (_, rest) = stat.split_once('(')?;
        let (name, rest) = rest.rsplit_once(')')?;
        let fields: Vec<&str> = rest.split_whitespace().collect();
        // The first of these is the third field of proc(5).
        let field = |number: usize| fields.get(number - 3)?.parse::<f64>().ok();
        let ticks = field(14)? + field(15)? + field(16)? + field(17)?;
        Some(Self {
            name: name.to_owned(),
            parent: fields.get(1)?.parse().ok()?,
            cpu_s: ticks / ticks_per_s,
            started_s: boot_s + field(22)? / ticks_per_s,
        })
    }
}

impl Memory {
    /// That of a running process; files that it has mapped, its program for one, are left out.
    pub(super) fn of(pid: u32) -> Option<Self> {
        let status = fs::read_to_string(proc().join(pid.to_string()).join("status")).ok()?;
        Some(Self { private: bytes(&status, "RssAnon:")?, shared: bytes(&status, "RssShmem:")? })
    }
}

/// A line such as `RssAnon:   2716 kB`.
fn bytes(status: &str, name: &str) -> Option<f64> {
    let line = status.lines().find_map(|line| line.strip_prefix(name))?;
    Some(line.trim().strip_suffix(" kB")?.parse::<f64>().ok()? * 1024.0)
}

/// The processor time of one process alone, to the nanosecond: the first field of `/proc/PID/schedstat`.
pub(super) fn precise_cpu_us(pid: u32) -> Option<f64> {
    let schedule = fs::read_to_string(proc().join(pid.to_string()).join("schedstat")).ok()?;
    Some(schedule.split(' ').next()?.parse::<f64>().ok()? / 1e3)
}

/// The processes that a process has started and that have not ended; none where the kernel does not tell.
pub(super) fn children(pid: u32) -> Option<Vec<u32>> {
    let file = proc().join(pid.to_string()).join("task").join(pid.to_string()).join("children");
    let children = fs::read_to_string(file).ok()?;
    Some(children.split_whitespace().filter_map(|child| child.parse().ok()).collect())
}

fn ticks_per_s() -> f64 {
    // Linux's own value on all but one kind of machine.
    const USUAL: f64 = 100.0;
    sysconf(SysconfVar::CLK_TCK).ok().flatten().map_or(USUAL, |ticks| ticks as f64)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_may_hold_brackets_and_spaces() {
        let line = "7 (a) b) S 3 7 7 0 -1 0 0 0 0 0 100 50 30 20 20 0 5 0 400 1 2";
        let stat = Stat::parse(line, 1000.0, 100.0).expect("a good line");
        assert_eq!(stat, Stat { name: "a) b".into(), parent: 3, cpu_s: 2.0, started_s: 1004.0 });
        assert_eq!(Stat::parse("7 (a", 0.0, 100.0), None);
    }

    #[test]
    fn memory_is_told_in_bytes() {
        let status = "VmRSS:\t 11968 kB\nRssAnon:\t    2 kB\nRssShmem:\t       0 kB\n";
        assert_eq!((bytes(status, "RssAnon:"), bytes(status, "RssShmem:")), (Some(2048.0), Some(0.0)));
        assert_eq!(bytes(status, "RssFile:"), None);
    }
}
