//! `rescind init`.

use std::path::Path;

use anyhow::{Context as _, anyhow};
use rescind_catalog::{Catalog, RunRequest, Survey, TEAM_FILE, TeamPlace, TeamText, survey};
use rescind_model::exit;
use rescind_report::text::{plural, visible};

use crate::args::{InitArgs, SampleArgs};
use crate::failure::Failure;
use crate::files;
use crate::machine::Machine;
use crate::output::{print, say};
use crate::proposals::{Proposed, propose};

/// Looks at the repository, runs what it finds, and writes a `rescind.yaml` with what was found and what is proposed.
///
/// # Errors
/// There is a `rescind.yaml` already; nothing is found; anything that keeps a run from beginning; a file that cannot be
/// written.
pub fn init(machine: &Machine, args: &InitArgs) -> Result<u8, Failure> {
    let file = machine.places.current.join(TEAM_FILE);
    if file.exists() && !args.force {
        return Err(Failure::usage(anyhow!(
            "{TEAM_FILE} is there already: `rescind promises` brings its promises up to date, and `init --force` writes \
             it anew"
        )));
    }
    let catalog = Catalog::load(&machine.places.root).map_err(Failure::usage)?;
    let found = survey(&catalog, &machine.places);
    for note in &found.notes {
        say(visible(&format!("left out: {note}")));
    }
    if found.pages.is_empty() && found.sources.is_empty() {
        let tags: Vec<&str> = catalog.manifests.iter().map(|it| it.source.region.as_str()).collect();
        say(format!(
            "no page below this folder has code of a sample, and no file has a region of one of these tags: {}",
            unique(tags).join(", ")
        ));
        return Ok(exit::NOTHING_SELECTED);
    }
    let mut text = TeamText::new(head(&found, &args.samples));
    let mut summary = format!("{TEAM_FILE} is written: {}", of(&found));
    if !args.no_run {
        let request = RunRequest {
            selection: args.samples.resolved(),
            pages: found.pages.clone(),
            sources: found.sources.clone(),
            allow_uncovered: vec!["*".to_owned()],
            ..RunRequest::default()
        };
        let plan = request.plan(&catalog, &machine.places)?;
        let proposed = propose(machine, &plan, &args.cases.resolved(0))?;
        text = with_proposals(text, &proposed).map_err(Failure::usage)?;
        let claims: usize = proposed.proposals.iter().map(|it| it.claims.len()).sum();
        let samples = proposed.proposals.len();
        summary += &format!(
            ", {claims} claim{} of {samples} sample{} proposed.\nConfirm each of them: a claim that is not what the line \
             means makes the check worthless. Then: rescind run",
            plural(claims),
            plural(samples)
        );
    }
    files::replace(&file, text.as_str())
        .with_context(|| format!("cannot write {TEAM_FILE}"))
        .map_err(Failure::setup)?;
    // What is written is what is read: a mistake of the writer's is shown at once.
    let place = TeamPlace::new(&machine.places.current, Path::new(TEAM_FILE));
    Catalog::layered(&machine.places.root, Some(&place)).map_err(Failure::usage)?;
    print(&visible(&format!("{summary}\n")))?;
    Ok(exit::OK)
}

/// The file up to its samples.
fn head(found: &Survey, samples: &SampleArgs) -> String {
    let mut text = "# What rescind checks in this repository. `rescind config` prints what holds and where it comes from.\n"
        .to_owned();
    let quoted = |path: &Path| serde_json::Value::from(path.display().to_string()).to_string();
    if !found.pages.is_empty() {
        text += "pages:\n";
        for page in &found.pages {
            text += &format!("  - {}\n", quoted(page));
        }
    }
    if !found.sources.is_empty() {
        text += "sources:\n";
        for source in &found.sources {
            let service = source.service.as_ref().map(|it| format!("{it}/")).unwrap_or_default();
            text +=
                &format!("  - {{ sample: {service}{}, file: {} }}\n", source.language, quoted(&source.path));
        }
    }
    for (key, words) in [("languages", &samples.language), ("services", &samples.service)] {
        if !words.is_empty() {
            text += &format!("{key}: {}\n", serde_json::Value::from(words.clone()));
        }
    }
    text
}

fn with_proposals(text: TeamText, proposed: &Proposed) -> Result<TeamText, rescind_catalog::EditError> {
    let mut head = text.as_str().to_owned();
    for line in &proposed.not_run {
        head += &format!("\n# Not run here, so nothing is proposed of it: {}", visible(line));
    }
    head += "\n# Proposed from what the samples printed: confirm each claim, or say what it is instead (cancelled, completed,\n\
             # deleted, failed). Where a claim is not true, its case fails with `false-claim`.\n";
    let mut text = TeamText::new(head);
    for proposal in &proposed.proposals {
        text.put(proposal)?;
    }
    Ok(text)
}

fn of(found: &Survey) -> String {
    let (pages, sources) = (found.pages.len(), found.sources.len());
    format!("{pages} page{}, {sources} source{}", plural(pages), plural(sources))
}

fn unique(mut texts: Vec<&str>) -> Vec<&str> {
    texts.sort_unstable();
    texts.dedup();
    texts
}
