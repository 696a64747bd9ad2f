//! What is written down of the requests to a project.

use rescind_model::{
    Code, Decided, Decision, Entry, OperationView, Reply, RequestKind, Term, Touched, Transport,
};

use super::decision::{Desk, Point};
use super::fault::{self, Delivery};
use super::status::Status;
use super::time::without_moments;

/// A request that has arrived.
#[derive(Clone, Debug)]
pub struct Arrival<'a> {
    /// How it came.
    pub transport: Transport,
    /// The name of its RPC.
    pub rpc: &'a str,
    /// What it names, in full.
    pub resource: &'a str,
    /// What it is counted as.
    pub kind: RequestKind,
}

/// What a request is counted as, where the name of its RPC does not tell it.
fn untold(arrival: &Arrival<'_>) -> Option<RequestKind> {
    let is_rpc = |kind: &RequestKind| matches!(kind, RequestKind::Rpc(_));
    let told = !is_rpc(&RequestKind::of_rpc(arrival.rpc)) || is_rpc(&arrival.kind);
    (!told).then(|| arrival.kind.clone())
}

/// The requests to a project, as far as somebody wants to know them.
#[derive(Debug, Default)]
pub struct Journal {
    /// All of them; none if they are not kept.
    entries: Option<Vec<Entry>>,
    /// True if somebody wants to see each request.
    observed: bool,
    latest: Option<Entry>,
    /// How the latest reply is delivered.
    pub delivery: Delivery,
}

impl Journal {
    /// A journal without entries, in which they are kept or not.
    pub fn new(kept: bool) -> Journal {
        Journal { entries: kept.then(Vec::new), ..Journal::default() }
    }

    /// Keeps the latest request for [`take_latest`](Self::take_latest) from now on.
    pub fn observe(&mut self) {
        self.observed = true;
    }

    /// The latest request, if it was observed and not taken yet.
    pub fn take_latest(&mut self) -> Option<Entry> {
        self.latest.take()
    }

    /// The entries, if they are kept.
    pub fn entries(&self) -> Option<&[Entry]> {
        self.entries.as_deref()
    }

    /// True if requests are written down at all, or looked at.
    pub fn is_wanted(&self) -> bool {
        self.observed || self.entries.is_some()
    }

    fn write(&mut self, mut entry: Entry) {
        let number = self.entries.as_ref().map_or(0, Vec::len) + 1;
        entry.seq = u32::try_from(number).unwrap_or(u32::MAX);
        self.latest = self.observed.then(|| entry.clone());
        self.entries.iter_mut().for_each(|entries| entries.push(entry.clone()));
    }
}

/// A request on its way through a project: it has been counted, and it may have met a fault.
#[derive(Debug)]
pub struct Admitted {
    /// When decisions are asked for.
    pub point: Point,
    fault: Option<Decision>,
    /// What it was about before it; none if nobody wants to know.
    before: Option<Touched>,
}

impl Admitted {
    /// Counts a request, and asks whether it meets a fault.
    pub fn new(
        desk: &mut Desk,
        journal: &mut Journal,
        kind: &RequestKind,
        before: Option<Touched>,
    ) -> Admitted {
        let point = desk.arrive(kind.clone());
        let fault = desk.fault(&point);
        journal.delivery = Delivery::of(fault);
        Admitted { point, fault, before }
    }

    /// The error that a fault puts in the place of all that the request would have done.
    pub fn refusal(&self) -> Option<Status> {
        match self.fault {
            Some(Decision::Refused(code)) => Some(fault::refusal(code)),
            Some(Decision::Reset) => Some(fault::connection_reset()),
            _ => None,
        }
    }

    /// True if the request takes effect and its reply is lost.
    pub fn is_lost(&self) -> bool {
        self.fault == Some(Decision::Lost)
    }

    /// Writes the request down: how it was answered, the operation that the answer is, and what it is about now.
    pub fn write(
        self,
        desk: &mut Desk,
        journal: &mut Journal,
        arrival: &Arrival<'_>,
        answer: Result<Option<OperationView>, &Status>,
        after: impl FnOnce() -> Touched,
    ) {
        let taken: Vec<(Term, &[Decision])> = desk.take_decided();
        let Some(before) = self.before else { return };
        let decisions: Vec<Decided> =
            taken.into_iter().map(|(term, legal)| Decided::of(term, legal)).collect();
        let diverged = !decisions.iter().all(Decided::is_legal);
        journal.write(Entry {
            seq: 0,
            transport: arrival.transport,
            rpc: arrival.rpc.to_owned(),
            request: untold(arrival),
            resource: arrival.resource.to_owned(),
            decisions,
            reply: match answer {
                Ok(operation) => Reply { code: Code::Ok, message: String::new(), operation },
                Err(status) => {
                    Reply { code: status.code, message: without_moments(&status.message), operation: None }
                }
            },
            fault: self.fault.is_some_and(Decision::replaces_reply) || diverged,
            before,
            after: after(),
        });
    }
}
