//! Tables that are there already: those of others are never touched.

use super::Item;
use super::facts::Facts;

pub(super) fn check(facts: &Facts) -> Vec<Item> {
    let check = "tables";
    let Some((others, own)) = facts.tables else { return Vec::new() };
    let own = match own {
        0 => String::new(),
        own => format!("; {own} that throng made, which a scenario may make anew"),
    };
    vec![match others {
        0 => Item::ok(check, format!("none of others{own}")),
        others => Item::note(
            check,
            format!("{others} of others, and a scenario that would make one of them anew is refused{own}"),
        ),
    }]
}

#[cfg(test)]
mod tests {
    use super::super::super::State;
    use super::*;

    #[test]
    fn tables_of_others_are_told_from_throngs_own() {
        let item = |tables| check(&Facts { tables, ..Facts::default() }).pop();
        let there = item(Some((12, 3))).expect("a line");
        assert_eq!(there.state, State::Note);
        assert!(there.found.starts_with("12 of others") && there.found.contains("3 that throng made"), "{there:?}");
        assert_eq!(item(Some((0, 0))).map(|item| item.found), Some("none of others".to_owned()));
        assert_eq!(item(None), None);
    }
}
