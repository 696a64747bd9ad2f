//! Choices that differ from the tables: as an option says them, `cancel-restore=UNIMPLEMENTED`, or a document.

use std::collections::BTreeMap;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

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
        name: String,
        /// The value.
        value: String,
        /// What is expected.
        form: &'static str,
    },
    /// The text does not have the form of a setting.
    #[error("`{0}` is no choice; write NAME=VALUE")]
    Form(String),
}

/// Choices that differ from the tables, by name, as they were written: the services tell whether they are choices. In
/// JSON an object: `{"cancel-restore": "UNIMPLEMENTED"}`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Settings(BTreeMap<String, String>);

impl Settings {
    /// Adds the settings of another; of two for the same choice those of the other count.
    pub fn extend(&mut self, other: &Settings) {
        self.0.extend(other.iter().map(|(name, value)| (name.to_owned(), value.to_owned())));
    }

    /// True if nothing differs from the tables.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The names and values, in the order of the names.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(name, value)| (name.as_str(), value.as_str()))
    }
}

/// `NAME=VALUE`
impl FromStr for Settings {
    type Err = InvalidSetting;

    fn from_str(text: &str) -> Result<Settings, InvalidSetting> {
        let (name, value) = text.split_once('=').ok_or_else(|| InvalidSetting::Form(text.to_owned()))?;
        Ok(Settings(BTreeMap::from([(name.to_owned(), value.to_owned())])))
    }
}
