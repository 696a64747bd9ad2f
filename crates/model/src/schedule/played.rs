//! What of a schedule a case has played: which of its terms were asked for.

use super::{Decision, RequestKind, Schedule, Term};
use crate::Entry;

impl Schedule {
    /// The terms that were never asked for in a case with this journal, in the order in which they were written.
    ///
    /// A term was asked for if the server once decided by it, or could not because it was not legal. One without a count
    /// speaks for every request of its kind that has no term of its own, and one of these is enough. A term was not asked
    /// for if no such request came, or if there was nothing left to decide at it (a look at an operation that had ended).
    pub fn never_asked_for(&self, journal: &[Entry]) -> Vec<&Term> {
        let asked_for = |term: &&Term| {
            let mut decided = journal.iter().flat_map(|entry| &entry.decisions);
            is_given_before(term) || decided.any(|decided| self.speaks_by(term, &decided.term))
        };
        self.terms.iter().filter(|term| !asked_for(term)).collect()
    }

    /// True if a decision, which has a count, was taken by this term of the schedule.
    fn speaks_by(&self, term: &Term, taken: &Term) -> bool {
        let speaker = match taken.count {
            Some(count) => self.term_for(&taken.request, count),
            None => self.terms.iter().find(|term| *term == taken),
        };
        speaker == Some(term) && term.decision == taken.decision
    }
}

/// True for what is there when a case begins, whatever the sample asks for.
fn is_given_before(term: &Term) -> bool {
    term.request == RequestKind::Given && term.decision != Decision::SameName
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Code, Decided, Reply, Touched, Transport};

    /// A request at which these decisions were taken.
    fn entry(decisions: &[&str]) -> Entry {
        Entry {
            seq: 1,
            transport: Transport::Grpc,
            rpc: String::new(),
            request: None,
            resource: String::new(),
            decisions: decisions.iter().map(|term| Decided::of(term.parse().unwrap(), &[])).collect(),
            reply: Reply { code: Code::Ok, message: String::new(), operation: None },
            fault: false,
            before: Touched::default(),
            after: Touched::default(),
        }
    }

    fn never_asked_for(schedule: &str, decided: &[&[&str]]) -> String {
        let schedule: Schedule = schedule.parse().unwrap();
        let journal: Vec<Entry> = decided.iter().map(|decisions| entry(decisions)).collect();
        let terms: Vec<String> = schedule.never_asked_for(&journal).iter().map(ToString::to_string).collect();
        terms.join(" ")
    }

    #[test]
    fn a_term_with_a_count_is_asked_for_at_that_request_only() {
        let schedule = "create:running cancel:honoured poll1:unavailable";
        let all = [&["create1:running"][..], &["cancel1:honoured"], &["poll1:unavailable"]];
        assert_eq!(never_asked_for(schedule, &all), "");
        assert_eq!(never_asked_for(schedule, &all[..2]), "poll1:unavailable");
        assert_eq!(never_asked_for(schedule, &[]), schedule);
        assert_eq!(never_asked_for("poll2:running", &[&["poll1:running"], &[]]), "poll2:running");
    }

    #[test]
    fn a_general_term_is_asked_for_at_any_request_without_a_term_of_its_own() {
        assert_eq!(never_asked_for("poll:running", &[&["poll7:running"]]), "");
        let schedule = "cancel1:unavailable cancel:honoured";
        assert_eq!(never_asked_for(schedule, &[&["cancel1:unavailable"], &["cancel2:honoured"]]), "");
        assert_eq!(never_asked_for(schedule, &[&["cancel1:unavailable"]]), "cancel:honoured");
        assert_eq!(never_asked_for("poll1:running poll:running", &[&["poll1:running"]]), "poll:running");
    }

    #[test]
    fn a_lasting_term_is_asked_for_at_its_request_or_any_later_one() {
        assert_eq!(never_asked_for("poll2+:running", &[&["poll2:running"]]), "");
        assert_eq!(never_asked_for("poll2+:running", &[&["poll5:running"]]), "");
        assert_eq!(never_asked_for("poll2+:running", &[&["poll1:running"]]), "poll2+:running");
        assert_eq!(never_asked_for("given:no-database", &[]), "");
        assert_eq!(never_asked_for("given:same-name", &[]), "given:same-name");
        assert_eq!(never_asked_for("given:same-name", &[&["given:same-name"]]), "");
    }

    #[test]
    fn what_was_decided_otherwise_was_not_asked_for() {
        assert_eq!(never_asked_for("poll1:cancelled", &[&["poll1:done"]]), "poll1:cancelled");
        assert_eq!(never_asked_for("early-poll:running", &[&["poll1:running"]]), "early-poll:running");
    }

    #[test]
    fn a_request_may_meet_two_decisions() {
        let schedule = "create:delayed-250ms";
        assert_eq!(never_asked_for(schedule, &[&["create1:delayed-250ms", "create1:running"]]), "");
    }
}
