//! What to do about how a system scaled: what was measured goes before what the curve has to say.

use super::capacity::{is_bent, most};
use super::usl::{LEAST_LOADS, Usl};
use crate::record::ScalingRecord;

/// What follows, for somebody who wants to know whether the users asked about can come.
pub(super) fn recommendation(scaling: &ScalingRecord, law: Option<&Usl>) -> String {
    let (to, most) = (scaling.to, most(&scaling.steps));
    let (Some(law), Some(curve)) = (law, &scaling.curve) else {
        return format!("play at least {LEAST_LOADS} different numbers of users, each for some ten seconds");
    };
    let over = scaling.steps.iter().find(|step| step.response_mean_us > scaling.target_us).map(|step| step.users);
    if let Some(over) = over.filter(|over| scaling.steps.first().is_some_and(|first| first.users == *over)) {
        return format!(
            "{over} users, the fewest measured, already wait longer than the target in the mean: make the work itself faster first, or play fewer users"
        );
    }
    if over.is_none() && !is_bent(law, &scaling.steps) {
        return format!(
            "play more users, until throughput no longer grows with them; up to {most} nothing stands in the way, beyond that nothing is known"
        );
    }
    let enough = curve.capacity.is_none_or(|capacity| capacity >= to as f64);
    if let Some(over) = over.filter(|over| enough && *over <= to) {
        return format!(
            "the curve has room for {to} users, but {over} waited longer than the target when measured: play longer steps to see which holds"
        );
    }
    match (enough, curve.extrapolated) {
        (true, false) if scaling.steps.iter().any(|step| step.users == to) => {
            format!("{to} users are served within the target, and were measured")
        }
        (true, false) => {
            format!("the curve has room for {to} users; it was measured on both sides of them, but not at {to} itself")
        }
        (true, true) => format!(
            "the curve has room for {to} users, but only up to {most} were measured: play steps up to {to} before relying on it"
        ),
        (false, _) => {
            let capacity = curve.capacity.unwrap_or_default();
            let advice = match law.sigma >= law.kappa * to as f64 {
                true => {
                    "most of it is waiting in line: find what is taken by one at a time (locks, hot rows, a pool, the busiest processor or disk) and make it shorter or more"
                }
                false => {
                    "most of it is what users cost each other: spread the data they share (caches, replicas, partitions), or let fewer work at a time (a smaller pool)"
                }
            };
            // Of less than one user there are no multiples.
            let times = match capacity >= 1.0 {
                true => format!("the system must bear {:.1} times what it does", to as f64 / capacity),
                false => {
                    "answers must become faster, since by the curve not even one is served within the target".into()
                }
            };
            format!("for {to} users {times}; {advice}")
        }
    }
}
