//! Where an answer points, and how to ask there.

use hyper::header::LOCATION;
use hyper::{HeaderMap, Method, StatusCode};
use url::Url;

/// The next request of a chain.
#[derive(Debug, PartialEq)]
pub struct Next {
    /// How to ask.
    pub method: Method,
    /// Where.
    pub url: Url,
    /// Whether the body goes along.
    pub keeps_body: bool,
}

/// What a user agent asks next after such an answer to `method` at `url`; `None` if it points nowhere
/// (RFC 9110, section 15.4).
pub fn next(status: StatusCode, headers: &HeaderMap, method: &Method, url: &Url) -> Option<Next> {
    let keeps = match status.as_u16() {
        307 | 308 => true,
        // What everybody does, although it was meant otherwise.
        301 | 302 => *method != Method::POST,
        303 => method == Method::GET || method == Method::HEAD,
        _ => return None,
    };
    let url = url.join(headers.get(LOCATION)?.to_str().ok()?).ok()?;
    Some(Next { method: if keeps { method.clone() } else { Method::GET }, url, keeps_body: keeps })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_status_says_how_to_ask_next() {
        let at = Url::parse("http://web/a/b?c").unwrap();
        let headers = HeaderMap::from_iter([(LOCATION, "../d".parse().unwrap())]);
        let next = |status: u16, method: Method| {
            super::next(StatusCode::from_u16(status).unwrap(), &headers, &method, &at)
                .map(|next| (next.method, next.url.to_string(), next.keeps_body))
        };
        let there = "http://web/d".to_owned();
        assert_eq!(next(301, Method::POST), Some((Method::GET, there.clone(), false)));
        assert_eq!(next(302, Method::PUT), Some((Method::PUT, there.clone(), true)));
        assert_eq!(next(303, Method::PUT), Some((Method::GET, there.clone(), false)));
        assert_eq!(next(303, Method::HEAD), Some((Method::HEAD, there.clone(), true)));
        assert_eq!(next(308, Method::POST), Some((Method::POST, there, true)));
        assert_eq!(next(304, Method::GET), None);
        assert_eq!(super::next(StatusCode::FOUND, &HeaderMap::new(), &Method::GET, &at), None);
    }
}
