//! Proves to the server who we are: by trust, password, MD5 or SCRAM-SHA-256.

use std::io;

use postgres_protocol::authentication::md5_hash;
use postgres_protocol::authentication::sasl::{self, ScramSha256};
use postgres_protocol::message::frontend;
use tokio_postgres::Config;
use tokio_postgres::config::ChannelBinding;

use super::WireError;
use super::startup::answer;
use super::wire::Wire;
use crate::drivers::postgres::reader::{Malformed, Reader};
use crate::drivers::postgres::tls;

/// What the server wants, by the number in its request.
const OK: i32 = 0;
const CLEARTEXT: i32 = 3;
const MD5: i32 = 5;
const SASL: i32 = 10;
const SASL_CONTINUE: i32 = 11;
const SASL_FINAL: i32 = 12;

/// Does what the server asks for until it lets us in.
pub(super) async fn authenticate(wire: &mut Wire, config: &Config, user: &str) -> Result<(), WireError> {
    let (kind, data) = request(wire).await?;
    if kind != SASL {
        may_go_without_binding(config)?;
    }
    match kind {
        OK => return Ok(()),
        CLEARTEXT => send_password(wire, password(config)?)?,
        MD5 => {
            let salt = data.try_into().map_err(|_| WireError::Alien)?;
            send_password(wire, md5_hash(user.as_bytes(), password(config)?, salt).as_bytes())?;
        }
        SASL => scram(wire, config, &data).await?,
        _ => return Err(WireError::Disagreement("unsupported authentication method")),
    }
    expect(wire, OK).await.map(drop)
}

/// The next of the server's requests: its kind and its data.
async fn request(wire: &mut Wire) -> Result<(i32, Vec<u8>), WireError> {
    let (tag, body) = answer(wire).await?;
    let mut reader = Reader::new(&body);
    match (tag, reader.i32()) {
        (b'R', Ok(kind)) => Ok((kind, reader.rest().to_vec())),
        _ => Err(WireError::Alien),
    }
}

async fn expect(wire: &mut Wire, expected: i32) -> Result<Vec<u8>, WireError> {
    let (kind, data) = request(wire).await?;
    if kind == expected { Ok(data) } else { Err(WireError::Alien) }
}

fn password(config: &Config) -> Result<&[u8], WireError> {
    config.get_password().ok_or(WireError::Disagreement("password missing"))
}

fn send_password(wire: &mut Wire, password: &[u8]) -> Result<(), WireError> {
    Ok(wire.send(|out| frontend::password_message(password, out))?)
}

/// Whether a connection is good enough that is not bound to the server's certificate.
fn may_go_without_binding(config: &Config) -> Result<(), WireError> {
    match config.get_channel_binding() {
        ChannelBinding::Require => Err(WireError::Disagreement("server did not use channel binding")),
        _ => Ok(()),
    }
}

async fn scram(wire: &mut Wire, config: &Config, offered: &[u8]) -> Result<(), WireError> {
    let password = password(config)?;
    let mechanisms = mechanisms(offered).map_err(|_| WireError::Alien)?;
    let offers = |mechanism: &str| mechanisms.contains(&mechanism);
    let binding = match config.get_channel_binding() {
        ChannelBinding::Disable => None,
        _ => wire.socket().certificates().first().and_then(tls::end_point),
    };
    let (binding, mechanism) = match binding {
        Some(end_point) if offers(sasl::SCRAM_SHA_256_PLUS) => {
            (sasl::ChannelBinding::tls_server_end_point(end_point), sasl::SCRAM_SHA_256_PLUS)
        }
        // We could, but the server does not: which it is told, lest somebody in between has taken its offer away.
        Some(_) if offers(sasl::SCRAM_SHA_256) => (sasl::ChannelBinding::unrequested(), sasl::SCRAM_SHA_256),
        None if offers(sasl::SCRAM_SHA_256) || offers(sasl::SCRAM_SHA_256_PLUS) => {
            (sasl::ChannelBinding::unsupported(), sasl::SCRAM_SHA_256)
        }
        _ => return Err(WireError::Disagreement("unsupported SASL mechanism")),
    };
    if mechanism != sasl::SCRAM_SHA_256_PLUS {
        may_go_without_binding(config)?;
    }
    let mut scram = ScramSha256::new(password, binding);
    wire.send(|out| frontend::sasl_initial_response(mechanism, scram.message(), out))?;
    let challenge = expect(wire, SASL_CONTINUE).await?;
    scram.update(&challenge).map_err(io::Error::other)?;
    wire.send(|out| frontend::sasl_response(scram.message(), out))?;
    let proof = expect(wire, SASL_FINAL).await?;
    Ok(scram.finish(&proof)?)
}

/// The names in the server's offer, which an empty one ends.
fn mechanisms(offered: &[u8]) -> Result<Vec<&str>, Malformed> {
    let mut reader = Reader::new(offered);
    let mut mechanisms = Vec::new();
    loop {
        match reader.cstring()? {
            "" => return Ok(mechanisms),
            mechanism => mechanisms.push(mechanism),
        }
    }
}
