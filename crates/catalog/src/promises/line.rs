//! The lines that cases printed, each with the cases that printed it.

use regex::Regex;
use rescind_model::Stream;
use similar::TextDiff;

use super::proposal::ProposedClaim;

/// From how much likeness on (0 to 1) a line is taken for the rewording of a claim.
const LIKENESS: f32 = 0.55;

/// A line, as promises are written.
pub(super) struct PrintedLine {
    pub(super) stream: Stream,
    /// The line as the first case printed it.
    pub(super) text: String,
    /// The same with each row of digits as one mark: what lines of one kind have in common.
    masked: String,
    /// True if cases printed other digits in it.
    has_other_digits: bool,
    /// The cases that printed it, each once.
    pub(super) cases: Vec<usize>,
    /// True if it was the first to be printed to its stream, in some case. What follows it on standard error tells more of
    /// the same failure.
    pub(super) leads: bool,
}

/// The lines of all cases.
pub(super) struct PrintedLines(Vec<PrintedLine>);

impl PrintedLines {
    /// The lines of the cases' standard output and standard error. What is indented on standard error is the frame of a
    /// trace, or the rest of a sentence, and makes no claim.
    pub(super) fn of<'a>(cases: impl Iterator<Item = (&'a str, &'a str)>) -> PrintedLines {
        let mut lines = PrintedLines(Vec::new());
        for (index, (stdout, stderr)) in cases.enumerate() {
            for (stream, text) in [(Stream::Stdout, stdout), (Stream::Stderr, stderr)] {
                let is_frame =
                    |line: &&str| stream == Stream::Stderr && line.starts_with(char::is_whitespace);
                let printed = text.lines().filter(|line| !line.trim().is_empty() && !is_frame(line));
                printed.enumerate().for_each(|(at, line)| lines.note(stream, line, index, at == 0));
            }
        }
        lines
    }

    fn note(&mut self, stream: Stream, text: &str, case: usize, leads: bool) {
        let masked = mask(text);
        match self.0.iter_mut().find(|line| line.stream == stream && line.masked == masked) {
            Some(line) => {
                line.has_other_digits |= line.text != text;
                line.leads |= leads;
                if line.cases.last() != Some(&case) {
                    line.cases.push(case);
                }
            }
            None => self.0.push(PrintedLine {
                stream,
                text: text.to_owned(),
                masked,
                has_other_digits: false,
                cases: vec![case],
                leads,
            }),
        }
    }

    /// Takes out the lines that a pattern finds, and gives the cases that printed them, each once.
    pub(super) fn take(&mut self, stream: Stream, pattern: &Regex) -> Vec<usize> {
        let mut cases: Vec<usize> = Vec::new();
        self.0.retain(|line| {
            let is_made = line.stream == stream && pattern.is_match(&line.text);
            if is_made {
                cases.extend(&line.cases);
            }
            !is_made
        });
        cases.sort_unstable();
        cases.dedup();
        cases
    }

    /// What is left, in the order in which it was first printed.
    pub(super) fn rest(self) -> Vec<PrintedLine> {
        self.0
    }
}

impl PrintedLine {
    /// The regular expression that finds the line: names of the case and digits that differ are whatever they are.
    pub(super) fn pattern(&self) -> String {
        let mut pattern = "^".to_owned();
        let mut rest = self.text.as_str();
        while let Some(first) = rest.chars().next() {
            let name = rest.strip_prefix('{').and_then(|inner| inner.split_once('}')).map(|(name, _)| name);
            let digits = rest.len() - rest.trim_start_matches(|it: char| it.is_ascii_digit()).len();
            if rest.starts_with("{{") || rest.starts_with("}}") {
                pattern.push_str(&regex::escape(&rest[..1]));
                rest = &rest[2..];
            } else if let Some(name) = name {
                pattern.push_str(r"\S+");
                rest = &rest[name.len() + 2..];
            } else if self.has_other_digits && digits > 0 {
                pattern.push_str(r"\d+");
                rest = &rest[digits..];
            } else {
                pattern.push_str(&regex::escape(first.encode_utf8(&mut [0; 4])));
                rest = &rest[first.len_utf8()..];
            }
        }
        pattern + "$"
    }

    /// The claim of the same stream that this line is most like, if it is like any: its place in the list.
    pub(super) fn most_like(&self, claims: &[ProposedClaim]) -> Option<usize> {
        let own = self.pattern();
        let likeness =
            |claim: &ProposedClaim| TextDiff::from_chars(claim.pattern.as_str(), own.as_str()).ratio();
        let of_stream = claims.iter().enumerate().filter(|(_, claim)| claim.stream == self.stream);
        let (index, best) =
            of_stream.map(|(index, claim)| (index, likeness(claim))).max_by(|a, b| a.1.total_cmp(&b.1))?;
        (best >= LIKENESS).then_some(index)
    }
}

fn mask(text: &str) -> String {
    let mut masked = String::with_capacity(text.len());
    for character in text.chars() {
        match character.is_ascii_digit() {
            true if masked.ends_with('0') => {}
            true => masked.push('0'),
            false => masked.push(character),
        }
    }
    masked
}

#[cfg(test)]
mod tests {
    use rescind_model::Claim;

    use super::*;

    fn lines(cases: &[&str]) -> Vec<PrintedLine> {
        PrintedLines::of(cases.iter().map(|text| (*text, ""))).rest()
    }

    #[test]
    fn lines_of_one_kind_are_one_line_and_their_pattern_finds_all_of_them() {
        let found = lines(&["Took 12 s for {backup} (v1.0).\n", "Took 7 s for {backup} (v1.0).\n", "x 1\n"]);
        assert_eq!(found[0].cases, [0, 1]);
        insta::assert_snapshot!(found[0].pattern(), @r"^Took \d+ s for \S+ \(v\d+\.\d+\)\.$");
        insta::assert_snapshot!(found[1].pattern(), @"^x 1$");
        insta::assert_snapshot!(lines(&["{{a}} of {backup}\n"])[0].pattern(), @r"^\{a\} of \S+$");
    }

    #[test]
    fn a_reworded_claim_is_found_by_its_likeness() {
        let claim = |claim, pattern: &str| ProposedClaim {
            claim,
            stream: Stream::Stdout,
            pattern: pattern.to_owned(),
            note: String::new(),
        };
        let claims = [
            claim(Claim::Deleted, r"^Backup deleted\.$"),
            claim(Claim::Cancelled, r"^Backup creation was successfully cancelled\.$"),
        ];
        let like = |text: &str| lines(&[text])[0].most_like(&claims);
        assert_eq!(like("Creation of the backup was successfully canceled.\n"), Some(1));
        assert_eq!(like("The backup is deleted.\n"), Some(0));
        assert_eq!(like("Hello, world\n"), None);
    }
}
