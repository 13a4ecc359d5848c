//! What follows for more users: from a staircase of loads by the curve through them, from one load by a linear rule.

use super::model::columns;
use super::{Block, Cell, Note, Section, Table, Tone};
use crate::analysis::{Scaling, scaling};
use crate::record::{CurveRecord, Record, ScalingRecord, ScalingStep};
use crate::report::human;

pub(super) fn section(record: &Record) -> Option<Section> {
    if let Some(staircase) = &record.scaling {
        return Some(self::staircase(staircase));
    }
    let estimate = scaling(record)?;
    Some(Section::new(title(estimate.scale_to), [Block::Notes(notes(&estimate))]))
}

fn title(users: u64) -> String {
    format!("Scaling to {}", human::things(users, "user"))
}

fn staircase(scaling: &ScalingRecord) -> Section {
    let titles = ["Throughput", "Curve", "Mean", "p95", "Errors", "Generator", "Linear rule"];
    let columns = columns("Users", &titles, &["Generator", "p95", "Errors"]);
    let rows = scaling.steps.iter().map(|step| row(step, scaling.curve.as_ref())).collect();
    let mut notes = scaling.curve.map_or_else(Vec::new, |curve| curve_notes(scaling, &curve));
    notes.extend(scaling.refused.iter().map(|reason| Note::new(Tone::Doubtful, reason.as_str())));
    notes.extend(linear_note(scaling));
    notes.extend(scaling.warnings.iter().map(|warning| Note::new(Tone::Doubtful, warning.as_str())));
    let good = scaling.curve.is_some_and(|curve| {
        !curve.extrapolated
            && curve.capacity.is_none_or(|capacity| capacity >= scaling.to as f64)
            && !scaling.steps.iter().any(|step| step.users <= scaling.to && step.response_mean_us > scaling.target_us)
    });
    let tone = if good { Tone::Good } else { Tone::Plain };
    notes.push(Note::new(tone, format!("what to do: {}", scaling.recommendation)));
    Section::new(title(scaling.to), [Block::Table(Table { columns, rows }), Block::Notes(notes)])
}

fn row(step: &ScalingStep, curve: Option<&CurveRecord>) -> Vec<Cell> {
    let errors = Cell::from(human::share(step.error_rate));
    vec![
        human::count(step.users).into(),
        human::rate(step.throughput_per_s).into(),
        curve.map_or_else(|| "–".to_owned(), |curve| human::rate(curve.throughput_per_s(step.users as f64))).into(),
        human::time_us(step.response_mean_us).into(),
        human::time_us(step.response_p95_us as f64).into(),
        if step.error_rate > 0.0 { errors.tone(Tone::Bad) } else { errors },
        format!("{:.0} % CPU", step.generator_cpu_percent).into(),
        users(step.linear_capacity).into(),
    ]
}

/// Three digits, however small it is.
fn coefficient(value: f64) -> String {
    if value == 0.0 { "0".to_owned() } else { format!("{value:.2e}") }
}

/// A number of users that was computed, of which further digits mean nothing.
fn users(number: f64) -> String {
    let digits = number.max(1.0).log10().floor() as i32 - 1;
    let unit = 10f64.powi(digits.max(0));
    human::count(((number / unit).round() * unit) as u64)
}

fn curve_notes(scaling: &ScalingRecord, curve: &CurveRecord) -> Vec<Note> {
    let (first, last) = (scaling.steps.first(), scaling.steps.last());
    let range = first.zip(last).map(|(first, last)| (first.users, last.users)).unwrap_or_default();
    let target = human::time_us(scaling.target_us);
    let fitted = format!(
        "Universal Scalability Law, measured from {} to {} users: λ {} of one user, σ {} (waiting in line), κ {} (what each \
         costs each); R² {:.4}, off by {} in the mean",
        human::count(range.0),
        human::count(range.1),
        human::rate(curve.lambda_per_s),
        coefficient(curve.sigma),
        coefficient(curve.kappa),
        curve.r_squared,
        human::share(curve.residual)
    );
    let beyond = |users: f64| if users > range.1 as f64 { ", beyond what was measured" } else { "" };
    let peak = curve.peak_users.zip(curve.peak_throughput_per_s).map(|(peak, throughput)| {
        format!(
            "most throughput by the curve: about {} at {} users{}",
            human::rate(throughput),
            users(peak),
            beyond(peak)
        )
    });
    let capacity = match curve.capacity {
        None => format!("capacity by the curve: no limit at a mean of {target}, since nothing bends it"),
        Some(capacity) => {
            let low = curve.capacity_low.map_or_else(|| "no limit".to_owned(), users);
            let high = curve.capacity_high.map_or_else(|| "no limit".to_owned(), users);
            format!(
                "capacity by the curve: about {} users at a mean of {target}{} ({low} to {high} when one of the steps is left out)",
                users(capacity),
                beyond(capacity)
            )
        }
    };
    let extrapolated = if curve.extrapolated { "; extrapolated, nobody measured it" } else { "" };
    let at = format!(
        "at {} by the curve: {}, a mean of {}{extrapolated}",
        human::things(scaling.to, "user"),
        human::rate(curve.throughput_at_per_s),
        human::time_us(curve.response_at_us)
    );
    let at_tone = if curve.response_at_us > scaling.target_us { Tone::Doubtful } else { Tone::Plain };
    let plain = [Some(fitted), peak, Some(capacity)].into_iter().flatten().map(|text| Note::new(Tone::Plain, text));
    plain.chain([Note::new(at_tone, at)]).collect()
}

/// The seed of all estimates, beside the curve.
fn linear_note(scaling: &ScalingRecord) -> Option<Note> {
    let (first, last) = (scaling.steps.first()?, scaling.steps.last()?);
    Some(Note::new(
        Tone::Plain,
        format!(
            "capacity by the linear rule, {} / mean × users: {} from the step of {} users, {} from that of {}; it knows no knee",
            human::time_us(scaling.target_us),
            users(first.linear_capacity),
            human::count(first.users),
            users(last.linear_capacity),
            human::count(last.users)
        ),
    ))
}

fn notes(estimate: &Scaling) -> Vec<Note> {
    let target = human::time_us(estimate.target_us);
    let capacity =
        format!("capacity by the linear rule: about {} at {target}", human::things(estimate.capacity as u64, "user"));
    let response = format!(
        "response time at {} by the same rule: about {}",
        human::things(estimate.scale_to, "user"),
        human::time_us(estimate.response_at_us)
    );
    let verdict = match estimate.suffices() {
        true => Note::new(Tone::Good, response),
        false => Note::new(Tone::Doubtful, response),
    };
    let basis = format!(
        "the rule is {target} / {} × {}, measured at that one load; past the knee it is too hopeful: `throng scale` measures more",
        human::time_us(estimate.mean_us),
        human::things(estimate.users, "user")
    );
    vec![Note::new(Tone::Plain, capacity), verdict, Note::new(Tone::Plain, basis)]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::{Style, sample, text};

    #[test]
    fn a_staircase_in_text() {
        let section = section(&sample::staircase()).expect("it has something to say");
        insta::assert_snapshot!(text::sections(&[section], &Style::default()));
    }

    #[test]
    fn computed_users_have_no_digits_that_mean_nothing() {
        for (number, text) in [(0.0, "0"), (7.4, "7"), (43.6, "44"), (1_642.0, "1,600"), (98_765.0, "99,000")] {
            assert_eq!(users(number), text);
        }
    }
}
