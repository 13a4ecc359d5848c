//! Guessing which name was meant.

/// Below this likeness (Jaro-Winkler, 0 to 1) a guess confuses more than it helps.
const LIKE_ENOUGH: f64 = 0.75;

/// The name among `known` that `name` was most likely meant to be.
pub fn nearest<'a>(name: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    known
        .into_iter()
        .map(|candidate| (strsim::jaro_winkler(name, candidate), candidate))
        .filter(|(likeness, _)| *likeness >= LIKE_ENOUGH)
        .max_by(|a, b| a.0.total_cmp(&b.0))
        .map(|(_, candidate)| candidate)
}

/// A hint on a line of its own: the nearest of the known names, or else all of them.
pub fn hint_for<'a>(name: &str, known: impl IntoIterator<Item = &'a str> + Clone) -> String {
    if let Some(nearest) = nearest(name, known.clone()) {
        return format!("\nhint: did you mean `{nearest}`?");
    }
    let known: Vec<String> = known.into_iter().map(|name| format!("`{name}`")).collect();
    if known.is_empty() { "\nhint: there is none".to_owned() } else { format!("\nhint: there is {}", known.join(", ")) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slip_finds_the_name_that_was_meant() {
        let known = ["membership", "transfer", "open_rate"];
        assert_eq!(nearest("membrship", known), Some("membership"));
        assert_eq!(nearest("transfers", known), Some("transfer"));
        assert_eq!(nearest("xyz", known), None);
        assert_eq!(hint_for("xyz", known), "\nhint: there is `membership`, `transfer`, `open_rate`");
    }
}
