//! Opens a connection and runs its reading and writing as a task of its own.

use std::future::poll_fn;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::mpsc::UnboundedSender;
use tokio::task::JoinHandle;
use tokio_postgres::{AsyncMessage, Client, Notification};

use super::config::Settings;
use super::error::{connect_failure, describe};
use crate::drivers::Failure;

/// What ended a connection, once something has.
#[derive(Debug, Clone, Default)]
pub(super) struct Epitaph(Arc<Mutex<Option<String>>>);

impl Epitaph {
    fn write(&self, text: String) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(text);
    }

    pub(super) fn read(&self) -> Option<String> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

/// An open connection: the half that callers use, and the task that moves its bytes.
pub(super) struct Opened {
    pub client: Client,
    pub task: JoinHandle<()>,
    pub epitaph: Epitaph,
}

/// Opens a connection within `limit`; notifications go to `notifications`.
pub(super) async fn open(
    settings: &Settings,
    limit: Duration,
    notifications: Option<UnboundedSender<Notification>>,
) -> Result<Opened, Failure> {
    let connecting = settings.config.connect(settings.tls.clone());
    let (client, mut connection) = match tokio::time::timeout(limit, connecting).await {
        Ok(Ok(opened)) => opened,
        Ok(Err(error)) => return Err(connect_failure(&error, &settings.host)),
        Err(_) => {
            let message = format!("cannot connect to `{}` within {limit:?}", settings.host);
            return Err(Failure::ConnectionLost { message });
        }
    };
    let epitaph = Epitaph::default();
    let written = epitaph.clone();
    let task = tokio::spawn(async move {
        loop {
            match poll_fn(|context| connection.poll_message(context)).await {
                Some(Ok(AsyncMessage::Notification(notification))) => {
                    if let Some(sender) = &notifications {
                        // Nobody listens any more; the connection is about to be closed.
                        let _ = sender.send(notification);
                    }
                }
                // Notices are for humans at a prompt.
                Some(Ok(_)) => {}
                Some(Err(error)) => {
                    // Before the connection is dropped, so that whoever waits on it can read why.
                    written.write(describe(&error));
                    break;
                }
                None => break,
            }
        }
    });
    Ok(Opened { client, task, epitaph })
}
