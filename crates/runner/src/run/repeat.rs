//! When a case fails in warped time: is it the sample, or the warp?
//!
//! Warped time makes deadlines and keepalives of client libraries shrink, too, and some waits hang under libfaketime.
//! So no failure is reported on the word of one warped attempt. A second one at a tenth of the factor comes first: a
//! fault that comes from shrunken deadlines does not come back alike when they are ten times as long, and the attempt
//! costs seconds where real time costs minutes. Whatever that leaves open, real time decides.
//!
//! A sample that fails now and then looks the same as one that the warp makes fail: what is [suspected](Decided::suspect)
//! of the warp is for the [tries](super::tries) to ask about again.

use std::ops::ControlFlow;

use rescind_model::Ended;

use super::attempt::Attempted;

/// The attempts at one case, up to the one that counts.
pub(crate) struct Repeat {
    factor: Option<u32>,
    state: State,
}

/// What there is to go by.
enum State {
    /// Nothing yet.
    First,
    /// A failed attempt in warped time; the next one is slower.
    Slower(Box<Attempted>, u32),
    /// A failed attempt in warped time, with nothing between it and real time; and the first one, if that was another.
    Real(Box<Attempted>, Option<Box<Attempted>>),
}

/// The attempt that counts.
pub(crate) struct Decided {
    pub(crate) attempted: Box<Attempted>,
    /// If it passes: the attempt in warped time that failed.
    pub(crate) suspect: Option<Box<Attempted>>,
    /// If it had not ended at its deadline: the factor by which time was warped when it had not either.
    hung: Option<u32>,
}

impl Decided {
    /// What there is to say about the attempts before the one that counts.
    pub(crate) fn notice(&self) -> Option<String> {
        if let Some(factor) = self.hung {
            return Some(format!("had not ended at its deadline with time warped by {factor} either"));
        }
        let factor = self.suspect.as_ref()?.time_warp?;
        let how = match self.attempted.time_warp {
            Some(slower) => format!("with time warped by {slower}"),
            None => "in real time".to_owned(),
        };
        Some(format!("failed with time warped by {factor} and passes {how}, which counts"))
    }
}

impl Repeat {
    /// The first attempt, in time warped by this factor.
    pub(crate) fn new(factor: Option<u32>) -> Repeat {
        Repeat { factor, state: State::First }
    }

    /// True before the first attempt.
    pub(crate) fn is_first(&self) -> bool {
        matches!(self.state, State::First)
    }

    /// The factor for the next attempt; none for real time.
    pub(crate) fn time_warp(&self) -> Option<u32> {
        match self.state {
            State::First => self.factor,
            State::Slower(_, factor) => Some(factor),
            State::Real(..) => None,
        }
    }

    /// What follows from the attempt.
    pub(crate) fn after(self, attempted: Attempted) -> ControlFlow<Decided, Repeat> {
        let attempted = Box::new(attempted);
        let Some(factor) = self.factor else { return decided(attempted, None) };
        match self.state {
            State::First if attempted.findings.is_empty() => decided(attempted, None),
            State::First => {
                // A wait that hangs under libfaketime hangs at any factor: only real time can tell.
                let state = match slower(factor).filter(|_| !timed_out(&attempted)) {
                    Some(slower) => State::Slower(attempted, slower),
                    None => State::Real(attempted, None),
                };
                ControlFlow::Continue(Repeat { state, ..self })
            }
            State::Slower(first, _) if attempted.findings.is_empty() => decided(attempted, Some(first)),
            State::Slower(first, _) if agree(&first, &attempted) => decided(attempted, None),
            State::Slower(first, _) => {
                ControlFlow::Continue(Repeat { state: State::Real(attempted, Some(first)), ..self })
            }
            State::Real(warped, first) if attempted.findings.is_empty() => {
                decided(attempted, Some(first.unwrap_or(warped)))
            }
            // Real waiting takes longer than the deadline allows: that is why time was warped.
            State::Real(warped, _) if timed_out(&attempted) && !timed_out(&warped) => decided(warped, None),
            // The attempt in real time counts, for how far a warped one comes by its deadline is chance.
            State::Real(warped, _) if timed_out(&attempted) => {
                ControlFlow::Break(Decided { attempted, suspect: None, hung: warped.time_warp })
            }
            State::Real(..) => decided(attempted, None),
        }
    }
}

fn decided(attempted: Box<Attempted>, suspect: Option<Box<Attempted>>) -> ControlFlow<Decided, Repeat> {
    ControlFlow::Break(Decided { attempted, suspect, hung: None })
}

/// The factor for the second attempt, if there is one between the first and real time.
fn slower(factor: u32) -> Option<u32> {
    Some(factor / 10).filter(|factor| *factor > 1)
}

/// True if two attempts saw the same, to the letter.
fn agree(one: &Attempted, other: &Attempted) -> bool {
    one.observation.ended == other.observation.ended
        && one.observation.journal == other.observation.journal
        && one.findings == other.findings
}

fn timed_out(attempted: &Attempted) -> bool {
    attempted.observation.ended == Ended::Deadline
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use rescind_model::{Captured, Finding, Observation, Rule, Snapshot};

    use super::*;

    const PASS: (Ended, &[Rule]) = (Ended::Code(0), &[]);
    const LEAK: (Ended, &[Rule]) = (Ended::Code(0), &[Rule::LeakedBackup]);
    const EXIT: (Ended, &[Rule]) = (Ended::Code(1), &[Rule::WrongExit]);
    const LATE: (Ended, &[Rule]) = (Ended::Deadline, &[Rule::TimedOut]);

    /// Plays the attempts by factor (0 for real time), and gives the factors that were tried, the first rule of the
    /// attempt that counts and whether there is a notice.
    fn play(
        factor: Option<u32>,
        attempts: &[(u32, (Ended, &[Rule]))],
    ) -> (Vec<u32>, Option<Rule>, Option<u32>, bool) {
        let mut tried = Vec::new();
        let mut repeat = Repeat::new(factor);
        loop {
            let time_warp = repeat.time_warp();
            tried.push(time_warp.unwrap_or(0));
            let (_, (ended, rules)) = attempts.iter().find(|(it, _)| *it == time_warp.unwrap_or(0)).unwrap();
            let observation = Observation {
                ended: *ended,
                stdout: Captured::default(),
                stderr: Captured::default(),
                leaked_processes: Vec::new(),
                journal: Vec::new(),
                given: Snapshot::default(),
                at_exit: Snapshot::default(),
                settled: Snapshot::default(),
            };
            let findings = rules.iter().map(|rule| Finding::new(*rule, "it did")).collect();
            let (wall, cpu) = (Duration::ZERO, Duration::ZERO);
            match repeat.after(Attempted { observation, findings, time_warp, wall, cpu }) {
                ControlFlow::Continue(next) => repeat = next,
                ControlFlow::Break(decided) => {
                    let rule = decided.attempted.findings.first().map(|finding| finding.rule);
                    return (tried, rule, decided.attempted.time_warp, decided.notice().is_some());
                }
            }
        }
    }

    #[test]
    fn what_passes_or_runs_in_real_time_runs_once() {
        assert_eq!(play(Some(1000), &[(1000, PASS)]), (vec![1000], None, Some(1000), false));
        assert_eq!(play(None, &[(0, LEAK)]), (vec![0], Some(Rule::LeakedBackup), None, false));
    }

    #[test]
    fn a_failure_that_comes_back_alike_at_a_tenth_of_the_factor_is_the_samples() {
        let seen = play(Some(1000), &[(1000, LEAK), (100, LEAK)]);
        assert_eq!(seen, (vec![1000, 100], Some(Rule::LeakedBackup), Some(100), false));
    }

    #[test]
    fn a_failure_that_does_not_come_back_is_the_warps() {
        assert_eq!(play(Some(100), &[(100, LEAK), (10, PASS)]), (vec![100, 10], None, Some(10), true));
        let seen = play(Some(100), &[(100, LEAK), (10, EXIT), (0, PASS)]);
        assert_eq!(seen, (vec![100, 10, 0], None, None, true));
    }

    #[test]
    fn where_two_failures_differ_real_time_decides() {
        let seen = play(Some(100), &[(100, LEAK), (10, EXIT), (0, LEAK)]);
        assert_eq!(seen, (vec![100, 10, 0], Some(Rule::LeakedBackup), None, false));
    }

    #[test]
    fn real_time_that_is_too_long_for_the_deadline_decides_nothing() {
        let seen = play(Some(100), &[(100, LEAK), (10, EXIT), (0, LATE)]);
        assert_eq!(seen, (vec![100, 10, 0], Some(Rule::WrongExit), Some(10), false));
        assert_eq!(
            play(Some(15), &[(15, LEAK), (0, LATE)]),
            (vec![15, 0], Some(Rule::LeakedBackup), Some(15), false)
        );
    }

    #[test]
    fn a_hang_in_warped_time_is_asked_about_in_real_time_only() {
        assert_eq!(play(Some(1000), &[(1000, LATE), (0, PASS)]), (vec![1000, 0], None, None, true));
        assert_eq!(
            play(Some(1000), &[(1000, LATE), (0, LATE)]),
            (vec![1000, 0], Some(Rule::TimedOut), None, true)
        );
    }
}
