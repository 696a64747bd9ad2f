//! The reports of rescind: pure functions of one [`Results`](rescind_model::Results) object.
//!
//! Nothing here reads a file, a clock or the environment: the same results give the same report, to the letter. Texts
//! of samples are never trusted; see [`text`].

pub mod compare;
mod grouping;
pub mod json;
mod matrix;
pub mod progress;
mod requests;
pub mod terminal;
pub mod text;
