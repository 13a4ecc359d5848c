//! How many users of an open load there may be, and of which persona.

use crate::plan::shares::apportion;

/// The places for users of one worker's part of an open group.
///
/// Any persona may take any place while there are free ones. When all are
/// taken, a persona that has fewer users than its share of the places, while
/// its arrivals wait, gets the place of one that has more.
#[derive(Debug)]
pub struct Places {
    total: u64,
    /// By persona: users that are here, and places that are its share.
    personas: Vec<(u64, u64)>,
}

impl Places {
    /// So many places for personas of these weights. There is always one for each persona with a weight, as its
    /// share if not in number, so that none waits for ever behind another.
    pub fn new(total: u64, weights: &[u64]) -> Self {
        // Without any place, a worker's arrivals would wait for ever.
        let total = total.max(1);
        let shares = apportion(total, weights).into_iter().zip(weights);
        let personas = shares.map(|(share, weight)| (0, if *weight > 0 { share.max(1) } else { 0 })).collect();
        Self { total, personas }
    }

    /// Whether a further user may come.
    pub fn is_free(&self) -> bool {
        self.personas.iter().map(|(here, _)| here).sum::<u64>() < self.total
    }

    /// A user of `persona` comes.
    pub fn take(&mut self, persona: usize) {
        self.personas[persona].0 += 1;
    }

    /// A user of `persona` goes.
    pub fn leave(&mut self, persona: usize) {
        self.personas[persona].0 -= 1;
    }

    /// Whose arrival comes next when a user of `persona` has become free, given how many arrivals of each persona
    /// wait: its own persona's, or one for which it must make room; `None` if nothing waits.
    pub fn next(&self, persona: usize, waiting: impl Fn(usize) -> usize) -> Option<usize> {
        let others = || (0..self.personas.len()).filter(|&other| other != persona && waiting(other) > 0);
        let (here, share) = self.personas[persona];
        if here > share
            && let Some(short) = others().find(|&other| self.personas[other].0 < self.personas[other].1)
        {
            return Some(short);
        }
        if waiting(persona) > 0 {
            return Some(persona);
        }
        others().max_by_key(|&other| waiting(other))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn any_persona_may_fill_the_places_until_they_are_taken() {
        let mut places = Places::new(3, &[75, 25]);
        for _ in 0..3 {
            assert!(places.is_free());
            places.take(0);
        }
        assert!(!places.is_free());
        places.leave(0);
        assert!(places.is_free());
    }

    #[test]
    fn a_persona_below_its_share_gets_the_place_of_one_above() {
        let mut places = Places::new(4, &[50, 50]);
        (0..4).for_each(|_| places.take(0));
        assert_eq!(places.next(0, |_| 5), Some(1), "it has no user at all");
        places.leave(0);
        places.take(1);
        assert_eq!(places.next(0, |_| 5), Some(1), "three to one is not half");
        places.leave(0);
        places.take(1);
        assert_eq!(places.next(0, |_| 5), Some(0), "now it is");
        assert_eq!(places.next(0, |persona| [0, 5][persona]), Some(1), "what is idle helps out");
        assert_eq!(places.next(0, |_| 0), None);
    }

    #[test]
    fn one_place_serves_all_personas_in_turn() {
        let mut places = Places::new(1, &[90, 10]);
        places.take(0);
        assert_eq!(places.next(0, |persona| [0, 1][persona]), Some(1));
    }
}
