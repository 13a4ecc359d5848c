//! Checklists as text.

use crate::monitor::doctor::{Checklist, Item, State};
use crate::report::human;

/// All lists, and what they come to.
pub fn text(lists: &[Checklist], colour: bool) -> String {
    let width = lists.iter().flat_map(|list| &list.items).map(|item| item.check.chars().count()).max().unwrap_or(0);
    let mut text = String::new();
    for list in lists {
        match list.kind {
            "machine" => text.push_str("this machine\n\n"),
            kind if kind == list.subject => text.push_str(&format!("{kind} at {}\n\n", list.address)),
            kind => text.push_str(&format!("{kind} `{}` at {}\n\n", list.subject, list.address)),
        }
        list.items.iter().for_each(|item| text.push_str(&line(item, width, colour)));
        text.push('\n');
    }
    text + &summary(lists) + "\n"
}

fn line(item: &Item, width: usize, colour: bool) -> String {
    let (word, code) = match item.state {
        State::Ok => ("ok  ", "32"),
        State::Note => ("note", "36"),
        State::Warn => ("warn", "33"),
        State::Fail => ("FAIL", "1;31"),
    };
    let word = if colour { format!("\x1b[{code}m{word}\x1b[0m") } else { word.to_owned() };
    let found = item.found.replace('\n', " ");
    let fix = item.fix.as_ref().map(|fix| format!("{:width$}          fix: {fix}\n", "")).unwrap_or_default();
    format!("  {word}  {:width$}  {found}\n{fix}", item.check)
}

fn summary(lists: &[Checklist]) -> String {
    let count = |state| lists.iter().map(|list| list.count(state)).sum::<usize>() as u64;
    let warnings = match count(State::Warn) {
        0 => String::new(),
        warnings => format!(", {}", human::things(warnings, "warning")),
    };
    match count(State::Fail) {
        0 => format!("ready: nothing stands in the way of a run{warnings}"),
        1 => format!("not ready: 1 thing stands in the way of a run{warnings}"),
        more => format!("not ready: {more} things stand in the way of a run{warnings}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fix_stands_under_what_it_mends() {
        let items = vec![Item::ok("reachable", "it answers"), Item::fail("room", "none", "make some")];
        let list = Checklist { subject: "postgres".into(), kind: "postgres", address: "postgres://db".into(), items };
        let expected = "\
postgres at postgres://db

  ok    reachable  it answers
  FAIL  room       none
                   fix: make some

not ready: 1 thing stands in the way of a run
";
        assert_eq!(text(&[list], false), expected);
    }
}
