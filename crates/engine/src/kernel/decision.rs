//! The decisions that best effort leaves to the server, and who takes them.

use std::collections::HashMap;

use rescind_model::{Code, Decided, Decision, RequestKind, Schedule, Term};

use super::status::Status;

/// A moment at which the engine asks for a decision.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Point {
    /// The kind of the request that is being served.
    pub request: RequestKind,
    /// Its number among the requests of this kind in the project, from 1.
    pub count: u32,
}

impl Point {
    /// The decision as a term of a schedule.
    fn term(&self, decision: Decision) -> Term {
        Term { request: self.request.clone(), count: Some(self.count), lasting: false, decision }
    }
}

/// Takes the decisions of one project.
pub trait Decisions: Send {
    /// The [fault](Decision::is_fault) that a request meets, if it meets one. Asked once at every request, before anything
    /// else.
    fn fault(&mut self, point: &Point) -> Option<Decision>;

    /// What is to be where the rules of the service leave a choice: one of `legal`, of which the first is the default and
    /// of which there always is one. Any other answer is one of a schedule that cannot go on here: the request is refused,
    /// and the journal says so.
    fn choose(&mut self, point: &Point, legal: &[Decision]) -> Decision;
}

/// The schedule of a scenario.
impl Decisions for Schedule {
    fn fault(&mut self, point: &Point) -> Option<Decision> {
        self.decision(&point.request, point.count).filter(|decision| decision.is_fault())
    }

    fn choose(&mut self, point: &Point, legal: &[Decision]) -> Decision {
        let said = match point.request {
            // Of what is given a schedule may say several things; all but this one were so before.
            RequestKind::Given => legal.iter().copied().find(|decision| self.gives(*decision)),
            _ => self.decision(&point.request, point.count).filter(|decision| !decision.is_fault()),
        };
        said.or_else(|| legal.first().copied()).unwrap_or(Decision::Serve)
    }
}

/// No schedule: operations progress by time, and a cancel takes effect at once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FreeRunning;

impl Decisions for FreeRunning {
    fn fault(&mut self, _point: &Point) -> Option<Decision> {
        None
    }

    fn choose(&mut self, _point: &Point, legal: &[Decision]) -> Decision {
        let running = legal.iter().copied().find(|decision| *decision == Decision::Running);
        running.or_else(|| legal.first().copied()).unwrap_or(Decision::Serve)
    }
}

/// Asks for the decisions of a project: counts its requests, keeps to what is legal, remembers what was decided.
pub(crate) struct Desk {
    decisions: Box<dyn Decisions>,
    counts: HashMap<RequestKind, u32>,
    faults: Option<Faults>,
    taken: Vec<(Term, &'static [Decision])>,
}

/// Faults that were put into a project later on, which come before those of its decisions.
struct Faults {
    schedule: Schedule,
    /// The requests since.
    counts: HashMap<RequestKind, u32>,
}

impl Faults {
    fn next(&mut self, request: &RequestKind) -> Option<Decision> {
        let count = self.counts.entry(request.clone()).or_default();
        *count += 1;
        self.schedule.decision(request, *count).filter(|decision| decision.is_fault())
    }
}

impl Desk {
    pub fn new(decisions: Box<dyn Decisions>) -> Desk {
        Desk { decisions, counts: HashMap::new(), faults: None, taken: Vec::new() }
    }

    /// Lets requests meet the faults of a schedule, in the place of those that were put before.
    pub fn put_faults(&mut self, schedule: Schedule) {
        self.faults = Some(Faults { schedule, counts: HashMap::new() });
    }

    /// Counts a request of this kind.
    pub fn arrive(&mut self, request: RequestKind) -> Point {
        let count = self.counts.entry(request.clone()).or_default();
        *count += 1;
        Point { count: *count, request }
    }

    /// Asks whether the backup that was given as `{backup}` has the name that the sample asks for, which is the schedule's
    /// to say. Only that it has is remembered.
    pub fn given_has_the_name(&mut self) -> bool {
        let point = Point { request: RequestKind::Given, count: 1 };
        const LEGAL: &[Decision] = &[Decision::Serve, Decision::SameName];
        let decision = self.decisions.choose(&point, LEGAL);
        let same = decision == Decision::SameName;
        if same {
            let term = Term { request: RequestKind::Given, count: None, lasting: false, decision };
            self.taken.push((term, LEGAL));
        }
        same
    }

    /// Asks whether the request meets a fault.
    pub fn fault(&mut self, point: &Point) -> Option<Decision> {
        let put = self.faults.as_mut().and_then(|faults| faults.next(&point.request));
        let fault = put.or_else(|| self.decisions.fault(point));
        self.taken.extend(fault.map(|decision| (point.term(decision), &[][..])));
        fault
    }

    /// Asks which of the legal options it is to be. Where the answer is none of them, that is remembered, and the request
    /// is served by the default; its reply is to be the [refusal](Self::divergence).
    pub fn choose(&mut self, point: &Point, legal: &'static [Decision]) -> Decision {
        let decision = self.decisions.choose(point, legal);
        self.taken.push((point.term(decision), legal));
        if legal.contains(&decision) { decision } else { legal.first().copied().unwrap_or(Decision::Serve) }
    }

    /// The refusal of a request at which the schedule has said what is not legal.
    pub fn divergence(&self) -> Option<Status> {
        let illegal =
            |(term, legal): &&(Term, &[Decision])| !legal.is_empty() && !legal.contains(&term.decision);
        let (term, legal) = self.taken.iter().find(illegal)?;
        let why = Decided::of(term.clone(), legal).divergence()?;
        Some(Status::new(Code::FailedPrecondition, format!("The schedule cannot go on: {why}.")))
    }

    /// What was decided since this was last asked.
    pub fn take_decided(&mut self) -> Vec<(Term, &'static [Decision])> {
        std::mem::take(&mut self.taken)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn desk(schedule: &str) -> Desk {
        Desk::new(Box::new(schedule.parse::<Schedule>().unwrap()))
    }

    #[test]
    fn a_given_backup_has_the_name_whatever_else_is_given() {
        for schedule in
            ["given:same-name", "given:same-name given:not-cassandra", "given:not-cassandra given:same-name"]
        {
            assert!(desk(schedule).given_has_the_name(), "{schedule}");
        }
        assert!(!desk("given:not-cassandra").given_has_the_name());
    }

    #[test]
    fn a_choice_is_never_a_fault() {
        let mut desk = desk("poll:unavailable create:done");
        let poll = desk.arrive(RequestKind::Poll);
        assert!(desk.fault(&poll).is_some());
        assert_eq!(desk.choose(&poll, &[Decision::Done, Decision::Running]), Decision::Done);
        assert_eq!(desk.divergence(), None);
    }

    #[test]
    fn what_is_not_legal_is_refused_and_remembered_with_what_is() {
        let mut desk = desk("poll:cancelled");
        let poll = desk.arrive(RequestKind::Poll);
        assert_eq!(desk.choose(&poll, &[Decision::Done, Decision::Running]), Decision::Done);
        let refusal = desk.divergence().unwrap();
        assert_eq!(refusal.code, Code::FailedPrecondition);
        insta::assert_snapshot!(refusal.message, @"The schedule cannot go on: `poll1` cannot be `cancelled` here; it can be done or running.");
        let [(term, legal)] = &*desk.take_decided() else { panic!("one decision") };
        assert_eq!(
            (term.to_string(), *legal),
            ("poll1:cancelled".to_owned(), &[Decision::Done, Decision::Running][..])
        );
        assert_eq!(desk.divergence(), None);
    }

    #[test]
    fn faults_that_are_put_count_from_then_on_and_leave_choices_alone() {
        let mut desk = desk("poll:running");
        desk.arrive(RequestKind::Poll);
        desk.put_faults("poll2:reset poll3:done".parse().unwrap());
        let faults: Vec<_> = (0..3)
            .map(|_| {
                let poll = desk.arrive(RequestKind::Poll);
                (desk.fault(&poll), desk.choose(&poll, &[Decision::Done, Decision::Running]))
            })
            .collect();
        let running = Decision::Running;
        assert_eq!(faults, [(None, running), (Some(Decision::Reset), running), (None, running)]);
        assert_eq!(desk.take_decided()[1].0.to_string(), "poll3:reset");
    }

    #[test]
    fn requests_are_counted_by_kind_from_one() {
        let mut desk = desk("poll2:running");
        assert_eq!(desk.arrive(RequestKind::Poll).count, 1);
        assert_eq!(desk.arrive(RequestKind::Get).count, 1);
        let second = desk.arrive(RequestKind::Poll);
        assert_eq!(desk.choose(&second, &[Decision::Done, Decision::Running]), Decision::Running);
        let terms: Vec<String> = desk.take_decided().iter().map(|(term, _)| term.to_string()).collect();
        assert_eq!(terms, ["poll2:running"]);
        assert!(desk.take_decided().is_empty());
    }
}
