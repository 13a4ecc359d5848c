//! How long a question takes that costs the target nothing.

use std::time::Duration;

use super::Item;

/// Questions asked: enough for a median, and over in a moment where the target is near.
pub(super) const QUESTIONS: usize = 100;

/// A median beyond this is another building; users there would feel the way more than the target.
const FAR: Duration = Duration::from_millis(5);

/// Judges the times of [`QUESTIONS`] round trips.
pub(super) fn judge(mut times: Vec<Duration>) -> Option<Item> {
    times.sort_unstable();
    let (median, worst) = (times.get(times.len() / 2)?, times.last()?);
    let found = format!("p50 {}, longest of {} {}", shown(*median), times.len(), shown(*worst));
    Some(match median {
        median if *median > FAR => Item::warn(
            "round trip",
            found,
            "run throng nearer to the target: every statement waits for the way there and back",
        ),
        _ => Item::ok("round trip", found),
    })
}

fn shown(time: Duration) -> String {
    match time.as_micros() {
        us if us < 1000 => format!("{us} µs"),
        us => format!("{:.1} ms", us as f64 / 1e3),
    }
}

#[cfg(test)]
mod tests {
    use super::super::State;
    use super::*;

    #[test]
    fn a_target_far_away_is_warned_of() {
        let state = |ms| judge(vec![Duration::from_millis(ms); 3]).map(|item| item.state);
        assert_eq!(state(1), Some(State::Ok));
        assert_eq!(state(20), Some(State::Warn));
        assert_eq!(judge(Vec::new()), None);
    }
}
