//! `rescind promises`.

use anyhow::{Context as _, anyhow};
use rescind_catalog::{MostBytes, SampleCode, TEAM_FILE, TeamText};
use rescind_model::exit;
use rescind_report::text::visible;
use similar::TextDiff;

use crate::args::PromisesArgs;
use crate::failure::Failure;
use crate::machine::Machine;
use crate::output::{print, say};
use crate::proposals::propose;
use crate::{files, plan};

/// Runs what the team publishes, and shows how its promises would have to change to be what is printed; with `--update`,
/// changes them.
///
/// # Errors
/// There is no `rescind.yaml`, or nothing in it is published; anything that keeps a run from beginning; a file that cannot
/// be read, changed or written.
pub fn promises(machine: &Machine, args: &PromisesArgs) -> Result<u8, Failure> {
    let Some(place) = &machine.team else {
        return Err(Failure::usage(anyhow!(
            "there is no {TEAM_FILE} at or above this folder: `rescind init` writes one"
        )));
    };
    let catalog = machine.catalog()?;
    let selection = args.samples.resolved();
    let plan = plan::plan(machine, &catalog, selection, &args.code, &args.cases, None)?;
    if plan.samples.iter().any(|sample| matches!(sample.code, SampleCode::Bundled)) {
        return Err(Failure::usage(anyhow!(
            "{}: it names no pages and no sources, so that nothing of this repository is run",
            place.name.display()
        )));
    }
    let proposed = propose(machine, &plan, &args.cases.resolved(0))?;
    for line in &proposed.not_run {
        say(visible(&format!("not run, so nothing is said of its promises: {line}")));
    }
    let name = place.name.display();
    let read = MostBytes::YAML.read_text(&place.file);
    let before = read.with_context(|| format!("{name} cannot be read")).map_err(Failure::usage)?;
    let mut text = TeamText::new(before.clone());
    for proposal in proposed.proposals.iter().filter(|proposal| proposal.is_new) {
        text.put(proposal).with_context(|| name.to_string()).map_err(Failure::usage)?;
    }
    if text.as_str() == before {
        print("the promises are what is printed\n")?;
        return Ok(exit::OK);
    }
    let diff = TextDiff::from_lines(before.as_str(), text.as_str());
    let header = (name.to_string(), format!("{name}, proposed"));
    print(&visible(&diff.unified_diff().context_radius(3).header(&header.0, &header.1).to_string()))?;
    if !args.update {
        say(format!("confirm it, and write it into {name} with `rescind promises --update`"));
        return Ok(exit::FINDINGS);
    }
    files::replace(&place.file, text.as_str())
        .with_context(|| format!("cannot write {name}"))
        .map_err(Failure::setup)?;
    say(format!("{name} is changed: a claim that is not true of what happened is still a `false-claim`"));
    Ok(exit::OK)
}
