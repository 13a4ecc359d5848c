//! Where each value in force came from.

use super::super::target::{PoolPlan, SecretUrl};
use super::super::units::{format_duration, format_size};
use super::super::{Origin, Plan, Think};
use super::layers::Merged;
use super::registry;
use super::value::Value;

/// (field, value, origin) in the order of [`registry::all`], with all defaults.
pub(super) fn origins(plan: &Plan, merged: &Merged, thinking: &[(Think, Origin)]) -> Vec<(String, String, Origin)> {
    let mut rows = Vec::new();
    for setting in registry::all() {
        let origin = merged.origins.get(setting.name).copied().unwrap_or(Origin::Default);
        match setting.name {
            "think" => {
                for (persona, (think, origin)) in plan.personas.iter().zip(thinking) {
                    rows.push((format!("think.{}", persona.name), think.to_string(), *origin));
                }
            }
            "params" => {
                for (name, param) in &plan.params {
                    let origin = merged.params.get(name).copied().unwrap_or(Origin::Scenario);
                    rows.push((format!("params.{name}"), param.value.to_string(), origin));
                }
            }
            "postgres" => {
                let urls = plan.targets.postgres.iter().map(|(name, target)| (name, target.url.as_ref()));
                rows.extend(urls.map(|(name, url)| url_row("postgres", name, url, merged)));
            }
            "redis" => {
                let urls = plan.targets.redis.iter().map(|(name, target)| (name, target.url.as_ref()));
                rows.extend(urls.map(|(name, url)| url_row("redis", name, url, merged)));
            }
            "http" => {
                let urls = plan.targets.http.iter().map(|(name, target)| (name, target.url.as_ref()));
                rows.extend(urls.map(|(name, url)| url_row("http", name, url, merged)));
            }
            // What is in force may be less than what was asked for.
            "workers" => rows.push(("workers".to_owned(), plan.workers.to_string(), origin)),
            name => {
                let value = (setting.show)(&merged.settings).or_else(|| default(name, plan));
                rows.extend(value.map(|value| (name.to_owned(), value, origin)));
            }
        }
    }
    rows
}

fn url_row(setting: &'static str, name: &str, url: Option<&SecretUrl>, merged: &Merged) -> (String, String, Origin) {
    let origin = merged.urls.get(&(setting, name.to_owned())).copied().unwrap_or(Origin::Default);
    // An application is not throng's to start.
    let absent = if setting == "http" { "none yet: give `--http`" } else { "a throwaway server" };
    let shown = url.map_or_else(|| absent.to_owned(), SecretUrl::to_string);
    (name.to_owned(), shown, origin)
}

/// What a setting is where nobody sets it, if that is worth showing.
fn default(name: &str, plan: &Plan) -> Option<String> {
    let limits = &plan.limits;
    let pool: Option<&PoolPlan> = plan.targets.pools().map(|(_, pool)| pool).next();
    let postgres = plan.targets.postgres.values().next();
    match name {
        "warm_up" => Some(format_duration(plan.warm_up)),
        "graceful_stop" => Some(format_duration(plan.graceful_stop)),
        "connections" => pool.map(|_| "as many as users, at most 50".to_owned()),
        "pool" => pool.map(|pool| pool.sharing.show()),
        "acquire_timeout" => pool.map(|pool| format_duration(pool.acquire_timeout)),
        "reserve" => postgres.map(|target| target.pool.reserve.to_string()),
        "statements" => postgres.map(|target| target.statements.show()),
        "statement_timeout" => Some(format_duration(limits.statement)),
        "lock_timeout" => postgres.map(|_| "5s past `statement_timeout`".to_owned()),
        "idle_in_transaction_timeout" => {
            postgres.map(|_| "5s past `statement_timeout` and `operation_timeout`".to_owned())
        }
        "operation_timeout" => Some(format_duration(limits.operation)),
        "connect_timeout" => pool.map(|_| format_duration(limits.connect)),
        "explain" => postgres.map(|_| plan.explain.which.show()),
        "explain_over" if plan.explain.is_on() => Some(format_duration(plan.explain.over)),
        "explain_params" if plan.explain.is_on() => Some(plan.explain.params.show()),
        "memory_limit" => Some(format_size(limits.memory_bytes as u64)),
        "seed" => Some("random".to_owned()),
        "scale_to" => Some(plan.scale_to.to_string()),
        "scale_target" => Some(format_duration(plan.scale_target)),
        "on_script_bug" => Some(if plan.stop_on_script_bug { "stop" } else { "count" }.to_owned()),
        _ => None,
    }
}
