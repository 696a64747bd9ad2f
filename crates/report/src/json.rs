//! `results.json`: the results object itself, and the way back.

use std::collections::BTreeSet;

use rescind_model::{CaseId, Results, SCHEMA_VERSION};
use serde::Deserialize;

/// Writes the results as indented JSON. The order of the fields is that of the types, so that files can be compared.
///
/// # Errors
/// None that the types of the results allow; serde_json's signature has room for one.
pub fn render(results: &Results) -> Result<String, serde_json::Error> {
    let mut text = serde_json::to_string_pretty(results)?;
    text.push('\n');
    Ok(text)
}

/// The JSON Schema of what [`render`] writes.
///
/// # Errors
/// As [`render`].
pub fn schema() -> Result<String, serde_json::Error> {
    let mut text = serde_json::to_string_pretty(&schemars::schema_for!(Results))?;
    text.push('\n');
    Ok(text)
}

/// Why a text is no results object. The one who reads the file puts its name before the message.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ReadError {
    /// Not JSON, or JSON of another shape.
    #[error("{line}:{column}: {message}")]
    Malformed {
        /// The line, from 1.
        line: usize,
        /// The column in bytes, from 1.
        column: usize,
        /// What is wrong there.
        message: String,
    },
    /// JSON, but nothing that rescind wrote.
    #[error("not a results file of rescind: `schema_version` is missing or not a number")]
    NoVersion,
    /// Results of another version of rescind, which could be misread.
    #[error(
        "`schema_version` is {found}, and this rescind reads {SCHEMA_VERSION}; \
         write the results again with this version, or read them with the one that wrote them"
    )]
    OtherVersion {
        /// The version in the file.
        found: u64,
    },
    /// Two results for one case.
    #[error("the case `{0}` is there twice; results of several runs cannot be put together by hand")]
    DuplicateCase(CaseId),
}

impl From<serde_json::Error> for ReadError {
    fn from(error: serde_json::Error) -> ReadError {
        // serde_json appends the position to its message.
        let position = format!(" at line {} column {}", error.line(), error.column());
        let message = error.to_string();
        let message = message.strip_suffix(&position).unwrap_or(&message).to_owned();
        ReadError::Malformed { line: error.line(), column: error.column(), message }
    }
}

/// Reads what [`render`] wrote.
///
/// The version is looked at before anything else: results of another version get that message, not one about the
/// first field that has changed since.
///
/// # Errors
/// See [`ReadError`].
pub fn read(text: &str) -> Result<Results, ReadError> {
    #[derive(Deserialize)]
    #[serde(expecting = "the results object of rescind")]
    struct Versioned {
        schema_version: Option<serde_json::Value>,
    }
    let versioned: Versioned = serde_json::from_str(text)?;
    let found = versioned.schema_version.as_ref().and_then(serde_json::Value::as_u64);
    match found {
        None => return Err(ReadError::NoVersion),
        Some(found) if found != u64::from(SCHEMA_VERSION) => return Err(ReadError::OtherVersion { found }),
        Some(_) => {}
    }
    let results: Results = serde_json::from_str(text)?;
    let mut seen = BTreeSet::new();
    match results.cases.iter().find(|case| !seen.insert(&case.id)) {
        Some(case) => Err(ReadError::DuplicateCase(case.id.clone())),
        None => Ok(results),
    }
}
