//! TLS between a socket's plain bytes and what travels. Moves no bytes itself.

use std::io::{self, Read, Write};
use std::sync::Arc;

use bytes::{Buf, BufMut, BytesMut};
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{ClientConfig, ClientConnection, InvalidMessage};

/// One side of an encrypted connection.
pub(super) struct Session {
    connection: ClientConnection,
    /// What came and is not decrypted yet.
    pub(super) received: BytesMut,
    /// What is written before it is encrypted.
    plain: BytesMut,
}

impl Session {
    pub(super) fn new(config: Arc<ClientConfig>, name: ServerName<'static>) -> io::Result<Self> {
        let mut connection = ClientConnection::new(config, name).map_err(invalid)?;
        // The outbox is what holds back.
        connection.set_buffer_limit(None);
        Ok(Self { connection, received: BytesMut::new(), plain: BytesMut::new() })
    }

    pub(super) fn is_handshaking(&self) -> bool {
        self.connection.is_handshaking()
    }

    /// The other side's certificates, its own first.
    pub(super) fn certificates(&self) -> &[CertificateDer<'static>] {
        self.connection.peer_certificates().unwrap_or_default()
    }

    /// Encrypts what `write` appends.
    pub(super) fn encrypt<E>(
        &mut self,
        write: impl FnOnce(&mut BytesMut) -> Result<(), E>,
        out: &mut BytesMut,
    ) -> Result<(), E> {
        self.plain.clear();
        write(&mut self.plain)?;
        // Without a limit the writer takes all, and memory takes what it writes.
        let _ = self.connection.writer().write_all(&self.plain);
        self.write_pending(out);
        Ok(())
    }

    /// Moves what TLS itself or its user has to send.
    pub(super) fn write_pending(&mut self, out: &mut BytesMut) {
        while self.connection.wants_write() && self.connection.write_tls(&mut out.writer()).is_ok() {}
    }

    /// Whether TLS itself has something to send.
    pub(super) fn has_pending(&self) -> bool {
        self.connection.wants_write()
    }

    /// Decrypts what was received into `input`; returns how many bytes, and whether the other side has said that
    /// it sends no more.
    pub(super) fn decrypt(&mut self, input: &mut BytesMut) -> io::Result<(usize, bool)> {
        let (mut count, mut ended) = (0, false);
        while !self.received.is_empty() {
            let taken = self.connection.read_tls(&mut &self.received[..])?;
            self.received.advance(taken);
            let state = self.connection.process_new_packets().map_err(invalid)?;
            ended = state.peer_has_closed();
            let plain = state.plaintext_bytes_to_read();
            let start = input.len();
            input.resize(start + plain, 0);
            self.connection.reader().read_exact(&mut input[start..])?;
            count += plain;
            if taken == 0 {
                break;
            }
        }
        Ok((count, ended))
    }
}

fn invalid(error: rustls::Error) -> io::Error {
    match error {
        // What comes does not even begin as TLS does, as where a plain server listens.
        rustls::Error::InvalidMessage(InvalidMessage::InvalidContentType) => {
            io::Error::new(io::ErrorKind::InvalidData, "what answers there does not speak TLS")
        }
        error => io::Error::new(io::ErrorKind::InvalidData, error),
    }
}

#[cfg(test)]
mod tests {
    use rustls::crypto::ring;

    use super::super::Unverified;
    use super::*;

    fn session() -> Session {
        let provider = Arc::new(ring::default_provider());
        let config = ClientConfig::builder_with_provider(provider.clone())
            .with_safe_default_protocol_versions()
            .expect("the provider knows them")
            .dangerous()
            .with_custom_certificate_verifier(Arc::new(Unverified::new(provider)))
            .with_no_client_auth();
        Session::new(Arc::new(config), "localhost".try_into().expect("a name")).expect("nothing has come yet")
    }

    #[test]
    fn a_session_begins_with_what_it_has_to_send_itself() {
        let (mut session, mut out) = (session(), BytesMut::new());
        assert!(session.has_pending() && session.is_handshaking());
        session.write_pending(&mut out);
        // A handshake record.
        assert_eq!(out.first(), Some(&22));
        assert!(!session.has_pending() && session.certificates().is_empty());
    }

    #[test]
    fn of_what_could_not_be_written_whole_nothing_is_sent() {
        let (mut session, mut out) = (session(), BytesMut::new());
        session.write_pending(&mut out);
        out.clear();
        let written = session.encrypt(
            |plain| {
                plain.put_slice(b"half");
                Err("no")
            },
            &mut out,
        );
        assert_eq!((written, out.len()), (Err("no"), 0));
    }

    #[test]
    fn what_is_no_tls_is_an_error() {
        let mut session = session();
        session.write_pending(&mut BytesMut::new());
        session.received.put_slice(b"HTTP/1.1 400 Bad Request\r\n\r\n");
        let error = session.decrypt(&mut BytesMut::new()).expect_err("it is another protocol");
        assert_eq!(error.kind(), io::ErrorKind::InvalidData);
        assert_eq!(error.to_string(), "what answers there does not speak TLS");
    }
}
