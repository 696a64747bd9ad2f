//! `results.json` and the baseline: the objects themselves, and the way back.

use std::collections::BTreeSet;

use rescind_model::{BASELINE_VERSION, Baseline, CaseId, Results, SCHEMA_VERSION};
use serde::{Deserialize, Serialize};

use crate::compare::{Base, BaseCase, ExploredSample};
use crate::log_command::inert_json;

/// Writes the results as indented JSON. The order of the fields is that of the types, so that files can be compared.
///
/// # Errors
/// None that the types of the results allow; serde_json's signature has room for one.
pub fn render(results: &Results) -> Result<String, serde_json::Error> {
    pretty(results)
}

/// Writes a baseline as [`render`] writes results.
///
/// # Errors
/// As [`render`].
pub fn render_baseline(baseline: &Baseline) -> Result<String, serde_json::Error> {
    pretty(baseline)
}

fn pretty(value: &impl Serialize) -> Result<String, serde_json::Error> {
    let mut text = inert_json(serde_json::to_string_pretty(value)?);
    text.push('\n');
    Ok(text)
}

/// The JSON Schema of what [`render`] writes.
///
/// # Errors
/// As [`render`].
pub fn schema() -> Result<String, serde_json::Error> {
    pretty(&schemars::schema_for!(Results))
}

/// The JSON Schema of what [`render_baseline`] writes.
///
/// # Errors
/// As [`render`].
pub fn baseline_schema() -> Result<String, serde_json::Error> {
    pretty(&schemars::schema_for!(Baseline))
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
    /// JSON, but nothing that rescind wrote, or not what was asked for.
    #[error("not {expected} of rescind: `{key}` is missing or not a number")]
    NoVersion {
        /// What was asked for: `a results file`.
        expected: &'static str,
        /// The key that such a file begins with.
        key: &'static str,
    },
    /// Of another version of rescind, which could be misread.
    #[error(
        "`{key}` is {found}, and this rescind reads {read}; \
         write the file again with this version, or read it with the one that wrote it"
    )]
    OtherVersion {
        /// The key that holds the version.
        key: &'static str,
        /// The version in the file.
        found: u64,
        /// The version that can be read.
        read: u32,
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

/// What both kinds of files begin with. It is looked at before anything else: a file of another version gets that
/// message, not one about the first field that has changed since.
#[derive(Deserialize)]
#[serde(expecting = "the results object of rescind")]
struct Versions {
    schema_version: Option<serde_json::Value>,
    baseline_version: Option<serde_json::Value>,
}

const RESULTS_KEY: &str = "schema_version";
const BASELINE_KEY: &str = "baseline_version";

impl Versions {
    fn check_results(&self) -> Result<(), ReadError> {
        check(self.schema_version.as_ref(), "a results file", RESULTS_KEY, SCHEMA_VERSION)
    }

    fn check_baseline(&self) -> Result<(), ReadError> {
        check(self.baseline_version.as_ref(), "a baseline", BASELINE_KEY, BASELINE_VERSION)
    }
}

fn check(
    found: Option<&serde_json::Value>,
    expected: &'static str,
    key: &'static str,
    read: u32,
) -> Result<(), ReadError> {
    match found.and_then(serde_json::Value::as_u64) {
        None => Err(ReadError::NoVersion { expected, key }),
        Some(found) if found != u64::from(read) => Err(ReadError::OtherVersion { key, found, read }),
        Some(_) => Ok(()),
    }
}

fn each_once<'a>(ids: impl Iterator<Item = &'a CaseId>) -> Result<(), ReadError> {
    let mut seen = BTreeSet::new();
    match ids.into_iter().find(|id| !seen.insert(*id)) {
        Some(id) => Err(ReadError::DuplicateCase(id.clone())),
        None => Ok(()),
    }
}

/// Reads what [`render`] wrote.
///
/// # Errors
/// See [`ReadError`].
pub fn read(text: &str) -> Result<Results, ReadError> {
    serde_json::from_str::<Versions>(text)?.check_results()?;
    let results: Results = serde_json::from_str(text)?;
    each_once(results.cases.iter().map(|case| &case.id))?;
    Ok(results)
}

/// Reads what [`render_baseline`] wrote.
///
/// # Errors
/// See [`ReadError`].
pub fn read_baseline(text: &str) -> Result<Baseline, ReadError> {
    serde_json::from_str::<Versions>(text)?.check_baseline()?;
    let baseline: Baseline = serde_json::from_str(text)?;
    each_once(baseline.cases.iter().map(|case| &case.id))?;
    Ok(baseline)
}

/// A file that a comparison can begin from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum BaseFile {
    /// The results of a run.
    Results(Box<Results>),
    /// A baseline.
    Baseline(Baseline),
}

impl Base for BaseFile {
    fn explorations(&self) -> impl Iterator<Item = ExploredSample<'_>> {
        let (results, baseline) = match self {
            BaseFile::Results(results) => (Some(results.as_ref()), None),
            BaseFile::Baseline(baseline) => (None, Some(baseline)),
        };
        let of_results = results.into_iter().flat_map(Base::explorations);
        of_results.chain(baseline.into_iter().flat_map(Base::explorations))
    }

    fn cases(&self) -> impl Iterator<Item = BaseCase<'_>> {
        let (results, baseline) = match self {
            BaseFile::Results(results) => (Some(results.as_ref()), None),
            BaseFile::Baseline(baseline) => (None, Some(baseline)),
        };
        results.into_iter().flat_map(Base::cases).chain(baseline.into_iter().flat_map(Base::cases))
    }
}

/// Reads results or a baseline, whichever it is.
///
/// # Errors
/// See [`ReadError`].
pub fn read_base(text: &str) -> Result<BaseFile, ReadError> {
    let versions: Versions = serde_json::from_str(text)?;
    if versions.baseline_version.is_some() {
        read_baseline(text).map(BaseFile::Baseline)
    } else {
        read(text).map(|results| BaseFile::Results(Box::new(results)))
    }
}
