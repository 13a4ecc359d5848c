//! Personas as the plan sees them: names, shares and thinking, no behaviour.

use super::Think;

/// One kind of user.
#[derive(Debug, Clone, PartialEq)]
pub struct PersonaPlan {
    /// The name in the scenario.
    pub name: String,
    /// Whether it is a weighted mix of operations (`true`) or one flow (`false`).
    pub mix: bool,
    /// How long a user of it thinks after each iteration.
    pub think: Think,
}

/// Which persona each user or arrival of a group plays, from its number alone.
///
/// An entry of the cycle is an index into [`super::Plan::personas`]; numbers beyond its end begin it again.
/// For a closed group the cycle has one entry a user, so the shares are exact.
#[derive(Debug, Clone, PartialEq)]
pub struct Assignment {
    /// Persona index by position in the cycle; never empty.
    pub cycle: Vec<u16>,
    /// So many at its beginning are of a fixed number, and never come again.
    pub fixed: usize,
}

impl Assignment {
    /// The persona index of user or arrival `number`.
    pub fn persona(&self, number: u64) -> usize {
        let (length, fixed) = (self.cycle.len() as u64, self.fixed as u64);
        let place = match number {
            number if number < length => number,
            // Nobody but the fixed: then it takes all of them.
            number if fixed == length => number % length,
            number => fixed + (number - length) % (length - fixed),
        };
        usize::from(self.cycle[place as usize])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn personas(cycle: &[u16], fixed: usize) -> Vec<usize> {
        let assignment = Assignment { cycle: cycle.to_vec(), fixed };
        (0..7).map(|number| assignment.persona(number)).collect()
    }

    #[test]
    fn those_of_a_fixed_number_do_not_come_again_with_users_beyond_the_plan() {
        assert_eq!(personas(&[5, 1, 2], 0), [5, 1, 2, 5, 1, 2, 5]);
        assert_eq!(personas(&[5, 1, 2], 1), [5, 1, 2, 1, 2, 1, 2]);
        assert_eq!(personas(&[5, 6], 2), [5, 6, 5, 6, 5, 6, 5]);
    }
}
