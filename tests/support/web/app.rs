//! The application of `examples/front/members.lua`: a members' office behind HTTP, on a PostgreSQL, which tells whoever
//! listens on a WebSocket of each change.

use std::sync::Arc;

use futures_util::SinkExt;
use http_body_util::BodyExt;
use hyper::body::Incoming;
use hyper::{Method, Request, header};
use serde_json::{Value, json};
use tokio::sync::broadcast;
use tokio_postgres::{Client, NoTls};
use tokio_tungstenite::tungstenite::Message;

use super::routes::{Answer, status, text, with};
use super::sockets;

/// What all requests have in common.
pub(super) struct App {
    database: Client,
    changes: broadcast::Sender<String>,
}

/// Who has logged in brings this.
const SESSION: &str = "session=open";

impl App {
    /// Connects to the database.
    pub(super) async fn new(postgres: &str) -> Arc<Self> {
        let (database, connection) = tokio_postgres::connect(postgres, NoTls).await.unwrap();
        tokio::spawn(connection);
        Arc::new(Self { database, changes: broadcast::channel(1024).0 })
    }

    pub(super) async fn answer(self: &Arc<Self>, request: Request<Incoming>) -> Answer {
        let path = request.uri().path().to_owned();
        let cookie = request.headers().get(header::COOKIE).and_then(|value| value.to_str().ok()).unwrap_or_default();
        if path == "/login" {
            return with(status(204), header::SET_COOKIE, &format!("{SESSION}; Path=/; HttpOnly"));
        }
        if !cookie.contains(SESSION) {
            return status(401);
        }
        let id = path.strip_prefix("/api/members/").and_then(|id| id.parse::<i32>().ok());
        match (request.method().clone(), id) {
            (Method::GET, None) if path == "/live" => self.live(request),
            (Method::GET, Some(id)) => self.look_up(id).await,
            (Method::PUT, Some(id)) => self.correct(id, request).await,
            _ => status(404),
        }
    }

    async fn look_up(&self, id: i32) -> Answer {
        let row = self.database.query_opt("SELECT name, version FROM front_members WHERE id = $1", &[&id]).await;
        match row.unwrap() {
            Some(row) => {
                let (name, version): (String, i32) = (row.get(0), row.get(1));
                json(&json!({ "id": id, "name": name, "version": version }))
            }
            None => status(404),
        }
    }

    async fn correct(&self, id: i32, request: Request<Incoming>) -> Answer {
        let body = request.into_body().collect().await.map(|body| body.to_bytes()).unwrap_or_default();
        let name = serde_json::from_slice::<Value>(&body).ok().and_then(|body| Some(body["name"].as_str()?.to_owned()));
        let Some(name) = name else { return status(400) };
        let sql = "UPDATE front_members SET name = $2, version = version + 1 WHERE id = $1 RETURNING version";
        let row = self.database.query_opt(sql, &[&id, &name]).await.unwrap();
        let Some(row) = row else { return status(404) };
        let changed = json!({ "id": id, "name": name, "version": row.get::<_, i32>(0) });
        // Nobody may be listening.
        let _ = self.changes.send(changed.to_string());
        json(&changed)
    }

    fn live(&self, request: Request<Incoming>) -> Answer {
        let mut changes = self.changes.subscribe();
        sockets::accept(request, async move |mut socket| {
            while let Ok(change) = changes.recv().await {
                if socket.send(Message::text(change)).await.is_err() {
                    return;
                }
            }
        })
    }
}

fn json(value: &Value) -> Answer {
    with(text(&value.to_string()), header::CONTENT_TYPE, "application/json")
}
