//! Values given to a scenario's parameters.

use std::collections::BTreeMap;
use std::fmt;

use super::super::nearest::hint_for;
use super::super::{Data, Origin, Params, PlanError};
use super::Input;
use super::value::{Form, Problem, Value};

/// A value for a parameter, not yet of the parameter's type.
#[derive(Debug, Clone, PartialEq)]
pub enum ParamInput {
    /// From a language with types.
    Typed(Data),
    /// From a flag or the environment; takes the type of the default.
    Text(String),
}

impl fmt::Display for ParamInput {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Typed(data) => data.fmt(f),
            Self::Text(text) => f.write_str(text),
        }
    }
}

/// Values for parameters by name.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct ParamInputs(pub BTreeMap<String, ParamInput>);

impl Value for ParamInputs {
    const FORM: Form = Form::many("NAME=VALUE");

    fn read(input: Input<'_>) -> Result<Self, Problem> {
        let values = match input {
            Input::Typed(Data::Map(entries)) => {
                entries.iter().map(|(name, value)| (name.clone(), ParamInput::Typed(value.clone()))).collect()
            }
            Input::Typed(Data::List(items)) if items.is_empty() => BTreeMap::new(),
            Input::Text(text) => match text.split_once('=') {
                Some((name, value)) => BTreeMap::from([(name.trim().to_owned(), ParamInput::Text(value.to_owned()))]),
                None => return Err(Problem::expected("a name and a value, such as `members=1000`", input)),
            },
            Input::Typed(_) => return Err(Problem::expected("a table of parameters", input)),
        };
        Ok(Self(values))
    }

    fn show(&self) -> String {
        let shown = self.0.iter().map(|(name, value)| format!("{name}={value}"));
        shown.collect::<Vec<_>>().join(", ")
    }

    fn over(self, weaker: Self, _origin: Origin) -> Self {
        let mut values = weaker.0;
        values.extend(self.0);
        Self(values)
    }
}

/// Puts the values that were given in the place of the defaults.
pub(super) fn apply(params: &mut Params, given: &ParamInputs) -> Result<(), PlanError> {
    for (name, value) in &given.0 {
        let Some(param) = params.get_mut(name) else {
            let hint = hint_for(name, params.keys().map(String::as_str).collect::<Vec<_>>());
            return Err(PlanError::UnknownParam { name: name.clone(), hint });
        };
        param.value = converted(&param.value, value).ok_or_else(|| PlanError::ParamType {
            name: name.clone(),
            expected: expected(&param.value),
            value: value.to_string(),
        })?;
    }
    Ok(())
}

/// What a parameter with this default takes, for people.
fn expected(default: &Data) -> &'static str {
    match default {
        Data::Bool(_) => "`true` or `false`",
        other => other.kind(),
    }
}

/// `value` as the type of `default`; a whole number also serves where a number is wanted.
fn converted(default: &Data, value: &ParamInput) -> Option<Data> {
    match (default, value) {
        (Data::Int(_), ParamInput::Text(text)) => text.parse().ok().map(Data::Int),
        (Data::Float(_), ParamInput::Text(text)) => {
            text.parse().ok().filter(|number: &f64| number.is_finite()).map(Data::Float)
        }
        (Data::Bool(_), ParamInput::Text(text)) => text.parse().ok().map(Data::Bool),
        (Data::Bytes(_), ParamInput::Text(text)) => Some(Data::text(text.as_str())),
        (_, ParamInput::Text(_)) => None,
        (Data::Float(_), ParamInput::Typed(Data::Int(number))) => Some(Data::Float(*number as f64)),
        // TOML and Lua write large round numbers as floats: 1e6.
        (Data::Int(_), ParamInput::Typed(Data::Float(number))) => {
            (number.fract() == 0.0 && number.abs() < 1e15).then_some(Data::Int(*number as i64))
        }
        (default, ParamInput::Typed(data)) => {
            (std::mem::discriminant(default) == std::mem::discriminant(data)).then(|| data.clone())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::super::Param;
    use super::*;

    fn params() -> Params {
        let param = |value| Param { value, doc: String::new() };
        Params::from([
            ("members".to_owned(), param(Data::Int(10))),
            ("ratio".to_owned(), param(Data::Float(0.5))),
            ("deep".to_owned(), param(Data::Bool(false))),
            ("city".to_owned(), param(Data::text("Ashford"))),
        ])
    }

    fn given(text: &str) -> ParamInputs {
        ParamInputs::read(Input::Text(text)).expect(text)
    }

    #[test]
    fn a_text_takes_the_type_of_the_default() {
        let mut params = params();
        for text in ["members=25", "ratio=1", "deep=true", "city=x=y"] {
            apply(&mut params, &given(text)).expect(text);
        }
        let values: Vec<_> = params.values().map(|param| param.value.clone()).collect();
        assert_eq!(values, [Data::text("x=y"), Data::Bool(true), Data::Int(25), Data::Float(1.0)]);
    }

    #[test]
    fn wrong_types_and_names_are_refused() {
        for (text, message) in [
            ("members=many", "parameter `members` must be a whole number, not `many`"),
            ("deep=1", "parameter `deep` must be `true` or `false`, not `1`"),
            ("ratio=NaN", "parameter `ratio` must be a number, not `NaN`"),
            ("member=5", "there is no parameter `member`\nhint: did you mean `members`?"),
        ] {
            assert_eq!(apply(&mut params(), &given(text)).expect_err(text).to_string(), message);
        }
    }
}
