//! One export: a request and what its answer means.

use std::time::Duration;

use opentelemetry_proto::tonic::collector::metrics::v1::ExportMetricsServiceResponse;
use prost::Message;
use tokio::time::timeout;

use super::request::request;
use super::settings::{PATH, Settings};
use crate::drivers::Failure;
use crate::drivers::http::{Lease, Method, Payload, Pool, StatusCode, header};
use crate::export::Shared;
use crate::plan::Limits;
use crate::plan::target::{HttpTarget, PoolPlan};

/// No more of an answer is kept; what is longer says nothing that could be read here.
const LONGEST_ANSWER: usize = 64 * 1024;

/// Why an export did not arrive.
#[derive(Debug, thiserror::Error)]
pub(super) enum Unsent {
    /// There is no way to the receiver, or it broke.
    #[error("{0}")]
    Failed(#[from] Failure),
    /// The receiver does not want it.
    #[error("it answers {0}")]
    Refused(StatusCode),
    /// The receiver took too long.
    #[error("no answer within {0:?}")]
    Late(Duration),
    /// The URL has a path that HTTP has no way to say.
    #[error("the URL's path can't be sent")]
    Path,
}

impl Unsent {
    /// What to do about it, on a line of its own; empty if nothing is known.
    pub(super) fn hint_line(&self) -> String {
        match self {
            Self::Failed(failure) => failure.hint_line(),
            Self::Refused(_) | Self::Late(_) | Self::Path => String::new(),
        }
    }

    /// What happened, and what to do about it.
    pub(super) fn in_full(&self) -> String {
        format!("{self}{}", self.hint_line())
    }
}

/// What sends, over a connection that is kept.
pub(super) struct Post {
    pub(super) settings: Settings,
    figures: Shared,
    pool: Pool,
    /// How many intervals the receiver knows of.
    known: u64,
}

impl Post {
    /// Opens nothing yet. The error says why it never could.
    pub(super) fn new(settings: Settings, figures: Shared) -> Result<Self, Unsent> {
        let target = HttpTarget { url: Some(settings.base.clone()), pool: PoolPlan::default() };
        let limits = Limits { connect: settings.limit, ..Limits::default() };
        let pool = Pool::new("otlp", &target, 1, &limits)?;
        Ok(Self { settings, figures, pool, known: 0 })
    }

    /// Sends what is known, unless the receiver knows it already. What was refused of it is in the result.
    pub(super) async fn export(&mut self) -> Option<Result<Option<String>, Unsent>> {
        let (message, intervals) = {
            let tally = self.figures.lock();
            if tally.intervals == self.known {
                return None;
            }
            (request(&tally, &self.settings.resource)?, tally.intervals)
        };
        let limit = self.settings.limit;
        let sent = timeout(limit, self.send(message.encode_to_vec())).await;
        let result = sent.unwrap_or(Err(Unsent::Late(limit)));
        if result.is_ok() {
            self.known = intervals;
        }
        Some(result)
    }

    async fn send(&self, message: Vec<u8>) -> Result<Option<String>, Unsent> {
        let address = self.pool.address();
        let uri = address.uri(PATH).ok_or(Unsent::Path)?;
        let mut headers = self.settings.headers.clone();
        headers.insert(header::CONTENT_TYPE, header::HeaderValue::from_static("application/x-protobuf"));
        let mut lease = self.pool.acquire().await?;
        let request = address.request(Method::POST, uri, headers, Payload::from(message));
        let head = lease.send(request).await.map_err(|unanswered| unanswered.failure)?;
        let answer = body(&mut lease).await?;
        judge(head.status, &answer)
    }
}

/// The body of an answer, as far as it is worth reading.
async fn body(lease: &mut Lease) -> Result<Vec<u8>, Failure> {
    let mut body = Vec::new();
    while let Some(piece) = lease.chunk().await? {
        if body.len() + piece.len() <= LONGEST_ANSWER {
            body.extend_from_slice(&piece);
        }
    }
    Ok(body)
}

/// What an answer means.
fn judge(status: StatusCode, answer: &[u8]) -> Result<Option<String>, Unsent> {
    if !status.is_success() {
        return Err(Unsent::Refused(status));
    }
    let partial = ExportMetricsServiceResponse::decode(answer).ok().and_then(|response| response.partial_success);
    let refused = partial.filter(|partial| partial.rejected_data_points > 0);
    Ok(refused.map(|partial| format!("{} data points: {}", partial.rejected_data_points, partial.error_message)))
}

#[cfg(test)]
mod tests {
    use opentelemetry_proto::tonic::collector::metrics::v1::ExportMetricsPartialSuccess;

    use super::*;

    #[test]
    fn an_answer_may_refuse_all_or_some_or_nothing() {
        let error = judge(StatusCode::UNAUTHORIZED, b"").expect_err("it is refused");
        assert_eq!(error.to_string(), "it answers 401 Unauthorized");
        assert_eq!(judge(StatusCode::OK, b"").expect("it is taken"), None);
        let partial = ExportMetricsPartialSuccess { rejected_data_points: 2, error_message: "too old".to_owned() };
        let answer = ExportMetricsServiceResponse { partial_success: Some(partial) }.encode_to_vec();
        let refused = judge(StatusCode::OK, &answer).expect("the rest is taken");
        assert_eq!(refused.as_deref(), Some("2 data points: too old"));
    }
}
