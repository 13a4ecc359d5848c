//! Loading 1,000,000 rows that the client makes, through COPY on one connection.
//!
//! Both empty the tables and fill them in one transaction, with `FREEZE`, and make the rows as they send them. Both are
//! measured as a whole, from the start of the process to its end. Where both keep the server busy all the time, what is
//! left to compare is what each asks of it: pgbench sends a message for each row, throng one for 64 KB of rows.

use crate::peers::Pgbench;
use crate::support::{Bar, Bench, BenchError, Case, Contender, Figure, Play, Reading, Unit, duel};

/// Longer than the load takes on any machine of use.
const LIMIT_S: u32 = 120;

pub const ENTRY: Case = Case {
    name: "copy_in",
    long: false,
    figures: &[Figure {
        number: "8",
        what: "loading 1,000,000 generated rows with copy_in",
        unit: Unit::Seconds,
        bar: Bar::RatioAtMost(1.00),
    }],
    run,
};

fn run(bench: &Bench) -> Result<Vec<Reading>, BenchError> {
    let pgbench = Pgbench::empty(bench)?;
    let url = bench.tcp_url(pgbench.database());
    let refresh = || bench.sql(pgbench.database(), &["TRUNCATE pgbench_accounts", "CHECKPOINT"]);
    let contenders = vec![
        Contender::new("throng", || {
            refresh()?;
            Ok(Play::new(bench, "copy_accounts").set("pg", &url).lasting(LIMIT_S).run()?.effort())
        }),
        Contender::new("pgbench -i -I g", || {
            refresh()?;
            pgbench.fill()
        }),
    ];
    Ok(vec![duel(bench.options.rounds(), contenders)?.wall()])
}
