//! AlloyDB: its rules, its lists, its schedules, and the versions of its API over REST.

mod changes;
mod clusters;
mod http;
mod instances;
mod lists;
mod properties;
mod rules;
mod schedules;
pub mod support;
