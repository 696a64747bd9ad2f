//! `rescind list`.

use rescind_catalog::selected;
use rescind_model::{CaseId, exit};

use crate::args::SelectionArgs;
use crate::failure::Failure;
use crate::machine::Machine;
use crate::output::print;

/// Prints the ids of the selected cases, one a line.
///
/// # Errors
/// Manifests or globs that are wrong; a selection that matches nothing.
pub fn list(machine: &Machine, selection: &SelectionArgs) -> Result<u8, Failure> {
    let catalog = machine.catalog()?;
    let mut text = String::new();
    for sample in selected(&catalog, &selection.resolved())? {
        for scenario in &sample.scenarios {
            let id = CaseId { sample: sample.manifest.id.clone(), scenario: scenario.name.clone() };
            text += &format!("{id}\n");
        }
    }
    print(&text)?;
    Ok(exit::OK)
}
