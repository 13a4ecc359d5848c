//! Which statement or command failed, said in the failure itself.

use crate::drivers::Failure;

/// Longest line of a script that an error shows, in characters.
const LONGEST_LINE: usize = 48;

/// SQLSTATE `invalid_text_representation`.
const INVALID_TEXT: &str = "22P02";

/// What to do about a text that is no JSON.
const BARE_JSON: &str = "a string is taken for JSON text: pass `pg.json(value)` to send it as a JSON string";

/// The failure of a statement, which its message names, and the field `statement`.
pub fn statement(label: &str, failure: Failure) -> Failure {
    named(failure, label, format!("statement `{label}`"))
}

/// The failure of a text of several statements: its message names the line, where the server told the position.
pub fn script(sql: &str, failure: Failure) -> Failure {
    let position = match &failure {
        Failure::Sql { fields, .. } => fields.iter().find(|(name, _)| *name == "position"),
        _ => None,
    };
    let Some(position) = position.and_then(|(_, position)| position.parse::<usize>().ok()) else {
        return named(failure, "script", "script".to_owned());
    };
    let before = sql.chars().take(position.saturating_sub(1)).filter(|&c| c == '\n').count();
    let line: String = sql.lines().nth(before).unwrap_or_default().trim().chars().take(LONGEST_LINE).collect();
    named(failure, &line, format!("script, line {} (`{line}`)", before + 1))
}

fn named(failure: Failure, label: &str, what: String) -> Failure {
    let Failure::Sql { code, name, message, mut fields } = failure else { return failure };
    if fields.iter().any(|(name, _)| *name == "statement") {
        return Failure::Sql { code, name, message, fields };
    }
    if code == INVALID_TEXT && message.contains("type json") && fields.iter().all(|(name, _)| *name != "hint") {
        fields.push(("hint", BARE_JSON.to_owned()));
    }
    fields.push(("statement", label.to_owned()));
    Failure::Sql { code, name, message: format!("{what}: {message}"), fields }
}

/// The failure of a Redis command, which its message names.
pub fn command(name: &str, failure: Failure) -> Failure {
    match failure {
        Failure::Redis { word, message } => Failure::Redis { word, message: format!("`{name}`: {message}") },
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn failed(position: usize) -> Failure {
        let fields = vec![("position", position.to_string())];
        Failure::Sql { code: "42601".into(), name: "syntax_error".into(), message: "no".into(), fields }
    }

    #[test]
    fn a_failure_is_named_once() {
        let named = statement("outer", statement("find", failed(1)));
        assert_eq!(named.to_string(), "statement `find`: no (SQLSTATE 42601)");
    }

    #[test]
    fn the_failure_of_a_script_names_its_line() {
        let failure = script("SELECT 1;\n  SELEC 2;", failed(13));
        assert_eq!(failure.to_string(), "script, line 2 (`SELEC 2;`): no (SQLSTATE 42601)");
    }
}
