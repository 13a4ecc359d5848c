//! TLS between a socket's plain bytes and what travels. Moves no bytes itself.

use std::io::{self, Read, Write};
use std::sync::Arc;

use bytes::{Buf, BufMut, BytesMut};
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{ClientConfig, ClientConnection};

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
    io::Error::new(io::ErrorKind::InvalidData, error)
}
