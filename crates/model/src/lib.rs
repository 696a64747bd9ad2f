//! The vocabulary of rescind, and its judge.
//!
//! Everything here is pure: no I/O, no clock, no randomness. The other crates speak in these types:
//!
//! * [`ServiceId`], [`SampleId`], [`CaseId`]: what is run;
//! * [`Scenario`] with its [`Schedule`]: what the server does, and what must come of it;
//! * [`Endpoint`], [`ClockKind`], [`Limits`]: how a case reaches the service, by which clock it waits, and for how long;
//! * [`Entry`], [`Snapshot`], [`Observation`]: what happened;
//! * [`Due`]: what a sample then had to do, which follows from what happened;
//! * [`Contract`] and [`judge()`]: what was promised, and each broken expectation as a [`Finding`];
//! * [`Results`]: the one object that every report is made from, and the [exit codes](exit);
//! * [`Baseline`]: what of earlier results was accepted.
//!
//! `Results`, the rule ids, the verdicts and the exit codes are the stable API of rescind.

mod baseline;
mod change;
mod code;
mod contract;
mod endpoint;
pub mod exit;
mod exploration;
mod finding;
mod id;
mod journal;
pub mod judge;
pub mod known;
mod limits;
mod location;
mod observation;
pub mod oracle;
mod outcome;
mod partition;
mod results;
mod ruling;
mod scenario;
mod schedule;
mod severity;
mod stale;
mod suggestion;
pub mod template;
mod verdict;

pub use baseline::{
    AcceptError, BASELINE_OUTPUT_BYTES, BASELINE_VERSION, Baseline, BaselineCase, BaselineExploration,
};
pub use change::{ChangeKind, ResourceChange};
pub use code::{Code, UnknownCode};
pub use contract::{ClaimPattern, Contract, Placeholders, Stream};
pub use endpoint::Endpoint;
pub use exploration::{DistinctFault, Exploration};
pub use finding::{Finding, Rule};
pub use id::{CaseId, InvalidId, SampleId, ServiceId};
pub use journal::{
    BackupState, BackupView, Decided, Entry, OperationState, OperationView, Reply, Snapshot, Touched,
    Transport,
};
pub use judge::judge;
pub use known::KnownFailure;
pub use limits::{ClockKind, Limits};
pub use location::Location;
pub use observation::{Captured, Ended, LeakedProcess, Observation};
pub use oracle::Due;
pub use outcome::{Claim, Outcome};
pub use partition::{InvalidPartition, Partition, Shard, fingerprint};
pub use results::{CaseResult, Environment, PublishedSource, Results, SCHEMA_VERSION, SourcePiece, Try};
pub use scenario::{Expectation, ExpectedExit, Given, GivenBackup, Scenario};
pub use schedule::{Decision, RPCS, RequestKind, Schedule, ScheduleError, Term, UnknownDecision};
pub use severity::{Severities, Severity, WeighedFindings};
pub use stale::{ListPlace, StaleEntry};
pub use suggestion::suggestion;
pub use verdict::{Summary, Verdict};
