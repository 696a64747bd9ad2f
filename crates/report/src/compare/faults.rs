//! What a change did to the faults that explorations find.
//!
//! Histories are no cases to be compared: which there are depends on what the sample does. A fault is known again by its
//! [id](DistinctFault::id).

use std::collections::BTreeMap;

use rescind_model::{CaseId, CaseResult, DistinctFault, Results, SampleId, Verdict};

use super::base::{Base, ExploredSample};
use super::delta::{CaseChange, Delta};
use crate::exploration::shown_by;

/// A delta for each fault of either side, sample by sample, and for each history of the head that was not the same each time.
pub(super) fn deltas<'a>(base: &'a impl Base, head: &'a Results) -> Vec<Delta<'a>> {
    let mut sides: BTreeMap<&SampleId, (Option<ExploredSample<'a>>, Option<ExploredSample<'a>>)> =
        BTreeMap::new();
    for explored in base.explorations() {
        sides.entry(explored.sample).or_default().0 = Some(explored);
    }
    for exploration in &head.explorations {
        sides.entry(&exploration.sample).or_default().1 = Some(ExploredSample::of(exploration));
    }
    let mut deltas: Vec<Delta<'a>> = Vec::new();
    for (sample, (before, after)) in sides {
        let known = before.map_or(&[][..], |explored| explored.found);
        let found = after.map_or(&[][..], |explored| explored.found);
        for fault in found {
            let is_known = known.iter().any(|other| other.id == fault.id);
            let change = if is_known { CaseChange::StillFailing } else { CaseChange::New };
            deltas.push(delta(sample, fault, change, shown_by(head, sample, fault)));
        }
        for fault in known.iter().filter(|fault| found.iter().all(|other| other.id != fault.id)) {
            // Nobody would have found it who did not look as far.
            let looked = before.zip(after).is_some_and(|(before, after)| after.covers(&before));
            let change = if looked { CaseChange::Fixed } else { CaseChange::NotCompared };
            deltas.push(delta(sample, fault, change, None));
        }
    }
    deltas.extend(head.cases.iter().filter_map(unsteady));
    deltas
}

fn delta<'a>(
    sample: &SampleId,
    fault: &'a DistinctFault,
    change: CaseChange,
    head: Option<&'a CaseResult>,
) -> Delta<'a> {
    let id = CaseId { sample: sample.clone(), scenario: fault.schedule.slug() };
    let (broken, mended) = match change {
        CaseChange::New => (vec![fault.rule], Vec::new()),
        CaseChange::Fixed => (Vec::new(), vec![fault.rule]),
        _ => (Vec::new(), Vec::new()),
    };
    Delta { head, broken, mended, fault: Some(fault), ..Delta::bare(id, change) }
}

/// A history that was not the same each time: nothing follows from it, and it is no fault.
fn unsteady(case: &CaseResult) -> Option<Delta<'_>> {
    let change = match case.verdict {
        Verdict::Flaky => CaseChange::Flaky,
        Verdict::Diverged | Verdict::SetupError => CaseChange::NotCompared,
        _ => return None,
    };
    Some(Delta { head: Some(case), ..Delta::bare(case.id.clone(), change) })
}
