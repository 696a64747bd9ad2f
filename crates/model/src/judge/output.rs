//! The rules about what the sample printed.

use similar::{ChangeTag, TextDiff};

use super::evidence::Evidence;
use super::printed::names_seen;
use crate::{Captured, Claim, Entry, Finding, Rule, Stream};

/// A claim with the line that makes it.
struct Made<'a> {
    claim: Claim,
    line: &'a str,
}

/// Every claim that the output makes, each once, with the first line that makes it.
fn claims_made<'a>(evidence: &'a Evidence<'_>) -> Vec<Made<'a>> {
    let mut made: Vec<Made<'a>> = Vec::new();
    for pattern in &evidence.contract.claims {
        let stream = match pattern.stream {
            Stream::Stdout => &evidence.observation.stdout,
            Stream::Stderr => &evidence.observation.stderr,
        };
        let line = stream.text.lines().find(|line| pattern.pattern.is_match(line));
        if let Some(line) = line.filter(|_| made.iter().all(|earlier| earlier.claim != pattern.claim)) {
            made.push(Made { claim: pattern.claim, line });
        }
    }
    made
}

/// `false-claim`: the output asserts what is not so.
pub(super) fn false_claim(evidence: &Evidence<'_>, findings: &mut Vec<Finding>) {
    for made in claims_made(evidence) {
        if !evidence.truth.holds(made.claim) {
            let so = match made.claim {
                Claim::Cancelled => "no operation of the sample ended with CANCELLED",
                Claim::Completed => "no operation of the sample ended with a response",
                Claim::Deleted => "no request of the sample deleted a backup of its own",
                Claim::Failed => "neither the operation nor, for good, a request failed",
            };
            let message = format!("claims `{}`, but {so}: {:?}", made.claim, made.line);
            findings.push(Finding::new(Rule::FalseClaim, message).about(made.line));
        }
    }
}

/// `missing-claim`: the output makes no true claim, and the scenario does not say that it need not.
///
/// Any true claim will do: a sample may well change what happens (by deleting a pending backup, which cancels its
/// operation) and then say so.
pub(super) fn missing_claim(evidence: &Evidence<'_>, findings: &mut Vec<Finding>) {
    let need_not = evidence.scenario.expect.as_ref().is_some_and(|expect| expect.claims.is_empty());
    if need_not || evidence.contract.claims.is_empty() || !evidence.ended_by_itself() {
        return;
    }
    if !claims_made(evidence).iter().any(|made| evidence.truth.holds(made.claim)) {
        let names: Vec<String> = evidence.due.claims.iter().map(|claim| format!("`{claim}`")).collect();
        let of =
            if names.is_empty() { "that is true".to_owned() } else { format!("of {}", names.join(" or ")) };
        let message = format!("does not say what happened: no claim {of}; {}", evidence.due.because);
        findings.push(Finding::new(Rule::MissingClaim, message));
    }
}

/// True if the output says that nothing is left: it claims what is so, that the operation was cancelled or the backup
/// deleted. A contract without claims has no say in it.
pub(super) fn reports_clean_end(evidence: &Evidence<'_>) -> bool {
    let tells = |claim| matches!(claim, Claim::Cancelled | Claim::Deleted) && evidence.truth.holds(claim);
    evidence.contract.claims.is_empty() || claims_made(evidence).iter().any(|made| tells(made.claim))
}

/// `leaked-credential`: the output holds what should be nobody else's. Whoever copies the sample prints a credential of their
/// own.
pub(super) fn leaked_credential(evidence: &Evidence<'_>, findings: &mut Vec<Finding>) {
    for printed in &evidence.observation.leaked_credentials {
        findings.push(Finding::new(Rule::LeakedCredential, format!("printed {printed}")));
    }
}

/// `output-differs`: standard output is not the expected one.
///
/// What a sample says of a fault that no scenario has named is its own to choose.
pub(super) fn output_differs(evidence: &Evidence<'_>, findings: &mut Vec<Finding>) {
    let meets_fault = || {
        let mut terms = evidence.observation.journal.iter().flat_map(Entry::terms);
        terms.any(|term| term.decision.is_fault())
    };
    if !evidence.ended_by_itself() || (evidence.scenario.expect.is_none() && meets_fault()) {
        return;
    }
    let expected = |outcome| evidence.contract.expected_output(&evidence.scenario.name, outcome);
    let Some(outcome) = evidence.outcome() else { return };
    let Some(template) = expected(outcome) else { return };
    let expected = match names_seen(evidence.placeholders, evidence.observation).fill(template) {
        Ok(text) => normal(&text),
        Err(error) => {
            // The loader refuses such a template; a contract from elsewhere may still hold one.
            let message = format!("the expected output cannot be filled in: {error}");
            findings.push(Finding::new(Rule::OutputDiffers, message));
            return;
        }
    };
    let Captured { text, dropped, .. } = &evidence.observation.stdout;
    let printed = normal(text);
    if printed == expected && *dropped == 0 {
        return;
    }
    let message = match dropped {
        0 => "standard output differs from the expected one".to_owned(),
        _ => format!(
            "standard output has {} bytes; {dropped} of them were not kept",
            evidence.observation.stdout.bytes
        ),
    };
    let promise = evidence.contract.promise_of_output(&evidence.scenario.name, outcome);
    let compared = TextDiff::from_lines(&expected, &printed);
    let unexpected = compared.iter_all_changes().find(|change| change.tag() == ChangeTag::Insert);
    let header = format!("expected ({promise})");
    let diff = compared.unified_diff().context_radius(3).header(&header, "printed").to_string();
    let finding = Finding { diff: Some(diff), ..Finding::new(Rule::OutputDiffers, message) };
    findings.push(match unexpected {
        Some(change) => finding.about(change.value().trim_end()),
        None => finding,
    });
}

/// Line ends of every system are one, and so is a missing line end at the end.
fn normal(text: &str) -> String {
    let mut text = text.replace("\r\n", "\n");
    if !text.is_empty() && !text.ends_with('\n') {
        text.push('\n');
    }
    text
}
