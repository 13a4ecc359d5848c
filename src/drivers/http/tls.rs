//! TLS as an `https://` URL means it.

use std::sync::Arc;

use rustls::client::WebPkiServerVerifier;
use rustls::client::danger::ServerCertVerifier;
use rustls::crypto::ring;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::{ClientConfig, RootCertStore};

use crate::drivers::Failure;
use crate::drivers::socket::Unverified;

/// What stands behind the `#` of a URL.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Options {
    /// Any certificate will do.
    insecure: bool,
    /// A file of trusted authorities in PEM instead of the system's own.
    authorities: Option<String>,
    /// A file with our certificate in PEM.
    certificate: Option<String>,
    /// A file with its key in PEM.
    key: Option<String>,
}

impl Options {
    /// Reads `insecure`, `ca=FILE`, `cert=FILE` and `key=FILE`, with `&` between; the error says what is wrong.
    pub(super) fn parse(text: &str) -> Result<Self, String> {
        let mut options = Self::default();
        for part in text.split('&').filter(|part| !part.is_empty()) {
            let (name, value) = part.split_once('=').unwrap_or((part, ""));
            let file = Some(value.to_owned()).filter(|file| !file.is_empty());
            match name {
                "insecure" => options.insecure = true,
                "ca" => options.authorities = file,
                "cert" => options.certificate = file,
                "key" => options.key = file,
                other => {
                    return Err(format!(
                        "behind `#` may stand `insecure`, `ca=FILE`, `cert=FILE` and `key=FILE`, not `{other}`"
                    ));
                }
            }
        }
        Ok(options)
    }
}

/// What connections are made with. The server's certificate must have been issued to the host by an authority that the
/// file of the options names or, without one, that the system trusts.
pub(super) fn config(options: &Options) -> Result<Arc<ClientConfig>, Failure> {
    let provider = Arc::new(ring::default_provider());
    let verifier: Arc<dyn ServerCertVerifier> = match options.insecure {
        true => Arc::new(Unverified::new(provider.clone())),
        false => WebPkiServerVerifier::builder_with_provider(Arc::new(roots(options)?), provider.clone())
            .build()
            .map_err(|error| unusable(&format!("no authorities to check the server's certificate with: {error}")))?,
    };
    let builder = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|error| unusable(&error.to_string()))?
        .dangerous()
        .with_custom_certificate_verifier(verifier);
    let mut config = match (&options.certificate, &options.key) {
        (Some(certificate), Some(key)) => {
            let key_der = PrivateKeyDer::from_pem_file(key).map_err(|error| unreadable(key, &error))?;
            builder
                .with_client_auth_cert(certificates(certificate)?, key_der)
                .map_err(|error| unusable(&error.to_string()))?
        }
        (None, None) => builder.with_no_client_auth(),
        _ => return Err(unusable("`cert` and `key` go together")),
    };
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    Ok(Arc::new(config))
}

fn roots(options: &Options) -> Result<RootCertStore, Failure> {
    let mut roots = RootCertStore::empty();
    match &options.authorities {
        Some(file) => {
            for certificate in certificates(file)? {
                roots.add(certificate).map_err(|error| unreadable(file, &error))?;
            }
        }
        None => drop(roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs)),
    }
    Ok(roots)
}

fn certificates(file: &str) -> Result<Vec<CertificateDer<'static>>, Failure> {
    CertificateDer::pem_file_iter(file).and_then(Iterator::collect).map_err(|error| unreadable(file, &error))
}

fn unreadable(file: &str, error: &impl std::fmt::Display) -> Failure {
    unusable(&format!("`{file}` can't be used: {error}"))
}

fn unusable(reason: &str) -> Failure {
    Failure::Misuse {
        message: format!("TLS: {reason}"),
        hint: Some("behind `#` the URL may name `ca=FILE`, `cert=FILE&key=FILE`, or say `insecure`".into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn options_are_read_and_unknown_ones_refused() {
        let options = Options::parse("ca=/etc/ca.pem&cert=me.pem&key=me.key").unwrap();
        assert_eq!((options.insecure, options.authorities.as_deref()), (false, Some("/etc/ca.pem")));
        assert!(Options::parse("insecure").unwrap().insecure);
        assert_eq!(Options::parse("").unwrap(), Options::default());
        assert!(Options::parse("insecur").unwrap_err().contains("`insecur`"));
        assert!(config(&Options { certificate: Some("me.pem".into()), ..Options::default() }).is_err());
        assert!(config(&Options { authorities: Some("/nowhere/ca.pem".into()), ..Options::default() }).is_err());
    }
}
