//! What happens while a run goes on: for progress only, the results hold all of it.

use rescind_model::{CaseId, CaseResult, SampleId};

/// Something that happened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Event {
    /// The dependencies of a sample are looked for, installed and built as far as needed.
    Preparing {
        /// The sample.
        sample: SampleId,
    },
    /// The cases of a sample can run.
    Prepared {
        /// The sample.
        sample: SampleId,
        /// True if nothing had to be installed or built.
        cached: bool,
    },
    /// A sample cannot run; each of its cases follows as [finished](Event::CaseFinished).
    NotPrepared {
        /// The sample.
        sample: SampleId,
        /// Why.
        reason: String,
    },
    /// A case began.
    CaseStarted {
        /// The case.
        id: CaseId,
    },
    /// How far the exploration of a sample is.
    Exploring {
        /// The sample.
        sample: SampleId,
        /// How often it was run, or is being run.
        processes: usize,
        /// How many histories are known.
        histories: usize,
        /// How many schedules are known of and were not played yet.
        left: usize,
        /// How many faults were found.
        faults: usize,
    },
    /// A case failed, and is run anew to see whether it always does.
    CaseRetried {
        /// The case.
        id: CaseId,
        /// The number of the try, from 2.
        number: usize,
    },
    /// A case has its verdict. Exactly one for each case of the plan, but for those whose turn had not come when the run
    /// was interrupted.
    CaseFinished {
        /// The case with all that the results will say of it.
        case: Box<CaseResult>,
    },
}

/// Where events go. An unbounded channel, for a slow terminal must not slow the cases; nobody need listen.
pub type Events = tokio::sync::mpsc::UnboundedSender<Event>;
