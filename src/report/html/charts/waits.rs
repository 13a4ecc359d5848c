//! What the sessions of PostgreSQL were met doing, over time.

use plotly::common::{Line, Mode};
use plotly::{Scatter, Trace};

use super::Chart;
use super::canvas::{COLOURS, GREY, escape, of, plot, sampled, timeline};
use crate::record::{ProfileRecord, Record, SamplerData, SourceRecord};

/// Events that can be told apart, one a colour; the others are shown as one.
const MOST: usize = COLOURS.len();

pub(super) fn chart(record: &Record) -> Option<Chart> {
    let profiles = sampled(record, "postgres", "activity").filter_map(|(source, sampler)| match &sampler.data {
        SamplerData::Profile(profile) => Some((source, profile)),
        _ => None,
    });
    let areas: Vec<Box<dyn Trace>> = profiles.flat_map(|(source, profile)| stack(record, source, profile)).collect();
    (!areas.is_empty()).then(|| Chart {
        title: "What PostgreSQL's sessions did",
        about: "active sessions by what they waited for; CPU where they waited for nothing",
        plot: plot(timeline(record, "sessions"), areas),
    })
}

/// An area for each event, the commonest at the bottom.
fn stack(record: &Record, source: &SourceRecord, profile: &ProfileRecord) -> Vec<Box<dyn Trace>> {
    let mut events: Vec<(&String, &Vec<u32>)> = profile.sightings.iter().collect();
    events.sort_by_key(|(_, sightings)| std::cmp::Reverse(sightings.iter().map(|n| u64::from(*n)).sum::<u64>()));
    let (shown, others) = events.split_at(events.len().min(MOST));
    let looks = &profile.looks_by_stretch;
    let at: Vec<f64> = (0..looks.len()).map(|stretch| (stretch as f64 + 0.5) * profile.stretch_s).collect();
    let area = |name: &str, colour: &'static str, sightings: &dyn Fn(usize) -> u32| {
        let mean = |stretch: usize| f64::from(sightings(stretch)) / f64::from(looks[stretch].max(1));
        Scatter::new(at.clone(), (0..looks.len()).map(mean).collect())
            .name(escape(&of(record, source, name)))
            .mode(Mode::Lines)
            .line(Line::new().width(0.5).color(colour))
            .stack_group(source.name.clone()) as Box<dyn Trace>
    };
    let met = |sightings: &[u32], stretch: usize| sightings.get(stretch).copied().unwrap_or(0);
    let told = shown.iter().zip(COLOURS);
    let mut areas: Vec<_> =
        told.map(|((event, sightings), colour)| area(event, colour, &|stretch| met(sightings, stretch))).collect();
    if !others.is_empty() {
        let all = |stretch: usize| others.iter().map(|(_, sightings)| met(sightings, stretch)).sum();
        areas.push(area("other events", GREY, &all));
    }
    areas
}
