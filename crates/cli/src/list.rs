//! `rescind list`.

use rescind_catalog::{LanguageCoverage, Plan, selected};
use rescind_model::{CaseId, exit};
use rescind_report::compare::FailOn;
use rescind_report::text::visible;

use crate::args::{CaseArgs, ListArgs};
use crate::coverage::CoverageGate;
use crate::failure::Failure;
use crate::machine::Machine;
use crate::output::print;
use crate::plan;

/// Prints the ids of the selected cases, one a line; of published code, what of it would be run and what not.
///
/// # Errors
/// Manifests or globs that are wrong, a page or a file that is; a selection that matches nothing.
pub fn list(machine: &Machine, args: &ListArgs) -> Result<u8, Failure> {
    let catalog = machine.catalog()?;
    let (selection, code) = (args.selection.resolved(), &args.code);
    let of_team = catalog.team.as_ref().is_some_and(|it| !it.pages.is_empty() || !it.sources.is_empty());
    if of_team || !code.page.is_empty() || !code.source.is_empty() {
        let mut plan = plan::plan(machine, &catalog, selection, code, &CaseArgs::default(), None)?;
        return published(&mut plan);
    }
    let mut text = String::new();
    for sample in selected(&catalog, &selection)? {
        for scenario in &sample.scenarios {
            let id = CaseId { sample: sample.manifest.id.clone(), scenario: scenario.name.clone() };
            text += &format!("{id}\n");
        }
    }
    print(&text)?;
    Ok(exit::OK)
}

/// A line for each language that is published, and the coverage.
fn published(plan: &mut Plan) -> Result<u8, Failure> {
    let mut text = String::new();
    for page in &plan.coverage {
        text += &format!("{}\n", page.page);
        for language in &page.languages {
            text += &format!("  {}\n", line(plan, language));
        }
    }
    for notice in &plan.notices {
        text += &format!("note: {notice}\n");
    }
    let coverage = CoverageGate::announce(plan);
    for (line, _) in coverage.lines() {
        text += &format!("{line}\n");
    }
    print(&visible(&text))?;
    Ok(coverage.exit_code(exit::OK, FailOn::Any))
}

fn line(plan: &Plan, language: &LanguageCoverage) -> String {
    let name = language.sample.as_ref().map_or_else(|| language.language.clone(), ToString::to_string);
    if let Some(gap) = &language.gap {
        return format!("{name}: not run: {gap}");
    }
    let sample = plan.samples.iter().find(|sample| Some(&sample.manifest.id) == language.sample.as_ref());
    let scenarios = sample.map_or(0, |sample| sample.scenarios.len());
    let lines = ranges(&language.lines);
    format!("{name}: {lines}, in {scenarios} scenario{}", if scenarios == 1 { "" } else { "s" })
}

/// Lines as ranges: `lines 4-5, 10-12`.
fn ranges(lines: &[u32]) -> String {
    let mut ranges: Vec<(u32, u32)> = Vec::new();
    for line in lines {
        match ranges.last_mut().filter(|(_, last)| last.saturating_add(1) == *line) {
            Some((_, last)) => *last = *line,
            None => ranges.push((*line, *line)),
        }
    }
    let shown: Vec<String> = ranges
        .into_iter()
        .map(|(first, last)| if first == last { first.to_string() } else { format!("{first}-{last}") })
        .collect();
    match lines {
        [] => "no line".to_owned(),
        [_] => format!("line {}", shown.join(", ")),
        _ => format!("lines {}", shown.join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_that_follow_each_other_are_a_range() {
        assert_eq!(ranges(&[4, 5, 10, 12, 13, 14]), "lines 4-5, 10, 12-14");
        assert_eq!(ranges(&[4]), "line 4");
        assert_eq!(ranges(&[]), "no line");
    }
}
