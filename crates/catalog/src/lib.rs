//! YAML to resolved manifests and scenarios, with errors that name the file, the line and the column; and the code
//! that is published elsewhere: in the region of a file, in a block of a page.
//!
//! [`Catalog::load`] reads every file twice over: first as typed, each value with its place in the file, then
//! resolved against the other files. What the rest of rescind sees is resolved: [`Manifest`] and
//! [`ServiceProfile`] here, and [`Scenario`](rescind_model::Scenario) in the model.

mod bounded;
mod catalog;
mod check;
mod choice;
mod contract;
mod diagnostic;
mod files;
mod imports;
mod known;
mod lines;
mod located;
mod manifest;
mod manifests;
mod page;
mod placeholders;
mod plan;
mod promises;
mod published;
mod raw;
mod region;
mod region_error;
mod scalar;
mod scenarios;
mod schema;
mod seeds;
mod service;
mod source;
mod substitute;
mod survey;
mod team;
mod variables;
mod written;
mod yaml;

pub use bounded::MostBytes;
pub use catalog::Catalog;
pub use choice::BlockChoice;
pub use diagnostic::{Diagnostic, Diagnostics, Place};
pub use known::{Day, ListedFailure};
pub use lines::Lines;
pub use manifest::{Manifest, PageNames, Run, Source, Stage, Tool};
pub use page::{
    Block, Extraction, Page, PageError, Uncovered, WantedSample, canonical_language, same_language,
};
pub use placeholders::{COMMAND_PLACEHOLDERS, SERVICE_PLACEHOLDERS, STAGE_PLACEHOLDERS};
pub use plan::{
    LanguageCoverage, PageCoverage, Places, Plan, PlanError, PlannedSample, RunRequest, SampleCode, Selected,
    Selection, SourceFile, selected,
};
pub use promises::{EditError, Proposal, ProposedClaim, TeamText};
pub use published::{LineOrigins, PublishedCode};
pub use region::{Region, Replaced};
pub use region_error::RegionError;
pub use schema::schemas;
pub use seeds::{Seed, Seeds};
pub use service::ServiceProfile;
pub use source::read_region;
pub use substitute::Substitute;
pub use survey::{Survey, survey};
pub use team::{HeldValue, TEAM_FILE, Team, TeamPlace, held_by_sample, held_by_team};
pub use variables::Variables;
pub use written::scenario_text;
