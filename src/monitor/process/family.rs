//! A server's process and those that it has started.

use super::stat::{Memory, Stat, children, precise_cpu_us};

/// How far what a server says of a start may be from what the kernel says: Redis tells whole seconds, and the kernel counts
/// from a boot whose time moves with the clock.
const TOLERANCE_S: f64 = 3.0;

/// What a server says of one of its processes.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(in crate::monitor) struct Claim {
    /// Its id.
    pub pid: u32,
    /// When it was started, in seconds since the epoch.
    pub started_s: f64,
}

/// A server's process and those that it has started.
#[derive(Debug, Clone, Copy)]
pub(in crate::monitor) struct Family {
    pid: u32,
    /// Whether those that it has started have memory of their own, rather than a copy of its own to write down.
    children_count: bool,
}

/// What a family has taken.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Taken {
    pub cpu_us: f64,
    pub processes: f64,
    pub private_bytes: f64,
    pub shared_bytes: f64,
}

impl Claim {
    /// The process here of which that is true.
    fn process(self) -> Option<Stat> {
        let stat = Stat::of(self.pid)?;
        ((stat.started_s - self.started_s).abs() <= TOLERANCE_S).then_some(stat)
    }
}

impl Family {
    /// The server that started `child`, and was itself started at `started_s`.
    pub(in crate::monitor) fn of_child(child: Claim, started_s: f64) -> Option<Self> {
        let parent = Claim { pid: child.process()?.parent, started_s };
        parent.process()?;
        children(parent.pid)?;
        Some(Self { pid: parent.pid, children_count: true })
    }

    /// The server that is one process of the program `name`, and now and then a copy of it.
    pub(in crate::monitor) fn of(server: Claim, name: &str) -> Option<Self> {
        // The first process of each container has the same id, and those of a group start together.
        server.process().filter(|stat| !stat.name.is_empty() && name.starts_with(&stat.name))?;
        children(server.pid)?;
        Some(Self { pid: server.pid, children_count: false })
    }

    /// The server's own process.
    pub(in crate::monitor) fn pid(self) -> u32 {
        self.pid
    }

    /// What it has taken so far; none once it is gone.
    pub(super) fn taken(self) -> Option<Taken> {
        // The server's own first: a child that ends in between is missed now, and found in the server's own next time.
        let own = Stat::cpu_s(self.pid)?;
        let memory = Memory::of(self.pid)?;
        let mut taken =
            Taken { cpu_us: own * 1e6, processes: 1.0, private_bytes: memory.private, shared_bytes: memory.shared };
        for child in children(self.pid)? {
            let Some(cpu_s) = Stat::cpu_s(child) else { continue };
            taken.cpu_us += cpu_s * 1e6;
            taken.processes += 1.0;
            if self.children_count
                && let Some(memory) = Memory::of(child)
            {
                taken.private_bytes += memory.private;
                // All share the same.
                taken.shared_bytes = taken.shared_bytes.max(memory.shared);
            }
        }
        Some(taken)
    }

    /// The processor time of one of its children; none if it is not one.
    pub(super) fn child_cpu_us(self, child: u32) -> Option<f64> {
        (Stat::of(child)?.parent == self.pid).then(|| precise_cpu_us(child))?
    }
}

#[cfg(test)]
mod tests {
    use std::io::{BufRead, BufReader};
    use std::process::{Command, Stdio};

    use super::*;

    /// When this process was started, as the kernel says.
    fn own() -> Claim {
        let pid = std::process::id();
        Claim { pid, started_s: Stat::of(pid).expect("this process").started_s }
    }

    #[test]
    fn a_process_is_only_found_if_its_start_and_its_name_are_right() {
        let name = Stat::of(own().pid).expect("this process").name;
        assert!(Family::of(own(), &name).is_some());
        assert!(Family::of(own(), "redis-server").is_none());
        assert!(Family::of(Claim { started_s: own().started_s - 60.0, ..own() }, &name).is_none());
    }

    #[test]
    fn a_parent_is_only_found_if_both_starts_are_right() {
        let mut shell = Command::new("sh");
        shell.args(["-c", "sleep 60 & echo $!; wait"]).stdout(Stdio::piped());
        let mut shell = shell.spawn().expect("a shell starts");
        let mut line = String::new();
        BufReader::new(shell.stdout.as_mut().expect("piped")).read_line(&mut line).expect("it says whom it started");
        let claim = |pid| Claim { pid, started_s: Stat::of(pid).expect("it runs").started_s };
        let child = claim(line.trim().parse().expect("a process id"));
        let shell_s = claim(shell.id()).started_s;

        let family = Family::of_child(child, shell_s).expect("the shell is its parent");
        assert_eq!((family.pid(), family.taken().expect("it is there").processes), (shell.id(), 2.0));
        assert!(family.child_cpu_us(child.pid).is_some() && family.child_cpu_us(own().pid).is_none());
        assert!(Family::of_child(child, shell_s + 60.0).is_none());
        assert!(Family::of_child(Claim { started_s: child.started_s + 60.0, ..child }, shell_s).is_none());
        let ends = |pid: u32| nix::sys::signal::kill(nix::unistd::Pid::from_raw(pid as i32), nix::sys::signal::SIGKILL);
        ends(child.pid).and_then(|()| ends(shell.id())).expect("they end");
        shell.wait().expect("it ended");
    }
}
