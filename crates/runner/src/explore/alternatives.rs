//! What else might have been decided: from the points that a schedule has met to the schedules that differ in one more.

use rescind_engine::{Met, Services, Spell};
use rescind_model::{Decision, RequestKind, Schedule, Term};

/// How far an exploration goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bounds {
    /// How many faults befall one case, at most. One that lasts is one.
    pub faults: u32,
    /// How many looks at a running operation in a row find it still running, at most, besides the operation that never ends.
    pub polls: u32,
}

impl Default for Bounds {
    fn default() -> Bounds {
        Bounds { faults: 2, polls: 2 }
    }
}

impl Bounds {
    /// The last request of a kind, by its number, that anything unusual befalls: a sample that looks a hundred times at an
    /// operation is not asked a hundred times what it does about a fault.
    fn last(self) -> u32 {
        self.polls.saturating_add(self.faults).saturating_add(1)
    }
}

/// Something that is decided otherwise than by default.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Deviation {
    /// The terms that say it. It takes two to let looks at an operation fail whether a cancel was received or not.
    terms: Vec<Term>,
    is_fault: bool,
}

/// A schedule on the way: a prefix of decisions, after which everything goes by default.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Candidate {
    deviations: Vec<Deviation>,
    /// The place among the points from which on it may be deviated from.
    from: usize,
}

impl Candidate {
    /// All goes by default, after this is given.
    pub(super) fn given(decision: Decision) -> Candidate {
        let term = Term { request: RequestKind::Given, count: None, lasting: false, decision };
        Candidate { deviations: vec![Deviation { terms: vec![term], is_fault: false }], from: 0 }
    }

    /// What it says.
    pub(super) fn schedule(&self) -> Schedule {
        Schedule::of(self.deviations.iter().flat_map(|deviation| deviation.terms.clone()).collect())
    }

    /// By how many decisions it differs from what goes by default.
    pub(super) fn length(&self) -> usize {
        self.deviations.len()
    }

    /// How many faults it has.
    pub(super) fn faults(&self) -> u32 {
        self.deviations.iter().map(|deviation| u32::from(deviation.is_fault)).sum()
    }

    fn and(&self, terms: Vec<Term>, is_fault: bool, at: usize) -> Candidate {
        let mut deviations = self.deviations.clone();
        deviations.push(Deviation { terms, is_fault });
        Candidate { deviations, from: at + 1 }
    }

    /// Each candidate that deviates once more, after all that this one does. `points` is what this one has met, of which the
    /// first `requests` were requests, and the others what settling decided.
    pub(super) fn alternatives(
        &self,
        services: &Services,
        service: &str,
        points: &[Met],
        requests: usize,
        bounds: Bounds,
    ) -> Vec<Candidate> {
        let mut found = Vec::new();
        for (at, met) in points.iter().enumerate().skip(self.from) {
            if met.fault.is_some() || met.point.count > bounds.last() {
                continue;
            }
            let settles = at >= requests;
            for term in choices(met, &points[..at], settles, bounds) {
                found.push(self.and(vec![term], false, at));
            }
            if settles || self.faults() >= bounds.faults {
                continue;
            }
            for hazard in services.hazards(service, &met.point.request) {
                let lasting = hazard.spell == Spell::Lasting;
                let mut terms = vec![term(met, hazard.fault, lasting)];
                if lasting && met.point.request == RequestKind::EarlyPoll {
                    // It is the same RPC.
                    let poll = RequestKind::Poll;
                    terms.push(Term { request: poll, count: Some(1), lasting, decision: hazard.fault });
                }
                found.push(self.and(terms, true, at));
            }
        }
        found
    }
}

fn term(met: &Met, decision: Decision, lasting: bool) -> Term {
    Term { request: met.point.request.clone(), count: Some(met.point.count), lasting, decision }
}

/// What else could have been chosen at a point, within bounds.
fn choices(met: &Met, before: &[Met], settles: bool, bounds: Bounds) -> Vec<Term> {
    let [default, others @ ..] = met.legal.as_slice() else { return Vec::new() };
    // Where something else was chosen, a term that lasts did so.
    if met.chosen != Some(*default) {
        return Vec::new();
    }
    let is_look = matches!(met.point.request, RequestKind::Poll | RequestKind::EarlyPoll);
    let found_running = before.iter().filter(|met| is_found_running(met)).count();
    let mut terms = Vec::new();
    for other in others {
        match other {
            // The operation that never ends.
            Decision::Running if is_look && met.point.count == 1 => {
                terms.push(term(met, Decision::Running, true));
                if !settles && bounds.polls > 0 {
                    terms.push(term(met, Decision::Running, false));
                }
            }
            // When nobody looks, it does not matter how often it is found running.
            Decision::Running if settles => {}
            Decision::Running if is_look && found_running >= bounds.polls as usize => {}
            _ if met.point.request == RequestKind::EarlyPoll && met.point.count > bounds.polls + 1 => {}
            other => terms.push(term(met, *other, false)),
        }
    }
    terms
}

/// True for a look after a cancel that found the operation running by choice.
fn is_found_running(met: &Met) -> bool {
    met.point.request == RequestKind::Poll && met.chosen == Some(Decision::Running)
}

#[cfg(test)]
mod tests {
    use rescind_engine::Point;

    use super::*;

    fn met(request: RequestKind, count: u32, legal: &[Decision]) -> Met {
        let point = Point { request, count };
        Met { point, fault: None, legal: legal.to_vec(), chosen: legal.first().copied() }
    }

    fn found(candidate: &Candidate, points: &[Met], requests: usize, bounds: Bounds) -> Vec<String> {
        let services = rescind_engine::services();
        let found = candidate.alternatives(&services, "spanner", points, requests, bounds);
        found.iter().map(|found| found.schedule().to_string()).collect()
    }

    const NO_FAULTS: Bounds = Bounds { faults: 0, polls: 2 };

    #[test]
    fn each_other_choice_is_an_alternative_and_the_operation_may_never_end() {
        use Decision::{Cancelled, Done, Failed, Running};
        let poll = |count| met(RequestKind::Poll, count, &[Cancelled, Done, Running, Failed]);
        let none = Candidate::default();
        assert_eq!(
            found(&none, &[poll(1)], 1, NO_FAULTS),
            ["poll1:done", "poll1+:running", "poll1:running", "poll1:failed"]
        );
        let running = |count| Met { chosen: Some(Running), ..poll(count) };
        let after = Candidate { from: 2, ..none };
        assert_eq!(
            found(&after, &[running(1), running(2), poll(3)], 3, NO_FAULTS),
            ["poll3:done", "poll3:failed"]
        );
        assert_eq!(
            found(&Candidate::default(), &[poll(1)], 0, NO_FAULTS),
            ["poll1:done", "poll1+:running", "poll1:failed"],
            "nobody looks while all settles"
        );
    }

    #[test]
    fn a_choice_by_a_lasting_term_is_left_alone_and_so_is_what_lies_before() {
        use Decision::{Done, Running};
        let lasting = Met { chosen: Some(Running), ..met(RequestKind::Poll, 1, &[Done, Running]) };
        assert_eq!(found(&Candidate::default(), &[lasting], 1, NO_FAULTS), [""; 0]);
        let create = met(RequestKind::Create, 1, &[Running, Done]);
        let candidate = Candidate { from: 1, ..Candidate::default() };
        assert_eq!(found(&candidate, &[create], 1, NO_FAULTS), [""; 0]);
    }

    #[test]
    fn faults_befall_once_or_from_then_on_and_no_more_of_them_than_the_bound() {
        let bounds = Bounds { faults: 1, polls: 2 };
        let get = met(RequestKind::Get, 2, &[]);
        let none = Candidate::default();
        assert_eq!(
            found(&none, std::slice::from_ref(&get), 1, bounds),
            ["get2:unavailable", "get2+:permission-denied"]
        );
        let faulted = Met { fault: Some(Decision::Lost), ..get.clone() };
        assert_eq!(found(&none, &[faulted], 1, bounds), [""; 0]);
        let one =
            none.alternatives(&rescind_engine::services(), "spanner", std::slice::from_ref(&get), 1, bounds);
        assert_eq!((one[0].faults(), one[0].length()), (1, 1));
        assert_eq!(found(&one[0], &[get.clone(), get.clone()], 2, bounds), [""; 0]);
        let far = Met { point: Point { request: RequestKind::Get, count: 9 }, ..get };
        assert_eq!(found(&none, &[far], 1, bounds), [""; 0]);
    }

    #[test]
    fn who_may_not_look_before_a_cancel_may_not_look_after_it() {
        let bounds = Bounds { faults: 1, polls: 2 };
        let look = met(RequestKind::EarlyPoll, 1, &[]);
        let found = found(&Candidate::default(), &[look], 1, bounds);
        assert!(
            found.contains(&"early-poll1+:permission-denied poll1+:permission-denied".to_owned()),
            "{found:?}"
        );
    }

    #[test]
    fn what_is_given_comes_first() {
        let candidate = Candidate::given(Decision::SameName);
        assert_eq!(candidate.schedule().to_string(), "given:same-name");
        let create = met(RequestKind::Create, 1, &[Decision::Running, Decision::Done]);
        assert_eq!(found(&candidate, &[create], 1, NO_FAULTS), ["given:same-name create1:done"]);
    }
}
