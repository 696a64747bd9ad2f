//! One self-contained page: the matrix, and behind each of its cells the case.
//!
//! The page loads nothing and says so in its content policy. Without its script it is one long document whose cells
//! are links into it; the script adds filters and shows one case at a time.

mod case;
mod cause;
mod chart;
mod compared;
mod exploration;
mod prose;
mod source;
mod tree;

use std::collections::{BTreeMap, BTreeSet};

use askama::Template;
use rescind_model::{CaseResult, Results, Verdict};

use self::case::CaseView;
use self::cause::CauseView;
use self::compared::ComparedView;
use self::exploration::ExplorationView;
use self::prose::{Prose, lines};
use self::source::SourceView;
use crate::compare::Comparison;
use crate::error::RenderError;
use crate::grouping::{headline, not_run};
use crate::matrix::{Matrix, sign};
use crate::text::{FIELD_CHARS, one_line, plural};

#[derive(Template)]
#[template(path = "report.html")]
struct HtmlReport<'a> {
    results: &'a Results,
    comparison: Option<&'a Comparison<'a>>,
    compared: Option<ComparedView>,
    headline: String,
    interrupted: bool,
    environment: Vec<(String, String)>,
    verdicts: BTreeMap<Verdict, usize>,
    languages: BTreeSet<&'a str>,
    explorations: Vec<ExplorationView>,
    matrices: Vec<Matrix<'a>>,
    causes: Vec<CauseView>,
    sources: Vec<SourceView>,
    notes: Vec<Note>,
    style: &'static str,
    script: &'static str,
}

/// What is to be said besides the cases.
struct Note {
    subject: String,
    lines: Vec<Prose>,
}

/// Renders the results.
///
/// # Errors
/// Only those of the template engine.
pub fn render(results: &Results) -> Result<String, RenderError> {
    page(results, None)
}

/// Renders the head of a comparison, and what changed.
///
/// # Errors
/// As [`render`].
pub fn render_comparison(comparison: &Comparison<'_>) -> Result<String, RenderError> {
    page(comparison.head, Some(comparison))
}

fn page(results: &Results, comparison: Option<&Comparison<'_>>) -> Result<String, RenderError> {
    let page = HtmlReport {
        results,
        comparison,
        compared: comparison.map(ComparedView::of),
        headline: headline(results),
        interrupted: results.interrupted,
        environment: environment(results),
        verdicts: results.summary().0,
        languages: results.cases.iter().map(|case| case.id.sample.language.as_str()).collect(),
        explorations: results.explorations.iter().map(|it| ExplorationView::of(results, it)).collect(),
        matrices: Matrix::all(results),
        causes: CauseView::all(results),
        sources: SourceView::all(results),
        notes: notes(results),
        style: include_str!("../../templates/style.css"),
        script: include_str!("../../templates/script.js"),
    };
    Ok(page.render()?)
}

impl HtmlReport<'_> {
    /// The cases, each made only when its turn has come: all at once they would be as large as the page.
    fn cases(&self) -> impl Iterator<Item = CaseView> {
        self.results.cases.iter().map(|case| {
            let compared = self.comparison.and_then(|comparison| compared::of_case(comparison, &case.id));
            CaseView::of(case, &self.results.environment, compared)
        })
    }

    /// The title of a scenario.
    fn title(&self, title: &str) -> String {
        one_line(title, FIELD_CHARS)
    }

    /// A sign before the word, for the two verdicts that the eye looks for.
    fn sign(&self, case: &CaseResult) -> &'static str {
        match case.verdict {
            Verdict::Pass | Verdict::Fail => sign(case.verdict),
            _ => "",
        }
    }
}

fn environment(results: &Results) -> Vec<(String, String)> {
    let environment = &results.environment;
    let fixed = [
        ("rescind", environment.rescind.as_str()),
        ("platform", environment.platform.as_str()),
        ("emulator", environment.emulator.as_str()),
        ("clock", environment.clock.name()),
        ("source", environment.source.as_str()),
    ];
    let fixed = fixed.into_iter().map(|(name, value)| (name.to_owned(), one_line(value, FIELD_CHARS)));
    let toolchains = environment
        .toolchains
        .iter()
        .map(|(name, version)| (one_line(name, FIELD_CHARS), one_line(version, FIELD_CHARS)));
    fixed.chain(toolchains).collect()
}

fn notes(results: &Results) -> Vec<Note> {
    let not_run = not_run(results).into_iter().map(|group| Note {
        subject: format!("{} {} ({} case{})", group.verdict, group.sample, group.cases, plural(group.cases)),
        lines: lines(group.reason),
    });
    let stale = results
        .stale()
        .map(|entry| Note { subject: "stale entry".to_owned(), lines: lines(&entry.to_string()) });
    let notes = results.notes().map(|note| Note { subject: String::new(), lines: lines(&note) });
    not_run.chain(stale).chain(notes).collect()
}
