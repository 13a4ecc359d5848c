//! Passwords in what people typed, which messages must not repeat.

/// The text without the passwords of what looks like URLs in it: `postgres://me:***@db/app`.
///
/// Where it isn't sure, it hides too much rather than too little.
pub fn hidden(text: &str) -> String {
    text.split_inclusive(char::is_whitespace).map(hidden_in_word).collect()
}

/// The same of a word; a password with a `/` or `@` in it, which a URL would have to encode, is hidden all the same.
fn hidden_in_word(word: &str) -> String {
    let Some((scheme, rest)) = word.split_once("://") else { return without_field(word) };
    let Some((user, place)) = rest.rsplit_once('@') else { return without_field(word) };
    match user.split_once(':') {
        Some((user, _)) => format!("{scheme}://{user}:***@{}", without_field(place)),
        None => without_field(word),
    }
}

/// Without what stands behind `password=`, as in a URL's query.
fn without_field(word: &str) -> String {
    const FIELD: &str = "password=";
    // ASCII, so that places in the one are places in the other.
    let Some(at) = word.to_ascii_lowercase().find(FIELD) else { return word.to_owned() };
    let (before, value) = word.split_at(at + FIELD.len());
    let end = value.find(|c: char| c == '&' || c == '\'' || c == '`' || c == '"' || c.is_whitespace());
    let (value, after) = value.split_at(end.unwrap_or(value.len()));
    format!("{before}{}{}", if value.is_empty() { "" } else { "***" }, without_field(after))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_password_of_a_url_is_hidden_and_nothing_else() {
        for (text, shown) in [
            (
                "unexpected argument 'postgres://me:secret@db/app' found",
                "unexpected argument 'postgres://me:***@db/app' found",
            ),
            (
                "`--out http://me:secret@host:4318` names no file\nhint: x",
                "`--out http://me:***@host:4318` names no file\nhint: x",
            ),
            ("--pg=a=redis://:secret@h --x", "--pg=a=redis://:***@h --x"),
            ("postgres://me:se/cr@et@db/app?a=b", "postgres://me:***@db/app?a=b"),
            ("postgres://db/app?user=me&password=secret&x=1 next", "postgres://db/app?user=me&password=***&x=1 next"),
            ("'host=db Password=secret'", "'host=db Password=***'"),
            ("`http://127.0.0.1:4318/a` and me@db", "`http://127.0.0.1:4318/a` and me@db"),
            ("`postgres://me@db/app`\tis there", "`postgres://me@db/app`\tis there"),
        ] {
            assert_eq!(hidden(text), shown);
        }
    }
}
