//! Where an HTTP server is, from its URL.

use std::sync::Arc;
use std::time::Duration;

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use hyper::header::{ACCEPT, AUTHORIZATION, HOST, HeaderValue, USER_AGENT};
use hyper::http::uri::PathAndQuery;
use hyper::{HeaderMap, Method, Request, Uri};
use rustls::ClientConfig;
use rustls::pki_types::ServerName;
use url::{Host, Url};

use super::{Payload, tls};
use crate::drivers::Failure;
use crate::plan::percent_decode;
use crate::plan::target::SecretUrl;

/// Makes sure that a URL can be understood, without going anywhere.
///
/// # Errors
/// What is wrong with it, without its password.
pub fn check(url: &SecretUrl) -> Result<(), Failure> {
    Address::parse(url, Duration::MAX).map(drop)
}

/// A checked URL that connections can be made to and requests be put behind.
#[derive(Clone)]
pub struct Address {
    /// Without user, password and fragment.
    url: Url,
    pub(super) host: String,
    pub(super) port: u16,
    pub(super) tls: Option<(Arc<ClientConfig>, ServerName<'static>)>,
    /// Host and port; for messages.
    pub(super) place: Arc<str>,
    pub(super) connect_limit: Duration,
    /// What every request says unless told otherwise.
    defaults: HeaderMap,
}

impl Address {
    /// Reads an `http://` or `https://` URL. What follows `#` is for TLS: `insecure`, `ca=FILE`, `cert=FILE&key=FILE`.
    ///
    /// # Errors
    /// What is wrong with it, without its password.
    pub fn parse(url: &SecretUrl, connect_limit: Duration) -> Result<Self, Failure> {
        let wrong = |reason: &str| Failure::Misuse {
            message: format!("`{url}` is not an HTTP URL: {reason}"),
            hint: Some("such as `http://host:8080`, or `https://user:password@host/base`".into()),
        };
        let mut parsed = Url::parse(url.reveal()).map_err(|error| wrong(&error.to_string()))?;
        let is_tls = match parsed.scheme() {
            "http" => false,
            "https" => true,
            other => return Err(wrong(&format!("its scheme is `{other}`"))),
        };
        if parsed.query().is_some() {
            return Err(wrong("it has a query, which belongs to requests"));
        }
        let host = match parsed.host() {
            Some(Host::Domain(name)) => name.to_owned(),
            Some(Host::Ipv4(address)) => address.to_string(),
            Some(Host::Ipv6(address)) => address.to_string(),
            None => return Err(wrong("it has no host")),
        };
        let port = parsed.port_or_known_default().ok_or_else(|| wrong("it has no port"))?;
        let options = parsed.fragment().unwrap_or_default().to_owned();
        let tls = match is_tls {
            true => {
                let name = ServerName::try_from(host.clone()).map_err(|error| wrong(&error.to_string()))?;
                Some((tls::config(&tls::Options::parse(&options).map_err(|reason| wrong(&reason))?)?, name))
            }
            false if options.is_empty() => None,
            false => return Err(wrong("what follows `#` is for TLS, and `http://` has none")),
        };
        let defaults = defaults(&parsed).ok_or_else(|| wrong("user or password can't be sent"))?;
        parsed.set_fragment(None);
        // Neither fails for a URL with a host.
        let _ = parsed.set_username("");
        let _ = parsed.set_password(None);
        let place = format!("{}:{port}", parsed.host_str().unwrap_or(&host)).into();
        Ok(Self { url: parsed, host, port, tls, place, connect_limit, defaults })
    }

    /// Host and port.
    pub fn place(&self) -> &str {
        &self.place
    }

    /// Whether connections to it are encrypted.
    pub fn is_encrypted(&self) -> bool {
        self.tls.is_some()
    }

    /// The path that a request's own comes behind, without a slash at its end.
    fn base(&self) -> &str {
        self.url.path().trim_end_matches('/')
    }

    /// The URI for a path with its query, which begin with `/`; characters that a URI does not have are encoded.
    pub fn uri(&self, path: &str) -> Option<Uri> {
        let whole = format!("{}{path}", self.base());
        if let Ok(path) = PathAndQuery::try_from(whole.as_str()) {
            return Some(Uri::from(path));
        }
        let mut encoded = self.url.clone();
        let (path, query) = whole.split_once('?').map_or((whole.as_str(), None), |(path, query)| (path, Some(query)));
        encoded.set_path(path);
        encoded.set_query(query);
        self.uri_of(&encoded)
    }

    /// The URI for a whole URL; `None` if it leads to another server.
    pub fn uri_of(&self, url: &Url) -> Option<Uri> {
        let is_here = url.scheme() == self.url.scheme()
            && url.host() == self.url.host()
            && url.port_or_known_default() == self.url.port_or_known_default();
        let path =
            is_here.then(|| url.query().map_or(url.path().to_owned(), |query| format!("{}?{query}", url.path())));
        path.and_then(|path| PathAndQuery::try_from(path).ok()).map(Uri::from)
    }

    /// The whole URL of a request's URI, for cookies and redirects.
    pub fn url_of(&self, uri: &Uri) -> Url {
        let mut url = self.url.clone();
        url.set_path(uri.path());
        url.set_query(uri.query());
        url
    }

    /// A request, with what every one says to this server where `headers` say nothing else.
    pub fn request(&self, method: Method, uri: Uri, headers: HeaderMap, payload: Payload) -> Request<Payload> {
        let mut request = Request::new(payload);
        *request.method_mut() = method;
        *request.uri_mut() = uri;
        let all = request.headers_mut();
        *all = headers;
        for (name, value) in &self.defaults {
            if !all.contains_key(name) {
                all.insert(name, value.clone());
            }
        }
        request
    }
}

/// What every request to a URL says; `None` if user or password have characters that no header may have.
fn defaults(url: &Url) -> Option<HeaderMap> {
    let mut headers = HeaderMap::new();
    let host = url.host_str()?;
    let authority = url.port().map_or(host.to_owned(), |port| format!("{host}:{port}"));
    headers.insert(HOST, HeaderValue::try_from(authority).ok()?);
    headers.insert(USER_AGENT, HeaderValue::from_static(concat!("throng/", env!("CARGO_PKG_VERSION"))));
    headers.insert(ACCEPT, HeaderValue::from_static("*/*"));
    if !url.username().is_empty() || url.password().is_some() {
        let decoded = |text: &str| String::from_utf8(percent_decode(text)).ok();
        let (user, password) = (decoded(url.username())?, decoded(url.password().unwrap_or_default())?);
        headers.insert(AUTHORIZATION, basic(&user, &password)?);
    }
    Some(headers)
}

/// The header of Basic authorization, kept out of what is shown.
pub fn basic(user: &str, password: &str) -> Option<HeaderValue> {
    let encoded = BASE64_STANDARD.encode(format!("{user}:{password}"));
    let mut value = HeaderValue::try_from(format!("Basic {encoded}")).ok()?;
    value.set_sensitive(true);
    Some(value)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(url: &str) -> Result<Address, Failure> {
        Address::parse(&SecretUrl::new(url), Duration::from_secs(1))
    }

    #[test]
    fn paths_come_behind_the_base_and_are_encoded_where_they_must_be() {
        let plain = parse("http://web:8080").unwrap();
        let based = parse("http://me:pass%3Aword@web/api/v1/").unwrap();
        for (address, path, uri) in [
            (&plain, "/a?b=c", "/a?b=c"),
            (&plain, "/a b?c=d e", "/a%20b?c=d%20e"),
            (&based, "/members/7", "/api/v1/members/7"),
            (&based, "", "/api/v1"),
        ] {
            assert_eq!(address.uri(path).unwrap().to_string(), uri);
        }
        assert_eq!((&*plain.place, &*based.place), ("web:8080", "web:80"));
        assert_eq!(based.defaults[AUTHORIZATION], "Basic bWU6cGFzczp3b3Jk");
        assert_eq!(plain.defaults[HOST], "web:8080");
    }

    #[test]
    fn another_server_is_told_from_this_one() {
        let address = parse("http://web:8080/api").unwrap();
        let uri = |url: &str| address.uri_of(&Url::parse(url).unwrap()).map(|uri| uri.to_string());
        assert_eq!(uri("http://web:8080/x?y=1"), Some("/x?y=1".into()));
        for elsewhere in ["http://web/x", "https://web:8080/x", "http://other:8080/x"] {
            assert_eq!(uri(elsewhere), None, "{elsewhere}");
        }
    }

    #[test]
    fn a_wrong_url_is_told_without_its_password() {
        for url in [
            "ftp://me:secret@web",
            "http://me:secret@web:port",
            "http://me:secret@web/?q=1",
            "http://me:secret@web/#insecure",
            "https://me:secret@web/#insecur",
            "nonsense",
            "me:secret@web",
        ] {
            let message = parse(url).err().unwrap().to_string();
            assert!(message.contains("is not an HTTP URL"), "{message}");
            assert!(!message.contains("secret@"), "{message}");
        }
    }
}
