//! Annotations of a GitHub workflow: commands on standard output that mark lines of the pull request, one for each cause.

use std::collections::BTreeMap;

use rescind_model::{CaseId, CaseResult, Finding, ListPlace, Location, Results, StaleEntry, Verdict};

use crate::cause::{Cause, causes};
use crate::compare::{CaseChange, Comparison, Delta};
use crate::grouping::not_run;
use crate::text::{FIELD_CHARS, one_line, paragraph, plural};

/// Annotations of one kind that a step may have; GitHub drops what goes beyond, without a word. Where there are more,
/// the last of them says how many.
const LIMIT: usize = 10;
/// Lines of a message that are kept.
const LINES: usize = 50;
/// Findings of a case that are named.
const FINDINGS: usize = 5;

/// The kind of an annotation.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Error,
    Warning,
    Notice,
}

impl Kind {
    const fn command(self) -> &'static str {
        match self {
            Kind::Error => "error",
            Kind::Warning => "warning",
            Kind::Notice => "notice",
        }
    }
}

struct Annotation {
    kind: Kind,
    location: Option<Location>,
    title: String,
    message: String,
}

/// Renders the results: an error for each cause of a failure and for each case that makes the run fail otherwise, a warning for each flaky one, and notices of
/// what was not run.
pub fn render(results: &Results) -> String {
    let failing: Vec<&CaseResult> = results.cases.iter().filter(|case| is_failure(case)).collect();
    let mut annotations = of_causes(&causes(&failing, |_, _| true), |_| None);
    annotations.extend(results.cases.iter().filter(|case| !is_failure(case)).filter_map(of_case));
    for group in not_run(results) {
        annotations.push(Annotation {
            kind: if group.verdict == Verdict::SetupError { Kind::Error } else { Kind::Notice },
            location: None,
            title: format!("{} {}", group.verdict, group.sample),
            message: format!("{} case{}: {}", group.cases, plural(group.cases), group.reason),
        });
    }
    annotations.extend(results.stale().map(of_stale));
    for note in results.notes() {
        annotations.push(Annotation {
            kind: Kind::Notice,
            location: None,
            title: "rescind".to_owned(),
            message: note.into_owned(),
        });
    }
    write(&annotations)
}

/// Renders the regressions of a comparison, and what is wrong in the list of known failures, as errors; nothing else.
pub fn render_comparison(comparison: &Comparison<'_>) -> String {
    // Faults of explorations, and cases that say otherwise why they are worse, are told one by one.
    let (by_cause, by_case): (Vec<&Delta<'_>>, Vec<&Delta<'_>>) = comparison
        .regressions()
        .partition(|delta| delta.fault.is_none() && delta.head.is_some_and(is_failure));
    let broken: BTreeMap<&CaseId, &Delta<'_>> =
        by_cause.iter().filter_map(|delta| Some((&delta.head?.id, *delta))).collect();
    let heads: Vec<&CaseResult> = by_cause.iter().filter_map(|delta| delta.head).collect();
    // What a case broke before is not the change's doing.
    let is_new = |case: &CaseResult, finding: &Finding| {
        broken.get(&case.id).is_some_and(|delta| delta.broken.contains(&finding.rule))
    };
    let causes = causes(&heads, is_new);
    let of_causes = of_causes(&causes, |case| broken.get(&case.id).map(|delta| delta.change));
    let of_cases = by_case.into_iter().filter_map(|delta| {
        let case = delta.head?;
        Some(Annotation {
            kind: Kind::Error,
            location: delta.fault.and_then(|fault| fault.place.clone()).or_else(|| case.first_line()),
            title: format!("{} {}", delta.change, case.id),
            message: format!("{}\n{}", delta.phrases().join("; "), describe(case)),
        })
    });
    let regressions = of_causes.into_iter().chain(of_cases);
    let unexpected = comparison.head.cases.iter().filter(|case| case.verdict == Verdict::UnexpectedPass);
    let list = unexpected.filter_map(of_case).chain(comparison.head.stale().map(of_stale));
    write(&regressions.chain(list).collect::<Vec<_>>())
}

/// True for a case whose findings say all that is wrong with it.
fn is_failure(case: &CaseResult) -> bool {
    case.verdict == Verdict::Fail && !case.findings.is_empty()
}

/// What is wrong, once for all cases that show it, at the line that made it. What the same cases show at the same line is one
/// annotation: there may be only so many.
fn of_causes(causes: &[Cause<'_>], change: impl Fn(&CaseResult) -> Option<CaseChange>) -> Vec<Annotation> {
    let ids = |cause: &Cause<'_>| cause.cases.iter().map(|case| case.id.clone()).collect::<Vec<_>>();
    let mut told: Vec<(Option<Location>, Vec<CaseId>, Vec<&Cause<'_>>)> = Vec::new();
    for cause in causes {
        let (place, ids) = (cause.place(), ids(cause));
        match told.iter_mut().find(|(at, of, _)| *at == place && *of == ids) {
            Some((_, _, alike)) => alike.push(cause),
            None => told.push((place, ids, vec![cause])),
        }
    }
    let annotations = told.into_iter().filter_map(|(location, _, causes)| {
        let first = causes.first()?;
        let case = first.first()?;
        let what = change(case).map_or_else(|| case.verdict.to_string(), |change| change.to_string());
        let (about, cases) = match first.cases.len() {
            1 => (case.id.to_string(), case.title.clone()),
            _ => (format!("{} ({})", case.id.sample, first.count()), first.names()),
        };
        let mut rules: Vec<&str> = causes.iter().map(|cause| cause.finding.rule.id()).collect();
        rules.dedup();
        let mut lines = vec![cases];
        lines.extend(case.reason.clone());
        let findings = causes.iter().map(|cause| cause.finding).take(FINDINGS);
        lines.extend(findings.map(|finding| format!("{}: {}", finding.rule, finding.message)));
        let left = causes.len().saturating_sub(FINDINGS);
        if left > 0 {
            lines.push(format!("{left} more finding{}", plural(left)));
        }
        lines.push(format!("Replay: {}", case.replay));
        let title = format!("{what} {about}: {}", rules.join(", "));
        Some(Annotation { kind: Kind::Error, location, title, message: lines.join("\n") })
    });
    annotations.collect()
}

/// An entry of the list of known failures, at its place in the list.
fn of_stale(entry: &StaleEntry) -> Annotation {
    let ListPlace { file, line, .. } = &entry.place;
    Annotation {
        kind: Kind::Error,
        location: Some(Location::of_line(file, *line)),
        title: "stale known failure".to_owned(),
        message: entry.to_string(),
    }
}

fn of_case(case: &CaseResult) -> Option<Annotation> {
    let kind = match case.verdict {
        Verdict::Fail | Verdict::UnexpectedPass | Verdict::Diverged => Kind::Error,
        Verdict::Flaky => Kind::Warning,
        Verdict::Pass
        | Verdict::KnownFailure
        | Verdict::Unsupported
        | Verdict::Undecided
        | Verdict::NotPlayed
        | Verdict::Skipped
        | Verdict::SetupError => return None,
    };
    Some(Annotation {
        kind,
        location: case.first_line(),
        title: format!("{} {}", case.verdict, case.id),
        message: describe(case),
    })
}

/// The title of the scenario, the findings or the reason, and the command that replays the case.
fn describe(case: &CaseResult) -> String {
    let mut lines = vec![case.title.clone()];
    lines.extend(case.reason.clone());
    let shown = case.findings.iter().take(FINDINGS);
    lines.extend(shown.map(|finding| format!("{}: {}", finding.rule, finding.message)));
    let left = case.findings.len().saturating_sub(FINDINGS);
    if left > 0 {
        lines.push(format!("{left} more finding{}", plural(left)));
    }
    lines.push(format!("Replay: {}", case.replay));
    lines.join("\n")
}

fn write(annotations: &[Annotation]) -> String {
    let mut out = String::new();
    for kind in [Kind::Error, Kind::Warning, Kind::Notice] {
        let of_kind: Vec<_> = annotations.iter().filter(|annotation| annotation.kind == kind).collect();
        let shown = if of_kind.len() > LIMIT { LIMIT - 1 } else { of_kind.len() };
        for annotation in &of_kind[..shown] {
            write_command(&mut out, annotation);
        }
        if shown < of_kind.len() {
            let left = of_kind.len() - shown;
            let message = format!("{left} more like these are in the summary and in the reports");
            let title = format!("{left} more");
            write_command(&mut out, &Annotation { kind, location: None, title, message });
        }
    }
    out
}

fn write_command(out: &mut String, annotation: &Annotation) {
    out.push_str(&format!("::{} ", annotation.kind.command()));
    // What lies outside the repository is in no pull request.
    let place = annotation.location.as_ref().filter(|place| place.is_inside());
    if let Some(Location { file, first_line, last_line }) = place {
        // An empty block has no last line.
        let end = last_line.max(first_line);
        out.push_str(&format!("file={},line={first_line},endLine={end},", property(file)));
    }
    out.push_str(&format!("title={}::{}\n", property(&annotation.title), data(&annotation.message)));
}

/// The text of a command. A line end would end the command, and what follows could then begin another one.
fn data(text: &str) -> String {
    paragraph(text, LINES, FIELD_CHARS)
        .join("\n")
        .replace('%', "%25")
        .replace('\r', "%0D")
        .replace('\n', "%0A")
}

/// A property of a command, where colons and commas are special as well.
fn property(text: &str) -> String {
    data(&one_line(text, FIELD_CHARS)).replace(':', "%3A").replace(',', "%2C")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_text_can_end_a_command_or_a_property() {
        assert_eq!(data("100%\n::error::x\r"), "100%25%0A\\u{3a}:error::x␍");
        assert_eq!(property("a,line=1::b\nc"), "a%2Cline=1%3A%3Ab␊c");
    }
}
