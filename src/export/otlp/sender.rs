//! The thread that sends.

use std::io;
use std::thread::JoinHandle;
use std::time::Duration;

use tokio::sync::oneshot;
use tokio::time::{Instant, MissedTickBehavior, interval_at};

use super::account::Account;
use super::post::Post;
use super::settings::Settings;
use crate::export::registry::Note;
use crate::export::{Exporter, Shared};

/// How long the last export may take of a run that its user has interrupted, and waits for.
const HASTE: Duration = Duration::from_secs(1);

/// Sends what is known every so often, until it is finished.
pub(super) struct Sender {
    /// Without a password.
    place: String,
    enough: oneshot::Sender<bool>,
    thread: JoinHandle<Account>,
}

impl Sender {
    /// Begins to send.
    pub(super) fn start(settings: Settings, figures: Shared, note: Note) -> io::Result<Self> {
        let place = settings.base.to_string();
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        let (enough, told) = oneshot::channel();
        let thread = std::thread::Builder::new().name("otlp".to_owned()).spawn(move || {
            // Its connections belong to this thread.
            match Post::new(settings, figures) {
                Ok(post) => runtime.block_on(send(post, note, told)),
                Err(why) => {
                    let mut account = Account::default();
                    account.add(Err(why.in_full()));
                    account
                }
            }
        })?;
        Ok(Self { place, enough, thread })
    }
}

impl Exporter for Sender {
    fn place(&self) -> String {
        format!("metrics go to {} by OpenTelemetry's protocol", self.place)
    }

    fn finish(self: Box<Self>, interrupted: bool) -> Option<String> {
        let Self { place, enough, thread } = *self;
        // It may have ended by a panic, which joining tells.
        let _ = enough.send(interrupted);
        match thread.join() {
            Ok(account) => account.told(&place),
            Err(_) => Some(format!("otlp: its thread has ended by a bug of throng, and {place} lacks figures")),
        }
    }
}

/// Sends every so often, and once more when it is enough.
async fn send(mut post: Post, note: Note, mut enough: oneshot::Receiver<bool>) -> Account {
    let mut account = Account::default();
    let every = post.settings.every;
    let mut ticks = interval_at(Instant::now() + every, every);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let interrupted = loop {
        tokio::select! {
            told = &mut enough => break told.unwrap_or(true),
            _ = ticks.tick() => {}
        }
        let exported = tokio::select! {
            // What is under way has less in it than what is to come.
            told = &mut enough => break told.unwrap_or(true),
            exported = post.export() => exported,
        };
        let Some(result) = exported else { continue };
        if let (Err(why), 0) = (&result, account.failed()) {
            let (place, hint) = (&post.settings.base, why.hint_line());
            note(&format!(
                "warning: otlp: metrics do not reach {place}: {why}; the run goes on, and so do the attempts{hint}"
            ));
        }
        account.add(result.map_err(|why| why.in_full()));
    };
    if interrupted {
        post.settings.limit = post.settings.limit.min(HASTE);
    }
    if let Some(result) = post.export().await {
        account.add(result.map_err(|why| why.in_full()));
    }
    account
}
