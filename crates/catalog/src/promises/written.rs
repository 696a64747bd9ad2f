//! A proposal as it stands in `rescind.yaml`.

use std::fmt::Write as _;

use rescind_model::Stream;

use super::proposal::{Proposal, ProposedClaim};
use crate::written::quoted;

impl Proposal {
    /// The key `published` and what belongs below it, as lines of YAML, indented by so many blanks.
    pub fn published(&self, indent: usize) -> String {
        let mut text = String::new();
        let mut line = |depth: usize, content: &str| {
            let blanks = " ".repeat(indent + 2 * depth);
            // To a `String`, nothing fails to be written.
            let _ = writeln!(text, "{}", format!("{blanks}{content}").trim_end());
        };
        line(0, "published:");
        for note in &self.notes {
            line(1, &format!("# {}", one_line(note)));
        }
        line(1, if self.claims.is_empty() { "claims: []" } else { "claims:" });
        for claim in &self.claims {
            line(2, &format!("# {}", one_line(&claim.note)));
            line(2, &format!("- {}", written(claim)));
        }
        if !self.outputs.is_empty() {
            line(1, "outputs:");
        }
        for (key, text) in &self.outputs {
            match block(text) {
                None => line(2, &format!("{key}: {}", quoted(text))),
                Some(lines) => {
                    line(2, &format!("{key}: |"));
                    lines.iter().for_each(|content| line(3, content));
                }
            }
        }
        text
    }
}

fn written(claim: &ProposedClaim) -> String {
    let stream = match claim.stream {
        Stream::Stdout => "",
        Stream::Stderr => ", stream: stderr",
    };
    format!("{{ claim: {}, pattern: {}{stream} }}", claim.claim, pattern(&claim.pattern))
}

/// A pattern in single quotes, in which YAML takes a backslash for itself; in double ones where it cannot stand so.
fn pattern(text: &str) -> String {
    if text.chars().any(char::is_control) { quoted(text) } else { format!("'{}'", text.replace('\'', "''")) }
}

/// The lines of a text that can stand as a block, which keeps them as they are.
fn block(text: &str) -> Option<Vec<&str>> {
    let lines: Vec<&str> = text.strip_suffix('\n')?.split('\n').collect();
    let is_plain = |line: &&str| {
        !line.chars().any(char::is_control) && !line.ends_with(char::is_whitespace) && !line.is_empty()
    };
    let begins_plain = lines.first().is_some_and(|first| !first.starts_with(char::is_whitespace));
    (begins_plain && lines.iter().all(is_plain)).then_some(lines)
}

/// A comment is one line, whatever a sample printed.
fn one_line(text: &str) -> String {
    text.chars().map(|it| if it.is_control() { '\u{fffd}' } else { it }).collect()
}

#[cfg(test)]
mod tests {
    use rescind_model::Claim;

    use super::*;

    #[test]
    fn whatever_was_printed_is_yaml_that_says_it() {
        let proposal = Proposal {
            sample: "spanner/go".parse().unwrap(),
            claims: vec![ProposedClaim {
                claim: Claim::Failed,
                stream: Stream::Stderr,
                pattern: r"^can't: \S+$".to_owned(),
                note: "Printed in one case, and true.\r\nmore: yes".to_owned(),
            }],
            outputs: [
                ("cancelled".to_owned(), "Cancelled {backup}.\n  It is: so # now\n".to_owned()),
                ("completed".to_owned(), " begins with a blank\n".to_owned()),
                ("failed".to_owned(), String::new()),
            ]
            .into(),
            notes: vec!["Printed, and taken for no claim: ---".to_owned()],
            is_new: true,
        };
        insta::assert_snapshot!(proposal.published(2), @r#"
          published:
            # Printed, and taken for no claim: ---
            claims:
              # Printed in one case, and true.��more: yes
              - { claim: failed, pattern: '^can''t: \S+$', stream: stderr }
            outputs:
              cancelled: |
                Cancelled {backup}.
                  It is: so # now
              completed: " begins with a blank\n"
              failed: ""
        "#);
    }
}
