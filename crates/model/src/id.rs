//! Names of services, samples and cases.

use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A backend with backups that can be cancelled, by its name in ids, files and options: `spanner`.
///
/// Any name of the right form: which services there are is for a catalogue or an engine to say. Clones share the name.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(try_from = "String", into = "String")]
#[schemars(with = "String")]
pub struct ServiceId(Arc<str>);

impl ServiceId {
    /// The name.
    pub fn name(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for ServiceId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl fmt::Debug for ServiceId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ServiceId({self})")
    }
}

/// The text is no id of the kind that was asked for.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{text}` is not a {kind}: {expected}")]
pub struct InvalidId {
    /// What was read.
    pub text: String,
    /// What it should have been: `name of a service`, `sample id`, `case id`.
    pub kind: &'static str,
    /// The form that is accepted.
    pub expected: &'static str,
}

impl FromStr for ServiceId {
    type Err = InvalidId;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let is_word = |word: &str| {
            !word.is_empty() && word.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit())
        };
        if !text.split('-').all(is_word) {
            return Err(InvalidId {
                text: text.to_owned(),
                kind: "name of a service",
                expected: "lower-case letters and digits, words joined by hyphens, as in spanner",
            });
        }
        Ok(ServiceId(text.into()))
    }
}

/// The code of one language for one service: `spanner/go`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(try_from = "String", into = "String")]
#[schemars(with = "String")]
pub struct SampleId {
    /// The service that the sample talks to.
    pub service: ServiceId,
    /// The language's short name, as in file names: `go`, `nodejs`.
    pub language: String,
}

impl fmt::Display for SampleId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.service, self.language)
    }
}

fn is_word(text: &str) -> bool {
    !text.is_empty() && text.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_'))
}

impl FromStr for SampleId {
    type Err = InvalidId;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let invalid = || InvalidId {
            text: text.to_owned(),
            kind: "sample id",
            expected: "SERVICE/LANGUAGE, as in spanner/go",
        };
        let (service, language) = text.split_once('/').ok_or_else(invalid)?;
        if !is_word(language) {
            return Err(invalid());
        }
        Ok(SampleId { service: service.parse()?, language: language.to_owned() })
    }
}

/// A sample in a scenario: `spanner/go/cancel-wins`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(try_from = "String", into = "String")]
#[schemars(with = "String")]
pub struct CaseId {
    /// The sample that is run.
    pub sample: SampleId,
    /// The scenario that it meets.
    pub scenario: String,
}

impl CaseId {
    /// The project of this case: a name of its own in the emulator, so that cases never meet.
    pub fn project(&self) -> String {
        format!("{}-{}-{}", self.sample.service, self.sample.language, self.scenario)
    }
}

impl fmt::Display for CaseId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.sample, self.scenario)
    }
}

impl FromStr for CaseId {
    type Err = InvalidId;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let invalid = || InvalidId {
            text: text.to_owned(),
            kind: "case id",
            expected: "SERVICE/LANGUAGE/SCENARIO, as in spanner/go/cancel-wins",
        };
        let (sample, scenario) = text.rsplit_once('/').ok_or_else(invalid)?;
        if !is_word(scenario) {
            return Err(invalid());
        }
        Ok(CaseId { sample: sample.parse()?, scenario: scenario.to_owned() })
    }
}

macro_rules! string_form {
    ($($type:ty),+) => {$(
        impl From<$type> for String {
            fn from(id: $type) -> String {
                id.to_string()
            }
        }
        impl TryFrom<String> for $type {
            type Error = InvalidId;

            fn try_from(text: String) -> Result<Self, Self::Error> {
                text.parse()
            }
        }
    )+};
}
string_form!(ServiceId, SampleId, CaseId);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_read_what_they_print() {
        let case: CaseId = "spanner/nodejs/cancel-wins".parse().unwrap();
        assert_eq!(case.to_string(), "spanner/nodejs/cancel-wins");
        assert_eq!(case.project(), "spanner-nodejs-cancel-wins");
        assert_eq!(case.sample, "spanner/nodejs".parse().unwrap());
    }

    #[test]
    fn what_is_no_id_is_refused_with_the_form() {
        let error = "spanner".parse::<SampleId>().unwrap_err();
        assert_eq!(error.to_string(), "`spanner` is not a sample id: SERVICE/LANGUAGE, as in spanner/go");
        assert!("spanner/go/a b".parse::<CaseId>().is_err());
    }

    #[test]
    fn a_service_is_any_name_of_the_right_form() {
        for name in ["spanner", "x", "db2", "cloud-sql-2"] {
            let service: ServiceId = name.parse().unwrap();
            assert_eq!((service.name(), service.to_string().as_str()), (name, name));
            assert_eq!(serde_json::from_value::<ServiceId>(name.into()).unwrap(), service);
            assert_eq!(serde_json::to_value(&service).unwrap(), name);
        }
        for name in ["", "Spanner", "span ner", "-spanner", "spanner-", "a--b", "a_b", "a.b", "ä", "../x"] {
            assert!(name.parse::<ServiceId>().is_err(), "{name}");
            assert!(serde_json::from_value::<ServiceId>(name.into()).is_err(), "{name}");
        }
        let error = "Spanner/go".parse::<SampleId>().unwrap_err();
        assert_eq!(
            error.to_string(),
            "`Spanner` is not a name of a service: lower-case letters and digits, words joined by hyphens, as in spanner"
        );
    }
}
