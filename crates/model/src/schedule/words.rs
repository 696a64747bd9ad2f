//! A schedule in words: what happens, for those who know no terms.

use super::{Decision, RequestKind, Schedule, Term};

impl Schedule {
    /// What happens by this schedule, in words, in its order: `the cancel is acknowledged and the backup completes; the delete
    /// is refused for good (PERMISSION_DENIED)`.
    pub fn in_words(&self) -> String {
        let words: Vec<String> = self.terms.iter().map(|term| self.term_in_words(term)).collect();
        if words.is_empty() { "all goes by default".to_owned() } else { words.join("; ") }
    }

    fn term_in_words(&self, term: &Term) -> String {
        let request = self.request_in_words(term);
        let said = match (term.decision, &term.request) {
            (Decision::SameName, _) => return "a backup of the wanted name is there".to_owned(),
            (Decision::AnotherPending, _) => {
                return "another backup of the same database is being made".to_owned();
            }
            (Decision::NoDatabase, _) => return "there is no such database".to_owned(),
            (Decision::NotCassandra, _) => {
                return "the instance is none whose backups can be stopped".to_owned();
            }
            (Decision::Running, RequestKind::Create) => "starts the operation",
            (Decision::Running, _) if term.lasting || term.count.is_none() => {
                return format!("{request} finds the operation running, for ever");
            }
            (Decision::Running, _) => "finds the operation running",
            (Decision::Done, RequestKind::Create) => "is answered when the backup has completed",
            (Decision::Done, _) => "finds the backup completed",
            (Decision::DoneAfter, RequestKind::Cancel) => "is acknowledged and the backup completes",
            (Decision::DoneAfter, _) => "starts the operation, which completes at once",
            (Decision::FailedAfter, RequestKind::Cancel) => "is acknowledged and the operation fails",
            (Decision::FailedAfter, _) => "starts the operation, which fails at once",
            (Decision::Cancelled, _) => "finds the operation cancelled",
            (Decision::Failed, _) => "finds the operation failed",
            (Decision::Honoured, _) => "takes effect at once",
            (Decision::Pending, _) => "is acknowledged",
            (Decision::Ignored, _) => "is acknowledged and has no effect",
            (Decision::Serve, _) => "is answered",
            (Decision::Lost, _) => "takes effect and its reply is lost",
            (Decision::Reset, _) => "meets a connection that is reset",
            (Decision::Refused(code), _) => {
                let lasting = if term.lasting || term.count.is_none() { "from then on " } else { "" };
                return format!("{request} is {lasting}answered {code}");
            }
            (Decision::Delayed(milliseconds), _) => {
                return format!("the reply to {request} takes {milliseconds} ms");
            }
        };
        format!("{request} {said}")
    }

    /// `the cancel`, or `the second cancel` where there is more than one to speak of.
    fn request_in_words(&self, term: &Term) -> String {
        let name = match &term.request {
            RequestKind::Poll => "look after the cancel",
            RequestKind::EarlyPoll => "look before the cancel",
            RequestKind::Get => "look at the backup",
            RequestKind::List => "look at the list of backups",
            other => other.name(),
        };
        match term.count {
            None | Some(1) => {
                format!("the {}{name}", if self.is_one_of_several(term) { "first " } else { "" })
            }
            Some(2) => format!("the second {name}"),
            Some(3) => format!("the third {name}"),
            Some(count) => format!("{name} {count}"),
        }
    }

    fn is_one_of_several(&self, term: &Term) -> bool {
        let others = self.terms.iter().filter(|other| other.request == term.request).count() > 1;
        let is_look = matches!(term.request, RequestKind::Poll | RequestKind::EarlyPoll);
        term.count == Some(1) && (others || (is_look && !term.lasting))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(schedule: &str) -> String {
        schedule.parse::<Schedule>().unwrap().in_words()
    }

    #[test]
    fn each_term_is_a_clause() {
        insta::assert_snapshot!(words(""), @"all goes by default");
        insta::assert_snapshot!(words("create:running cancel:done-after delete:permission-denied"), @"the create starts the operation; the cancel is acknowledged and the backup completes; the delete is from then on answered PERMISSION_DENIED");
        insta::assert_snapshot!(words("cancel1:lost cancel2:unavailable poll1+:running"), @"the first cancel takes effect and its reply is lost; the second cancel is answered UNAVAILABLE; the look after the cancel finds the operation running, for ever");
        insta::assert_snapshot!(words("given:same-name poll1:cancelled UpdateBackup4:delayed-5ms"), @"a backup of the wanted name is there; the first look after the cancel finds the operation cancelled; the reply to UpdateBackup 4 takes 5 ms");
    }

    #[test]
    fn there_are_words_for_every_decision_at_every_request() {
        for request in RequestKind::NAMED {
            let faults = [
                Decision::Lost,
                Decision::Reset,
                Decision::Delayed(5),
                Decision::Refused(crate::Code::Aborted),
            ];
            for decision in request.decisions().iter().copied().chain(faults) {
                let schedule = Schedule::of(vec![Term {
                    request: request.clone(),
                    count: None,
                    lasting: false,
                    decision,
                }]);
                let words = schedule.in_words();
                assert!(words.len() > 10 && !words.contains("  "), "{schedule}: {words}");
            }
        }
    }
}
