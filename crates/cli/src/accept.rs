//! `rescind accept`.

use std::path::Path;

use anyhow::{Context as _, anyhow};
use rescind_catalog::MostBytes;
use rescind_model::{Baseline, exit};
use rescind_report::compare::Comparison;
use rescind_report::text::plural;
use rescind_report::{json, terminal};

use crate::args::AcceptArgs;
use crate::failure::Failure;
use crate::output::print;
use crate::{files, report};

/// Shows what differs from the baseline, and takes the results for the new one. It asks nothing: the baseline is a
/// file under version control, where a change is reviewed and can be taken back.
///
/// # Errors
/// A file that holds no results or no baseline; results that cannot be accepted; a baseline that cannot be written.
pub fn accept(args: &AcceptArgs) -> Result<u8, Failure> {
    let results = report::read_all(&args.results)?;
    let name = args.baseline.display();
    let old = read(&args.baseline)?;
    let before = old.clone().unwrap_or_else(|| Baseline::empty(&*results.environment.source));
    let accepted = before.accept(&results).map_err(|error| {
        let names: Vec<_> = args.results.iter().map(|path| path.display().to_string()).collect();
        Failure::usage(anyhow!("{}: {error}", names.join(", ")))
    })?;

    let comparison = Comparison::of(&before, &results);
    let changes = terminal::render_changes(&comparison, &terminal::TerminalOptions::default());
    let cases = accepted.cases.len();
    let mut cases = format!("{cases} case{}", plural(cases));
    if !accepted.explorations.is_empty() {
        let faults: usize = accepted.explorations.iter().map(|it| it.found.len()).sum();
        let samples = accepted.explorations.len();
        cases.push_str(&format!(
            ", {faults} fault{} of {samples} explored sample{}",
            plural(faults),
            plural(samples)
        ));
    }
    let done = if old.as_ref() == Some(&accepted) {
        "stays as it is"
    } else {
        write(&args.baseline, &accepted)?;
        if old.is_some() { "is updated" } else { "is written" }
    };
    print(&format!("{changes}{name} {done}: {cases}\n"))?;
    Ok(exit::OK)
}

/// The baseline of a file; none if there is no such file yet.
fn read(path: &Path) -> Result<Option<Baseline>, Failure> {
    let name = path.display();
    let text = match MostBytes::RESULTS.read_text(path) {
        Ok(text) => text,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(Failure::usage(anyhow::Error::from(error).context(name.to_string()))),
    };
    json::read_baseline(&text).map(Some).map_err(|error| Failure::usage(anyhow!("{name}: {error}")))
}

fn write(path: &Path, baseline: &Baseline) -> Result<(), Failure> {
    let text = json::render_baseline(baseline).map_err(Failure::setup)?;
    let written = files::replace(path, &text);
    written.with_context(|| format!("cannot write {}", path.display())).map_err(Failure::setup)
}
