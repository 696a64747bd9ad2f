//! What a sample printed, seen as promises are written: with the names of its case in braces.

use crate::{Contract, Observation, Placeholders, Stream};

/// The names of a case as the service saw them: where the sample chose an id of its own, that one, and the name of the
/// operation that it was given.
pub fn names_seen(names: &Placeholders, observation: &Observation) -> Placeholders {
    let mut names = names.clone();
    if let Some(operation) = observation.settled.own_operations().next() {
        names.operation.clone_from(&operation.name);
        let id = operation.name.split_once("/backups/").and_then(|(_, rest)| rest.split('/').next());
        if let Some(id) = id {
            names.backup = id.to_owned();
        }
    }
    names
}

/// The lines of standard output that no promise matches: neither a claim, nor a line of an expected output, be it that of
/// another outcome. Each once, in order.
///
/// `names` holds the names that the case was given.
pub fn unpromised<'a>(
    contract: &Contract,
    observation: &'a Observation,
    names: &Placeholders,
) -> Vec<&'a str> {
    let names = names_seen(names, observation);
    let texts = contract.outputs.values().chain(contract.outputs_by_scenario.values());
    let promised: Vec<String> = texts.filter_map(|text| names.fill(text).ok()).collect();
    let is_promised = |line: &str| {
        let claims = contract.claims.iter().filter(|claim| claim.stream == Stream::Stdout);
        claims.map(|claim| &claim.pattern).any(|pattern| pattern.is_match(line))
            || promised.iter().flat_map(|text| text.lines()).any(|known| known == line)
    };
    let mut lines: Vec<&str> = Vec::new();
    for line in observation.stdout.text.lines() {
        if !line.trim().is_empty() && !lines.contains(&line) && !is_promised(line) {
            lines.push(line);
        }
    }
    lines
}

#[cfg(test)]
mod tests {
    use regex::Regex;

    use super::*;
    use crate::judge::tests::placeholders;
    use crate::results::testing::observation;
    use crate::{Captured, Claim, ClaimPattern, Outcome};

    #[test]
    fn a_line_is_promised_by_a_claim_or_by_the_output_of_any_outcome() {
        let contract = Contract {
            claims: vec![ClaimPattern {
                claim: Claim::Cancelled,
                stream: Stream::Stdout,
                pattern: Regex::new("^Cancelled").unwrap(),
            }],
            outputs: [(Outcome::Completed, "Creating {backup}.\nDone.\n".to_owned())].into(),
            ..Contract::default()
        };
        let names = placeholders();
        let text = format!("Creating {}.\nCancelled it.\n\nBye.\nDone.\nBye.\n", names.backup);
        let seen = Observation { stdout: Captured { text, ..Captured::default() }, ..observation() };
        assert_eq!(unpromised(&contract, &seen, &names), ["Bye."]);
        assert_eq!(unpromised(&Contract::default(), &seen, &names).len(), 4);
    }
}
