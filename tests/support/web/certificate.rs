//! A certificate for `localhost` of an authority that only its own file names.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use rcgen::{BasicConstraints, CertificateParams, IsCa, Issuer, KeyPair};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::PrivateKeyDer;

/// A server's certificate, made anew.
pub struct Certificate {
    folder: tempfile::TempDir,
    own: rcgen::Certificate,
    key: KeyPair,
}

impl Certificate {
    /// Makes an authority and a certificate for this host name.
    pub fn new(host: &str) -> Self {
        let authority_key = KeyPair::generate().unwrap();
        let mut params = CertificateParams::new(Vec::new()).unwrap();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let authority = params.self_signed(&authority_key).unwrap();
        let key = KeyPair::generate().unwrap();
        let issuer = Issuer::new(params, authority_key);
        let own = CertificateParams::new(vec![host.to_owned()]).unwrap().signed_by(&key, &issuer).unwrap();
        let folder = tempfile::tempdir().unwrap();
        let this = Self { folder, own, key };
        for (name, text) in [("ca.pem", authority.pem()), ("own.pem", this.pem()), ("own.key", this.key_pem())] {
            std::fs::write(this.folder.path().join(name), text).unwrap();
        }
        this
    }

    /// The file that names the authority.
    pub fn authority(&self) -> impl AsRef<Path> + std::fmt::Display {
        self.folder.path().join("ca.pem").display().to_string()
    }

    /// The certificate, for servers that read it from a file.
    pub fn pem(&self) -> String {
        self.own.pem()
    }

    /// Its key, for the same.
    pub fn key_pem(&self) -> String {
        self.key.serialize_pem()
    }

    /// Both as files.
    pub fn files(&self) -> [PathBuf; 2] {
        ["own.pem", "own.key"].map(|name| self.folder.path().join(name))
    }

    pub(super) fn acceptor(&self) -> TlsAcceptor {
        let key = PrivateKeyDer::try_from(self.key.serialize_der()).unwrap();
        let config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(vec![self.own.der().clone()], key)
            .unwrap();
        TlsAcceptor::from(Arc::new(config))
    }
}
