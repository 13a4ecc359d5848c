//! What a condition, or an order, asks of the columns of a table.

use super::index::INDEXED;
use super::scope::end;
use super::tokens::{is_name, named};
use super::wanted::Wanted;

/// How columns of the table are called in a statement.
pub(super) struct Names {
    /// The name or alias in front of the point.
    pub(super) own: String,
    /// Whether there is no other table that a column without a point could belong to.
    pub(super) alone: bool,
}

/// Adds what a condition compares.
pub(super) fn compare(condition: &[&str], names: &Names, wanted: &mut Wanted) {
    let parts = conjuncts(condition);
    // An alternative can be met by rows that this one is not met by.
    let Some(parts) = parts else { return };
    for part in parts {
        if let ["(", inner @ .., ")"] = part
            && balanced(inner)
        {
            compare(inner, names, wanted);
            continue;
        }
        let Some(sign) = part.iter().position(|token| ["=", "<", ">", "<=", ">=", "in", "between"].contains(token))
        else {
            continue;
        };
        let (left, right) = (&part[..sign], &part[sign + 1..]);
        let column = column(left, names).or_else(|| column(right, names).filter(|_| part[sign] != "in"));
        match (column, part[sign]) {
            (Some(column), "=" | "in") if !wanted.equal.contains(&column) => wanted.equal.push(column),
            (Some(column), "<" | ">" | "<=" | ">=" | "between") if !wanted.ordered.contains(&column) => {
                wanted.ordered.push(column);
            }
            _ => {}
        }
    }
}

/// A condition's parts that must all be met; none if they are alternatives.
fn conjuncts<'a, 'b>(condition: &'a [&'b str]) -> Option<Vec<&'a [&'b str]>> {
    let (mut depth, mut start, mut between) = (0, 0, false);
    let mut parts = Vec::new();
    for (at, token) in condition.iter().enumerate() {
        match *token {
            "(" => depth += 1,
            ")" => depth -= 1,
            _ if depth > 0 => {}
            "or" => return None,
            "between" => between = true,
            "and" if between => between = false,
            "and" => {
                parts.push(&condition[start..at]);
                start = at + 1;
            }
            _ => {}
        }
    }
    parts.push(&condition[start..]);
    Some(parts)
}

/// Whether brackets that are opened are closed again and none that were not.
fn balanced(tokens: &[&str]) -> bool {
    let mut depth = 0;
    for token in tokens {
        depth += i32::from(*token == "(") - i32::from(*token == ")");
        if depth < 0 {
            return false;
        }
    }
    depth == 0
}

/// The column of the table that one side of a comparison is, if it is no more than that.
fn column(side: &[&str], names: &Names) -> Option<String> {
    match side {
        [function, "(", inner @ .., ")"] if INDEXED.contains(function) => {
            Some(format!("{function}({})", column(inner, names)?))
        }
        [owner, ".", column] if named(owner) == names.own && is_name(column) => Some(named(column)),
        [column] if names.alone && is_name(column) && !["true", "false", "null", "default"].contains(column) => {
            Some(named(column))
        }
        _ => None,
    }
}

/// The columns of the table that a query is ordered by.
pub(super) fn order(scope: &[(String, i32)], names: &Names) -> Vec<String> {
    let Some(at) = scope.windows(2).position(|pair| pair[0].1 == 0 && pair[0].0 == "order" && pair[1].0 == "by") else {
        return Vec::new();
    };
    let until = end(scope, at + 2, &["limit", "offset", "fetch", "for", ","]);
    let first: Vec<&str> = scope[at + 2..until].iter().map(|(token, _)| token.as_str()).collect();
    let first = first.strip_suffix(&["desc"]).or_else(|| first.strip_suffix(&["asc"])).unwrap_or(&first);
    column(first, names).into_iter().collect()
}
