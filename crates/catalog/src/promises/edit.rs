//! Proposals put into the text of a team's file, which keeps all else that is in it.

use super::proposal::Proposal;

/// The text of a `rescind.yaml` that is being written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TeamText(String);

/// Why promises cannot be put into a file.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "line {line}: `{key}` is written on one line, in braces: write it as lines of its own, and try again"
)]
pub struct EditError {
    /// The line, from 1.
    pub line: usize,
    /// The key whose value cannot be replaced.
    pub key: String,
}

/// A key with what belongs below it: lines of a text, from the first to before the last.
struct KeyBlock {
    first: usize,
    end: usize,
    /// How far the key is indented.
    indent: usize,
}

impl TeamText {
    /// A file of this text.
    pub fn new(text: impl Into<String>) -> TeamText {
        let mut text = text.into();
        if !text.is_empty() && !text.ends_with('\n') {
            text.push('\n');
        }
        TeamText(text)
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Puts what a sample is proposed to promise in the place of what stands in the file, or where it would stand.
    ///
    /// # Errors
    /// What is there stands in braces on one line.
    pub fn put(&mut self, proposal: &Proposal) -> Result<(), EditError> {
        let name = proposal.sample.to_string();
        let all = 0..self.lines().len();
        let Some(samples) = self.key("samples", all, Some(0))? else {
            let gap = if self.0.is_empty() { "" } else { "\n" };
            self.0 += &format!("{gap}samples:\n  {name}:\n{}", proposal.published(4));
            return Ok(());
        };
        let Some(sample) = self.key(&name, samples.first + 1..samples.end, None)? else {
            let indent = self.indent_within(&samples).unwrap_or(2);
            let text = format!("{}{name}:\n{}", " ".repeat(indent), proposal.published(indent + 2));
            self.replace(samples.end, samples.end, &text);
            return Ok(());
        };
        let indent = self.indent_within(&sample).unwrap_or(sample.indent + 2);
        let text = proposal.published(indent);
        match self.key("published", sample.first + 1..sample.end, Some(indent))? {
            Some(published) => self.replace(published.first, published.end, &text),
            None => self.replace(sample.end, sample.end, &text),
        }
        Ok(())
    }

    fn lines(&self) -> Vec<&str> {
        self.0.split_inclusive('\n').collect()
    }

    /// A key among these lines, with all lines below it that are indented further. Blank lines and comments at its end belong
    /// to what comes after it.
    fn key(
        &self,
        key: &str,
        among: std::ops::Range<usize>,
        indent: Option<usize>,
    ) -> Result<Option<KeyBlock>, EditError> {
        let lines = self.lines();
        let is_key = |line: &str| {
            let rest = line.trim_start();
            let rest = [format!("{key}:"), format!("\"{key}\":"), format!("'{key}':")]
                .iter()
                .find_map(|start| rest.strip_prefix(start.as_str()))?;
            rest.starts_with(char::is_whitespace).then(|| rest.trim().to_owned())
        };
        for first in among.clone() {
            let Some(value) = lines.get(first).and_then(|line| is_key(line)) else { continue };
            let own = indent_of(lines[first]);
            if indent.is_some_and(|indent| indent != own) {
                continue;
            }
            if !value.is_empty() && !value.starts_with('#') {
                return Err(EditError { line: first + 1, key: key.to_owned() });
            }
            let mut end = first + 1;
            for (index, line) in lines.iter().enumerate().take(among.end).skip(first + 1) {
                let is_gap = line.trim().is_empty() || line.trim_start().starts_with('#');
                if indent_of(line) > own && !line.trim().is_empty() {
                    end = index + 1;
                } else if !is_gap {
                    break;
                }
            }
            return Ok(Some(KeyBlock { first, end, indent: own }));
        }
        Ok(None)
    }

    /// How far the keys below a key are indented.
    fn indent_within(&self, block: &KeyBlock) -> Option<usize> {
        let lines = self.lines();
        let below = lines.get(block.first + 1..block.end)?;
        below.iter().find(|line| !line.trim_start().starts_with('#')).map(|line| indent_of(line))
    }

    fn replace(&mut self, first: usize, end: usize, text: &str) {
        let lines = self.lines();
        let (before, after) = (lines[..first].concat(), lines[end..].concat());
        self.0 = format!("{before}{text}{after}");
    }
}

fn indent_of(line: &str) -> usize {
    line.len() - line.trim_start_matches(' ').len()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    fn proposal() -> Proposal {
        Proposal {
            sample: "spanner/go".parse().unwrap(),
            claims: Vec::new(),
            outputs: BTreeMap::from([("failed".to_owned(), "It failed.\n".to_owned())]),
            notes: Vec::new(),
            is_new: true,
        }
    }

    fn put(text: &str) -> String {
        let mut file = TeamText::new(text);
        file.put(&proposal()).unwrap();
        file.as_str().to_owned()
    }

    #[test]
    fn what_stands_there_is_replaced_and_all_else_is_kept() {
        insta::assert_snapshot!(put("\
pages: [a.md] # ours
samples:
    spanner/go:
        run: # slow
            deadline: 3h
        published:
            claims: []

            # old

    # the other
    spanner/python:
        published: {}
severity: {}
"), @"
        pages: [a.md] # ours
        samples:
            spanner/go:
                run: # slow
                    deadline: 3h
                published:
                  claims: []
                  outputs:
                    failed: |
                      It failed.

            # the other
            spanner/python:
                published: {}
        severity: {}
        ");
    }

    #[test]
    fn what_does_not_stand_there_is_put_where_it_belongs() {
        insta::assert_snapshot!(put(""), @"
        samples:
          spanner/go:
            published:
              claims: []
              outputs:
                failed: |
                  It failed.
        ");
        insta::assert_snapshot!(put("samples:\n  spanner/php:\n    title: PHP\n\nlanguages: [go]\n"), @"
        samples:
          spanner/php:
            title: PHP
          spanner/go:
            published:
              claims: []
              outputs:
                failed: |
                  It failed.

        languages: [go]
        ");
        insta::assert_snapshot!(put("samples:\n  'spanner/go':\n    title: Go"), @"
        samples:
          'spanner/go':
            title: Go
            published:
              claims: []
              outputs:
                failed: |
                  It failed.
        ");
    }

    #[test]
    fn what_stands_in_braces_is_left_to_a_person() {
        let wrong = TeamText::new("\nsamples: { spanner/go: {} }\n").put(&proposal()).unwrap_err();
        insta::assert_snapshot!(wrong, @"line 2: `samples` is written on one line, in braces: write it as lines of its own, and try again");
    }
}
