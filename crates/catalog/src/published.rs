//! Published code, and where each of its lines is from.

use std::collections::BTreeMap;

use crate::lines::Lines;

/// Code as its publisher shows it: what may lie apart in a page or in a file is one here.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PublishedCode {
    /// The code, byte for byte.
    pub bytes: Vec<u8>,
    /// For each line of it, the line of the page or of the file that it is from, from 1.
    pub lines: Vec<u32>,
}

impl PublishedCode {
    /// Adds code whose lines follow each other from this one on. What was there before ends its line first.
    pub(crate) fn append(&mut self, code: &[u8], first_line: u32) {
        let count = u32::try_from(code.split_inclusive(|byte| *byte == b'\n').count()).unwrap_or(u32::MAX);
        let lines = (0..count).map(|index| first_line.saturating_add(index)).collect();
        self.join(PublishedCode { bytes: code.to_owned(), lines });
    }

    /// Adds other code. What was there before ends its line first.
    pub(crate) fn join(&mut self, other: PublishedCode) {
        if self.bytes.last().is_some_and(|byte| *byte != b'\n') {
            self.bytes.push(b'\n');
        }
        self.bytes.extend(other.bytes);
        self.lines.extend(other.lines);
    }

    /// The lines from the first that it is from to the last; none of code without lines.
    pub(crate) fn span(&self) -> Option<Lines> {
        Some(Lines { first: *self.lines.iter().min()?, last: *self.lines.iter().max()? })
    }
}

/// Where the lines of a sample's file are from that are published elsewhere.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LineOrigins(BTreeMap<u32, u32>);

impl LineOrigins {
    /// Notes that the lines of the file from this one on are from these lines.
    pub(crate) fn extend(&mut self, first_line: u32, origins: &[u32]) {
        self.0.extend((first_line..).zip(origins.iter().copied()));
    }

    /// That lines which follow each other in the file do so in the page, from `first_origin` on.
    #[must_use]
    pub fn of_block(lines: Lines, first_origin: u32) -> LineOrigins {
        LineOrigins((lines.first..=lines.last).zip(first_origin..).collect())
    }

    /// The line that a line of the file is from; none for a line of the sample's own project.
    pub fn of(&self, line: u32) -> Option<u32> {
        self.0.get(&line).copied()
    }

    /// The line that the first of them is from, for what is said of the code as a whole; 1 if there are none.
    pub fn first(&self) -> u32 {
        self.0.values().copied().min().unwrap_or(1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_line_keeps_its_origin() {
        let mut code = PublishedCode::default();
        code.append(b"a\r\nb", 7);
        code.append(b"", 9);
        code.append(b"c\n", 20);
        assert_eq!((code.bytes.as_slice(), code.lines.as_slice()), (&b"a\r\nb\nc\n"[..], &[7, 8, 20][..]));
        assert_eq!(code.span(), Some(Lines { first: 7, last: 20 }));
        let mut origins = LineOrigins::default();
        origins.extend(3, &code.lines);
        assert_eq!([2, 3, 4, 5, 6].map(|line| origins.of(line)), [None, Some(7), Some(8), Some(20), None]);
        assert_eq!(origins.first(), 7);
    }

    #[test]
    fn without_code_there_are_no_lines() {
        assert_eq!(PublishedCode::default().span(), None);
        assert_eq!(LineOrigins::of_block(Lines { first: 3, last: 2 }, 9).first(), 1);
    }
}
