//! Parts of URLs.

/// Encodes all but RFC 3986's unreserved characters.
pub fn percent_encode(text: &str) -> String {
    text.bytes()
        .map(|byte| match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => char::from(byte).to_string(),
            _ => format!("%{byte:02X}"),
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_could_end_a_part_of_a_url_is_encoded() {
        assert_eq!(percent_encode("/tmp/a b@c:é"), "%2Ftmp%2Fa%20b%40c%3A%C3%A9");
    }
}
