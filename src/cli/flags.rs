//! Flags for all settings, made from their registry.

use std::ffi::OsString;
use std::path::PathBuf;

use clap::{Arg, ArgAction, ArgMatches, Args, Command, FromArgMatches};

use crate::plan::settings::{self, Input, Setting, Topic};
use crate::plan::suite::ChosenRun;
use crate::plan::{Data, Layer, Origin, PlanError, Settings};

/// The flag of a setting: its name, or a shorter or singular one that reads better in a line of flags.
fn flag(setting: &Setting) -> String {
    match setting.name {
        "stages" => "stage".to_owned(),
        "params" => "param".to_owned(),
        "thresholds" => "threshold".to_owned(),
        "postgres" => "pg".to_owned(),
        other => other.replace('_', "-"),
    }
}

fn heading(topic: Topic) -> &'static str {
    match topic {
        Topic::Load => "Load",
        Topic::Users => "Users",
        Topic::Targets => "Targets",
        Topic::Judging => "Judging",
        Topic::Machinery => "Machinery",
    }
}

/// Values of all settings' flags, as written.
#[derive(Debug, Clone, Default)]
pub struct SettingFlags {
    given: Vec<(&'static Setting, Vec<String>)>,
    /// Those that these are over.
    weaker: Option<Box<SettingFlags>>,
}

impl SettingFlags {
    /// Gives a flag as if it had been typed, in the place of what was.
    pub fn give(&mut self, name: &str, values: Vec<String>) {
        self.given.retain(|(setting, _)| setting.name != name);
        self.given.extend(settings::find(name).map(|setting| (setting, values)));
    }

    /// The strongest layers of settings, the weakest first.
    ///
    /// # Errors
    /// When a value does not fit; the message names the flag.
    pub fn layers(&self) -> Result<Vec<Layer>, PlanError> {
        let mut layers = self.weaker.as_ref().map_or_else(|| Ok(Vec::new()), |weaker| weaker.layers())?;
        layers.push(self.layer()?);
        Ok(layers)
    }

    /// What these set themselves.
    ///
    /// # Errors
    /// When a value does not fit; the message names the flag.
    pub fn layer(&self) -> Result<Layer, PlanError> {
        let mut settings = Settings::default();
        for (setting, values) in &self.given {
            let name = setting.name;
            let written = format!("--{}", flag(setting));
            match name {
                // Each is a table of one parameter, and tables add up.
                "params" => {
                    for value in values {
                        let mut one = Settings::default();
                        one.set(name, Input::Text(value), &written)?;
                        settings.add_params(one);
                    }
                }
                _ if setting.form.many => {
                    let list = Data::List(values.iter().map(Data::text).collect());
                    settings.set(name, Input::Typed(&list), &written)?;
                }
                _ => {
                    if let Some(value) = values.last() {
                        settings.set(name, Input::Text(value), &written)?;
                    }
                }
            }
        }
        Ok(Layer { origin: Origin::CommandLine, settings })
    }
}

impl Args for SettingFlags {
    fn augment_args(command: Command) -> Command {
        settings::all().iter().fold(command, |command, setting| {
            let many = setting.form.many;
            let arg = Arg::new(setting.name)
                .long(flag(setting))
                .value_name(setting.form.placeholder)
                .help(setting.doc)
                .help_heading(heading(setting.topic))
                // A negative number is refused by the setting, which knows what it wants instead.
                .allow_hyphen_values(!many)
                .action(if many { ArgAction::Append } else { ArgAction::Set });
            command.arg(arg)
        })
    }

    fn augment_args_for_update(command: Command) -> Command {
        Self::augment_args(command)
    }
}

impl FromArgMatches for SettingFlags {
    fn from_arg_matches(matches: &ArgMatches) -> Result<Self, clap::Error> {
        let values = |name| matches.get_many::<String>(name).map(|values| values.cloned().collect());
        let given = settings::all().iter().filter_map(|setting| Some((setting, values(setting.name)?)));
        Ok(Self { given: given.collect(), weaker: None })
    }

    fn update_from_arg_matches(&mut self, matches: &ArgMatches) -> Result<(), clap::Error> {
        *self = Self::from_arg_matches(matches)?;
        Ok(())
    }
}

/// What every command takes that plays or checks a scenario.
#[derive(Debug, Clone, clap::Args)]
pub struct PlanFlags {
    /// A profile of the scenario
    #[arg(long, value_name = "NAME", env = "THRONG_PROFILE", hide_env = true)]
    pub profile: Option<String>,

    /// A target named in throng.toml
    #[arg(long, value_name = "NAME", env = "THRONG_TARGET", hide_env = true, help_heading = "Targets")]
    pub target: Option<String>,

    /// A configuration file instead of the throng.toml found here or above
    #[arg(long, value_name = "PATH")]
    pub config: Option<OsString>,

    /// Let the scenario run programs in setup and verify (throng.exec)
    #[arg(long)]
    pub allow_exec: bool,

    /// The folder that the scenario's files are kept in (throng.file), instead of a temporary one
    #[arg(long, value_name = "DIR")]
    pub data: Option<PathBuf>,

    /// What a suite says of the run; nothing outside of one
    #[arg(skip)]
    pub suite: Option<ChosenRun>,

    /// All settings
    #[command(flatten)]
    pub settings: SettingFlags,
}

impl PlanFlags {
    /// These over weaker ones.
    pub fn over(self, weaker: &Self) -> Self {
        Self {
            profile: self.profile.or_else(|| weaker.profile.clone()),
            target: self.target.or_else(|| weaker.target.clone()),
            config: self.config.or_else(|| weaker.config.clone()),
            allow_exec: self.allow_exec || weaker.allow_exec,
            data: self.data.or_else(|| weaker.data.clone()),
            suite: self.suite.or_else(|| weaker.suite.clone()),
            settings: SettingFlags { weaker: Some(Box::new(weaker.settings.clone())), ..self.settings },
        }
    }
}
