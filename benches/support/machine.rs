//! The machine and the programs that a bench ran with.

use std::process::Command;
use std::thread::sleep;
use std::time::Duration;

use jiff::Timestamp;
use sysinfo::{CpuRefreshKind, MemoryRefreshKind, RefreshKind, System};

use super::{Bench, BenchError, median, program};

/// How long the machine is watched each time: somewhat longer than the least that gives a figure.
const WATCH: Duration = Duration::from_millis(400);

/// Use of the processors by others, in percent, above which figures are doubtful.
const BUSY_PERCENT: f64 = 5.0;

/// What is worth knowing of the machine, a line each; and how busy others kept it.
pub struct Machine {
    system: Option<System>,
    lines: Vec<(&'static str, String)>,
    /// Percent of all processors, each time that it was watched.
    others_percent: Vec<f64>,
}

impl Machine {
    /// Looks at it.
    pub fn look() -> Self {
        let mut lines = vec![("Date", format!("{:.0}, UTC", Timestamp::now()))];
        let what = RefreshKind::nothing()
            .with_cpu(CpuRefreshKind::nothing().with_usage())
            .with_memory(MemoryRefreshKind::nothing().with_ram());
        let system = System::new_with_specifics(what).ok();
        if let Some(system) = &system {
            let cpus = system.cpus();
            let brand = cpus.first().map(|cpu| cpu.brand().trim().to_owned()).unwrap_or_default();
            lines.push(("Processor", format!("{brand}, {} cores", cpus.len())));
            lines.push(("Memory", format!("{:.1} GiB", system.total_memory() as f64 / f64::from(1 << 30))));
        }
        let name = [System::long_os_version(), System::kernel_version()].into_iter().flatten();
        lines.push(("System", name.collect::<Vec<_>>().join(", kernel ")));
        Self { system, lines, others_percent: Vec::new() }
    }

    /// Watches how busy others keep it. To be called while the bench itself is at rest.
    pub fn watch_others(&mut self) {
        if let Some(system) = &mut self.system {
            system.refresh_cpu_usage();
            sleep(WATCH);
            system.refresh_cpu_usage();
            self.others_percent.push(system.global_cpu_usage().into());
        }
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

    /// How busy others kept it, and whether that was too much.
    pub fn others(&self) -> (String, bool) {
        let (usual, worst) = (median(&self.others_percent), self.others_percent.iter().copied().fold(0.0, f64::max));
        let times = self.others_percent.len();
        let text =
            format!("{usual:.0} % of the processors, {worst:.0} % at worst, watched {times} times between the cases");
        (text, worst > BUSY_PERCENT)
    }

    /// The lines as a Markdown table.
    pub fn markdown(&self) -> String {
        let others = ("Used by others", self.others().0);
        let rows = self.lines.iter().chain([&others]).map(|(what, value)| format!("| {what} | {value} |\n"));
        ["| what | which |\n".to_owned(), "| --- | --- |\n".to_owned()].into_iter().chain(rows).collect()
    }
}
