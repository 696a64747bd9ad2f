//! Regions: the part of a file that pages publish, between a line with `[START tag]` and a line with `[END tag]`.
//!
//! The rules are those of the publisher's own tools: a tag may come several times, and what lies between is joined in
//! order; the lines from `[START_EXCLUDE]` to `[END_EXCLUDE]` are left out.
//!
//! All here works on bytes: a region is replaced without a look at the encoding or the line ends of what stays.

use std::ops::Range;

use rescind_model::suggestion;

use crate::lines::Lines;
use crate::published::PublishedCode;
use crate::region_error::RegionError;

/// The region of a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Region {
    /// The tag.
    tag: String,
    /// The bytes between the lines that hold the tags, for each time that they come.
    parts: Vec<Range<usize>>,
    /// The same without what is excluded.
    published: Vec<Range<usize>>,
    /// The lines from the first part's beginning to the last part's end.
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
    /// A tag that is missing, or whose start and end do not follow each other.
    pub fn find(source: &[u8], tag: &str) -> Result<Region, RegionError> {
        let mut reader = RegionReader { source, tag, ..RegionReader::default() };
        let mut at = 0;
        for line in source.split_inclusive(|byte| *byte == b'\n') {
            let range = at..at + line.len();
            at = range.end;
            reader.line(line, range)?;
        }
        reader.end()
    }

    /// The published code, out of the file that the region was found in: all parts in order, without what is excluded.
    pub fn code(&self, source: &[u8]) -> PublishedCode {
        let mut code = PublishedCode::default();
        for part in &self.published {
            let bytes = source.get(part.clone()).unwrap_or_default();
            code.append(bytes, line_of(source, part.start));
        }
        code
    }

    /// All of the file that is not published, each piece with its line.
    pub(crate) fn outside<'a>(&self, source: &'a [u8]) -> Vec<(&'a [u8], u32)> {
        let mut pieces = Vec::new();
        let mut at = 0;
        for part in self.parts.iter().chain([&(source.len()..source.len())]) {
            pieces.push((source.get(at..part.start).unwrap_or_default(), line_of(source, at)));
            at = part.end;
        }
        pieces
    }

    /// The bytes that other code takes the place of.
    ///
    /// # Errors
    /// The region has several parts.
    pub(crate) fn only_part(&self, source: &[u8]) -> Result<Range<usize>, RegionError> {
        match self.parts.as_slice() {
            [only] => Ok(only.clone()),
            parts => {
                let content = parts.get(1).map_or(0, |second| second.start);
                let start = source[..content.saturating_sub(1)].iter().rposition(|byte| *byte == b'\n');
                let at = start.map_or(0, |end| end + 1)..content;
                let line = line_of(source, at.start);
                Err(RegionError::SeveralParts { tag: self.tag.clone(), line, at })
            }
        }
    }

    /// The file with other code in the region, byte for byte. Code that lacks its last line end gets one, in the
    /// way of the file, so that the end tag keeps a line of its own.
    ///
    /// # Errors
    /// The region has several parts.
    pub fn replace(&self, source: &[u8], code: &[u8]) -> Result<Replaced, RegionError> {
        let content = self.only_part(source)?;
        let (before, after) = (&source[..content.start], &source[content.end..]);
        let line_end: &[u8] = match code.last() {
            None | Some(b'\n') => b"",
            Some(_) if before.ends_with(b"\r\n") => b"\r\n",
            Some(_) => b"\n",
        };
        Ok(Replaced { bytes: [before, code, line_end, after].concat(), lines: Lines::of(before, code) })
    }
}

/// The tags without their brackets between which a region leaves lines out. The first may be followed by how the
/// publisher shows the gap: `START_EXCLUDE silent`.
const EXCLUDE: [&str; 2] = ["START_EXCLUDE", "END_EXCLUDE"];

/// Goes through the lines of a file.
#[derive(Default)]
struct RegionReader<'a> {
    source: &'a [u8],
    tag: &'a str,
    parts: Vec<Range<usize>>,
    published: Vec<Range<usize>>,
    /// The line that opened the part that is being read.
    open: Option<Range<usize>>,
    /// The line that opened what is being left out.
    excluded: Option<Range<usize>>,
    /// Where what is published began.
    since: usize,
}

impl RegionReader<'_> {
    fn line(&mut self, line: &[u8], range: Range<usize>) -> Result<(), RegionError> {
        let [opens, closes] = self.words();
        if holds(line, &format!("[{opens}]")) {
            if self.open.is_some() {
                let line = line_of(self.source, range.start);
                return Err(RegionError::OpenAlready { opens, closes, line, at: range });
            }
            self.since = range.end;
            self.open = Some(range);
        } else if holds(line, &format!("[{closes}]")) {
            let Some(open) = self.open.take() else {
                let line = line_of(self.source, range.start);
                return Err(RegionError::NotOpen { opens, closes, line, at: range });
            };
            if let Some(excluded) = self.excluded.take() {
                return Err(self.no_end(EXCLUDE.map(str::to_owned), excluded));
            }
            self.publish(range.start);
            self.parts.push(open.end..range.start);
        } else if self.open.is_some() {
            self.exclusion(line, range)?;
        }
        Ok(())
    }

    /// A line within a part.
    fn exclusion(&mut self, line: &[u8], range: Range<usize>) -> Result<(), RegionError> {
        let [opens, closes] = EXCLUDE.map(str::to_owned);
        if holds(line, &format!("[{opens}]")) || holds(line, &format!("[{opens} ")) {
            if self.excluded.is_some() {
                let line = line_of(self.source, range.start);
                return Err(RegionError::OpenAlready { opens, closes, line, at: range });
            }
            self.publish(range.start);
            self.excluded = Some(range);
        } else if holds(line, &format!("[{closes}]")) {
            if self.excluded.take().is_none() {
                let line = line_of(self.source, range.start);
                return Err(RegionError::NotOpen { opens, closes, line, at: range });
            }
            self.since = range.end;
        }
        Ok(())
    }

    fn publish(&mut self, end: usize) {
        if self.since < end {
            self.published.push(self.since..end);
        }
    }

    fn end(self) -> Result<Region, RegionError> {
        if let Some(open) = &self.open {
            return Err(self.no_end(self.words(), open.clone()));
        }
        let (Some(first), Some(last)) = (self.parts.first(), self.parts.last()) else {
            let close = suggestion(self.tag, tags(self.source).iter().map(String::as_str));
            return Err(RegionError::NoStart { tag: self.tag.to_owned(), close });
        };
        let lines = Lines::of(&self.source[..first.start], &self.source[first.start..last.end]);
        Ok(Region { tag: self.tag.to_owned(), parts: self.parts, published: self.published, lines })
    }

    /// What stands in the brackets of the region's own tags.
    fn words(&self) -> [String; 2] {
        [format!("START {}", self.tag), format!("END {}", self.tag)]
    }

    fn no_end(&self, [opens, closes]: [String; 2], at: Range<usize>) -> RegionError {
        RegionError::NoEnd { opens, closes, line: line_of(self.source, at.start), at }
    }
}

fn holds(line: &[u8], wanted: &str) -> bool {
    line.windows(wanted.len()).any(|window| window == wanted.as_bytes())
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

    /// The published code, and the lines that it is from.
    fn code(source: &[u8], tag: &str) -> (String, Vec<u32>) {
        let code = Region::find(source, tag).unwrap().code(source);
        (String::from_utf8(code.bytes).unwrap(), code.lines)
    }

    #[test]
    fn a_region_is_what_lies_between_its_lines() {
        let region = Region::find(FILE, "one").unwrap();
        assert_eq!(region.code(FILE).bytes, b"b\n\tc\n");
        assert_eq!(region.lines, Lines { first: 3, last: 4 });
        let replaced = region.replace(FILE, b"x\r\n\xff\n").unwrap();
        assert_eq!(replaced.bytes, b"a\n// [START one]\nx\r\n\xff\n// [END one]\nd");
        assert_eq!(replaced.lines, Lines { first: 3, last: 4 });
    }

    #[test]
    fn regions_may_nest_and_be_empty() {
        let source = b"[START out]\n[START in]\n[END in]\n[END out]\n";
        assert_eq!(Region::find(source, "out").unwrap().code(source).bytes, b"[START in]\n[END in]\n");
        let inner = Region::find(source, "in").unwrap();
        assert_eq!((inner.code(source).bytes, inner.lines), (vec![], Lines { first: 3, last: 2 }));
        assert_eq!(inner.replace(source, b"").unwrap().bytes, source);
    }

    #[test]
    fn a_tag_that_comes_several_times_is_joined_in_order() {
        let source = b"# [START t]\nimport a\n# [END t]\nhidden\n# [START t]\n\n  b\n# [END t]\n# [START t]\nc\n# [END t]\n";
        assert_eq!(code(source, "t"), ("import a\n\n  b\nc\n".to_owned(), vec![2, 6, 7, 10]));
        let region = Region::find(source, "t").unwrap();
        assert_eq!(region.lines, Lines { first: 2, last: 10 });
        insta::assert_snapshot!(region.replace(source, b"x").unwrap_err(), @"`[START t]` stands in line 5 once more; a region that other code takes the place of has one part");
    }

    #[test]
    fn excluded_lines_are_left_out() {
        for tag in ["[START_EXCLUDE]", "[START_EXCLUDE silent]"] {
            let source = format!(
                "[START t]\na\n  // {tag}\nb\n  // [END_EXCLUDE]\nc\n#{tag}\n#[END_EXCLUDE]\n[END t]\n"
            );
            assert_eq!(code(source.as_bytes(), "t"), ("a\nc\n".to_owned(), vec![2, 6]), "{tag}");
            let replaced = Region::find(source.as_bytes(), "t").unwrap().replace(source.as_bytes(), b"x");
            assert_eq!(replaced.unwrap().bytes, b"[START t]\nx\n[END t]\n", "all of it gives way");
        }
        // What is excluded elsewhere does not matter here.
        let source = b"[START_EXCLUDE]\n[START t]\na\n[END t]\n[END_EXCLUDE]\n";
        assert_eq!(code(source, "t").0, "a\n");
    }

    #[test]
    fn code_without_a_last_line_end_gets_that_of_the_file() {
        let source = b"[START t]\r\n[END t]\r\n";
        let region = Region::find(source, "t").unwrap();
        assert_eq!(region.replace(source, b"x").unwrap().bytes, b"[START t]\r\nx\r\n[END t]\r\n");
    }

    #[test]
    fn what_is_wrong_with_the_tags_is_said() {
        insta::assert_snapshot!(error(FILE, "two"), @"no line holds `[START two]`");
        insta::assert_snapshot!(error(b"# [START spanner_cancel]\n", "spaner_cancel"), @"no line holds `[START spaner_cancel]` (did you mean `spanner_cancel`?)");
        insta::assert_snapshot!(error(b"\n[START t]\n", "t"), @"`[START t]` in line 2 has no `[END t]` in a line below it");
        insta::assert_snapshot!(error(b"[END t]\n[START t]\n", "t"), @"`[END t]` in line 1 has no `[START t]` above it");
        insta::assert_snapshot!(error(b"[START t] [END t]\n", "t"), @"`[START t]` in line 1 has no `[END t]` in a line below it");
        insta::assert_snapshot!(error(b"[START t]\n[END t]\n[START t]\n", "t"), @"`[START t]` in line 3 has no `[END t]` in a line below it");
        insta::assert_snapshot!(error(b"[START t]\n[START t]\n[END t]\n", "t"), @"`[START t]` stands in line 2 once more, before `[END t]`");
        insta::assert_snapshot!(error(b"[START t]\n[END t]\n[END t]\n", "t"), @"`[END t]` in line 3 has no `[START t]` above it");
        insta::assert_snapshot!(error(b"[START t]\n[START_EXCLUDE]\n[END t]\n", "t"), @"`[START_EXCLUDE]` in line 2 has no `[END_EXCLUDE]` in a line below it");
        insta::assert_snapshot!(error(b"[START t]\n[END_EXCLUDE]\n[END t]\n", "t"), @"`[END_EXCLUDE]` in line 2 has no `[START_EXCLUDE]` above it");
        insta::assert_snapshot!(error(b"[START t]\n[START_EXCLUDE]\n[START_EXCLUDE silent]\n", "t"), @"`[START_EXCLUDE]` stands in line 3 once more, before `[END_EXCLUDE]`");
    }

    proptest! {
        #[test]
        fn what_was_put_in_is_found_again_and_all_else_stays(
            before in "[a-z\n\r]{0,20}", after in "[a-z\n\r]{0,20}", old in "([a-z]{0,5}\r?\n){0,3}",
            new in prop::collection::vec(any::<u8>().prop_filter("may be a tag", |byte| *byte != b'['), 0..30),
        ) {
            let source = format!("{before}\n#[START t]\r\n{old}#[END t]{after}").into_bytes();
            let region = Region::find(&source, "t").unwrap();
            prop_assert_eq!(region.code(&source).bytes, old.as_bytes());
            let replaced = region.replace(&source, &new).unwrap();
            let again = Region::find(&replaced.bytes, "t").unwrap();
            let found = again.code(&replaced.bytes).bytes;
            prop_assert!(found.starts_with(&new));
            prop_assert!(found.len() - new.len() <= 2);
            prop_assert_eq!(again.lines, replaced.lines);
            prop_assert_eq!(again.replace(&replaced.bytes, old.as_bytes()).unwrap().bytes, source);
        }

        #[test]
        fn no_bytes_make_it_panic(source in prop::collection::vec(prop::sample::select(b"[STARTEND_XCLU t]\r\n".to_vec()), 0..80)) {
            if let Ok(region) = Region::find(&source, "t") {
                let code = region.code(&source);
                prop_assert!(code.bytes.len() <= source.len());
            }
        }
    }
}
