//! What a change did to each case, and whether it has to answer for it.

use std::collections::BTreeMap;

use rescind_model::{CaseId, CaseResult, Finding, Results, Rule, Verdict, exit};

use super::base::{Base, BaseCase, printed};
use super::delta::{CaseChange, Delta};
use super::faults;
use crate::cause::{ToldCase, told};

/// What makes a comparison fail.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FailOn {
    /// A case that regressed, a new one that fails, or a list of known failures that is wrong.
    Regression,
    /// Whatever makes a run without a base fail.
    Any,
    /// Nothing.
    Never,
}

/// The [exit code](exit) of results without a base, in which nothing can have regressed.
pub fn exit_code(results: &Results, fail_on: FailOn) -> u8 {
    match fail_on {
        _ if results.interrupted => exit::INTERRUPTED,
        FailOn::Regression | FailOn::Never => exit::OK,
        FailOn::Any => results.exit_code(),
    }
}

/// A base and a head, case by case, or fault by fault.
#[derive(Debug)]
pub struct Comparison<'a> {
    /// What is there now.
    pub head: &'a Results,
    /// Every case of either, in the order of their ids.
    pub deltas: Vec<Delta<'a>>,
}

impl<'a> Comparison<'a> {
    /// Compares the head with the base: case by case, or where the head has explored, fault by fault.
    pub fn of(base: &'a impl Base, head: &'a Results) -> Comparison<'a> {
        if !head.explorations.is_empty() {
            return Comparison { head, deltas: faults::deltas(base, head) };
        }
        let mut sides: BTreeMap<&CaseId, (Option<BaseCase<'a>>, Option<&CaseResult>)> = BTreeMap::new();
        for case in base.cases() {
            sides.entry(case.id).or_default().0 = Some(case);
        }
        for case in &head.cases {
            sides.entry(&case.id).or_default().1 = Some(case);
        }
        let partial = head.is_partial();
        let deltas =
            sides.into_iter().map(|(id, (before, after))| delta(id, before, after, partial)).collect();
        Comparison { head, deltas }
    }

    /// The cases with this change.
    pub fn with(&self, change: CaseChange) -> impl Iterator<Item = &Delta<'a>> {
        self.deltas.iter().filter(move |delta| delta.change == change)
    }

    /// How many cases have this change.
    pub fn count(&self, change: CaseChange) -> usize {
        self.with(change).count()
    }

    /// The cases that the change has to answer for.
    pub fn regressions(&self) -> impl Iterator<Item = &Delta<'a>> {
        self.deltas.iter().filter(|delta| delta.is_regression())
    }

    /// The regressions, each with its case as it is told in full; none where all has been told with another case of the same
    /// causes. A fault of an exploration is told by itself.
    pub(crate) fn told(&self) -> Vec<(&Delta<'a>, Option<ToldCase<'a>>)> {
        let is_case = |delta: &&Delta<'a>| delta.fault.is_none();
        let heads: Vec<&'a CaseResult> =
            self.regressions().filter(is_case).filter_map(|delta| delta.head).collect();
        let mut told = told(&heads).into_iter().peekable();
        let mut of = |delta: &Delta<'a>| match delta.head {
            Some(head) if delta.fault.is_some() => Some(ToldCase::alone(head)),
            Some(head) => told.next_if(|told| told.case.id == head.id),
            None => None,
        };
        self.regressions().map(|delta| (delta, of(delta))).collect()
    }

    /// What is wrong with the list of known failures, in words: each unexpected pass, and each stale entry. It makes
    /// every comparison fail, whoever did it: a list that nobody has to keep says nothing.
    pub fn list_mistakes(&self) -> Vec<String> {
        let passes = self.head.cases.iter().filter(|case| case.verdict == Verdict::UnexpectedPass);
        let passes =
            passes.map(|case| format!("{}: {}", case.id, case.reason.as_deref().unwrap_or(&case.title)));
        passes.chain(self.head.stale().map(ToString::to_string)).collect()
    }

    /// The [exit code](exit) of the comparison. An interrupted head stays interrupted, and, unless nothing is to fail,
    /// what could not be set up is never taken for what passed.
    pub fn exit_code(&self, fail_on: FailOn) -> u8 {
        match fail_on {
            FailOn::Never | FailOn::Any => exit_code(self.head, fail_on),
            FailOn::Regression if self.head.interrupted => exit::INTERRUPTED,
            FailOn::Regression if self.regressions().next().is_some() => exit::FINDINGS,
            FailOn::Regression if !self.list_mistakes().is_empty() => exit::FINDINGS,
            FailOn::Regression => {
                let codes = self.head.cases.iter().map(|case| case.verdict.exit_code());
                let unknown = codes.chain([self.head.exit_code()]).any(|code| code == exit::SETUP);
                if unknown { exit::SETUP } else { exit::OK }
            }
        }
    }
}

/// What a verdict tells about the sample.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Known {
    Passes,
    Fails,
    /// It fails, and the list of known failures says so.
    Accepted,
    Varies,
    Nothing,
}

fn known(verdict: Option<Verdict>) -> Known {
    match verdict {
        Some(Verdict::Pass | Verdict::UnexpectedPass) => Known::Passes,
        Some(Verdict::Fail) => Known::Fails,
        Some(Verdict::KnownFailure) => Known::Accepted,
        Some(Verdict::Flaky) => Known::Varies,
        Some(
            Verdict::Unsupported
            | Verdict::Undecided
            | Verdict::NotPlayed
            | Verdict::Skipped
            | Verdict::SetupError
            | Verdict::Diverged,
        )
        | None => Known::Nothing,
    }
}

fn delta<'a>(
    id: &'a CaseId,
    base: Option<BaseCase<'a>>,
    head: Option<&'a CaseResult>,
    partial: bool,
) -> Delta<'a> {
    let before = base.map_or(&[][..], |case| case.findings);
    let after = head.map_or(&[][..], |case| &case.findings);
    let (mut broken, mut mended) = (Vec::new(), Vec::new());
    for rule in Rule::ALL {
        let count = |findings: &[Finding]| findings.iter().filter(|finding| finding.rule == *rule).count();
        match count(after).cmp(&count(before)) {
            std::cmp::Ordering::Greater => broken.push(*rule),
            std::cmp::Ordering::Less => mended.push(*rule),
            std::cmp::Ordering::Equal => {}
        }
    }
    let change = match (known(base.map(|case| case.verdict)), known(head.map(|case| case.verdict))) {
        (_, Known::Nothing) if head.is_none() && !partial => CaseChange::Removed,
        (_, Known::Nothing) => CaseChange::NotCompared,
        (Known::Nothing, _) => CaseChange::New,
        (_, Known::Varies) => CaseChange::Flaky,
        (_, Known::Accepted) => CaseChange::StillFailing,
        (Known::Passes, Known::Passes) => CaseChange::Unchanged,
        (Known::Passes, Known::Fails) => CaseChange::Regressed,
        (Known::Fails | Known::Accepted, Known::Passes) => CaseChange::Fixed,
        (_, Known::Fails) if !broken.is_empty() => CaseChange::Regressed,
        (Known::Fails | Known::Accepted, Known::Fails) => CaseChange::StillFailing,
        (Known::Varies, Known::Passes | Known::Fails) => CaseChange::Flaky,
    };
    let prints_otherwise = match (base.and_then(|case| case.stdout), head.and_then(printed)) {
        (Some(before), Some(after)) => before != after,
        _ => false,
    };
    Delta { id: id.clone(), change, base, head, broken, mended, prints_otherwise, fault: None }
}
