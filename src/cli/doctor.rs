//! `throng doctor`: what stands in the way of a run, and what to do about it.

use std::ffi::OsString;

use serde_json::json;

use super::checklist;
use super::error::CliError;
use super::exit::ExitStatus;
use super::prepare::prepare_targets;
use super::terminal::Terminal;
use crate::engine;
use crate::monitor::doctor::Checklist;
use crate::plan::settings::Input;
use crate::plan::{Data, PlanError, Settings};

/// Arguments of `throng doctor`.
#[derive(Debug, clap::Args)]
pub struct DoctorArgs {
    /// URL of the PostgreSQL, or URLs by name
    #[arg(long, value_name = "[NAME=]URL")]
    pub pg: Vec<String>,

    /// URL of the Redis, or URLs by name
    #[arg(long, value_name = "[NAME=]URL")]
    pub redis: Vec<String>,

    /// URL of the HTTP server, or URLs by name
    #[arg(long, value_name = "[NAME=]URL")]
    pub http: Vec<String>,

    /// A target named in throng.toml
    #[arg(long, value_name = "NAME", env = "THRONG_TARGET", hide_env = true)]
    pub target: Option<String>,

    /// Connections that a run would ask for
    #[arg(long, value_name = "N")]
    pub connections: Option<String>,

    /// Connections of a PostgreSQL that a run would leave free for others
    #[arg(long, value_name = "N")]
    pub reserve: Option<String>,

    /// A configuration file instead of the throng.toml found here or above
    #[arg(long, value_name = "PATH")]
    pub config: Option<OsString>,

    /// Print JSON instead of text
    #[arg(long)]
    pub json: bool,
}

impl DoctorArgs {
    /// What the flags set.
    fn settings(&self) -> Result<Settings, PlanError> {
        let mut settings = Settings::default();
        // A pooler may hand out another connection for each statement, which does not know those prepared on the one before.
        settings.set("statements", Input::Text("unnamed"), "throng doctor")?;
        let given = [("postgres", "--pg", &self.pg), ("redis", "--redis", &self.redis), ("http", "--http", &self.http)];
        for (name, flag, urls) in given {
            if !urls.is_empty() {
                let list = Data::List(urls.iter().map(Data::text).collect());
                settings.set(name, Input::Typed(&list), flag)?;
            }
        }
        let counts = [("connections", "--connections", &self.connections), ("reserve", "--reserve", &self.reserve)];
        for (name, flag, value) in counts {
            if let Some(value) = value {
                settings.set(name, Input::Text(value), flag)?;
            }
        }
        Ok(settings)
    }
}

/// Looks at targets and at this machine.
///
/// # Errors
/// When no target is given, a URL can't be understood, or standard output not written.
pub fn doctor(args: &DoctorArgs, terminal: &mut Terminal) -> Result<ExitStatus, CliError> {
    let target = args.target.as_deref().filter(|name| !name.is_empty());
    let plan = prepare_targets(args.settings()?, target, args.config.as_deref())?;
    let lists = engine::examine(&plan)?;
    let status = match lists.iter().all(Checklist::is_ready) {
        true => ExitStatus::Passed,
        false => ExitStatus::Refused,
    };
    if args.json {
        let ready = status == ExitStatus::Passed;
        let text = json!({ "ready": ready, "exit_code": status.code(), "checklists": lists });
        terminal.line(&format!("{text:#}"))?;
    } else {
        terminal.print(&checklist::text(&lists, terminal.colour()))?;
    }
    Ok(status)
}
