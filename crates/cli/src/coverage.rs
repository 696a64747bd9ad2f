//! Coverage is a gate: what is published and was not run makes a run fail, and is told in every report.

use rescind_catalog::{PageCoverage, Plan};
use rescind_model::{Results, SampleId, exit};
use rescind_report::compare::FailOn;
use rescind_report::text::visible;

use crate::output::say;

/// What the pages have, and what of it is to be run.
pub struct CoverageGate(Vec<PageCoverage>);

impl CoverageGate {
    /// Takes it out of a plan, and tells what will not be run, at its places.
    pub fn announce(plan: &mut Plan) -> CoverageGate {
        if let Some(uncovered) = plan.uncovered.take() {
            say(visible(uncovered.to_string().trim_end()));
        }
        CoverageGate(std::mem::take(&mut plan.coverage))
    }

    /// Takes what could not be run into account: a toolchain that is missing, say. What is lacking becomes a notice of the
    /// results; where nothing is, that is said.
    pub fn settle(&mut self, results: &mut Results) {
        for language in self.0.iter_mut().flat_map(|page| &mut page.languages) {
            if let (None, Some(sample)) = (&language.gap, &language.sample) {
                language.gap = not_run(results, sample);
            }
        }
        for (line, is_whole) in self.lines() {
            if is_whole {
                say(visible(&line));
            } else {
                results.notices.push(line);
            }
        }
    }

    /// A line for each page, and whether all that it has is run.
    pub fn lines(&self) -> Vec<(String, bool)> {
        let several = self.0.len() > 1;
        let line = |page: &PageCoverage| {
            let of = if several { format!(" of {}", page.page) } else { String::new() };
            let is_whole = page.languages.iter().all(|language| language.gap.is_none());
            (format!("coverage{of}: {}", page.summary()), is_whole)
        };
        self.0.iter().filter(|page| !page.languages.is_empty()).map(line).collect()
    }

    /// The exit code of a run that would end with this one: what is lacking is as bad as a finding.
    pub fn exit_code(&self, code: u8, fail_on: FailOn) -> u8 {
        let is_complete = self.0.iter().all(PageCoverage::is_complete);
        if code == exit::OK && !is_complete && fail_on != FailOn::Never { exit::FINDINGS } else { code }
    }
}

/// Why not one case of a sample was run; none if one was, or if all of them belong to another part of the run.
fn not_run(results: &Results, sample: &SampleId) -> Option<String> {
    let mut cases = results.cases.iter().filter(|case| case.id.sample == *sample).peekable();
    let first = cases.peek().copied()?;
    if cases.any(|case| case.observation.is_some() || !case.findings.is_empty()) {
        return None;
    }
    let reason = first.reason.as_deref().and_then(|reason| reason.lines().next());
    Some(reason.map_or_else(|| first.verdict.to_string(), str::to_owned))
}
