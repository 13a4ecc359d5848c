//! One PostgreSQL as a source to be watched.

use std::rc::Rc;
use std::time::{Duration, Instant};

use futures_util::future::FutureExt;

use super::super::monitor::Labelled;
use super::super::process::{self, Claim, Family};
use super::super::sampler::Sampler;
use super::super::watch::Source;
use super::labels::Labels;
use super::link::{APPLICATION_NAME, Link, text};
use super::samplers;
use super::server::Server;
use crate::plan::Plan;
use crate::plan::target::PostgresTarget;
use crate::record::{MissingRecord, SourceRecord};

/// A session tells the server what it has counted at most once a second, and when it ends. The users' sessions end with
/// their workers; those of a pooler in between do not, and are given this long.
const SETTLED_AFTER: Duration = Duration::from_millis(1200);

/// How often it is seen whether they have ended.
const SEEN_EVERY: Duration = Duration::from_millis(20);

/// Until PostgreSQL 14 counters were a process of their own, whose answer may be half a second old.
const COLLECTOR_LAG: Duration = Duration::from_millis(600);

/// Opens a connection to a target, and finds out what can be seen of it.
pub(in crate::monitor) async fn source(
    name: &str,
    target: &PostgresTarget,
    plan: &Plan,
    labelled: &Labelled,
) -> Source {
    let link = Rc::new(Link::new(target, &plan.limits));
    let mut about = SourceRecord { name: name.to_owned(), kind: "postgres".to_owned(), ..SourceRecord::default() };
    let server = match Server::ask(&link).await {
        Ok(server) => server,
        Err(error) => {
            about.missing.push(MissingRecord { what: format!("the server can't be watched: {error}"), fix: None });
            return Source::unseen(about);
        }
    };
    if server.superuser && server.statements_loaded {
        link.leave_untracked();
    }
    about.version = Some(server.version.clone());
    about.missing = server.missing();
    let mut samplers: Vec<_> = samplers::all().iter().filter_map(|query| query.sampler(&link, &server)).collect();
    if plan.monitor.host {
        samplers.extend(processes(&link, &server));
    }
    let labels = Labels::new(labelled);
    gone(&link, target, plan).await;
    let before = count(&link, &others()).await;
    Source {
        about,
        samplers,
        settled: settled(link, server.major, before).boxed_local(),
        conclude: Box::new(move |record| labels.put_into(record)),
    }
}

/// Samplers of the server's processes, if they are on this machine.
fn processes(link: &Link, server: &Server) -> Vec<Box<dyn Sampler>> {
    let serving = link.process();
    let family = serving
        .get()
        .zip(server.started_s)
        .and_then(|(pid, (backend_s, server_s))| Family::of_child(Claim { pid, started_s: backend_s }, server_s));
    process::samplers(family, Some(serving))
}

/// Waits until there are no more sessions of the role than there were `before`, at most [`SETTLED_AFTER`].
async fn settled(link: Rc<Link>, major: u32, before: Option<u64>) {
    // A pooler's are there for longer than this.
    at_most(&link, &others(), before).await;
    if major < 15 {
        tokio::time::sleep(COLLECTOR_LAG).await;
    }
}

/// Waits until the sessions of `setup` have ended, at most [`SETTLED_AFTER`]: what they did must be counted before the load.
async fn gone(link: &Rc<Link>, target: &PostgresTarget, plan: &Plan) {
    let Some(name) = &target.session.application_name else { return };
    // What asks for plans is there already, and stays.
    let stay = u64::from(plan.explain.is_on());
    at_most(link, &format!("application_name = '{}'", name.replace('\'', "''")), Some(stay)).await;
}

/// Waits until so few sessions of the role are so, at most [`SETTLED_AFTER`]. A question that is under way by then is
/// not broken off, which would cost the connection, and with it the looks that come next.
async fn at_most(link: &Rc<Link>, condition: &str, most: Option<u64>) {
    let until = Instant::now() + SETTLED_AFTER;
    let few = |sessions: Option<u64>| sessions.zip(most).is_some_and(|(sessions, most)| sessions <= most);
    while !few(count(link, condition).await) && Instant::now() < until {
        tokio::time::sleep(SEEN_EVERY).await;
    }
}

/// The sessions beside those that watch.
fn others() -> String {
    format!("application_name <> '{APPLICATION_NAME}'")
}

/// How many sessions of the role in the database are so.
async fn count(link: &Rc<Link>, condition: &str) -> Option<u64> {
    let select = format!(
        "count(*) FROM pg_stat_activity WHERE usename = current_user AND datname = current_database() AND {condition}"
    );
    let rows = link.rows(&link.statement("sessions", &select)).await.ok()?;
    text(&rows, 0, 0)?.parse().ok()
}
