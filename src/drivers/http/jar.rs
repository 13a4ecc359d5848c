//! The cookies of one user.

use cookie_store::CookieStore;
use hyper::HeaderMap;
use hyper::header::{HeaderValue, SET_COOKIE};
use url::Url;

/// Keeps what servers set, and knows what to bring to which URL.
#[derive(Debug, Default)]
pub struct Jar(CookieStore);

impl Jar {
    /// Takes what an answer from `url` sets. What can't be read is left, as browsers do.
    pub fn take(&mut self, url: &Url, headers: &HeaderMap) {
        for value in headers.get_all(SET_COOKIE) {
            if let Ok(text) = value.to_str() {
                let _ = self.0.parse(text, url);
            }
        }
    }

    /// Whether there is nothing to bring anywhere.
    pub fn is_empty(&self) -> bool {
        self.0.iter_unexpired().next().is_none()
    }

    /// The header for a request to `url`; none if there is nothing to bring.
    pub fn header(&self, url: &Url) -> Option<HeaderValue> {
        let pairs: Vec<String> =
            self.0.get_request_values(url).map(|(name, value)| format!("{name}={value}")).collect();
        if pairs.is_empty() { None } else { HeaderValue::try_from(pairs.join("; ")).ok() }
    }

    /// Name and value of each cookie.
    pub fn pairs(&self) -> Vec<(String, String)> {
        self.0.iter_unexpired().map(|cookie| (cookie.name().to_owned(), cookie.value().to_owned())).collect()
    }

    /// Throws all away.
    pub fn clear(&mut self) {
        self.0.clear();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cookie_is_brought_where_it_belongs_until_it_is_taken_back() {
        let url = |path: &str| Url::parse(&format!("http://web{path}")).unwrap();
        let set = |text: &'static str| HeaderMap::from_iter([(SET_COOKIE, HeaderValue::from_static(text))]);
        let mut jar = Jar::default();
        jar.take(&url("/login"), &set("sid=7; Path=/; HttpOnly"));
        jar.take(&url("/shop/x"), &set("cart=3; Path=/shop"));
        jar.take(&url("/"), &set("secret=1; Secure"));
        jar.take(&url("/"), &set("foreign=1; Domain=elsewhere.example"));
        assert_eq!(jar.header(&url("/a")).unwrap(), "sid=7");
        assert_eq!(jar.header(&url("/shop/y")).unwrap().to_str().unwrap().split("; ").count(), 2);
        jar.take(&url("/logout"), &set("sid=; Path=/; Max-Age=0"));
        assert_eq!(jar.header(&url("/a")), None);
        jar.clear();
        assert!(jar.is_empty());
    }
}
