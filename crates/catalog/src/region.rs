//! Regions: the part of a file that pages publish, between a line with `[START tag]` and a line with `[END tag]`.
//!
//! All here works on bytes: a region is replaced without a look at the encoding or the line ends of what stays.

use std::ops::Range;

use rescind_model::suggestion;

use crate::lines::Lines;

/// Why a file has no region of the wanted tag, or more than one.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RegionError {
    /// No line holds the start tag.
    #[error("no line holds `[START {tag}]`{close}")]
    NoStart {
        /// The wanted tag.
        tag: String,
        /// ` (did you mean ...?)`, where the file has a tag that is close.
        close: String,
    },
    /// The start tag is there, and no end tag follows.
    #[error("`[START {tag}]` in line {line} has no `[END {tag}]` in a line below it")]
    NoEnd {
        /// The wanted tag.
        tag: String,
        /// The line of the start tag, from 1.
        line: u32,
        /// The bytes of that line.
        at: Range<usize>,
    },
    /// The tag opens or closes a second region. Which one to replace would be a guess.
    #[error("`[{which} {tag}]` stands in line {line} once more; a file has one region of a tag")]
    Twice {
        /// `START` or `END`.
        which: &'static str,
        /// The wanted tag.
        tag: String,
        /// The line of the second one, from 1.
        line: u32,
        /// The bytes of that line.
        at: Range<usize>,
    },
}

/// The region of a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Region {
    /// The bytes between the two lines that hold the tags.
    pub content: Range<usize>,
    /// The lines of the content.
    pub lines: Lines,
}

/// A file whose region was replaced.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Replaced {
    /// The bytes of the whole file.
    pub bytes: Vec<u8>,
    /// The lines of the new content.
    pub lines: Lines,
}

impl Region {
    /// Finds the region of a tag.
    ///
    /// # Errors
    /// A tag that is missing or there twice.
    pub fn find(source: &[u8], tag: &str) -> Result<Region, RegionError> {
        let start = only(source, "START", tag)?;
        let end = only(source, "END", tag)?;
        let Some(start) = start else {
            let close = suggestion(tag, tags(source).iter().map(String::as_str));
            return Err(RegionError::NoStart { tag: tag.to_owned(), close });
        };
        match end.filter(|end| end.start >= start.end) {
            Some(end) => {
                let content = start.end..end.start;
                let lines = Lines::of(&source[..content.start], &source[content.clone()]);
                Ok(Region { content, lines })
            }
            None => {
                let line = line_of(source, start.start);
                Err(RegionError::NoEnd { tag: tag.to_owned(), line, at: start })
            }
        }
    }

    /// The region's own bytes, out of the file that it was found in.
    pub fn code<'a>(&self, source: &'a [u8]) -> &'a [u8] {
        source.get(self.content.clone()).unwrap_or_default()
    }

    /// The file with other code in the region, byte for byte. Code that lacks its last line end gets one, in the
    /// way of the file, so that the end tag keeps a line of its own.
    pub fn replace(&self, source: &[u8], code: &[u8]) -> Replaced {
        let (before, after) = (&source[..self.content.start], &source[self.content.end..]);
        let line_end: &[u8] = match code.last() {
            None | Some(b'\n') => b"",
            Some(_) if before.ends_with(b"\r\n") => b"\r\n",
            Some(_) => b"\n",
        };
        Replaced { bytes: [before, code, line_end, after].concat(), lines: Lines::of(before, code) }
    }
}

/// The bytes of the only line that holds a tag, with its line end.
fn only(source: &[u8], which: &'static str, tag: &str) -> Result<Option<Range<usize>>, RegionError> {
    let wanted = format!("[{which} {tag}]");
    let mut at = 0;
    let mut found = None;
    for line in source.split_inclusive(|byte| *byte == b'\n') {
        let range = at..at + line.len();
        at = range.end;
        if !line.windows(wanted.len()).any(|window| window == wanted.as_bytes()) {
            continue;
        }
        if found.is_some() {
            let line = line_of(source, range.start);
            return Err(RegionError::Twice { which, tag: tag.to_owned(), line, at: range });
        }
        found = Some(range);
    }
    Ok(found)
}

fn line_of(source: &[u8], start: usize) -> u32 {
    Lines::of(&source[..start], b"").first
}

/// The tags of all regions that begin in a file.
fn tags(source: &[u8]) -> Vec<String> {
    let text = String::from_utf8_lossy(source);
    let after_start = text.split("[START ").skip(1);
    after_start.filter_map(|rest| rest.split_once(']').map(|(tag, _)| tag.to_owned())).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const FILE: &[u8] = b"a\n// [START one]\nb\n\tc\n// [END one]\nd";

    fn error(source: &[u8], tag: &str) -> String {
        Region::find(source, tag).unwrap_err().to_string()
    }

    #[test]
    fn a_region_is_what_lies_between_its_lines() {
        let region = Region::find(FILE, "one").unwrap();
        assert_eq!(region.code(FILE), b"b\n\tc\n");
        assert_eq!(region.lines, Lines { first: 3, last: 4 });
        let replaced = region.replace(FILE, b"x\r\n\xff\n");
        assert_eq!(replaced.bytes, b"a\n// [START one]\nx\r\n\xff\n// [END one]\nd");
        assert_eq!(replaced.lines, Lines { first: 3, last: 4 });
    }

    #[test]
    fn regions_may_nest_and_be_empty() {
        let source = b"[START out]\n[START in]\n[END in]\n[END out]\n";
        assert_eq!(Region::find(source, "out").unwrap().code(source), b"[START in]\n[END in]\n");
        let inner = Region::find(source, "in").unwrap();
        assert_eq!((inner.code(source), inner.lines), (&b""[..], Lines { first: 3, last: 2 }));
        assert_eq!(inner.replace(source, b"").bytes, source);
    }

    #[test]
    fn code_without_a_last_line_end_gets_that_of_the_file() {
        let source = b"[START t]\r\n[END t]\r\n";
        let region = Region::find(source, "t").unwrap();
        assert_eq!(region.replace(source, b"x").bytes, b"[START t]\r\nx\r\n[END t]\r\n");
    }

    #[test]
    fn what_is_wrong_with_the_tags_is_said() {
        insta::assert_snapshot!(error(FILE, "two"), @"no line holds `[START two]`");
        insta::assert_snapshot!(error(b"# [START spanner_cancel]\n", "spaner_cancel"), @"no line holds `[START spaner_cancel]` (did you mean `spanner_cancel`?)");
        insta::assert_snapshot!(error(b"\n[START t]\n", "t"), @"`[START t]` in line 2 has no `[END t]` in a line below it");
        insta::assert_snapshot!(error(b"[END t]\n[START t]\n", "t"), @"`[START t]` in line 2 has no `[END t]` in a line below it");
        insta::assert_snapshot!(error(b"[START t] [END t]\n", "t"), @"`[START t]` in line 1 has no `[END t]` in a line below it");
        insta::assert_snapshot!(error(b"[START t]\n[END t]\n[START t]\n", "t"), @"`[START t]` stands in line 3 once more; a file has one region of a tag");
        insta::assert_snapshot!(error(b"[START t]\n[END t]\n[END t]\n", "t"), @"`[END t]` stands in line 3 once more; a file has one region of a tag");
    }

    proptest! {
        #[test]
        fn what_was_put_in_is_found_again_and_all_else_stays(
            before in "[a-z\n\r]{0,20}", after in "[a-z\n\r]{0,20}", old in "([a-z]{0,5}\r?\n){0,3}",
            new in prop::collection::vec(any::<u8>().prop_filter("may be a tag", |byte| *byte != b'['), 0..30),
        ) {
            let source = format!("{before}\n#[START t]\r\n{old}#[END t]{after}").into_bytes();
            let region = Region::find(&source, "t").unwrap();
            prop_assert_eq!(region.code(&source), old.as_bytes());
            let replaced = region.replace(&source, &new);
            let again = Region::find(&replaced.bytes, "t").unwrap();
            prop_assert!(again.code(&replaced.bytes).starts_with(&new));
            prop_assert!(again.content.len() - new.len() <= 2);
            prop_assert_eq!(again.lines, replaced.lines);
            prop_assert_eq!(again.replace(&replaced.bytes, old.as_bytes()).bytes, source);
        }

        #[test]
        fn no_bytes_make_it_panic(source in prop::collection::vec(prop::sample::select(b"[STARTEND t]\r\n".to_vec()), 0..80)) {
            let _ = Region::find(&source, "t");
        }
    }
}
