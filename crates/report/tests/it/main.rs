//! The reports as their readers see them: golden files of one fixed results object, and hostile input.

mod every;
mod terminal;
