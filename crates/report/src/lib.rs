//! The reports of rescind: pure functions of one [`Results`](rescind_model::Results) object.
//!
//! Nothing here reads a file, a clock or the environment: the same results give the same report, to the letter. Texts
//! of samples are never trusted; see [`text`].

pub mod compare;
pub mod github;
mod grouping;
pub mod json;
pub mod junit;
pub mod markdown;
mod matrix;
pub mod progress;
mod requests;
pub mod sarif;
pub mod terminal;
pub mod text;

/// Why a report could not be written.
#[derive(Debug, thiserror::Error)]
pub enum RenderError {
    /// JSON, or a format that is made of it.
    #[error("cannot write JSON: {0}")]
    Json(#[from] serde_json::Error),
    /// JUnit.
    #[error("cannot write JUnit XML: {0}")]
    Junit(#[from] quick_junit::SerializeError),
}
