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

/// The bytes of a part of a URL; what is no code stands for itself.
pub fn percent_decode(text: &str) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((&byte, after)) = rest.split_first() {
        rest = after;
        let code = (byte == b'%').then(|| after.get(..2)).flatten();
        match code.and_then(|code| u8::from_str_radix(std::str::from_utf8(code).ok()?, 16).ok()) {
            Some(decoded) => {
                bytes.push(decoded);
                rest = &after[2..];
            }
            None => bytes.push(byte),
        }
    }
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_could_end_a_part_of_a_url_is_encoded() {
        assert_eq!(percent_encode("/tmp/a b@c:é"), "%2Ftmp%2Fa%20b%40c%3A%C3%A9");
    }

    #[test]
    fn what_was_encoded_is_decoded_and_what_is_no_code_stays() {
        let text = "/tmp/a b@c:é%";
        assert_eq!(percent_decode(&percent_encode(text)), text.as_bytes());
        assert_eq!(percent_decode("100%, 5%zz, é%2"), "100%, 5%zz, é%2".as_bytes());
    }
}
