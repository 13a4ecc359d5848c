//! A scenario as its script declares it: plain data, and the rules it must keep.

use std::collections::{BTreeMap, BTreeSet};

use super::load::Shape;
use super::nearest::hint_for;
use super::settings::{Settings, UNNAMED};
use super::target::ServerSettings;
use super::{Params, PlanError, Think, Version};

/// The most a share or a weight may be; keeps their sums exact.
const MAX_SHARE: u64 = 1_000_000_000;
/// The most users of a persona of a fixed number, as of a load.
const MAX_USERS: u64 = 1_000_000;
/// More would not fit a report.
const MAX_PERSONAS: u64 = 1000;
/// Shares and weights count in millionths.
const SHARE_SCALE: f64 = 1e6;

/// Everything a script declares, without its functions.
#[derive(Debug, Clone, Default)]
pub struct Scenario {
    /// Its file name without the extension.
    pub name: String,
    /// One line on what it models.
    pub about: String,
    /// SHA-256 of its source and of the files that it requires, in hex.
    pub source_hash: String,
    /// The targets it uses.
    pub needs: Vec<Need>,
    /// Parameters with their defaults.
    pub params: Params,
    /// Its load and other settings; the weakest layer.
    pub settings: Settings,
    /// Settings by profile.
    pub profiles: BTreeMap<String, Settings>,
    /// Personas in the order of their names.
    pub personas: Vec<PersonaDecl>,
    /// Environment variables it may read.
    pub env: Vec<String>,
    /// Tables that its `setup` makes anew.
    pub tables: Vec<String>,
    /// Programs that it starts around the load, which takes `--allow-exec`.
    pub programs: Vec<String>,
    /// What must be there beside its targets, and throng can't start: a line each.
    pub requires: Vec<String>,
}

/// A target that a scenario uses.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Need {
    /// The name by which users reach it; that of its kind unless there are several.
    pub name: String,
    /// What it is.
    pub kind: TargetKind,
    /// Settings of its server where throng starts one.
    pub settings: ServerSettings,
    /// The oldest version that will do, if not any that throng knows.
    pub version: Option<Version>,
}

impl Need {
    /// A target of that name and kind, whose server is as throng makes it.
    pub fn new(name: impl Into<String>, kind: TargetKind) -> Self {
        Self { name: name.into(), kind, settings: ServerSettings::default(), version: None }
    }
}

/// The kinds of target.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum TargetKind {
    /// PostgreSQL.
    Postgres,
    /// Redis.
    Redis,
    /// A server of HTTP and WebSockets.
    Http,
}

impl TargetKind {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Postgres, Self::Redis, Self::Http];

    /// The word for it in `needs`, in settings and as a default name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Postgres => "postgres",
            Self::Redis => "redis",
            Self::Http => "http",
        }
    }

    /// The kind of that name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.name() == name)
    }
}

/// A persona as declared.
#[derive(Debug, Clone, Default)]
pub struct PersonaDecl {
    /// Its name.
    pub name: String,
    /// Its part of the users or arrivals, in proportion to the other shares.
    pub share: Option<f64>,
    /// A fixed number of users instead of a share.
    pub users: Option<u64>,
    /// A load of its own instead of a part in the scenario's.
    pub load: Option<Settings>,
    /// Its thinking, unless a layer above the scenario says otherwise.
    pub think: Option<Think>,
    /// Whether it has one flow, `run`.
    pub run: bool,
    /// Its operations with their weights, in the order of their names.
    pub operations: Vec<(String, f64)>,
}

impl PersonaDecl {
    /// Its share in millionths; an undeclared one counts as 1.
    pub(super) fn scaled_share(&self) -> u64 {
        (self.share.unwrap_or(1.0) * SHARE_SCALE).round() as u64
    }

    /// Whether it takes part in the scenario's load by share.
    pub(super) fn by_share(&self) -> bool {
        self.users.is_none() && self.load.is_none()
    }
}

impl Scenario {
    /// A scenario that needs all targets that settings name, and in which one user does nothing once.
    pub fn of_targets<'a>(settings: impl Iterator<Item = &'a Settings>) -> Self {
        let mut needs = BTreeSet::new();
        for settings in settings {
            for kind in TargetKind::ALL {
                let names = settings.urls(kind).into_iter().flat_map(|urls| urls.0.keys());
                let name = |name: &String| if name == UNNAMED { kind.name().to_owned() } else { name.clone() };
                needs.extend(names.map(|given| Need::new(name(given), kind)));
            }
        }
        let shape = Shape { users: Some(1), iterations: Some(1), ..Shape::default() };
        Self {
            needs: needs.into_iter().collect(),
            settings: Settings { shape, ..Settings::default() },
            personas: vec![PersonaDecl { run: true, ..PersonaDecl::default() }],
            ..Self::default()
        }
    }

    /// Checks what can be known without a profile or any other layer.
    pub fn validate(&self) -> Result<(), PlanError> {
        if self.personas.is_empty() {
            return Err(PlanError::NoPersona { scenario: self.name.clone() });
        }
        if self.personas.len() as u64 > MAX_PERSONAS {
            let (name, value) = ("personas".to_owned(), self.personas.len() as u64);
            return Err(PlanError::OutOfBounds { name, least: 1, most: MAX_PERSONAS, value });
        }
        for persona in &self.personas {
            check_behaviour(persona)?;
            check_size(persona)?;
        }
        let shares_declared = self.personas.iter().any(|persona| persona.share.is_some());
        match self.personas.iter().find(|persona| persona.by_share() && persona.share.is_none()) {
            Some(persona) if shares_declared => return Err(PlanError::NoShare { persona: persona.name.clone() }),
            _ => {}
        }
        let is_name = |name: &&String| !name.is_empty() && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
        if let Some(name) = self.env.iter().find(|name| !is_name(name)) {
            return Err(PlanError::BadEnvName { name: name.clone() });
        }
        let is_table = |name: &&String| name.split('.').all(|part| is_name(&&part.to_owned()));
        match self.tables.iter().find(|name| !is_table(name)) {
            Some(name) => Err(PlanError::BadTableName { name: name.clone() }),
            None => Ok(()),
        }
    }

    /// The settings of a profile.
    pub fn profile(&self, name: &str) -> Result<&Settings, PlanError> {
        self.profiles.get(name).ok_or_else(|| PlanError::UnknownProfile {
            scenario: self.name.clone(),
            name: name.to_owned(),
            hint: hint_for(name, self.profiles.keys().map(String::as_str).collect::<Vec<_>>()),
        })
    }
}

fn check_behaviour(persona: &PersonaDecl) -> Result<(), PlanError> {
    let name = || persona.name.clone();
    match (persona.run, persona.operations.is_empty()) {
        (false, true) => return Err(PlanError::NoBehaviour { persona: name() }),
        (true, false) => return Err(PlanError::TwoBehaviours { persona: name() }),
        _ => {}
    }
    for (operation, weight) in &persona.operations {
        check_number(persona, format!("the weight of operation `{operation}`"), *weight, MAX_SHARE)?;
    }
    Ok(())
}

fn check_size(persona: &PersonaDecl) -> Result<(), PlanError> {
    let two = |first, second, hint| Err(PlanError::TwoSizes { persona: persona.name.clone(), first, second, hint });
    match (persona.share, persona.users, &persona.load) {
        (Some(_), Some(_), _) => two("share", "users", "a persona has a share of the users or a fixed number of them"),
        (Some(_), _, Some(_)) => two("share", "load", "a load of its own says how many users play it"),
        (_, Some(_), Some(_)) => two("users", "load", "put `users` into its `load`"),
        (Some(share), None, None) => check_number(persona, "`share`".to_owned(), share, MAX_SHARE),
        (None, Some(users), None) => check_number(persona, "`users`".to_owned(), users as f64, MAX_USERS),
        (None, None, _) => Ok(()),
    }
}

fn check_number(persona: &PersonaDecl, what: String, value: f64, most: u64) -> Result<(), PlanError> {
    // Smaller than a millionth would count as nothing.
    if value >= 1.0 / SHARE_SCALE && value <= most as f64 {
        return Ok(());
    }
    Err(PlanError::BadNumber { persona: persona.name.clone(), what, most, value: value.to_string() })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn persona(name: &str) -> PersonaDecl {
        PersonaDecl { name: name.to_owned(), run: true, ..PersonaDecl::default() }
    }

    fn scenario(personas: Vec<PersonaDecl>) -> Scenario {
        Scenario { name: "s".to_owned(), personas, ..Scenario::default() }
    }

    #[test]
    fn a_persona_without_sense_is_refused() {
        let share = |share| PersonaDecl { share: Some(share), ..persona("p") };
        let weight = |weight| PersonaDecl { run: false, operations: vec![("op".to_owned(), weight)], ..persona("p") };
        for (personas, message) in [
            (vec![], "scenario `s` has no persona"),
            (vec![share(0.0)], "persona `p`: `share` must be more than 0 and at most 1000000000, not 0"),
            (vec![share(-5.0)], "persona `p`: `share` must be more than 0 and at most 1000000000, not -5"),
            (vec![share(f64::NAN)], "persona `p`: `share` must be more than 0 and at most 1000000000, not NaN"),
            (vec![share(f64::INFINITY)], "persona `p`: `share` must be more than 0 and at most 1000000000, not inf"),
            (vec![share(1e30)], "persona `p`: `share` must be more than 0"),
            (vec![weight(0.0)], "persona `p`: the weight of operation `op` must be more than 0"),
            (vec![PersonaDecl { users: Some(0), ..persona("p") }], "persona `p`: `users` must be more than 0"),
            (vec![PersonaDecl { run: false, ..persona("p") }], "persona `p` does nothing"),
            (vec![PersonaDecl { run: true, ..weight(1.0) }], "persona `p` has both `run` and `operations`"),
            (vec![PersonaDecl { users: Some(1), ..share(1.0) }], "persona `p` has both `share` and `users`"),
            (vec![share(1.0), persona("q")], "persona `q` has no `share` although others have one"),
        ] {
            let error = scenario(personas).validate().expect_err(message).to_string();
            assert!(error.starts_with(message), "{error}");
        }
        assert_eq!(scenario(vec![persona("p"), persona("q")]).validate(), Ok(()));
    }

    #[test]
    fn an_unknown_profile_names_the_nearest() {
        let mut scenario = scenario(vec![persona("p")]);
        scenario.profiles.insert("stress".to_owned(), Settings::default());
        let error = scenario.profile("stres").expect_err("no such profile").to_string();
        assert_eq!(error, "scenario `s` has no profile `stres`\nhint: did you mean `stress`?");
    }
}
