//! Lists in OpenTelemetry's variables: `name=value,name=value`, with `%20` and its like in values.
//!
//! <https://opentelemetry.io/docs/specs/otel/protocol/exporter/#specifying-headers-via-environment-variables>

use crate::plan::percent_decode;

/// The pairs of a list. The error says what is wrong without saying any value, which may be a secret.
pub(super) fn pairs(text: &str) -> Result<Vec<(String, String)>, String> {
    let parts = text.split(',').map(str::trim).enumerate().filter(|(_, part)| !part.is_empty());
    let pairs = parts.map(|(place, part)| {
        let named = part.split_once('=').map(|(name, value)| (name.trim(), value.trim()));
        let (name, value) = named
            .filter(|(name, _)| !name.is_empty())
            .ok_or_else(|| format!("item {} is not NAME=VALUE", place + 1))?;
        let value = String::from_utf8(percent_decode(value))
            .map_err(|_| format!("the value of `{name}` is not UTF-8 once `%` is decoded"))?;
        Ok((name.to_owned(), value))
    });
    pairs.collect()
}

#[cfg(test)]
mod tests {
    use super::pairs;

    #[test]
    fn pairs_are_read_with_blanks_around_and_percent_signs_within() {
        let read = pairs(" authorization=Bearer%20a%3Db , x-tenant = seven,").expect("a list");
        let owned = |name: &str, value: &str| (name.to_owned(), value.to_owned());
        assert_eq!(read, [owned("authorization", "Bearer a=b"), owned("x-tenant", "seven")]);
        assert_eq!(pairs("").expect("an empty list"), []);
    }

    #[test]
    fn what_is_wrong_is_told_without_a_secret() {
        for text in ["a=b,hunter2", "=hunter2", "api-key=hunter2%ff"] {
            let error = pairs(text).expect_err(text);
            assert!(!error.contains("hunter2"), "{error}");
        }
    }
}
