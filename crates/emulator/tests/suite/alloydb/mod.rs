//! AlloyDB: its rules, its lists, its schedules, and both versions of its API over REST.

mod changes;
mod clusters;
mod http;
mod lists;
mod properties;
mod rules;
mod schedules;
pub mod support;
