//! From files and options to the cases of a run.
//!
//! [`RunRequest::plan`] (`resolve.rs`) is the way: which cases are meant (`select.rs`), and with which code: their own
//! (`planned.rs`), that of a page (`page.rs`), or that of files of another repository (`source.rs`).

mod allowed;
mod cases;
mod coverage;
mod error;
mod page;
mod planned;
mod request;
mod resolve;
mod select;
mod source;

pub use self::cases::{Plan, PlannedSample, SampleCode};
pub use self::coverage::{LanguageCoverage, PageCoverage};
pub use self::error::PlanError;
pub use self::request::{Places, RunRequest, Selection, SourceFile};
pub use self::select::{Selected, selected};
