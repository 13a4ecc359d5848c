//! What is shown while a run goes on: a bar on a terminal, a line an interval elsewhere, or nothing.

use std::io::{self, Write as _};
use std::time::Duration;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use super::human;
use crate::record::{Progress, WARM_UP};

/// How a run is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// A bar that moves; `colour` if it may be coloured.
    Bar {
        /// Whether colours may be used.
        colour: bool,
    },
    /// One line an interval.
    Lines,
    /// Nothing.
    Quiet,
}

/// Shows a run on standard error.
#[derive(Debug)]
pub struct Live {
    mode: Mode,
    /// Stands in front of what is said, where more runs than one are shown: `peak: `.
    label: String,
    bar: ProgressBar,
}

/// Steps of the bar.
const STEPS: u64 = 1000;

impl Live {
    /// Begins to show.
    pub fn new(mode: Mode) -> Self {
        let bar = match mode {
            Mode::Bar { colour } => {
                let bar = ProgressBar::with_draw_target(None, ProgressDrawTarget::stderr());
                bar.set_style(style("{spinner} {wide_msg}", colour));
                bar.enable_steady_tick(Duration::from_millis(100));
                bar
            }
            Mode::Lines | Mode::Quiet => ProgressBar::hidden(),
        };
        Self { mode, label: String::new(), bar }
    }

    /// The same for one run of several, whose name stands in front of all that is said.
    pub fn of(mut self, run: &str) -> Self {
        self.label = format!("{run}: ");
        self
    }

    /// Says what is being done where there is no progress to tell, such as `setup`.
    pub fn stage(&self, what: &str) {
        match self.mode {
            Mode::Bar { .. } => self.bar.set_message(format!("{}{what}", self.label)),
            Mode::Lines => say(&format!("{}{what}", self.label)),
            Mode::Quiet => {}
        }
    }

    /// Shows how far the run has come.
    pub fn show(&self, progress: &Progress) {
        match self.mode {
            Mode::Bar { colour } => {
                if let Some(fraction) = progress.fraction() {
                    if self.bar.length().is_none() {
                        self.bar.set_length(STEPS);
                        self.bar.set_style(style("{spinner} {bar:24} {wide_msg}", colour));
                    }
                    self.bar.set_position((fraction * STEPS as f64) as u64);
                }
                self.bar.set_message(format!("{}{}{}", self.label, left(progress), figures(progress)));
            }
            Mode::Lines => say(&format!("{}{}", self.label, line(progress))),
            Mode::Quiet => {}
        }
    }

    /// What prints lines that stay, above the bar if there is one; from any thread.
    pub fn notes(&self) -> impl Fn(&str) + Send + Sync + 'static {
        let (bar, label) = (self.bar.clone(), self.label.clone());
        move |text| bar.suspend(|| say(&format!("{label}{text}")))
    }

    /// Takes the bar away.
    pub fn finish(&self) {
        self.bar.finish_and_clear();
    }
}

impl Drop for Live {
    /// An error must not leave half a bar on the terminal.
    fn drop(&mut self) {
        self.finish();
    }
}

/// A line on standard error; where nobody reads it there is nobody to tell.
fn say(text: &str) {
    let _ = writeln!(io::stderr().lock(), "{text}");
}

/// The look of a bar.
fn style(template: &str, colour: bool) -> ProgressStyle {
    let template = match colour {
        true => template.replace("{spinner}", "{spinner:.cyan}").replace("{bar:24}", "{bar:24.cyan/dim}"),
        false => template.to_owned(),
    };
    ProgressStyle::with_template(&template).expect("the templates of this file are valid").progress_chars("━━┄")
}

/// One interval on a line of its own.
fn line(progress: &Progress) -> String {
    let done = progress.fraction().map(|fraction| format!("{:3.0} %  ", 100.0 * fraction)).unwrap_or_default();
    format!("{:>8}  {done}{}", human::clock(progress.elapsed_s), figures(progress))
}

/// Time or iterations left.
fn left(progress: &Progress) -> String {
    match (progress.left_s(), progress.of_iterations) {
        (Some(left), _) => format!("{} left · ", human::clock(left)),
        (None, Some(all)) => {
            format!("{} left · ", human::things(all.saturating_sub(progress.iterations), "iteration"))
        }
        (None, None) => String::new(),
    }
}

fn figures(progress: &Progress) -> String {
    let phase = if progress.phase == WARM_UP { "warm-up · " } else { "" };
    let given_up: String = progress
        .given_up
        .iter()
        .map(|(target, now, planned)| format!(" · {target}: {now} of {planned} connections"))
        .collect();
    format!(
        "{phase}{} · {} · p95 {} · {}{given_up}",
        human::things(progress.users, "user"),
        human::rate(progress.throughput_per_s),
        human::time_us(progress.p95_us as f64),
        human::things(progress.errors, "error")
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn progress() -> Progress {
        Progress {
            phase: "main".into(),
            elapsed_s: 12.0,
            until_s: Some(60.0),
            iterations: 480,
            of_iterations: None,
            users: 50,
            throughput_per_s: 512.3,
            p95_us: 12_400,
            errors: 1,
            given_up: vec![("postgres".into(), 12, 20)],
        }
    }

    #[test]
    fn a_line_tells_time_share_users_throughput_p95_and_errors() {
        assert_eq!(
            line(&progress()),
            "    12 s   20 %  50 users · 512/s · p95 12.4 ms · 1 error · postgres: 12 of 20 connections"
        );
    }

    #[test]
    fn what_is_left_is_told_in_time_or_iterations() {
        assert_eq!(left(&progress()), "48 s left · ");
        let counted = Progress { until_s: None, of_iterations: Some(2500), ..progress() };
        assert_eq!(left(&counted), "2,020 iterations left · ");
        assert_eq!(counted.fraction(), Some(480.0 / 2500.0));
        assert_eq!(left(&Progress { until_s: None, ..progress() }), "");
    }
}
