//! Where to listen, and for how long after the end.

use std::fmt;
use std::net::{SocketAddr, ToSocketAddrs};
use std::str::FromStr;
use std::time::Duration;

use crate::export::ExportError;
use crate::plan::units::parse_duration;

/// What an address without a host stands on, so that nothing is open to others unless somebody says so.
const LOOPBACK: &str = "127.0.0.1";

/// What follows the address.
const LINGER: &str = "linger=";

/// `[HOST]:PORT[,linger=TIME]`, understood.
#[derive(Debug, Clone)]
pub(super) struct Place {
    /// As it was written, with the host that was left out.
    text: String,
    /// What it stands for; the first that can be listened on.
    pub(super) addresses: Vec<SocketAddr>,
    /// How long to wait at the end for somebody to fetch the last figures; `None` to go by who has come so far.
    pub(super) linger: Option<Duration>,
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl FromStr for Place {
    type Err = ExportError;

    fn from_str(text: &str) -> Result<Self, ExportError> {
        let wrong = |problem: String| ExportError::Address {
            text: text.to_owned(),
            problem,
            hint: "write `:9464` for a port of loopback, `HOST:PORT` for another, and behind it, if need be, `,linger=30s`",
        };
        let (address, options) = text.split_once(',').map_or((text, None), |(address, rest)| (address, Some(rest)));
        let linger = match options {
            None => None,
            Some(option) => {
                let time = option.strip_prefix(LINGER);
                let time = time.ok_or_else(|| wrong(format!("`{option}` is not known behind the address")))?;
                Some(parse_duration(time).map_err(|error| wrong(format!("`{option}`: {error}")))?)
            }
        };
        let address = match address.strip_prefix(':') {
            Some(port) => format!("{LOOPBACK}:{port}"),
            None => address.to_owned(),
        };
        let addresses: Vec<_> = address.to_socket_addrs().map_err(|error| wrong(error.to_string()))?.collect();
        Ok(Self { text: address, addresses, linger })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn place(text: &str) -> Result<Place, String> {
        text.parse().map_err(|error: ExportError| error.to_string())
    }

    #[test]
    fn without_a_host_it_is_loopback_and_nothing_else() {
        let place = place(":9464").expect("a port");
        assert_eq!(place.addresses, ["127.0.0.1:9464".parse().expect("an address")]);
        assert_eq!((place.to_string().as_str(), place.linger), ("127.0.0.1:9464", None));
    }

    #[test]
    fn a_host_and_a_time_are_taken_as_they_are_given() {
        let place = place("0.0.0.0:80,linger=1m").expect("an address");
        assert_eq!(place.addresses, ["0.0.0.0:80".parse().expect("an address")]);
        assert_eq!(place.linger, Some(Duration::from_secs(60)));
    }

    #[test]
    fn what_is_no_address_is_told_with_what_is() {
        for text in ["9464", ":port", ":99999", "", ":9464,longer=1s", ":9464,linger=soon"] {
            let error = place(text).expect_err(text);
            assert!(error.contains(&format!("`{text}` is no address to listen on: ")), "{error}");
            assert!(error.contains("\nhint: write `:9464`"), "{error}");
        }
    }
}
