//! What tests know of a bundled scenario beside its own file: `tests/tamper/NAME.toml`.

use std::fs;
use std::path::Path;

use serde::Deserialize;
use throng::bundle;

/// The page of a scenario.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Page {
    /// What it needs in order to play.
    pub play: Play,
    /// What is done to its data behind its back.
    pub case: Vec<Tampering>,
}

/// What a scenario needs in order to play, beside the targets that it declares.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Play {
    /// Arguments of the command line, such as `--allow-exec`.
    pub arguments: Vec<String>,
    /// Whether a Celery worker must serve its Redis.
    pub celery: bool,
}

/// What is done to a scenario's data, and what `verify` must say of it.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Tampering {
    /// Lua that changes the data between the load and `verify`, with `ctx`.
    #[serde(default)]
    pub lua: String,
    /// Further arguments of the command line, such as a parameter by which the scenario itself does damage.
    #[serde(default)]
    pub arguments: Vec<String>,
    /// Words of the message.
    pub finds: String,
}

impl Page {
    /// The page of a scenario; an empty one for what is no bundled scenario, such as an example.
    pub fn of(scenario: &str) -> Self {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("tests/tamper/{scenario}.toml"));
        if !bundle::scenarios().iter().any(|bundled| bundled == scenario) {
            return Self::default();
        }
        let text = fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        toml::from_str(&text).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
    }
}

/// The bundled scenarios; only those whose names have the words of `ONLY_SCENARIOS` in them, if it is set, for a quick look.
pub fn bundled() -> Vec<String> {
    let only = std::env::var("ONLY_SCENARIOS").unwrap_or_default();
    let wanted = |name: &String| only.is_empty() || only.split_whitespace().any(|word| name.contains(word));
    bundle::scenarios().into_iter().filter(wanted).collect()
}
