//! What a report on a suite says, in the order in which it is read.

use crate::plan::suite::LEAST;
use crate::plan::units::format_duration;
use crate::record::{RunFigures, SuiteRecord, SuiteRunRecord, SuiteRunState, ToBaseline};
use crate::report::document::{Block, Cell, Note, Section, Table, Tone, columns};
use crate::report::human;

/// Beyond this a figure of one run a side has got worse by more than equal runs usually differ.
const NOTABLE: f64 = 1.25;

/// The sections of a suite's report.
pub fn document(record: &SuiteRecord) -> Vec<Section> {
    let sections = [
        Some(overview(record)),
        caveats(record),
        Some(runs(record)),
        to_baseline(record),
        resources(record),
        Some(verdict(record)),
    ];
    sections.into_iter().flatten().collect()
}

fn overview(record: &SuiteRecord) -> Section {
    let mut pairs: Vec<(&'static str, Cell)> = Vec::new();
    if !record.about.is_empty() {
        pairs.push(("About", human::plain(&record.about, 300).into()));
    }
    pairs.extend(record.mode.as_deref().map(|mode| ("Mode", mode.into())));
    pairs.extend(record.environment.as_deref().map(|environment| ("Environment", environment.into())));
    if record.scale < 1.0 {
        let least = format_duration(LEAST);
        pairs.push(("Lengths", format!("{}, none below {least}", human::share(record.scale)).into()));
    }
    pairs.push(("Started", format!("{} UTC", human::second(&record.started_at)).into()));
    pairs.push(("Duration", human::seconds(record.duration_s).into()));
    Section::new(format!("Suite {}", record.suite), [Block::Pairs(pairs)])
}

/// What has to be known before the figures are read.
fn caveats(record: &SuiteRecord) -> Option<Section> {
    let mut notes = Vec::new();
    for run in &record.runs {
        let reasons = run.figures.iter().flat_map(|figures| &figures.resources.generator_reasons);
        notes.extend(reasons.map(|reason| {
            Note::new(Tone::Bad, format!("{}: throng itself may have been the limit: {reason}", run.name))
        }));
    }
    let together: Vec<&str> =
        record.runs.iter().filter(|run| !run.beside.is_empty()).map(|run| run.name.as_str()).collect();
    if !together.is_empty() {
        let text = format!(
            "{} were played beside others: they shared this machine, so each has slowed the others down, and its figures are \
             not those that it would have by itself",
            together.join(", ")
        );
        notes.push(Note::new(Tone::Doubtful, text));
    }
    if record.scale < 1.0 {
        let text = "lengths were shortened: this shows that everything works, not how it stands a long load, and high \
                    percentiles rest on few samples";
        notes.push(Note::new(Tone::Doubtful, text));
    }
    let kept: Vec<&str> =
        record.runs.iter().filter(|run| run.state == SuiteRunState::Kept).map(|run| run.name.as_str()).collect();
    if !kept.is_empty() {
        notes.push(Note::new(Tone::Plain, format!("played before, and not again: {}", kept.join(", "))));
    }
    (!notes.is_empty()).then(|| Section::new("To be known", [Block::Notes(notes)]))
}

fn runs(record: &SuiteRecord) -> Section {
    let titles = ["Result", "Users", "Lasted", "Operations", "Failed", "Throughput", "Mean", "p95", "p99"];
    let columns = columns("Run", &titles, &["Operations", "Lasted"]);
    let rows = record.runs.iter().map(|run| {
        let mut row = vec![Cell::from(run.name.as_str()), result(run)];
        row.extend(run.figures.as_ref().map_or_else(|| vec![Cell::from("–"); 8], |figures| figures_of(run, figures)));
        row
    });
    Section::new("Runs", [Block::Table(Table { columns, rows: rows.collect() })])
}

fn result(run: &SuiteRunRecord) -> Cell {
    match run.verdict {
        Some(verdict) => Cell::from(verdict.to_string()).tone(verdict.into()),
        None => Cell::from("not played").tone(Tone::Faint),
    }
}

fn figures_of(run: &SuiteRunRecord, figures: &RunFigures) -> Vec<Cell> {
    let failed = Cell::from(human::share(figures.error_rate));
    let times = &figures.response_us;
    let time = |us: f64| Cell::from(if times.max > 0 { human::time_us(us) } else { "–".to_owned() });
    vec![
        human::count(run.users).into(),
        human::seconds(figures.duration_s).into(),
        human::count(figures.operations_succeeded + figures.operations_failed).into(),
        if figures.error_rate > 0.0 { failed.tone(Tone::Bad) } else { failed },
        human::rate(figures.throughput_per_s).into(),
        time(times.mean),
        time(times.p95 as f64),
        time(times.p99 as f64),
    ]
}

/// How far the others are from the run that was named for it.
fn to_baseline(record: &SuiteRecord) -> Option<Section> {
    let baseline = record.baseline.as_ref()?;
    let compared: Vec<_> =
        record.runs.iter().filter_map(|run| Some((run.name.as_str(), run.to_baseline.as_ref()?))).collect();
    if compared.is_empty() {
        return None;
    }
    let columns = columns("Run", &["Mean", "p95", "p99", "Throughput", "Errors"], &["p99"]);
    let rows = compared.iter().map(|(name, figures)| ratios(name, figures)).collect();
    let notes = vec![Note::new(
        Tone::Plain,
        format!(
            "as multiples of run {baseline}; one run a side, so what differs by less than a quarter may be chance; \
             runs of other scenarios or parameters are left out"
        ),
    )];
    Some(Section::new(
        format!("Compared with {baseline}"),
        [Block::Table(Table { columns, rows }), Block::Notes(notes)],
    ))
}

fn ratios(name: &str, figures: &ToBaseline) -> Vec<Cell> {
    let times = |ratio: f64| {
        let cell = Cell::from(format!("× {ratio:.2}"));
        if ratio > NOTABLE { cell.tone(Tone::Doubtful) } else { cell }
    };
    let throughput = Cell::from(format!("× {:.2}", figures.throughput));
    let points = 100.0 * figures.error_rate_rise;
    vec![
        name.into(),
        times(figures.response_mean),
        times(figures.response_p95),
        times(figures.response_p99),
        if figures.throughput < 1.0 / NOTABLE { throughput.tone(Tone::Doubtful) } else { throughput },
        if points == 0.0 { Cell::from("the same") } else { Cell::from(format!("{points:+.2} points")) },
    ]
}

fn resources(record: &SuiteRecord) -> Option<Section> {
    let measured: Vec<_> =
        record.runs.iter().filter_map(|run| Some((run.name.as_str(), run.figures.as_ref()?))).collect();
    if measured.is_empty() {
        return None;
    }
    let titles = ["Connections", "Pool wait", "Retries", "Data", "Cache hits", "Generator", "Machine", "Memory"];
    let columns = columns("Run", &titles, &["Retries", "Data", "Generator"]);
    let percent = |figure: Option<f64>| figure.map_or_else(|| "–".to_owned(), |percent| format!("{percent:.0} %"));
    let rows = measured.iter().map(|(name, figures)| {
        let used = &figures.resources;
        vec![
            Cell::from(*name),
            format!("{} of {}", human::count(used.connections_peak), human::count(used.connections_max)).into(),
            human::time_us(used.pool_us).into(),
            human::count(used.retries).into(),
            human::bytes(used.bytes).into(),
            used.cache_hit_rate.map_or_else(|| "–".to_owned(), human::share).into(),
            format!("{:.0} % CPU", used.generator_cpu_percent).into(),
            used.host_cpu_percent.map_or_else(|| "–".to_owned(), |busy| format!("{busy:.0} % CPU")).into(),
            percent(used.host_memory_percent).into(),
        ]
    });
    Some(Section::new("Resources", [Block::Table(Table { columns, rows: rows.collect() })]))
}

fn verdict(record: &SuiteRecord) -> Section {
    let verdict = format!("{} (exit status {})", record.verdict, record.exit_code);
    let mut notes = vec![Note::new(record.verdict.into(), verdict)];
    notes.extend(record.reasons.iter().map(|reason| Note::new(Tone::Plain, human::plain(reason, 500))));
    Section::new("Verdict", [Block::Notes(notes)])
}
