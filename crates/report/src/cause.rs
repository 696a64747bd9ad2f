//! Cases of one cause, which are told together.
//!
//! Most mistakes of a sample show in many scenarios. Findings of one sample have the same cause if they break the same rule at
//! the same line, or, where no line is known, say the same of different cases.

use std::collections::BTreeMap;

use rescind_model::{CaseId, CaseResult, Due, Finding, Location, Rule, SampleId, Verdict, fingerprint};

use crate::text::plural;

/// Cases that are named where a cause is told; the others are counted.
const NAMED: usize = 8;

/// What findings of the same cause have in common.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct CauseKey<'a> {
    sample: &'a SampleId,
    rule: Rule,
    evidence: Result<&'a Location, String>,
}

impl<'a> CauseKey<'a> {
    fn of(case: &'a CaseResult, finding: &'a Finding, because: &str) -> CauseKey<'a> {
        let said = || finding.evidence(&case.id.project(), because);
        let evidence = finding.place.as_ref().ok_or_else(said);
        CauseKey { sample: &case.id.sample, rule: finding.rule, evidence }
    }
}

/// What is wrong, with every case that shows it.
#[derive(Debug)]
pub(crate) struct Cause<'a> {
    /// The finding of the first case.
    pub(crate) finding: &'a Finding,
    /// The cases, each once; there is a first one.
    pub(crate) cases: Vec<&'a CaseResult>,
}

impl<'a> Cause<'a> {
    /// The case that is told for all of them.
    pub(crate) fn first(&self) -> Option<&'a CaseResult> {
        self.cases.first().copied()
    }

    /// The line that a reader is led to.
    pub(crate) fn place(&self) -> Option<Location> {
        self.first()?.place_of(self.finding)
    }

    /// `5 cases`.
    pub(crate) fn count(&self) -> String {
        format!("{} case{}", self.cases.len(), plural(self.cases.len()))
    }

    /// What the cases are called, of which all have the same sample: `cancel-lags, cancel-wins`, and how many more there are.
    pub(crate) fn names(&self) -> String {
        let names: Vec<&str> = self.cases.iter().take(NAMED).map(|case| case.id.scenario.as_str()).collect();
        let left = self.cases.len().saturating_sub(NAMED);
        let more = if left > 0 { format!(" and {left} more") } else { String::new() };
        format!("{}{more}", names.join(", "))
    }

    /// By what it is known again in other results: not the line, which moves, but what is said of it.
    pub(crate) fn fingerprint(&self) -> String {
        let Some(case) = self.first() else { return String::new() };
        let said = self.finding.evidence(&case.id.project(), &because(case));
        let digest = fingerprint([said]);
        format!("{}/{}/{}", case.id.sample, self.finding.rule, digest.get(..10).unwrap_or_default())
    }
}

/// From which request it follows what was due in a case.
fn because(case: &CaseResult) -> String {
    case.observation.as_ref().map(|seen| Due::of(seen).because).unwrap_or_default()
}

/// Findings by their causes.
struct Grouped<'a> {
    /// In the order in which they come first.
    causes: Vec<Cause<'a>>,
    /// For each case, the cause of each of its findings.
    of_cases: Vec<Vec<Option<usize>>>,
}

/// Groups the findings of cases that are to be told.
fn grouped<'a>(cases: &[&'a CaseResult], tells: impl Fn(&CaseResult, &Finding) -> bool) -> Grouped<'a> {
    let mut known: BTreeMap<CauseKey<'a>, usize> = BTreeMap::new();
    let mut causes: Vec<Cause<'a>> = Vec::new();
    let mut of_cases = Vec::with_capacity(cases.len());
    for &case in cases {
        let because = because(case);
        let mut of_case = Vec::with_capacity(case.findings.len());
        for finding in &case.findings {
            if !tells(case, finding) {
                of_case.push(None);
                continue;
            }
            let at = *known.entry(CauseKey::of(case, finding, &because)).or_insert(causes.len());
            of_case.push(Some(at));
            match causes.get_mut(at) {
                None => causes.push(Cause { finding, cases: vec![case] }),
                // A case may leave two backups.
                Some(cause) if cause.cases.last().is_some_and(|last| last.id == case.id) => {}
                Some(cause) => cause.cases.push(case),
            }
        }
        of_cases.push(of_case);
    }
    Grouped { causes, of_cases }
}

/// The causes of the findings that are to be told, in the order in which they come first.
pub(crate) fn causes<'a>(
    cases: &[&'a CaseResult],
    tells: impl Fn(&CaseResult, &Finding) -> bool,
) -> Vec<Cause<'a>> {
    grouped(cases, tells).causes
}

/// A case that is told in full.
pub(crate) struct ToldCase<'a> {
    pub(crate) case: &'a CaseResult,
    /// What is to be said of each finding besides what it says: where it was made, and in which other cases.
    pub(crate) besides: Vec<Option<String>>,
}

impl<'a> ToldCase<'a> {
    /// A case by itself.
    pub(crate) fn alone(case: &'a CaseResult) -> ToldCase<'a> {
        let besides = case.findings.iter().map(|finding| besides(finding, None)).collect();
        ToldCase { case, besides }
    }
}

/// The cases that are told in full, so that each cause is told once. One without findings, and one that is no plain failure
/// (flaky, an unexpected pass), tells what no other does.
pub(crate) fn told<'a>(cases: &[&'a CaseResult]) -> Vec<ToldCase<'a>> {
    let Grouped { causes, of_cases } = grouped(cases, |_, _| true);
    let mut tellers: BTreeMap<usize, &CaseId> = BTreeMap::new();
    let mut told = Vec::new();
    for (&case, own) in cases.iter().zip(of_cases) {
        let is_known = |cause: &Option<usize>| cause.is_some_and(|cause| tellers.contains_key(&cause));
        if case.verdict == Verdict::Fail && !own.is_empty() && own.iter().all(is_known) {
            continue;
        }
        let mut words = Vec::with_capacity(own.len());
        for (finding, cause) in case.findings.iter().zip(own) {
            let others = cause.and_then(|at| Some((at, causes.get(at)?))).and_then(|(at, cause)| {
                let teller = *tellers.entry(at).or_insert(&case.id);
                match cause.cases.len() {
                    0 | 1 => None,
                    _ if *teller == case.id => Some(format!("in {}: {}", cause.count(), cause.names())),
                    _ => Some(format!("as in {teller}")),
                }
            });
            words.push(besides(finding, others));
        }
        told.push(ToldCase { case, besides: words });
    }
    told
}

fn besides(finding: &Finding, others: Option<String>) -> Option<String> {
    let place = finding.place.as_ref().map(|place| format!("at {place}"));
    let parts: Vec<String> = place.into_iter().chain(others).collect();
    (!parts.is_empty()).then(|| parts.join("; "))
}

#[cfg(test)]
mod tests {
    use rescind_test_support::every;

    use super::*;

    /// A scenario, and of each finding the rule, the message and the line.
    type CaseFindings<'a> = (&'a str, &'a [(Rule, &'a str, Option<u32>)]);

    /// Failing cases of one sample, each with its findings: a rule, what it says, and the line if it is known.
    fn cases(of: &[CaseFindings<'_>]) -> Vec<CaseResult> {
        let blank = every::results().cases.into_iter().find(|case| case.verdict == Verdict::Fail).unwrap();
        let case = |(scenario, findings): &CaseFindings<'_>| {
            let mut case = CaseResult { observation: None, ..blank.clone() };
            case.id.scenario = (*scenario).to_owned();
            let finding = |(rule, said, line): &(Rule, &str, Option<u32>)| Finding {
                place: line.map(|line| Location::of_line("page.md", line)),
                ..Finding::new(*rule, said.replace("PROJECT", &case.id.project()))
            };
            case.findings = findings.iter().map(finding).collect();
            case
        };
        of.iter().map(case).collect()
    }

    #[test]
    fn a_cause_is_told_once_with_every_case_that_shows_it() {
        use Rule::{LeakedBackup, WrongExit};
        let leak = (LeakedBackup, "left PROJECT/b1 in the service", None);
        let exit = (WrongExit, "exited with 0: one way", Some(7));
        let other = (WrongExit, "exited with 0: another", Some(7));
        let cases = cases(&[("a", &[leak]), ("b", &[leak, exit]), ("c", &[other]), ("d", &[leak, leak])]);
        let cases: Vec<&CaseResult> = cases.iter().collect();
        let causes = causes(&cases, |_, _| true);
        let names: Vec<String> = causes
            .iter()
            .map(|it| format!("{} in {}: {}", it.finding.rule, it.count(), it.names()))
            .collect();
        assert_eq!(names, ["leaked-backup in 3 cases: a, b, d", "wrong-exit in 2 cases: b, c"]);
        let told: Vec<(&str, Vec<Option<String>>)> =
            told(&cases).into_iter().map(|told| (told.case.id.scenario.as_str(), told.besides)).collect();
        let as_in = format!("as in {}", cases[0].id);
        let some = |text: &str| Some(text.to_owned());
        assert_eq!(
            told,
            [
                ("a", vec![some("in 3 cases: a, b, d")]),
                ("b", vec![some(&as_in), some("at page.md:7; in 2 cases: b, c")]),
            ]
        );
    }

    #[test]
    fn another_line_and_another_text_are_other_causes() {
        use Rule::WrongExit;
        let cases = cases(&[
            ("a", &[(WrongExit, "x", Some(7))]),
            ("b", &[(WrongExit, "x", Some(8))]),
            ("c", &[(WrongExit, "x", None)]),
            ("d", &[(WrongExit, "y", None)]),
        ]);
        let cases: Vec<&CaseResult> = cases.iter().collect();
        assert_eq!(causes(&cases, |_, _| true).len(), 4);
        assert_eq!(causes(&cases, |case, _| case.id.scenario != "d").len(), 3);
        assert_eq!(told(&cases).len(), 4);
    }

    #[test]
    fn a_fingerprint_does_not_move_with_the_line() {
        let of = |line| {
            let cases = cases(&[("a", &[(Rule::WrongExit, "exited with 0", Some(line))])]);
            causes(&[&cases[0]], |_, _| true)[0].fingerprint()
        };
        assert_eq!(of(7), of(9));
    }
}
