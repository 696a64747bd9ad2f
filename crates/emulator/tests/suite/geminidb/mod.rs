//! GeminiDB: its rules, its schedules, its HTTP.

mod http;
mod lists;
mod properties;
mod requests;
mod rules;
mod schedules;
pub mod support;
