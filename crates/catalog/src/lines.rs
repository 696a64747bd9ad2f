//! Lines of a file.

/// Lines of a file, from 1, the last included. Without any lines, the last is one less than the first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Lines {
    /// The first line.
    pub first: u32,
    /// The last line.
    pub last: u32,
}

impl Lines {
    /// The lines of a part of a text. The part begins at the beginning of a line.
    pub(crate) fn of(before: &[u8], part: &[u8]) -> Lines {
        let first = line_ends(before) + 1;
        let unfinished = part.last().is_some_and(|byte| *byte != b'\n');
        Lines { first, last: first + line_ends(part) + u32::from(unfinished) - 1 }
    }
}

impl std::fmt::Display for Lines {
    /// `12-34`, as in `file:12-34`.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}-{}", self.first, self.last)
    }
}

fn line_ends(bytes: &[u8]) -> u32 {
    let count = bytes.iter().filter(|byte| **byte == b'\n').count();
    u32::try_from(count).unwrap_or(u32::MAX - 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_counted_from_1_and_the_last_may_lack_its_end() {
        assert_eq!(Lines::of(b"", b"a\nb\n"), Lines { first: 1, last: 2 });
        assert_eq!(Lines::of(b"x\r\ny\r\n", b"a\r\nb"), Lines { first: 3, last: 4 });
        assert_eq!(Lines::of(b"x\n", b""), Lines { first: 2, last: 1 });
    }
}
