//! `throng ab`: two ways of playing a scenario, by turns.

use std::path::PathBuf;

use clap::{Args, Command, FromArgMatches};

use super::MOST;
use super::conclude::{How, conclude};
use super::folder::Folder;
use super::play::{Turn, play, prepare_side, turn};
use crate::cli::compare::{Allowed, CompareFlags};
use crate::cli::error::CliError;
use crate::cli::exit::ExitStatus;
use crate::cli::flags::PlanFlags;
use crate::cli::out::{OutFlags, Output, help_on, make_way, outputs};
use crate::cli::prepare::random_seed;
use crate::cli::run::RunArgs;
use crate::cli::terminal::Terminal;
use crate::report::comparison::{self, Comparison};

/// Arguments of `throng ab`.
#[derive(Debug, clap::Args)]
pub struct AbArgs {
    /// A bundled scenario or a file
    pub scenario: String,

    /// What side a has: flags as `throng run` takes them, such as '--param batch_size=100'
    #[arg(long, value_name = "FLAGS", default_value = "", hide_default_value = true, allow_hyphen_values = true)]
    pub a: String,

    /// What side b has, which is held against a
    #[arg(long, value_name = "FLAGS", default_value = "", hide_default_value = true, allow_hyphen_values = true)]
    pub b: String,

    /// Runs a side
    #[arg(long, value_name = "N", default_value_t = 5, value_parser = clap::value_parser!(u64).range(1..=MOST))]
    pub repeat: u64,

    /// Who comes first: always a, or each in turn, so that a machine that slows down does neither side wrong
    #[arg(long, value_name = "ORDER", value_enum, default_value_t = Order::Abab)]
    pub order: Order,

    /// Where records and report are kept, instead of .throng/ab/SCENARIO
    #[arg(long, value_name = "DIR")]
    pub records: Option<PathBuf>,

    #[arg(long, value_name = "FORMAT=PATH", help = help_on(comparison::FORMATS))]
    out: Vec<String>,

    /// Show nothing while the runs go on
    #[arg(long, short)]
    pub quiet: bool,

    /// Do what would be refused for safety
    #[arg(long, help_heading = "Targets")]
    pub force: bool,

    /// What matters
    #[command(flatten)]
    pub how: CompareFlags,

    /// What is set for both sides
    #[command(flatten)]
    pub flags: PlanFlags,
}

/// The order in which the sides take turns.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum Order {
    /// a b, a b, a b …
    Abab,
    /// a b, b a, a b …
    Abba,
}

/// The names of the sides, as of their records.
const SIDES: [&str; 2] = ["a", "b"];

/// Plays both sides by turns, and says what b changed.
///
/// # Errors
/// What is wrong before any load, or when records can't be kept. An error during a run is told here, and is in the status.
pub fn ab(args: AbArgs, terminal: &mut Terminal) -> Result<ExitStatus, CliError> {
    let min_change = args.how.min_change()?;
    let outputs = outputs(&args.out, comparison::FORMATS)?;
    let turns = turns(&args, &outputs)?;
    make_way(&outputs, terminal);
    let scenario = turns.first().map(|turn| turn.plan.scenario.clone()).unwrap_or_default();
    let folder = Folder::open(args.records.as_deref(), "ab", &scenario, &SIDES, &[])?;
    let mut played = play(turns, args.quiet, &folder, terminal)?;
    let [a, b] = std::mem::take(&mut played.sides);
    let how = How { names: SIDES, min_change, allowed: Allowed::BetweenSides, outputs };
    conclude(played, a, b, how, &folder, terminal)
}

/// All runs in the order in which they are played. The runs of a pair have the same seed, so that both sides do the same work.
fn turns(args: &AbArgs, outputs: &[Output<Comparison>]) -> Result<Vec<Turn>, CliError> {
    let seed = random_seed();
    let (a, b) = (run_args(args, 'a', &args.a)?, run_args(args, 'b', &args.b)?);
    let sides = [prepare_side(&a)?, prepare_side(&b)?];
    sides.iter().zip([&a, &b]).try_for_each(|(side, args)| side.spare_files(outputs, &args.flags))?;
    let order = order(args.order, args.repeat);
    order.into_iter().map(|(side, number)| turn(&sides[side], side, SIDES[side], number, seed)).collect()
}

/// The sides by turns, each with the number of its pair.
fn order(order: Order, pairs: u64) -> Vec<(usize, u64)> {
    let pair = |number| match order {
        Order::Abba if number % 2 == 0 => [(1, number), (0, number)],
        _ => [(0, number), (1, number)],
    };
    (1..=pairs).flat_map(pair).collect()
}

/// What one side is played with.
fn run_args(args: &AbArgs, side: char, own: &str) -> Result<RunArgs, CliError> {
    Ok(RunArgs {
        scenario: args.scenario.clone(),
        out: OutFlags::default(),
        quiet: args.quiet,
        tui: false,
        force: args.force,
        keep_target: false,
        flags: read(side, own)?.over(&args.flags),
    })
}

/// The flags of one side.
fn read(side: char, text: &str) -> Result<PlanFlags, CliError> {
    let wrong = |problem: String| CliError::SideFlags { side, problem };
    let words = shlex::split(text).ok_or_else(|| wrong("a quotation mark is not closed".to_owned()))?;
    let command = PlanFlags::augment_args(Command::new("ab").no_binary_name(true).disable_help_flag(true));
    // What the environment sets, it has set for both sides already.
    let command = ["profile", "target"]
        .into_iter()
        .fold(command, |command, name| command.mut_arg(name, |arg| arg.env(None::<&str>)));
    let told = |error: clap::Error| {
        let text = error.to_string();
        wrong(text.lines().next().unwrap_or_default().trim_start_matches("error: ").to_owned())
    };
    let matches = command.try_get_matches_from(words).map_err(told)?;
    PlanFlags::from_arg_matches(&matches).map_err(told)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::prepare::prepare_source;
    use crate::script::Source;

    #[test]
    fn sides_take_turns() {
        assert_eq!(order(Order::Abab, 2), [(0, 1), (1, 1), (0, 2), (1, 2)]);
        assert_eq!(order(Order::Abba, 3), [(0, 1), (1, 1), (1, 2), (0, 2), (0, 3), (1, 3)]);
    }

    #[test]
    fn the_flags_of_a_side_are_read_as_a_shell_would() {
        let both = read('a', "--users 4 --param rows=1 --profile quick").expect("flags");
        let side = read('b', "--param 'fillfactor=70' --param rows=2").expect("flags").over(&both);
        assert_eq!(side.profile.as_deref(), Some("quick"));
        let layers = side.settings.layers().expect("they fit");
        let named: Vec<_> = layers.iter().map(|layer| layer.settings.names()).collect();
        assert_eq!(named, [["users", "params"].as_slice(), &["params"]]);
        let wrong = |text| read('b', text).map(drop).expect_err("wrong").to_string();
        assert!(
            wrong("--param 'x=1").starts_with("`--b`: a quotation mark is not closed"),
            "{}",
            wrong("--param 'x=1")
        );
        assert!(wrong("--parm x=1").contains("unexpected argument '--parm'"), "{}", wrong("--parm x=1"));
    }

    #[test]
    fn a_side_changes_what_both_have_and_keeps_the_rest() {
        let both = "--users 4 --duration 1s --preset finance --threshold 'errors.rate < 1%'";
        let side = "--rate 10/s --preset statement_mean=50ms --threshold 'errors.count < 5'";
        let flags = read('b', side).expect("flags").over(&read('a', both).expect("flags"));
        let source = Source::bundled("one", "return { personas = { one = { run = function() end } } }");
        let plan = prepare_source(source, &flags).expect("a plan").plan;
        let limits: Vec<_> = plan.preset.limits.values().map(|(_, written)| written.as_str()).collect();
        assert_eq!((plan.preset.name, limits.as_slice()), (Some("finance"), ["50ms"].as_slice()));
        assert_eq!(plan.thresholds, ["errors.rate < 1%", "errors.count < 5"]);
        assert!(plan.groups[0].load.to_string().contains("10/s"), "{}", plan.groups[0].load);
    }
}
