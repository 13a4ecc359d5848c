//! The machine and the programs that a bench ran with.

use std::process::Command;

use jiff::Timestamp;
use sysinfo::{CpuRefreshKind, MemoryRefreshKind, RefreshKind, System};

use super::{Bench, BenchError, program};

/// Processes at work before the bench began, on average, above which its figures are doubtful.
const BUSY: f64 = 0.5;

/// What is worth knowing of the machine, a line each; and how busy it was.
pub struct Machine {
    lines: Vec<(&'static str, String)>,
    load: f64,
}

impl Machine {
    /// Looks at it, before the bench adds a load of its own.
    pub fn look() -> Self {
        let mut lines = vec![("Date", format!("{:.0}, UTC", Timestamp::now()))];
        let what = RefreshKind::nothing()
            .with_cpu(CpuRefreshKind::nothing())
            .with_memory(MemoryRefreshKind::nothing().with_ram());
        if let Ok(system) = System::new_with_specifics(what) {
            let cpus = system.cpus();
            let brand = cpus.first().map(|cpu| cpu.brand().trim().to_owned()).unwrap_or_default();
            lines.push(("Processor", format!("{brand}, {} cores", cpus.len())));
            lines.push(("Memory", format!("{:.1} GiB", system.total_memory() as f64 / f64::from(1 << 30))));
        }
        let name = [System::long_os_version(), System::kernel_version()].into_iter().flatten();
        lines.push(("System", name.collect::<Vec<_>>().join(", kernel ")));
        let load = System::load_average().map_or(0.0, |load| load.one);
        lines.push(("Load before", format!("{load:.2} processes at work, on average over a minute")));
        Self { lines, load }
    }

    /// Adds the versions of what takes part.
    pub fn with_programs(mut self, bench: &Bench) -> Result<Self, BenchError> {
        self.lines.push(("throng", format!("{}, release build", env!("CARGO_PKG_VERSION"))));
        let postgres = bench.sql("postgres", &["SHOW server_version"])?;
        self.lines.push(("PostgreSQL, pgbench", postgres));
        for (name, package) in [("sysbench", "sysbench"), ("redis-benchmark", "redis-tools")] {
            let version = program(name, package).and_then(|program| {
                let mut command = Command::new(program);
                command.arg("--version");
                bench.prepare(name, command)
            });
            self.lines.push((name, version.map_or("not installed".to_owned(), |text| text.trim().to_owned())));
        }
        Ok(self)
    }

    /// A warning if something else kept the machine busy.
    pub fn warning(&self) -> Option<String> {
        (self.load > BUSY).then(|| {
            format!(
                "the machine was busy with other things ({:.2} processes at work): ratios can be compared, \
                 times and rates are worse than the machine's own",
                self.load
            )
        })
    }

    /// The lines as a Markdown table.
    pub fn markdown(&self) -> String {
        let rows = self.lines.iter().map(|(what, value)| format!("| {what} | {value} |\n"));
        ["| what | which |\n".to_owned(), "| --- | --- |\n".to_owned()].into_iter().chain(rows).collect()
    }
}
