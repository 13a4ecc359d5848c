//! Tags of scripts as names of labels, which may have letters, digits and `_` only.

/// What tags are put behind, so that none is taken for a label of throng's or of Prometheus's own.
const TAG: &str = "tag_";

/// What a name begins with in which signs had to be replaced, as Prometheus itself writes such names.
const ESCAPED: &str = "U__";

/// The label for a tag: `tag_queue`. Two different tags have two different labels.
pub(super) fn tag(name: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || c == '_';
    if !name.is_empty() && name.chars().all(plain) {
        return format!("{TAG}{name}");
    }
    let mut escaped = format!("{TAG}{ESCAPED}");
    for c in name.chars() {
        match c {
            '_' => escaped.push_str("__"),
            c if plain(c) => escaped.push(c),
            c => escaped.push_str(&format!("_{:x}_", c as u32)),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::tag;

    #[test]
    fn tags_of_any_signs_have_labels_of_their_own() {
        assert_eq!(tag("queue"), "tag_queue");
        assert_eq!(tag("a-b_c"), "tag_U__a_2d_b__c");
        assert_eq!(tag("größe"), "tag_U__gr_f6__df_e");
        assert_eq!(tag(""), "tag_U__");
    }
}
