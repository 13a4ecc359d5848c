//! What keys take, by their shape and type: after the load, since looking at each would hold the users up.

use std::collections::BTreeMap;
use std::rc::Rc;
use std::time::{Duration, Instant};

use futures_util::future::{FutureExt, LocalBoxFuture};
use redis::Value;

use super::super::link::{Link, command, failed};
use super::super::reply::{items, number, text};
use super::super::shape;
use crate::drivers::redis::{Command, refusal};
use crate::monitor::sampler::{Keep, Kind, Row, SampleError, Sampler, Spec};
use crate::record::MissingRecord;

/// How long it goes on.
const LIMIT: Duration = Duration::from_secs(5);

/// How many keys SCAN is asked for at a time.
const AT_A_TIME: &str = "100";

/// Sizes keys as SCAN gives them, which is in no order.
pub(super) struct BigKeys {
    spec: Spec,
    link: Rc<Link>,
    most: u64,
}

/// Keys of one shape and type.
#[derive(Debug, Clone, Copy, Default)]
struct Sum {
    bytes: f64,
    keys: f64,
    largest: f64,
}

impl BigKeys {
    /// Of at most so many keys.
    pub(super) fn new(link: &Rc<Link>, most: u64) -> Self {
        let figures = ["bytes", "keys", "largest_bytes", "database_keys"];
        Self {
            spec: Spec {
                name: "big_keys",
                period: Duration::ZERO,
                keep: Keep::Rows { most: 200, idle: true },
                keys: vec!["key", "type"],
                notes: Vec::new(),
                figures: figures.map(|name| (name, Kind::Gauge)).to_vec(),
            },
            link: link.clone(),
            most,
        }
    }

    async fn look(&mut self) -> Result<Vec<Row>, SampleError> {
        let (began, mut cursor, mut sized) = (Instant::now(), "0".to_owned(), 0);
        let mut sums: BTreeMap<[String; 2], Sum> = BTreeMap::new();
        let all = self.ask(&[command(&["DBSIZE"])]).await?.first().and_then(number);
        loop {
            let page = self.ask(&[command(&["SCAN", &cursor, "COUNT", AT_A_TIME])]).await?;
            let [next, keys] = page.first().map(items).unwrap_or_default() else { break };
            let left = usize::try_from(self.most - sized).unwrap_or(usize::MAX);
            let keys = &items(keys)[..items(keys).len().min(left)];
            for (key, [kind, bytes]) in keys.iter().zip(self.size(keys).await?) {
                // One that is gone by now has no size.
                let Some(bytes) = number(&bytes) else { continue };
                let sum = sums.entry([shape::of_key(&text(key)), text(&kind)]).or_default();
                sum.bytes += bytes as f64;
                sum.keys += 1.0;
                sum.largest = sum.largest.max(bytes as f64);
            }
            (sized, cursor) = (sized + keys.len() as u64, text(next));
            if cursor == "0" || sized >= self.most || began.elapsed() >= LIMIT {
                break;
            }
        }
        let row = |(keys, sum): ([String; 2], Sum)| Row {
            keys: keys.to_vec(),
            figures: vec![Some(sum.bytes), Some(sum.keys), Some(sum.largest), all.map(|all| all as f64)],
            ..Row::default()
        };
        Ok(sums.into_iter().map(row).collect())
    }

    /// Type and size of each key.
    async fn size(&self, keys: &[Value]) -> Result<Vec<[Value; 2]>, SampleError> {
        if keys.is_empty() {
            return Ok(Vec::new());
        }
        let questions: Vec<Command> = keys.iter().flat_map(questions).collect();
        let replies = self.ask(&questions).await?;
        Ok(replies.chunks_exact(2).map(|pair| [pair[0].clone(), pair[1].clone()]).collect())
    }

    /// The replies; what is refused is refused for good.
    async fn ask(&self, commands: &[Command]) -> Result<Vec<Value>, SampleError> {
        let replies = self.link.ask_all(commands).await.map_err(failed)?;
        match replies.iter().find_map(refusal) {
            None => Ok(replies),
            Some(failure) => Err(SampleError::Unavailable(MissingRecord {
                what: format!("`big_keys`: {failure}"),
                fix: Some("ACL SETUSER NAME +scan +type +memory|usage +dbsize ~*".to_owned()),
            })),
        }
    }
}

/// What is asked of one key.
fn questions(key: &Value) -> [Command; 2] {
    let bytes = match key {
        Value::BulkString(bytes) => bytes.as_slice(),
        _ => &[],
    };
    [&["TYPE"][..], &["MEMORY", "USAGE"]].map(|words| {
        let mut command = command(words);
        command.arg(bytes);
        command
    })
}

impl Sampler for BigKeys {
    fn spec(&self) -> &Spec {
        &self.spec
    }

    fn only_at_the_end(&self) -> bool {
        true
    }

    fn sample(&mut self) -> LocalBoxFuture<'_, Result<Vec<Row>, SampleError>> {
        self.look().boxed_local()
    }
}
