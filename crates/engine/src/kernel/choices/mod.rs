//! The tables of choices: what no published source says about the real services, decided in a table and nowhere else.
//!
//! Everything else follows a source that is named where it is applied. Each choice has a name, by which [`Settings`]
//! switch it: for one project, or for all. What concerns every service stands in [`Choices`]; a service has a [`Table`] of
//! its own.

mod settings;
mod shared;
mod table;
mod value;

pub use settings::{InvalidSetting, Settings};
pub use shared::Choices;
pub(crate) use table::choices;
pub use table::{Row, Switch, Table};
pub(super) use table::{set, switches};
pub use value::{Bytes, ChoiceValue, Fate};
