//! This machine: whether it lets throng have what a load needs.

use std::fs;
use std::thread::available_parallelism;

use nix::sys::resource::{Resource, getrlimit};

use super::Item;

/// Files beside connections: libraries, timers, the Lua states' own.
const OTHER_FILES: u64 = 256;

/// Connections to be ready for where no number was asked for.
const USUAL_CONNECTIONS: u64 = 1000;

/// Fewer ports than this run out when connections come and go: each rests for a minute after its end.
const FEW_PORTS: u64 = 10_000;

/// A share of the cores that others take, beyond which figures are not throng's alone.
const BUSY_SHARE: f64 = 0.5;

/// Looks at it.
pub(super) fn examine(connections: Option<u64>) -> Vec<Item> {
    let cores = available_parallelism().map_or(1, usize::from);
    let read = |path: &str| fs::read_to_string(path).ok().map(|text| text.trim().to_owned());
    let items = [
        Some(self::cores(cores)),
        getrlimit(Resource::RLIMIT_NOFILE).ok().map(|(soft, hard)| open_files(soft, hard, connections)),
        read("/proc/sys/net/ipv4/ip_local_port_range").and_then(|range| ports(&range)),
        read("/proc/loadavg").and_then(|load| busy(&load, cores)),
        read("/sys/devices/system/cpu/cpu0/cpufreq/scaling_governor").map(|governor| self::governor(&governor)),
        read("/sys/devices/system/clocksource/clocksource0/current_clocksource").map(|source| clock_source(&source)),
    ];
    items.into_iter().flatten().collect()
}

fn cores(cores: usize) -> Item {
    match cores {
        1 => Item::warn(
            "cores",
            "1, which throng shares with everything else here",
            "use a machine with more cores, or one of its own for throng",
        ),
        cores => Item::ok("cores", format!("{cores}: at most {cores} workers")),
    }
}

fn open_files(soft: u64, hard: u64, connections: Option<u64>) -> Item {
    let needed = connections.unwrap_or(USUAL_CONNECTIONS).saturating_add(OTHER_FILES);
    let (found, fix) = (format!("at most {soft}"), format!("`ulimit -n {needed}` in the shell that starts throng"));
    match soft {
        soft if soft >= needed => Item::ok("open files", found),
        _ if connections.is_some() && hard < needed => Item::fail(
            "open files",
            format!("{found}, {needed} are needed"),
            format!("{fix}, allowed by /etc/security/limits.conf"),
        ),
        _ if connections.is_some() => Item::fail("open files", format!("{found}, {needed} are needed"), fix),
        _ => Item::warn("open files", found, format!("{fix}, if there will be so many connections")),
    }
}

/// `range` is the first and the last port.
fn ports(range: &str) -> Option<Item> {
    let mut ends = range.split_whitespace().map(str::parse::<u64>);
    let (first, last) = (ends.next()?.ok()?, ends.next()?.ok()?);
    let count = (last + 1).saturating_sub(first);
    Some(match count {
        count if count < FEW_PORTS => Item::warn(
            "ports",
            format!("{count} for outgoing connections"),
            "`sysctl -w net.ipv4.ip_local_port_range='1024 65535'`",
        ),
        count => Item::ok("ports", format!("{count} for outgoing connections")),
    })
}

/// `load` is the line of `/proc/loadavg`.
fn busy(load: &str, cores: usize) -> Option<Item> {
    let running: f64 = load.split_whitespace().next()?.parse().ok()?;
    Some(match running / cores as f64 {
        share if share > BUSY_SHARE => Item::warn(
            "other work",
            format!("a load of {running} on {cores} cores"),
            "end what else runs here, or figures tell of it too: `top` names it",
        ),
        _ => Item::ok("other work", format!("a load of {running} on {cores} cores")),
    })
}

fn governor(governor: &str) -> Item {
    match governor {
        "performance" => Item::ok("governor", governor),
        _ => Item::warn(
            "governor",
            format!("{governor}: cores change their speed while throng measures"),
            "`cpupower frequency-set -g performance`",
        ),
    }
}

fn clock_source(source: &str) -> Item {
    match source {
        // Read without a system call.
        "tsc" | "kvm-clock" | "hyperv_clocksource_tsc_page" | "arch_sys_counter" => Item::ok("clock source", source),
        _ => Item::warn(
            "clock source",
            format!("{source}: reading the time is slow"),
            "`echo tsc > /sys/devices/system/clocksource/clocksource0/current_clocksource`, where the processor has it",
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::super::State;
    use super::*;

    #[test]
    fn open_files_are_held_against_the_connections_asked_for() {
        assert_eq!(open_files(1_048_576, 1_048_576, None).state, State::Ok);
        assert_eq!(open_files(1024, 4096, None).state, State::Warn);
        assert_eq!(open_files(1024, 4096, Some(500)).state, State::Ok);
        assert_eq!(open_files(1024, 4096, Some(2000)).state, State::Fail);
        let fix = open_files(1024, 2000, Some(2000)).fix.expect("a fix");
        assert_eq!(fix, "`ulimit -n 2256` in the shell that starts throng, allowed by /etc/security/limits.conf");
    }

    #[test]
    fn what_the_system_says_of_itself_is_understood() {
        assert_eq!(ports("32768\t60999").map(|item| item.found), Some("28232 for outgoing connections".into()));
        assert_eq!(ports("50000 50999").map(|item| item.state), Some(State::Warn));
        assert_eq!(ports("nonsense"), None);
        assert_eq!(busy("0.20 0.1 0.1 1/200 4", 2).map(|item| item.state), Some(State::Ok));
        assert_eq!(busy("1.70 0.1 0.1 1/200 4", 2).map(|item| item.state), Some(State::Warn));
    }
}
