//! Opens a session on a connected socket.

use std::future::poll_fn;

use nix::unistd::{User, geteuid};
use postgres_protocol::message::frontend;
use tokio_postgres::Config;

use super::WireError;
use super::authenticate::authenticate;
use super::wire::Wire;
use crate::drivers::postgres::reader::Reader;

/// A session's number and the secret that allows to cancel what it does.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(in super::super) struct Session {
    pub process_id: i32,
    pub secret: i32,
}

/// Opens a session as `config` says.
pub(in super::super) async fn start(wire: &mut Wire, config: &Config) -> Result<Session, WireError> {
    let user = match config.get_user() {
        Some(user) => user.to_owned(),
        None => own_name()?,
    };
    let parameters = [
        ("client_encoding", Some("UTF8")),
        ("user", Some(&*user)),
        ("database", config.get_dbname()),
        ("options", config.get_options()),
        ("application_name", config.get_application_name()),
    ];
    let given = parameters.iter().filter_map(|(name, value)| Some((*name, (*value)?)));
    wire.send(|out| frontend::startup_message(given, out)).map_err(WireError::Unsendable)?;
    authenticate(wire, config, &user).await?;
    let mut session = Session::default();
    loop {
        match answer(wire).await? {
            (b'K', body) => {
                let mut reader = Reader::new(&body);
                let (Ok(process_id), Ok(secret)) = (reader.i32(), reader.i32()) else { return Err(WireError::Alien) };
                session = Session { process_id, secret };
            }
            (b'Z', _) => return Ok(session),
            _ => return Err(WireError::Alien),
        }
    }
}

/// The name of the account that throng runs under, which is the user unless another is named.
fn own_name() -> Result<String, WireError> {
    match User::from_uid(geteuid()) {
        Ok(Some(user)) => Ok(user.name),
        Ok(None) => Err(WireError::Disagreement("no user is named, and this account has no name")),
        Err(error) => Err(WireError::Io(error.into())),
    }
}

/// The next message, unless it is an error.
pub(super) async fn answer(wire: &mut Wire) -> Result<(u8, Vec<u8>), WireError> {
    let (tag, length) = poll_fn(|context| wire.poll_message(context)).await?;
    let body = wire.message(tag, length).body.to_vec();
    wire.pass(length);
    match tag {
        b'E' => Err(WireError::refused(&body)),
        _ => Ok((tag, body)),
    }
}
