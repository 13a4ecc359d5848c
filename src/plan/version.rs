//! The version of a server, as far as anything depends on it.

use std::fmt;

/// The first two numbers of a version; of PostgreSQL the second is its minor one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Version(pub u32, pub u32);

impl Version {
    /// Reads `6.2`, `7.0.15`, `16 (Debian 16.4-1)`; none if a text does not begin with a number.
    pub fn parse(text: &str) -> Option<Self> {
        let numbers = text.split(|c: char| !(c.is_ascii_digit() || c == '.')).next()?;
        let mut numbers = numbers.split('.');
        let major = numbers.next()?.parse().ok()?;
        Some(Self(major, numbers.next().and_then(|minor| minor.parse().ok()).unwrap_or(0)))
    }
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self(major, minor) = self;
        if *minor == 0 { write!(f, "{major}") } else { write!(f, "{major}.{minor}") }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_version_is_its_first_two_numbers() {
        for (text, version) in [
            ("6.2", Some(Version(6, 2))),
            ("7.0.15", Some(Version(7, 0))),
            ("16.4 (Debian 16.4-1.pgdg120+1)", Some(Version(16, 4))),
            ("18", Some(Version(18, 0))),
            ("17beta2", Some(Version(17, 0))),
            ("new", None),
        ] {
            assert_eq!(Version::parse(text), version, "{text}");
        }
        assert!(
            Version(6, 2) < Version(7, 0) && Version(6, 0).to_string() == "6" && Version(6, 2).to_string() == "6.2"
        );
    }
}
