//! Names as SQL has them: quoted where PostgreSQL's own `quote_ident` quotes them.

/// Words that are not free to be names (PostgreSQL 18, src/include/parser/kwlist.h: all but the unreserved ones). A name
/// that is quoted without need is the same name.
const KEYWORDS: &str = "all analyse analyze and any array as asc asymmetric authorization between bigint binary bit boolean \
    both case cast char character check coalesce collate collation column concurrently constraint create cross \
    current_catalog current_date current_role current_schema current_time current_timestamp current_user dec decimal \
    default deferrable desc distinct do else end except exists extract false fetch float for foreign freeze from full \
    grant greatest group grouping having ilike in initially inner inout int integer intersect interval into is isnull \
    join json json_array json_arrayagg json_exists json_object json_objectagg json_query json_scalar json_serialize \
    json_table json_value lateral leading least left like limit localtime localtimestamp merge_action national natural \
    nchar none normalize not notnull null nullif numeric offset on only or order out outer overlaps overlay placing \
    position precision primary real references returning right row select session_user setof similar smallint some \
    substring symmetric system_user table tablesample then time timestamp to trailing treat trim true union unique user \
    using values varchar variadic verbose when where window with xmlattributes xmlconcat xmlelement xmlexists xmlforest \
    xmlnamespaces xmlparse xmlpi xmlroot xmlserialize xmltable";

/// A name as SQL has it.
pub fn quote_identifier(name: &str) -> String {
    let begins = name.starts_with(|c: char| c.is_ascii_lowercase() || c == '_');
    let is_plain = begins && name.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_');
    match is_plain && !KEYWORDS.split_whitespace().any(|word| word == name) {
        true => name.to_owned(),
        false => format!("\"{}\"", name.replace('"', "\"\"")),
    }
}

/// The last of several names with points between them, each quoted where it must be: of `shop."Order.s"` it is
/// `"Order.s"`.
pub fn last_identifier(path: &str) -> &str {
    let mut quoted = false;
    let last = path.char_indices().filter(|(_, c)| {
        quoted ^= *c == '"';
        *c == '.' && !quoted
    });
    last.last().map_or(path, |(at, _)| &path[at + 1..])
}

/// The first name in a text that begins with one, and what comes after it.
pub fn first_identifier(text: &str) -> (&str, &str) {
    let mut quoted = false;
    let end = text.find(|c: char| {
        quoted ^= c == '"';
        !quoted && c != '"' && !(c.is_alphanumeric() || c == '_' || c == '$')
    });
    text.split_at(end.unwrap_or(text.len()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_must_be_quoted_is() {
        for (name, quoted) in [
            ("orders", "orders"),
            ("_1", "_1"),
            ("Orders", "\"Orders\""),
            ("my table", "\"my table\""),
            ("1st", "\"1st\""),
            ("order", "\"order\""),
            ("a\"b", "\"a\"\"b\""),
            ("café", "\"café\""),
            ("", "\"\""),
        ] {
            assert_eq!(quote_identifier(name), quoted);
        }
    }

    #[test]
    fn names_are_told_apart_within_and_without_quotes() {
        assert_eq!(last_identifier("public.orders"), "orders");
        assert_eq!(last_identifier("orders"), "orders");
        assert_eq!(last_identifier("\"My.Shop\".\"a\"\"b.c\""), "\"a\"\"b.c\"");
        assert_eq!(first_identifier("\"my table\" t"), ("\"my table\"", " t"));
        assert_eq!(first_identifier("bank b"), ("bank", " b"));
        assert_eq!(first_identifier("\"a\"\"b\""), ("\"a\"\"b\"", ""));
    }
}
