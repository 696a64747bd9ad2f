//! What a change did to one case, or to one fault of an exploration.

use rescind_model::{CaseId, CaseResult, DistinctFault, Rule, Verdict};

use super::base::BaseCase;

/// What a change did to one case, or to one fault of an exploration.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum CaseChange {
    /// It breaks a rule that it did not break in the base.
    Regressed,
    /// It failed in the base and passes now.
    Fixed,
    /// The base knows nothing of it.
    New,
    /// The base has it, and the head, which is whole, does not.
    Removed,
    /// It fails, as it did in the base or as the list of known failures says.
    StillFailing,
    /// It does not do the same thing each time, in the head or in the base: nothing follows from it.
    Flaky,
    /// It was not run in the head, not to its end, or not as its scenario has it: unsupported, undecided, not played,
    /// skipped, failed to be set up, or not asked for.
    NotCompared,
    /// It passes, as it did in the base.
    Unchanged,
}

impl CaseChange {
    /// Every change, in the order in which reports speak of them.
    pub const ALL: [CaseChange; 8] = [
        CaseChange::Regressed,
        CaseChange::Fixed,
        CaseChange::New,
        CaseChange::Removed,
        CaseChange::StillFailing,
        CaseChange::Flaky,
        CaseChange::NotCompared,
        CaseChange::Unchanged,
    ];
}

/// One case on both sides.
#[derive(Debug)]
pub struct Delta<'a> {
    /// The case; for a fault, the case that the shortest schedule which shows it makes.
    pub id: CaseId,
    /// What the change did to it.
    pub change: CaseChange,
    /// What the base has of it, if it is there.
    pub base: Option<BaseCase<'a>>,
    /// Its result in the head, if it is there.
    pub head: Option<&'a CaseResult>,
    /// The rules that it breaks more often than in the base.
    pub broken: Vec<Rule>,
    /// The rules that it breaks less often than in the base.
    pub mended: Vec<Rule>,
    /// True if both ran, the output of both was kept, and it differs.
    pub prints_otherwise: bool,
    /// The fault of an exploration that this is about, where explorations are compared.
    pub fault: Option<&'a DistinctFault>,
}

impl Delta<'_> {
    /// What is known of a change before either side was looked at.
    pub(super) fn bare(id: CaseId, change: CaseChange) -> Self {
        let (broken, mended) = (Vec::new(), Vec::new());
        Delta { id, change, base: None, head: None, broken, mended, prints_otherwise: false, fault: None }
    }

    /// True if the change has to answer for it: a case that regressed, or a new one that fails.
    pub fn is_regression(&self) -> bool {
        match self.change {
            CaseChange::Regressed => true,
            CaseChange::New => {
                self.fault.is_some() || self.head.is_some_and(|case| case.verdict == Verdict::Fail)
            }
            CaseChange::Fixed
            | CaseChange::Removed
            | CaseChange::StillFailing
            | CaseChange::Flaky
            | CaseChange::NotCompared
            | CaseChange::Unchanged => false,
        }
    }
}
