//! The choice of a preset, and of limits that are to be others than its own.

use std::collections::BTreeMap;

use super::super::nearest::hint_for;
use super::super::preset::{self, Limit, Preset, Unit};
use super::super::units::{Percent, Rate, parse_duration, parse_size};
use super::super::{Data, Origin};
use super::Input;
use super::value::{Form, Problem, Value};

/// A preset with what is changed of it. Naming one starts afresh; limits alone change what a weaker layer chose.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct PresetChoice {
    /// Which, if one was named.
    pub name: Option<&'static str>,
    /// Whether its thresholds hold too.
    pub thresholds: Option<bool>,
    /// Limits with their values and how these were written.
    pub limits: BTreeMap<Limit, (f64, String)>,
}

const EXPECTED: &str = "the name of a preset, limits such as `statement_mean=50ms`, or a table of both";

impl PresetChoice {
    /// The preset in force.
    pub fn preset(&self) -> &'static Preset {
        self.name.and_then(preset::find).unwrap_or(preset::DEFAULT)
    }

    /// A limit's value.
    pub fn value(&self, limit: Limit) -> f64 {
        self.limits.get(&limit).map_or_else(|| self.preset().value(limit), |(value, _)| *value)
    }

    /// The rules that it sets.
    pub fn rules(&self) -> &'static [&'static str] {
        if self.thresholds == Some(true) { self.preset().thresholds } else { &[] }
    }

    fn set(&mut self, key: &str, input: Input<'_>) -> Result<(), Problem> {
        match key {
            "name" => {
                let name = input.text().ok_or_else(|| Problem::expected("the name of a preset", input))?;
                let known = preset::PRESETS.iter().map(|preset| preset.name);
                let unknown = || Problem(format!("there is no preset `{name}`{}", hint_for(name, known)));
                self.name = Some(preset::find(name).ok_or_else(unknown)?.name);
            }
            "thresholds" => {
                self.thresholds = Some(match (input, input.text()) {
                    (Input::Typed(Data::Bool(value)), _) => *value,
                    (_, Some("true")) => true,
                    (_, Some("false")) => false,
                    _ => return Err(Problem::expected("true or false for `thresholds`", input)),
                });
            }
            _ => {
                let known = Limit::ALL.iter().map(|limit| limit.name());
                let limit = Limit::ALL.iter().find(|limit| limit.name() == key);
                let limit =
                    limit.ok_or_else(|| Problem(format!("there is no limit `{key}`{}", hint_for(key, known))))?;
                let written = input.text().map_or_else(|| input.count().unwrap_or_default().to_string(), str::to_owned);
                self.limits.insert(*limit, (value(*limit, input)?, written));
            }
        }
        Ok(())
    }
}

/// A limit's value in the unit that it is kept in.
fn value(limit: Limit, input: Input<'_>) -> Result<f64, Problem> {
    let text =
        |what: &str| input.text().ok_or_else(|| Problem::expected(&format!("{what} for `{}`", limit.name()), input));
    Ok(match limit.unit() {
        Unit::Time => parse_duration(text("a time such as `\"20ms\"`")?)?.as_secs_f64() * 1e6,
        Unit::Share => text("a share such as `\"10%\"`")?.parse::<Percent>()?.fraction(),
        Unit::Rate => text("a rate such as `\"100/s\"`")?.parse::<Rate>()?.as_per_second(),
        Unit::Size => parse_size(text("a size such as `\"10MB\"`")?)? as f64,
        Unit::Count => {
            let what = format!("a whole number for `{}`", limit.name());
            input.count().ok_or_else(|| Problem::expected(&what, input))? as f64
        }
    })
}

impl Value for PresetChoice {
    const FORM: Form = Form::many("NAME");

    fn read(input: Input<'_>) -> Result<Self, Problem> {
        let mut choice = Self::default();
        if let Input::Typed(Data::Map(entries)) = input {
            for (key, value) in entries {
                choice.set(key, Input::Typed(value))?;
            }
            return Ok(choice);
        }
        for item in input.texts(',').ok_or_else(|| Problem::expected(EXPECTED, input))? {
            match item.split_once('=') {
                Some((key, value)) => choice.set(key.trim(), Input::Text(value.trim()))?,
                None => choice.set("name", Input::Text(item))?,
            }
        }
        Ok(choice)
    }

    fn show(&self) -> String {
        let thresholds = self.thresholds.map(|value| format!("thresholds={value}"));
        let limits = self.limits.iter().map(|(limit, (_, written))| format!("{}={written}", limit.name()));
        let all: Vec<String> = self.name.map(str::to_owned).into_iter().chain(thresholds).chain(limits).collect();
        if all.is_empty() { "none".to_owned() } else { all.join(", ") }
    }

    fn over(self, weaker: Self, _: Origin) -> Self {
        if self.name.is_some() {
            return self;
        }
        let mut limits = weaker.limits;
        limits.extend(self.limits);
        Self { name: weaker.name, thresholds: self.thresholds.or(weaker.thresholds), limits }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> PresetChoice {
        PresetChoice::read(Input::Text(text)).unwrap_or_else(|problem| panic!("{}", problem.0))
    }

    #[test]
    fn a_preset_is_named_and_changed() {
        let choice =
            read("game, statement_mean=50ms, host_cpu=90%, statement_calls=10, scanned_table=1MB, thresholds=true");
        assert_eq!(choice.preset().name, "game");
        for (limit, value) in [
            (Limit::StatementMean, 50_000.0),
            (Limit::HostCpu, 0.9),
            (Limit::StatementCalls, 10.0),
            (Limit::ScannedTable, 1e6),
            (Limit::ErrorsExcellent, 0.001),
            (Limit::LockShare, 0.1),
        ] {
            assert_eq!(choice.value(limit), value, "{limit:?}");
        }
        assert!(choice.rules().contains(&"response.p95 < 1s"));
        assert_eq!(read(&choice.show()), choice);
    }

    #[test]
    fn a_table_says_the_same() {
        let entries = [
            ("name", Data::text("finance")),
            ("thresholds", Data::Bool(true)),
            ("statement_calls", Data::Int(10)),
            ("host_cpu", Data::text("90%")),
        ];
        let table = Data::Map(entries.map(|(key, value)| (key.to_owned(), value)).into());
        let choice = PresetChoice::read(Input::Typed(&table)).unwrap_or_else(|problem| panic!("{}", problem.0));
        assert_eq!(choice, read("finance, thresholds=true, statement_calls=10, host_cpu=90%"));
    }

    #[test]
    fn a_named_one_starts_afresh_and_limits_add_up() {
        let over =
            |strong: &str| read(strong).over(read("game, statement_mean=50ms, thresholds=true"), Origin::CommandLine);
        assert_eq!(over("finance"), read("finance"));
        assert_eq!(over("host_cpu=90%"), read("game, statement_mean=50ms, host_cpu=90%, thresholds=true"));
    }

    #[test]
    fn what_is_no_preset_or_limit_names_the_nearest() {
        for (text, message) in [
            ("gane", "there is no preset `gane`\nhint: did you mean `game`?"),
            ("statement_meen=5ms", "there is no limit `statement_meen`\nhint: did you mean `statement_mean`?"),
            ("statement_mean=5", "`5` is not a duration"),
            ("thresholds=perhaps", "expected true or false for `thresholds`, got `perhaps`"),
        ] {
            let problem = PresetChoice::read(Input::Text(text)).expect_err(text);
            assert!(problem.0.starts_with(message), "{}", problem.0);
        }
    }
}
