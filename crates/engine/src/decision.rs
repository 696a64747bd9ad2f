//! The decisions that best effort leaves to the server, and who takes them.

use std::collections::HashMap;

use rescind_model::{Decision, RequestKind, Schedule, Term};

/// A moment at which the engine asks for a decision.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Point {
    /// The kind of the request that is being served.
    pub request: RequestKind,
    /// Its number among the requests of this kind in the project, from 1.
    pub count: u32,
}

/// Takes the decisions of one project.
pub trait Decisions: Send {
    /// Decides, out of `legal`, of which the first is the default.
    ///
    /// The engine asks once at every request, before anything else, with [`Decision::Serve`] as the only legal option;
    /// here, and only here, the answer may also be a [fault](Decision::is_fault). Then, if the rules of the service
    /// leave a choice, it asks with the choices. The default holds where the answer is not legal.
    fn decide(&mut self, point: &Point, legal: &[Decision]) -> Decision;
}

/// The schedule of a scenario.
impl Decisions for Schedule {
    fn decide(&mut self, point: &Point, legal: &[Decision]) -> Decision {
        Schedule::decide(self, &point.request, point.count, legal)
    }
}

/// No schedule: operations progress by time, and a cancel takes effect at once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FreeRunning;

impl Decisions for FreeRunning {
    fn decide(&mut self, _point: &Point, legal: &[Decision]) -> Decision {
        let running = legal.iter().copied().find(|decision| *decision == Decision::Running);
        running.or_else(|| legal.first().copied()).unwrap_or(Decision::Serve)
    }
}

/// Asks for the decisions of a project: counts its requests, keeps to what is legal, remembers what was decided.
pub(crate) struct Desk {
    decisions: Box<dyn Decisions>,
    counts: HashMap<RequestKind, u32>,
    faults: Option<Faults>,
    taken: Vec<Term>,
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
        let decision = self.schedule.decide(request, *count, &[Decision::Serve]);
        decision.is_fault().then_some(decision)
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
        let decision = self.decisions.decide(&point, &[Decision::Serve, Decision::SameName]);
        let same = decision == Decision::SameName;
        if same {
            self.taken.push(Term { request: RequestKind::Given, count: None, decision });
        }
        same
    }

    /// Asks whether the request meets a fault.
    pub fn fault(&mut self, point: &Point) -> Option<Decision> {
        let put = self.faults.as_mut().and_then(|faults| faults.next(&point.request));
        let fault = put.or_else(|| {
            Some(self.decisions.decide(point, &[Decision::Serve])).filter(|decision| decision.is_fault())
        });
        self.remember(point, fault);
        fault
    }

    /// Asks which of the legal options it is to be.
    pub fn choose(&mut self, point: &Point, legal: &[Decision]) -> Decision {
        let decision = Some(self.decisions.decide(point, legal))
            .filter(|decision| legal.contains(decision))
            .or_else(|| legal.first().copied())
            .unwrap_or(Decision::Serve);
        self.remember(point, Some(decision));
        decision
    }

    fn remember(&mut self, point: &Point, decision: Option<Decision>) {
        let term = |decision| Term { request: point.request.clone(), count: Some(point.count), decision };
        self.taken.extend(decision.map(term));
    }

    /// What was decided since this was last asked, as terms of a schedule.
    pub fn take_terms(&mut self) -> Vec<Term> {
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
    fn a_choice_is_never_a_fault_and_never_illegal() {
        let mut desk = desk("poll:unavailable create:done");
        let poll = desk.arrive(RequestKind::Poll);
        assert!(desk.fault(&poll).is_some());
        assert_eq!(desk.choose(&poll, &[Decision::Done, Decision::Running]), Decision::Done);
        let create = desk.arrive(RequestKind::Create);
        assert_eq!(desk.choose(&create, &[Decision::Running]), Decision::Running);
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
        assert_eq!(desk.take_terms()[1].to_string(), "poll3:reset");
    }

    #[test]
    fn requests_are_counted_by_kind_from_one() {
        let mut desk = desk("poll2:running");
        assert_eq!(desk.arrive(RequestKind::Poll).count, 1);
        assert_eq!(desk.arrive(RequestKind::Get).count, 1);
        let second = desk.arrive(RequestKind::Poll);
        assert_eq!(desk.choose(&second, &[Decision::Done, Decision::Running]), Decision::Running);
        let terms: Vec<String> = desk.take_terms().iter().map(Term::to_string).collect();
        assert_eq!(terms, ["poll2:running"]);
        assert!(desk.take_terms().is_empty());
    }
}
