//! The journal as readers see it: short names, repetitions folded, states as transitions.

use std::fmt::Display;

use rescind_model::{Code, Decided, Decision, Entry, Term, Touched, Transport};

use crate::text::plural;

/// A request of the journal, or a run of requests that differ in nothing but their numbers.
#[derive(Clone, Debug)]
pub struct FoldedRequest<'a> {
    /// The number of the first request.
    pub first: u32,
    /// The number of the last one.
    pub last: u32,
    /// The name of the RPC.
    pub rpc: &'a str,
    /// The resource without the project, the instance and the location, which are the same in the whole case.
    pub resource: &'a str,
    /// The decisions, as terms of a schedule; those of a run are put together: `poll1-40:running`.
    pub decisions: Vec<String>,
    /// True if the reply was lost: the request took effect.
    pub lost: bool,
    /// The code of the reply.
    pub code: Code,
    /// The error's message; empty for OK.
    pub message: &'a str,
    /// The state of the operation as the reply shows it, where the reply is an operation.
    pub shown: Option<String>,
    /// True if the reply is a fault that the schedule called for.
    pub fault: bool,
    /// What happened to the backup.
    pub backup: Transition,
    /// What happened to the operation.
    pub operation: Transition,
}

impl FoldedRequest<'_> {
    /// How many requests of the journal this stands for.
    pub fn count(&self) -> u32 {
        self.last - self.first + 1
    }

    /// `7`, or `7-12` for a run.
    pub fn number(&self) -> String {
        if self.first == self.last { self.first.to_string() } else { format!("{}-{}", self.first, self.last) }
    }
}

/// A state before a request and after it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Transition {
    /// The state before; none if the thing did not exist or was not known.
    pub before: Option<String>,
    /// The state after.
    pub after: Option<String>,
}

impl Transition {
    fn of<T: Display>(before: Option<T>, after: Option<T>) -> Transition {
        Transition {
            before: before.map(|state| state.to_string()),
            after: after.map(|state| state.to_string()),
        }
    }

    /// True if the request changed the state.
    pub fn is_change(&self) -> bool {
        self.before != self.after
    }
}

impl Display for Transition {
    /// `CREATING → READY`; the one word if nothing changed; `-` where there is nothing.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let word = |state: &Option<String>| state.clone().unwrap_or_else(|| "-".to_owned());
        if self.is_change() {
            write!(f, "{} → {}", word(&self.before), word(&self.after))
        } else {
            f.write_str(&word(&self.after))
        }
    }
}

/// `no requests`, `1 request over gRPC`, `3 requests over gRPC and REST`.
pub fn heading(journal: &[Entry]) -> String {
    let over = |transport| journal.iter().any(|entry| entry.transport == transport);
    let transports = match (over(Transport::Grpc), over(Transport::Rest)) {
        (true, true) => "gRPC and REST",
        (true, false) => "gRPC",
        (false, true) => "REST",
        (false, false) => return "no requests".to_owned(),
    };
    format!("{} request{} over {transports}", journal.len(), plural(journal.len()))
}

/// The requests of a journal, in order, with repetitions folded.
pub fn requests(journal: &[Entry]) -> Vec<FoldedRequest<'_>> {
    let mut requests: Vec<FoldedRequest<'_>> = Vec::new();
    for chunk in journal.chunk_by(repeats) {
        let [first, ..] = chunk else { continue };
        let last = chunk.last().unwrap_or(first);
        requests.push(FoldedRequest {
            first: first.seq,
            last: last.seq,
            rpc: &first.rpc,
            resource: short_resource(&first.resource),
            decisions: fold_decisions(first, last),
            lost: first.decisions.iter().any(|decided| decided.term.decision == Decision::Lost),
            code: first.reply.code,
            message: &first.reply.message,
            shown: first.reply.operation.as_ref().map(|operation| operation.state.to_string()),
            fault: first.fault,
            backup: Transition::of(first.before.backup, first.after.backup),
            operation: Transition::of(first.before.operation, first.after.operation),
        });
    }
    requests
}

/// True if the second request only repeats the first: nothing changed, and both were answered the same way.
fn repeats(first: &Entry, second: &Entry) -> bool {
    let unchanged = |before: &Touched, after: &Touched| before == after;
    unchanged(&first.before, &first.after)
        && unchanged(&second.before, &second.after)
        && first.after == second.before
        && first.seq.checked_add(1) == Some(second.seq)
        && (first.transport, first.fault) == (second.transport, second.fault)
        && (&first.rpc, &first.resource, &first.reply) == (&second.rpc, &second.resource, &second.reply)
        && first.decisions.len() == second.decisions.len()
        && first.decisions.iter().zip(&second.decisions).all(|(a, b)| same_decision(a, b))
}

fn same_decision(first: &Decided, second: &Decided) -> bool {
    (&first.term.request, first.term.decision, &first.legal)
        == (&second.term.request, second.term.decision, &second.legal)
}

fn fold_decisions(first: &Entry, last: &Entry) -> Vec<String> {
    first
        .decisions
        .iter()
        .zip(&last.decisions)
        .map(|(Decided { term, .. }, to)| match (term.count, to.term.count) {
            (Some(from), Some(to)) if from != to => {
                let Term { request, decision, .. } = term;
                format!("{request}{from}-{to}:{decision}")
            }
            _ => term.to_string(),
        })
        .collect()
}

/// The resource's name without the pairs that lead to it: `projects/p/instances/i/backups/b` is `backups/b`.
pub fn short_resource(name: &str) -> &str {
    let mut rest = name;
    while let Some((collection, after)) = rest.split_once('/') {
        let Some((_, inner)) = after.split_once('/') else { break };
        if !matches!(collection, "projects" | "instances" | "locations") || inner.is_empty() {
            break;
        }
        rest = inner;
    }
    rest
}

#[cfg(test)]
mod tests {
    use rescind_model::{OperationState, Reply};

    use super::*;

    fn poll(seq: u32, decision: &str, after: OperationState) -> Entry {
        let before = Touched { operation: Some(OperationState::Running), ..Touched::default() };
        Entry {
            seq,
            transport: Transport::Grpc,
            rpc: "GetOperation".to_owned(),
            request: None,
            resource: "projects/p/instances/i/backups/b/operations/o".to_owned(),
            decisions: vec![Decided::of(decision.parse().unwrap(), &[])],
            reply: Reply { code: Code::Ok, message: String::new(), operation: None },
            fault: false,
            before,
            after: Touched { operation: Some(after), ..Touched::default() },
        }
    }

    #[test]
    fn polls_that_change_nothing_are_folded_and_the_one_that_does_is_not() {
        let journal = [
            poll(4, "poll1:running", OperationState::Running),
            poll(5, "poll2:running", OperationState::Running),
            poll(6, "poll3:running", OperationState::Running),
            poll(7, "poll4:done", OperationState::Completed),
        ];
        let requests = requests(&journal);
        assert_eq!(requests.len(), 2);
        assert_eq!((requests[0].number(), requests[0].count()), ("4-6".to_owned(), 3));
        assert_eq!(requests[0].decisions, ["poll1-3:running"]);
        assert_eq!(requests[0].operation.to_string(), "running");
        assert_eq!(requests[1].number(), "7");
        assert_eq!(requests[1].operation.to_string(), "running → completed");
        assert_eq!(requests[1].backup.to_string(), "-");
    }

    #[test]
    fn resources_lose_what_every_request_of_the_case_has() {
        assert_eq!(short_resource("projects/p/instances/i/backups/b"), "backups/b");
        assert_eq!(short_resource("projects/p/locations/l/operations/o"), "operations/o");
        assert_eq!(short_resource("projects/p/instances/i"), "instances/i");
        assert_eq!(short_resource("backup-1"), "backup-1");
        assert_eq!(short_resource("/v3/p/backups"), "/v3/p/backups");
    }
}
