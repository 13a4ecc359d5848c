//! What would be played, for `throng suite --check`.

use super::ready::{Ready, ReadyRun};
use crate::cli::show::requirements;
use crate::cli::table;
use crate::plan::suite::{Play, Suite};

/// The runs in order, each with its load and its rules.
pub fn describe(suite: &Suite, ready: &Ready) -> String {
    let title = match suite.about.as_str() {
        "" => suite.name.clone(),
        about => format!("{}: {about}", suite.name),
    };
    let scale = ready.scale.map(|scale| format!(", lengths at {scale}")).unwrap_or_default();
    let mut rows = Vec::new();
    for (play, runs) in &ready.groups {
        rows.extend(runs.iter().map(|run| row(*play, runs.len(), run)));
    }
    let count = rows.len();
    let runs = table::plain(Some(["run", "played", "scenario", "load"]), rows);
    let rules = ready.runs().flat_map(|run| {
        let named = std::iter::once(run.name()).chain(std::iter::repeat(""));
        let plan = &run.prepared.plan;
        plan.thresholds.iter().chain(&plan.budget).zip(named).map(|(rule, name)| [name.to_owned(), rule.clone()])
    });
    let rules = table::plain(Some(["run", "threshold"]), rules);
    let required = ready.runs().flat_map(|run| {
        let all = requirements(&run.prepared.scenario);
        all.into_iter().map(|what| [run.name().to_owned(), what])
    });
    let required: Vec<_> = required.collect();
    let required = match required.is_empty() {
        true => String::new(),
        false => format!("\n{}\n", table::plain(Some(["run", "what it takes"]), required)),
    };
    let things = if count == 1 { "1 run".to_owned() } else { format!("{count} runs") };
    format!("{title}\n{things}{scale}\n\n{runs}\n\n{rules}\n{required}")
}

fn row(play: Play, together: usize, run: &ReadyRun) -> [String; 4] {
    let plan = &run.prepared.plan;
    let scenario = match &plan.profile {
        Some(profile) => format!("{}, profile {profile}", plan.scenario),
        None => plan.scenario.clone(),
    };
    let play = if together > 1 { play } else { Play::InOrder };
    let loads: Vec<String> = plan.groups.iter().map(|group| group.load.to_string()).collect();
    [run.name().to_owned(), play.name().to_owned(), scenario, loads.join("; ")]
}
