//! From what a sample printed to what it is proposed to promise.

use std::collections::BTreeMap;

use rescind_model::judge::{Truth, names_seen};
use rescind_model::{CaseResult, Claim, Contract, Due, Ended, Outcome, Placeholders, Rule, Stream};

use super::line::{PrintedLine, PrintedLines};
use super::proposal::{Proposal, ProposedClaim};
use super::words;
use crate::plan::PlannedSample;

/// A case whose sample ended by itself.
struct PlayedCase<'a> {
    case: &'a CaseResult,
    truth: Truth,
    /// How it came out; none where that is not for sure the same for each correct sample.
    outcome: Option<Outcome>,
    stdout: String,
    stderr: String,
}

impl Proposal {
    /// What is proposed for a sample of a run; none if none of its cases ended by itself. `names` are those that a case was
    /// given.
    pub fn of(
        sample: &PlannedSample,
        cases: &[CaseResult],
        names: impl Fn(&CaseResult) -> Placeholders,
    ) -> Option<Proposal> {
        let (contract, _) = sample.contract();
        let id = &sample.manifest.id;
        let played: Vec<PlayedCase<'_>> = cases
            .iter()
            .filter(|case| case.id.sample == *id && case.ran_to_its_end())
            .filter_map(|case| played(case, &names(case)))
            .collect();
        if played.is_empty() {
            return None;
        }
        let mut proposal = Proposal {
            sample: id.clone(),
            claims: Vec::new(),
            outputs: BTreeMap::new(),
            notes: Vec::new(),
            is_new: false,
        };
        proposal.claims(contract, &played);
        proposal.outputs(contract, &played);
        Some(proposal)
    }

    /// Those that are made keep their patterns. One that is made no more goes over to the line most like it; what else looks
    /// like a claim is a new one.
    fn claims(&mut self, contract: &Contract, played: &[PlayedCase<'_>]) {
        let mut lines = PrintedLines::of(played.iter().map(|it| (it.stdout.as_str(), it.stderr.as_str())));
        let mut unmade = Vec::new();
        // The cases that say on standard error that they failed.
        let mut told: Vec<usize> = Vec::new();
        for claim in &contract.claims {
            let made = lines.take(claim.stream, &claim.pattern);
            let kept = |note| ProposedClaim {
                claim: claim.claim,
                stream: claim.stream,
                pattern: claim.pattern.as_str().to_owned(),
                note,
            };
            if made.is_empty() {
                unmade.push(kept("Printed in no case.".to_owned()));
            } else {
                if claim.stream == Stream::Stderr {
                    told.extend(&made);
                }
                self.claims.push(kept(truth_note(claim.claim, &made, played)));
            }
        }
        let of_outputs: Vec<String> = contract
            .outputs
            .values()
            .chain(contract.outputs_by_scenario.values())
            .flat_map(|text| text.lines().map(str::to_owned))
            .collect();
        let is_news = |line: &PrintedLine| {
            line.stream == Stream::Stdout
                || (line.leads && line.cases.iter().any(|case| !told.contains(case)))
        };
        for line in lines.rest().into_iter().filter(is_news) {
            let is_promised = line.stream == Stream::Stdout && of_outputs.contains(&line.text);
            let heir = (!is_promised).then(|| line.most_like(&unmade)).flatten();
            let (claim, was) = match heir.map(|index| unmade.remove(index)) {
                Some(earlier) => (Some(earlier.claim), format!(" It was {}.", earlier.pattern)),
                None if is_promised => (None, String::new()),
                None => (likely_claim(&line, played), String::new()),
            };
            match claim {
                Some(claim) => {
                    self.is_new = true;
                    self.claims.push(ProposedClaim {
                        claim,
                        stream: line.stream,
                        pattern: line.pattern(),
                        note: truth_note(claim, &line.cases, played) + &was,
                    });
                }
                None if line.stream == Stream::Stdout && !is_promised => {
                    self.notes.push(format!("Printed, and taken for no claim: {}", line.text));
                }
                None => {}
            }
        }
        self.claims.append(&mut unmade);
    }

    fn outputs(&mut self, contract: &Contract, played: &[PlayedCase<'_>]) {
        self.outputs = contract.outputs_by_scenario.clone();
        for outcome in Outcome::ALL {
            let earlier = contract.outputs.get(&outcome);
            let of_outcome = played.iter().filter(|it| {
                it.outcome == Some(outcome)
                    && !contract.outputs_by_scenario.contains_key(&it.case.id.scenario)
            });
            let mut texts: Vec<&str> = of_outcome.map(|it| it.stdout.as_str()).collect();
            let cases = texts.len();
            texts.sort_unstable();
            texts.dedup();
            let text = match texts.as_slice() {
                [text] => Some((*text).to_owned()),
                [] => earlier.cloned(),
                several => {
                    if earlier.is_none() {
                        self.notes.push(format!(
                            "outputs.{outcome}: {cases} cases printed {} different texts.",
                            several.len()
                        ));
                    }
                    earlier.cloned()
                }
            };
            self.is_new |= text.as_ref() != earlier;
            self.outputs.extend(text.map(|text| (outcome.to_string(), text)));
        }
    }
}

/// A case as it was played; none if the sample did not end by itself.
fn played<'a>(case: &'a CaseResult, names: &Placeholders) -> Option<PlayedCase<'a>> {
    let observation = case.observation.as_ref()?;
    let Ended::Code(_) = observation.ended else { return None };
    let names = names_seen(names, observation);
    let due = Due::of(observation);
    // Whatever a sample printed that did something wrong is no text to be expected.
    let is_right =
        case.findings.iter().all(|finding| matches!(finding.rule, Rule::OutputDiffers | Rule::MissingClaim));
    let text = |text: &str| {
        let mut text = names.unfill(&text.replace("\r\n", "\n"));
        if !text.is_empty() && !text.ends_with('\n') {
            text.push('\n');
        }
        text
    };
    Some(PlayedCase {
        case,
        truth: Truth::of(observation),
        outcome: (is_right && due.exit.is_some()).then_some(due.outcome),
        stdout: text(&observation.stdout.text),
        stderr: text(&observation.stderr.text),
    })
}

/// The claim that a line most likely makes: one that its words speak of, and of those the one that is true most often.
fn likely_claim(line: &PrintedLine, played: &[PlayedCase<'_>]) -> Option<Claim> {
    let candidates = words::claims_in(&line.text);
    let is_true = |claim: Claim| line.cases.iter().filter(|at| played[**at].truth.holds(claim)).count();
    // Of two that are as good, the first.
    candidates.into_iter().rev().max_by_key(|claim| is_true(*claim))
}

/// In how many cases a claim was made, and in which it was not true.
fn truth_note(claim: Claim, cases: &[usize], played: &[PlayedCase<'_>]) -> String {
    let untrue: Vec<&str> = cases
        .iter()
        .map(|at| &played[*at])
        .filter(|it| !it.truth.holds(claim))
        .map(|it| it.case.id.scenario.as_str())
        .collect();
    let printed = match cases.len() {
        1 => "Printed in one case".to_owned(),
        number => format!("Printed in {number} cases"),
    };
    match untrue.as_slice() {
        [] => format!("{printed}, and true."),
        _ if untrue.len() == cases.len() => format!("{printed}, and never true: {}.", untrue.join(", ")),
        _ => format!("{printed}; not true in {}.", untrue.join(", ")),
    }
}
