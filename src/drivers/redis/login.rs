//! What a connection says first: which protocol, who it is, which database.

use redis::{ProtocolVersion, RedisConnectionInfo};

use super::command::Command;
use super::failure::{self, refusal};
use super::link::Link;
use crate::drivers::Failure;

/// What Redis says to `AUTH` with a user before it had users, in version 6.
const NO_USERS: &str = "wrong number of arguments for 'auth' command";

/// Says it, in one round trip.
pub(super) async fn log_in(link: &mut Link, settings: &RedisConnectionInfo) -> Result<(), Failure> {
    let hello = greeting(settings, settings.username());
    let mut commands: Vec<Command> = hello.iter().cloned().collect();
    if settings.db() != 0 {
        let mut select = Command::new(b"SELECT");
        select.arg(settings.db().to_string().as_bytes());
        commands.push(select);
    }
    let answered = commands.len();
    for (name, value) in [("LIB-NAME", env!("CARGO_PKG_NAME")), ("LIB-VER", env!("CARGO_PKG_VERSION"))] {
        let mut set_info = Command::new(b"CLIENT");
        set_info.args(["SETINFO", name, value]);
        commands.push(set_info);
    }
    link.send(&commands);
    let mut retry = None;
    for position in 0..commands.len() {
        let failure = refusal(&link.reply().await?);
        match failure {
            None => {}
            Some(failure) if position == 0 && hello.is_some() => {
                let has_user = settings.username().is_some() && settings.protocol() == ProtocolVersion::RESP2;
                match has_user && failure.to_string().contains(NO_USERS) {
                    true => retry = greeting(settings, None),
                    false => return Err(failure::while_greeting(failure, link.place())),
                }
            }
            // Not before it is logged in.
            Some(_) if retry.is_some() => {}
            Some(failure) if position < answered => return Err(failure),
            // Redis before 7.2 does not take these, nor does a user who is not allowed to.
            Some(_) => {}
        }
    }
    match retry {
        Some(auth) => log_in_without_user(link, auth, &commands[1..answered]).await,
        None => Ok(()),
    }
}

async fn log_in_without_user(link: &mut Link, auth: Command, rest: &[Command]) -> Result<(), Failure> {
    link.send(&[std::slice::from_ref(&auth), rest].concat());
    if let Some(failure) = refusal(&link.reply().await?) {
        return Err(failure::while_greeting(failure, link.place()));
    }
    for _ in rest {
        refusal(&link.reply().await?).map_or(Ok(()), Err)?;
    }
    Ok(())
}

/// Protocol and password; nothing where RESP2 is spoken without a password.
fn greeting(settings: &RedisConnectionInfo, user: Option<&str>) -> Option<Command> {
    match (settings.protocol(), settings.password()) {
        (ProtocolVersion::RESP2, None) => None,
        (ProtocolVersion::RESP2, Some(password)) => {
            let mut auth = Command::new(b"AUTH");
            auth.args(user).arg(password.as_bytes());
            Some(auth)
        }
        (_, password) => {
            let mut hello = Command::new(b"HELLO");
            hello.arg(b"3");
            if let Some(password) = password {
                hello.args(["AUTH", user.unwrap_or("default"), password]);
            }
            Some(hello)
        }
    }
}
