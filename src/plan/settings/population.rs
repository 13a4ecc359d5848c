//! Who plays: personas and loads become groups.

use std::time::Duration;

use super::super::load::{ConstantUsers, Load, Schedule, Shape};
use super::super::scenario::PersonaDecl;
use super::super::shares::{apportion, interleave};
use super::super::{Assignment, Group, PlanError};

/// Longest cycle over which personas take turns in an open load.
const MAX_CYCLE: u64 = 1000;

/// The groups of a run: those in the scenario's load first, then personas with a load of their own.
///
/// `load` is the scenario's; it may only be absent if no persona takes part in it.
/// Personas of a fixed number are part of a closed load and take its first
/// numbers; beside an open load they are a group of constant users.
pub(super) fn groups(personas: &[&PersonaDecl], load: Option<&Load>) -> Result<Vec<Group>, PlanError> {
    let mut groups = Groups::default();
    if let Some(load) = load {
        match load.schedule(Duration::ZERO) {
            Schedule::Closed(schedule) => {
                let cycle = closed_cycle(personas, schedule.users())?;
                let among = fixed(personas).map(|(_, users)| users as usize).sum();
                groups.push(load.clone(), cycle, among);
            }
            Schedule::Open(schedule) => {
                groups.push(load.clone(), open_cycle(personas)?, 0);
                for (index, users) in fixed(personas) {
                    let beside = ConstantUsers { users, duration: schedule.end(), ramp_up: Duration::ZERO };
                    groups.push(Load::new(beside), vec![index], 0);
                }
            }
        }
    }
    for (index, persona) in numbered(personas) {
        if let Some(settings) = &persona.load {
            groups.push(own_load(persona, &settings.shape)?, vec![index], 0);
        }
    }
    Ok(groups.0)
}

/// The load a persona declares for itself; it may set nothing else.
fn own_load(persona: &PersonaDecl, shape: &Shape) -> Result<Load, PlanError> {
    let problem = |problem| PlanError::PersonaLoad { persona: persona.name.clone(), problem };
    let names = persona.load.iter().flat_map(|settings| settings.names());
    let keys = shape.keys();
    match names.into_iter().find(|name| !keys.iter().any(|key| key.name() == *name)) {
        Some(name) => Err(problem(format!(
            "`{name}` cannot be set in its `load`\nhint: it holds for the whole run; set it in the scenario's"
        ))),
        None => shape.load().map_err(|error| problem(error.to_string())),
    }
}

#[derive(Default)]
struct Groups(Vec<Group>);

impl Groups {
    fn push(&mut self, load: Load, cycle: Vec<u16>, fixed: usize) {
        let index = self.0.len() as u32;
        self.0.push(Group { index, load, assignment: Assignment { cycle, fixed } });
    }
}

fn numbered<'a>(personas: &'a [&PersonaDecl]) -> impl Iterator<Item = (u16, &'a PersonaDecl)> {
    (0u16..).zip(personas.iter().copied())
}

fn fixed<'a>(personas: &'a [&PersonaDecl]) -> impl Iterator<Item = (u16, u64)> + 'a {
    numbered(personas).filter_map(|(index, persona)| persona.users.map(|users| (index, users)))
}

fn shares(personas: &[&PersonaDecl]) -> Vec<u64> {
    personas.iter().map(|persona| if persona.by_share() { persona.scaled_share() } else { 0 }).collect()
}

/// One entry a user: fixed personas first, then the others by turns.
fn closed_cycle(personas: &[&PersonaDecl], users: u64) -> Result<Vec<u16>, PlanError> {
    let wanted = fixed(personas).map(|(_, users)| users).sum();
    if wanted > users {
        return Err(PlanError::TooManyFixed { wanted, users });
    }
    let shares = shares(personas);
    let sharer = personas.iter().find(|persona| persona.by_share());
    match (sharer, users - wanted) {
        (None, 0) | (Some(_), 1..) => {}
        (None, left) => return Err(PlanError::NobodyLeft { what: format!("{left} of {users} users") }),
        (Some(persona), 0) => return Err(PlanError::NoUserLeft { persona: persona.name.clone(), users }),
    }
    let mut cycle = Vec::new();
    for (index, users) in fixed(personas) {
        cycle.extend(std::iter::repeat_n(index, users as usize));
    }
    cycle.extend(interleave(&apportion(users - wanted, &shares)));
    Ok(cycle)
}

/// As short a cycle as holds the shares exactly, if that is not longer than [`MAX_CYCLE`].
fn open_cycle(personas: &[&PersonaDecl]) -> Result<Vec<u16>, PlanError> {
    let shares = shares(personas);
    let divisor = shares.iter().fold(0, |divisor, share| gcd(divisor, *share));
    if divisor == 0 {
        return Err(PlanError::NobodyLeft { what: "the arrivals".to_owned() });
    }
    let exact = shares.iter().map(|share| share / divisor).sum::<u64>();
    Ok(interleave(&apportion(exact.min(MAX_CYCLE), &shares)))
}

fn gcd(a: u64, b: u64) -> u64 {
    if b == 0 { a } else { gcd(b, a % b) }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::super::load::{ConstantRate, OpenOptions, UsersIterations};
    use super::super::super::units::Rate;
    use super::super::{Input, Settings};
    use super::*;

    fn persona(name: &str, share: Option<f64>, users: Option<u64>) -> PersonaDecl {
        PersonaDecl { name: name.to_owned(), share, users, run: true, ..PersonaDecl::default() }
    }

    fn closed(users: u64) -> Load {
        Load::new(UsersIterations { users, iterations: 1, ramp_up: Duration::ZERO })
    }

    fn open() -> Load {
        let duration = Duration::from_secs(60);
        Load::new(ConstantRate { rate: Rate::per_second(100), duration, options: OpenOptions::default() })
    }

    fn cycles(personas: &[PersonaDecl], load: Option<&Load>) -> Result<Vec<Vec<u16>>, String> {
        let personas: Vec<_> = personas.iter().collect();
        groups(&personas, load)
            .map(|groups| groups.into_iter().map(|group| group.assignment.cycle).collect())
            .map_err(|error| error.to_string())
    }

    #[test]
    fn fixed_personas_take_the_first_numbers_of_a_closed_load() {
        let personas = [persona("a", Some(1.0), None), persona("b", None, Some(2)), persona("c", Some(1.0), None)];
        assert_eq!(cycles(&personas, Some(&closed(6))), Ok(vec![vec![1, 1, 0, 2, 0, 2]]));
    }

    #[test]
    fn fixed_personas_beside_an_open_load_are_a_group_of_their_own() {
        let personas = [persona("a", Some(75.0), None), persona("b", None, Some(2)), persona("c", Some(25.0), None)];
        assert_eq!(cycles(&personas, Some(&open())), Ok(vec![vec![0, 0, 0, 2], vec![1]]));
    }

    #[test]
    fn a_persona_with_a_load_of_its_own_is_a_group_of_its_own() {
        let mut own = persona("b", None, None);
        let mut settings = Settings::default();
        settings.set("users", Input::Text("2"), "users").expect("a setting");
        settings.set("duration", Input::Text("5s"), "duration").expect("a setting");
        own.load = Some(settings);
        let personas = [persona("a", None, None), own.clone()];
        assert_eq!(cycles(&personas, Some(&closed(2))), Ok(vec![vec![0, 0], vec![1]]));
        assert_eq!(cycles(&[own.clone()], None), Ok(vec![vec![0]]));
        own.load.as_mut().expect("just set").seed = Some(1);
        assert!(
            cycles(&[own], None).expect_err("a seed").starts_with("persona `b`: `seed` cannot be set in its `load`")
        );
    }

    #[test]
    fn nobody_is_left_over() {
        for (personas, load, message) in [
            (vec![persona("a", None, Some(3))], closed(5), "2 of 5 users would have no persona to play"),
            (vec![persona("a", None, Some(7))], closed(5), "7 users have a fixed persona, but the load has only 5"),
            (vec![persona("a", None, Some(5)), persona("b", None, None)], closed(5), "persona `b` has a share, but"),
            (vec![persona("a", None, Some(5))], open(), "the arrivals would have no persona to play"),
        ] {
            let error = cycles(&personas, Some(&load)).expect_err(message);
            assert!(error.starts_with(message), "{error}");
        }
    }

    proptest! {
        #[test]
        fn a_closed_cycle_has_one_entry_a_user(users in 1u64..500, shares in prop::collection::vec(0.01f64..100.0, 1..6)) {
            let personas: Vec<_> = shares.iter().map(|share| persona("p", Some(*share), None)).collect();
            let cycles = cycles(&personas, Some(&closed(users))).expect("valid");
            prop_assert_eq!(cycles[0].len() as u64, users);
        }

        #[test]
        fn an_open_cycle_is_near_the_shares(shares in prop::collection::vec(0.01f64..100.0, 1..6)) {
            let personas: Vec<_> = shares.iter().map(|share| persona("p", Some(*share), None)).collect();
            let cycles = cycles(&personas, Some(&open())).expect("valid");
            prop_assert!(!cycles[0].is_empty() && cycles[0].len() <= 1000);
            let sum: f64 = shares.iter().sum();
            for (index, share) in shares.iter().enumerate() {
                let part = cycles[0].iter().filter(|persona| usize::from(**persona) == index).count() as f64;
                prop_assert!((part - cycles[0].len() as f64 * share / sum).abs() < 1.01);
            }
        }
    }
}
