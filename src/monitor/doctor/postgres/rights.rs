//! What the role may do and see.

use super::Item;
use super::facts::Facts;
use crate::plan::quote_identifier;

pub(super) fn check(facts: &Facts) -> Vec<Item> {
    vec![create(facts), see(facts)]
}

fn create(facts: &Facts) -> Item {
    let (check, role, quoted) = ("create tables", &facts.role, quote_identifier(&facts.role));
    match &facts.schema {
        Some(schema) if facts.is("create") => Item::ok(check, format!("`{role}` may, in schema `{schema}`")),
        Some(schema) => Item::warn(
            check,
            format!("`{role}` may not, in schema `{schema}`: a scenario's setup would fail"),
            format!("as the owner: `GRANT CREATE ON SCHEMA {} TO {quoted}`", quote_identifier(schema)),
        ),
        None if facts.is("create_schema") => Item::warn(
            check,
            "no schema of the search path is there",
            format!("`CREATE SCHEMA {quoted}`, or set a search path: `ALTER ROLE {quoted} SET search_path = …`"),
        ),
        None => Item::warn(
            check,
            format!("no schema of the search path is there, and `{role}` may not make one"),
            format!("as the owner: `CREATE SCHEMA {quoted} AUTHORIZATION {quoted}`"),
        ),
    }
}

fn see(facts: &Facts) -> Item {
    let (check, role) = ("see others", &facts.role);
    if facts.is("superuser") {
        return Item::ok(check, format!("`{role}` is a superuser"));
    }
    match (facts.is("monitor"), facts.is("read_all_stats")) {
        (true, _) => Item::ok(check, format!("`{role}` has pg_monitor")),
        (false, seen) => Item::warn(
            check,
            match seen {
                true => format!("`{role}` has pg_read_all_stats, but not the settings that pg_monitor shows"),
                false => format!("`{role}` sees only its own statements and waits"),
            },
            format!("as a superuser: `GRANT pg_monitor TO {}`", quote_identifier(role)),
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::super::super::State;
    use super::*;

    #[test]
    fn rights_that_are_missing_come_with_what_grants_them() {
        let mut facts = Facts { role: "me".into(), schema: Some("public".into()), ..Facts::default() };
        let fixes: Vec<_> = check(&facts).into_iter().filter_map(|item| item.fix).collect();
        assert_eq!(
            fixes,
            ["as the owner: `GRANT CREATE ON SCHEMA public TO me`", "as a superuser: `GRANT pg_monitor TO me`"]
        );
        for name in ["create", "monitor"] {
            facts.yes.insert(name.into(), true);
        }
        assert!(check(&facts).iter().all(|item| item.state == State::Ok));
    }
}
