//! Choices that differ from the table: as an option says them, `cancel-restore=UNIMPLEMENTED`, or a document.

use std::collections::BTreeMap;
use std::str::FromStr;

use rescind_model::suggestion;
use serde::{Deserialize, Serialize};

use super::Choices;

/// How one choice is switched.
pub struct Switch {
    /// Its name, `alloydb.cancelled-backup`.
    pub name: &'static str,
    /// What is chosen, and what is published about it.
    pub about: &'static str,
    /// The values that it can have.
    pub form: &'static str,
    pub(super) show: fn(&Choices) -> String,
    pub(super) set: fn(&mut Choices, &str) -> bool,
}

impl Switch {
    /// Every switch, in the order of the table.
    pub fn all() -> impl Iterator<Item = &'static Switch> {
        super::SHARED.iter().chain(super::ALLOYDB).chain(super::GEMINIDB)
    }

    /// The value that these choices have.
    pub fn value(&self, choices: &Choices) -> String {
        (self.show)(choices)
    }
}

/// A setting that names no choice, or gives it a value that it cannot have.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum InvalidSetting {
    /// There is no choice of this name.
    #[error("there is no choice `{name}`{close}; the choices are {known}")]
    Unknown {
        /// The name.
        name: String,
        /// What may have been meant.
        close: String,
        /// Those that there are.
        known: String,
    },
    /// The choice cannot have this value.
    #[error("the choice `{name}` cannot be `{value}`: {form} is expected")]
    Value {
        /// The name.
        name: &'static str,
        /// The value.
        value: String,
        /// What is expected.
        form: &'static str,
    },
    /// The text does not have the form of a setting.
    #[error("`{0}` is no choice; write NAME=VALUE")]
    Form(String),
}

/// Choices that differ from the table, by name. In JSON an object: `{"cancel-restore": "UNIMPLEMENTED"}`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "BTreeMap<String, String>", into = "BTreeMap<String, String>")]
pub struct Settings(BTreeMap<&'static str, String>);

impl Settings {
    /// Adds a setting; a later one for the same choice counts.
    ///
    /// # Errors
    /// There is no such choice, or it cannot have this value.
    pub fn set(&mut self, name: &str, value: &str) -> Result<(), InvalidSetting> {
        let Some(switch) = Switch::all().find(|switch| switch.name == name) else {
            let names: Vec<&str> = Switch::all().map(|switch| switch.name).collect();
            let close = suggestion(name, names.iter().copied());
            return Err(InvalidSetting::Unknown { name: name.to_owned(), close, known: names.join(", ") });
        };
        if !(switch.set)(&mut Choices::default(), value) {
            let value = value.to_owned();
            return Err(InvalidSetting::Value { name: switch.name, value, form: switch.form });
        }
        self.0.insert(switch.name, value.to_owned());
        Ok(())
    }

    /// Adds the settings of another, which count.
    pub fn extend(&mut self, other: &Settings) {
        self.0.extend(other.0.iter().map(|(name, value)| (*name, value.clone())));
    }

    /// True if nothing differs from the table.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The table with these settings.
    pub fn choices(&self) -> Choices {
        let mut choices = Choices::default();
        for switch in Switch::all() {
            if let Some(value) = self.0.get(switch.name) {
                // Every value was tried when it was set.
                (switch.set)(&mut choices, value);
            }
        }
        choices
    }
}

/// `NAME=VALUE`
impl FromStr for Settings {
    type Err = InvalidSetting;

    fn from_str(text: &str) -> Result<Settings, InvalidSetting> {
        let (name, value) = text.split_once('=').ok_or_else(|| InvalidSetting::Form(text.to_owned()))?;
        let mut settings = Settings::default();
        settings.set(name, value)?;
        Ok(settings)
    }
}

impl TryFrom<BTreeMap<String, String>> for Settings {
    type Error = InvalidSetting;

    fn try_from(values: BTreeMap<String, String>) -> Result<Settings, InvalidSetting> {
        let mut settings = Settings::default();
        for (name, value) in values {
            settings.set(&name, &value)?;
        }
        Ok(settings)
    }
}

impl From<Settings> for BTreeMap<String, String> {
    fn from(settings: Settings) -> BTreeMap<String, String> {
        settings.0.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
    }
}

#[cfg(test)]
mod tests {
    use rescind_model::Code;

    use super::*;

    #[test]
    fn every_switch_reads_the_value_that_it_shows_and_changes_the_table() {
        let table = Choices::default();
        for switch in Switch::all() {
            let shown = switch.value(&table);
            let mut choices = table.clone();
            assert!((switch.set)(&mut choices, &shown), "{}: {shown}", switch.name);
            assert_eq!(choices, table, "{}", switch.name);
            let other = ["ABORTED", "DBS.201214", "failed", "removed", "17", "17d", "other"]
                .into_iter()
                .find(|text| *text != shown && (switch.set)(&mut table.clone(), text));
            let settings: Settings =
                format!("{}={}", switch.name, other.expect(switch.name)).parse().unwrap();
            assert_ne!(settings.choices(), table, "{}", switch.name);
            assert!(!switch.about.is_empty());
        }
    }

    #[test]
    fn settings_add_up_and_go_through_json() {
        let mut settings: Settings = "cancel-restore=UNIMPLEMENTED".parse().unwrap();
        settings.extend(&"alloydb.cancelled-backup=failed".parse().unwrap());
        settings.extend(&"cancel-restore=aborted".parse().unwrap());
        assert_eq!(settings.choices().cancel_restore, Some(Code::Aborted));
        let json = serde_json::to_string(&settings).unwrap();
        assert_eq!(json, r#"{"alloydb.cancelled-backup":"failed","cancel-restore":"aborted"}"#);
        assert_eq!(serde_json::from_str::<Settings>(&json).unwrap(), settings);
    }

    #[test]
    fn what_is_no_choice_is_told_with_what_there_is() {
        let error = |text: &str| text.parse::<Settings>().unwrap_err().to_string();
        let unknown = error("cancel-restor=OK");
        assert!(unknown.starts_with(
            "there is no choice `cancel-restor` (did you mean `cancel-restore`?); the choices are"
        ));
        insta::assert_snapshot!(error("bad-id=OK"), @"the choice `bad-id` cannot be `OK`: a code of google.rpc.Code other than OK is expected");
        insta::assert_snapshot!(error("alloydb.cancelled-backup=gone"), @"the choice `alloydb.cancelled-backup` cannot be `gone`: `removed` or `failed` is expected");
        insta::assert_snapshot!(error("bad-id"), @"`bad-id` is no choice; write NAME=VALUE");
    }
}
