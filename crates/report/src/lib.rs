//! The reports of rescind: pure functions of one [`Results`](rescind_model::Results) object.
//!
//! Nothing here reads a file, a clock or the environment: the same results give the same report, to the letter. Texts
//! of samples are never trusted; see [`text`].
//!
//! Each format is a module with `render`, and those that have a form for it `render_comparison`; [`Format`] finds them
//! by name.

mod cause;
pub mod compare;
mod error;
mod exploration;
mod format;
pub mod github;
mod grouping;
pub mod html;
pub mod json;
pub mod junit;
pub mod log_command;
pub mod markdown;
mod matrix;
pub mod merge;
pub mod progress;
pub mod redact;
mod requests;
pub mod rules;
pub mod sarif;
pub mod terminal;
pub mod text;
mod tries;

pub use error::RenderError;
pub use format::{Format, UnknownFormat};
