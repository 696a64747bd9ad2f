//! The vocabulary of rescind, and its judge.
//!
//! Everything here is pure: no I/O, no clock, no randomness. The other crates speak in these types:
//!
//! * [`Service`], [`SampleId`], [`CaseId`]: what is run;
//! * [`Scenario`] with its [`Schedule`]: what the server does, and what must come of it;
//! * [`Entry`], [`Snapshot`], [`Observation`]: what happened;
//! * [`Contract`] and [`judge()`]: what was promised, and each broken expectation as a [`Finding`];
//! * [`Results`]: the one object that every report is made from, and the [exit codes](exit).
//!
//! `Results`, the rule ids, the verdicts and the exit codes are the stable API of rescind.

mod code;
mod contract;
pub mod exit;
mod finding;
mod id;
mod journal;
pub mod judge;
mod observation;
mod results;
mod scenario;
mod schedule;
pub mod template;

pub use code::{Code, UnknownCode};
pub use contract::{Claim, ClaimPattern, Contract, Outcome, Placeholders, Stream};
pub use finding::{Finding, Rule};
pub use id::{CaseId, InvalidId, SampleId, Service};
pub use journal::{
    BackupState, BackupView, Entry, OperationState, OperationView, Reply, Snapshot, Touched, Transport,
};
pub use judge::judge;
pub use observation::{Captured, Ended, LeakedProcess, Observation};
pub use results::{CaseResult, Environment, Location, Results, SCHEMA_VERSION, Summary, Verdict};
pub use scenario::{Expectation, ExpectedExit, Given, GivenBackup, Scenario};
pub use schedule::{Decision, RequestKind, Schedule, ScheduleError, Term, suggestion};
