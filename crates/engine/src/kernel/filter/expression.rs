//! A filter, read.

use super::value::{Literal, Operator};

/// What must hold of an item.
#[derive(Clone, Debug, PartialEq)]
pub enum Expression {
    /// All of these.
    All(Vec<Expression>),
    /// One of these.
    Any(Vec<Expression>),
    /// Not this.
    Not(Box<Expression>),
    /// A field compares so with a literal.
    Compare {
        /// The path of the field.
        field: String,
        /// How.
        operator: Operator,
        /// With what.
        literal: Literal,
    },
}

/// Why a text is no filter.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("at offset {offset}: {message}")]
pub struct FilterError {
    /// Byte offset in the text.
    pub offset: usize,
    /// What is wrong.
    pub message: String,
}
