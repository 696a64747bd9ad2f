//! The judge: a pure function of scenario, contract and observation to findings.
//!
//! Truth comes from the service, never from the text: see [`Truth`]. What the sample had to do follows from it: see
//! [`Due`]. Each rule is one function that knows nothing of
//! the others. A sample that did not end by itself (a limit, a signal) is not asked for a complete output or for an
//! exit code, but is still held to what it claimed and to what it left behind.

mod effects;
mod evidence;
mod output;
mod printed;
#[cfg(test)]
pub(crate) mod properties;
mod requests;
#[cfg(test)]
pub(crate) mod tests;
mod truth;

pub use printed::{names_seen, unpromised};
pub use truth::Truth;

use self::evidence::Evidence;
use crate::{Contract, Due, Ended, Finding, Observation, Placeholders, Rule, Scenario};

type Check = fn(&Evidence<'_>, &mut Vec<Finding>);

const CHECKS: [Check; 17] = [
    ended,
    requests::nothing_happened,
    effects::leaked_backup,
    effects::deleted_foreign_backup,
    effects::cancelled_foreign_operation,
    effects::foreign_changed,
    effects::leaked_resource,
    output::false_claim,
    output::missing_claim,
    effects::wrong_exit,
    effects::early_exit,
    requests::cancel_not_sent,
    requests::malformed_request,
    requests::out_of_reach,
    output::leaked_credential,
    effects::leaked_process,
    output::output_differs,
];

/// Every broken expectation of a evidence, the gravest kinds first; empty if all is as it should be.
///
/// There is none in a case that [decides nothing](Observation::is_undecided): what it left undone, it may yet have done.
///
/// `placeholders` holds the names that the case was given; the id of the backup and the name of the operation are
/// taken from what the service saw, where it saw any.
pub fn judge(
    scenario: &Scenario,
    contract: &Contract,
    observation: &Observation,
    placeholders: &Placeholders,
) -> Vec<Finding> {
    if observation.is_undecided() {
        return Vec::new();
    }
    let (truth, due) = (Truth::of(observation), Due::of(observation));
    let evidence = Evidence { scenario, contract, observation, placeholders, truth, due };
    let mut findings = Vec::new();
    for check in CHECKS {
        check(&evidence, &mut findings);
    }
    findings
}

/// `timed-out` and `crashed`.
fn ended(evidence: &Evidence<'_>, findings: &mut Vec<Finding>) {
    let limits = &evidence.observation.limits;
    let (rule, message) = match evidence.observation.ended {
        Ended::Code(_) => return,
        Ended::Signal(signal) => (Rule::Crashed, format!("signal {signal} ended the sample")),
        Ended::Deadline => (Rule::TimedOut, format!("had not ended after {}", limits.deadline())),
        Ended::ProcessorTime => (Rule::TimedOut, format!("used {} without ending", limits.processor_time())),
        Ended::Stuck => {
            let what =
                "waits for something that can never happen: every process sleeps and none waits for time";
            (Rule::TimedOut, what.to_owned())
        }
    };
    findings.push(Finding::new(rule, message));
}
