//! YAML to resolved manifests and scenarios, with errors that name the file, the line and the column.

mod manifest;

pub use manifest::{COMMAND_PLACEHOLDERS, Manifest, PageNames, Run, STAGE_PLACEHOLDERS, Source, Stage, Tool};
