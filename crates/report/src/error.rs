//! Why there is no report.

/// Why a report could not be written.
#[derive(Debug, thiserror::Error)]
pub enum RenderError {
    /// JSON, or a format that is made of it.
    #[error("cannot write JSON: {0}")]
    Json(#[from] serde_json::Error),
    /// JUnit.
    #[error("cannot write JUnit XML: {0}")]
    Junit(#[from] quick_junit::SerializeError),
    /// HTML.
    #[error("cannot write HTML: {0}")]
    Html(#[from] askama::Error),
    /// Not every format has a form for comparisons.
    #[error("a comparison cannot be written as {format}; it can be as {comparable}")]
    NoComparison {
        /// The format that has none.
        format: &'static str,
        /// Those that have one.
        comparable: String,
    },
}
