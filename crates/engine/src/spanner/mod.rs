//! Spanner: instances, databases, backups, and the RPCs that deal with them.

mod backup;
pub mod backups;
pub mod configs;
pub mod copies;
pub mod cron;
pub mod databases;
pub mod ddl;
mod encryption;
mod errors;
pub mod iam;
pub mod instances;
mod managed;
pub mod moves;
pub mod partitions;
pub mod restores;
pub mod roles;
pub mod schedules;
pub mod sessions;
pub mod sql;
mod state;

pub use backup::{Backup, LONGEST_ID, LONGEST_LIFE};
pub use state::{Database, Instance, Spanner};
