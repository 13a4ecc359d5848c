//! TLS as libpq's `sslmode` means it.

use std::sync::Arc;

use rustls::client::WebPkiServerVerifier;
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::{CryptoProvider, ring};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName, UnixTime};
use rustls::{CertificateError, ClientConfig, DigitallySignedStruct, Error, RootCertStore, SignatureScheme};
use sha2::{Digest, Sha256, Sha384, Sha512};
use tokio_postgres::config::SslMode;
use x509_cert::Certificate;
use x509_cert::der::Decode;

use crate::drivers::Failure;
use crate::drivers::socket::Unverified;

/// What PostgreSQL's protocol is called in TLS. Without it a server refuses TLS that it was not asked for first
/// (`sslnegotiation=direct`); older servers take no notice of it.
const ALPN: &[u8] = b"postgresql";

/// What a connection string says about TLS.
#[derive(Debug)]
pub(super) struct TlsOptions {
    /// Whether to use it.
    pub mode: SslMode,
    /// What of the server's certificate is checked.
    pub verify: Verify,
    /// A file of trusted authorities in PEM; `system` or none stands for the system's own.
    pub root_certificates: Option<String>,
    /// A file with our certificate in PEM.
    pub certificate: Option<String>,
    /// A file with its key in PEM.
    pub key: Option<String>,
}

impl Default for TlsOptions {
    fn default() -> Self {
        Self { mode: SslMode::Prefer, verify: Verify::Nothing, root_certificates: None, certificate: None, key: None }
    }
}

/// What of the server's certificate is checked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Verify {
    /// Nothing; the connection is only encrypted.
    Nothing,
    /// That a trusted authority issued it.
    Authority,
    /// Also that it is this host's.
    AuthorityAndName,
}

/// A TLS connector for these options.
pub(super) fn connector(options: &TlsOptions) -> Result<Arc<ClientConfig>, Failure> {
    let provider = Arc::new(ring::default_provider());
    let verifier: Arc<dyn ServerCertVerifier> = match effective(options) {
        Verify::Nothing => Arc::new(Unverified::new(provider.clone())),
        Verify::Authority => Arc::new(AnyName(webpki(options, &provider)?)),
        Verify::AuthorityAndName => webpki(options, &provider)?,
    };
    let builder = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(unusable)?
        .dangerous()
        .with_custom_certificate_verifier(verifier);
    let mut config = match (&options.certificate, &options.key) {
        (Some(certificate), Some(key)) => {
            let key_der = PrivateKeyDer::from_pem_file(key).map_err(|error| unreadable(key, &error))?;
            builder.with_client_auth_cert(read_certificates(certificate)?, key_der).map_err(unusable)?
        }
        (None, None) => builder.with_no_client_auth(),
        _ => return Err(misuse("connection string: `sslcert` and `sslkey` go together".into())),
    };
    config.alpn_protocols = vec![ALPN.to_vec()];
    Ok(Arc::new(config))
}

/// What stands for a server's certificate in channel binding (`tls-server-end-point`, RFC 5929, section 4.1): its digest
/// by the hash function of its own signature, but by none weaker than SHA-256. `None` if that has no such function.
pub(super) fn end_point(certificate: &CertificateDer<'_>) -> Option<Vec<u8>> {
    use x509_cert::der::oid::db::rfc5912::{
        ECDSA_WITH_SHA_256, ECDSA_WITH_SHA_384, ECDSA_WITH_SHA_512, SHA_1_WITH_RSA_ENCRYPTION,
        SHA_256_WITH_RSA_ENCRYPTION, SHA_384_WITH_RSA_ENCRYPTION, SHA_512_WITH_RSA_ENCRYPTION,
    };
    match Certificate::from_der(certificate).ok()?.signature_algorithm.oid {
        SHA_1_WITH_RSA_ENCRYPTION | SHA_256_WITH_RSA_ENCRYPTION | ECDSA_WITH_SHA_256 => {
            Some(Sha256::digest(certificate).to_vec())
        }
        SHA_384_WITH_RSA_ENCRYPTION | ECDSA_WITH_SHA_384 => Some(Sha384::digest(certificate).to_vec()),
        SHA_512_WITH_RSA_ENCRYPTION | ECDSA_WITH_SHA_512 => Some(Sha512::digest(certificate).to_vec()),
        _ => None,
    }
}

/// Authorities that are named are also used with `require`, as libpq does.
fn effective(options: &TlsOptions) -> Verify {
    match options.verify {
        Verify::Nothing if options.mode == SslMode::Require && options.root_certificates.is_some() => Verify::Authority,
        verify => verify,
    }
}

fn webpki(options: &TlsOptions, provider: &Arc<CryptoProvider>) -> Result<Arc<WebPkiServerVerifier>, Failure> {
    let mut roots = RootCertStore::empty();
    match options.root_certificates.as_deref() {
        None | Some("system") => {
            roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
        }
        Some(path) => {
            roots.add_parsable_certificates(read_certificates(path)?);
        }
    }
    WebPkiServerVerifier::builder_with_provider(Arc::new(roots), provider.clone()).build().map_err(|_| {
        Failure::Misuse {
            message: "connection string: there is no trusted authority to check the server's certificate with".into(),
            hint: Some("name a file of authorities with `sslrootcert`".into()),
        }
    })
}

fn read_certificates(path: &str) -> Result<Vec<CertificateDer<'static>>, Failure> {
    CertificateDer::pem_file_iter(path).and_then(Iterator::collect).map_err(|error| unreadable(path, &error))
}

fn unreadable(path: &str, error: &rustls::pki_types::pem::Error) -> Failure {
    misuse(format!("connection string: cannot read `{path}`: {error}"))
}

fn unusable(error: Error) -> Failure {
    misuse(format!("connection string: {error}"))
}

fn misuse(message: String) -> Failure {
    Failure::Misuse { message, hint: None }
}

/// Takes a certificate of any name from a trusted authority.
#[derive(Debug)]
struct AnyName(Arc<WebPkiServerVerifier>);

impl ServerCertVerifier for AnyName {
    fn verify_server_cert(
        &self,
        certificate: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        name: &ServerName<'_>,
        ocsp: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        // The name is looked at last, so everything else was right.
        match self.0.verify_server_cert(certificate, intermediates, name, ocsp, now) {
            Err(Error::InvalidCertificate(
                CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. },
            )) => Ok(ServerCertVerified::assertion()),
            result => result,
        }
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        self.0.verify_tls12_signature(message, certificate, signed)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        self.0.verify_tls13_signature(message, certificate, signed)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.0.supported_verify_schemes()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_protocol_is_named_as_servers_that_are_not_asked_first_want_it() {
        let config = connector(&TlsOptions::default()).expect("nothing has to be read");
        assert_eq!(config.alpn_protocols, [b"postgresql"]);
    }
}
