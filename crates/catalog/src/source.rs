//! The region in a file, which may be one of another repository, and where in the file its tags are wrong.

use std::ops::Range;
use std::path::Path;
use std::sync::Arc;

use crate::bounded::MostBytes;
use crate::diagnostic::{Diagnostic, Diagnostics, Place, whole_file};
use crate::region::Region;
use crate::region_error::RegionError;

/// Reads a file and finds the region of a tag in it.
///
/// # Errors
/// A file that cannot be read; a tag that is missing or does not fit the one before, with its place.
pub fn read_region(file: &Path, tag: &str) -> Result<(Vec<u8>, Region), Diagnostics> {
    let content = MostBytes::PAGE
        .read(file)
        .map_err(|error| whole_file(file, format!("the file with the code cannot be read: {error}")))?;
    match Region::find(&content, tag) {
        Ok(region) => Ok((content, region)),
        Err(error) => Err(diagnostic(file, &content, tag, &error).into()),
    }
}

/// What is wrong with a region, at its place in the file.
pub(crate) fn diagnostic(file: &Path, content: &[u8], tag: &str, error: &RegionError) -> Diagnostic {
    let place = error.place().map(|(words, at)| place(content, at, &format!("[{words}")));
    let help = matches!(error, RegionError::NoStart { .. } | RegionError::NoEnd { .. }).then(|| {
        format!("the code of a sample stands between a line with `[START {tag}]` and one with `[END {tag}]`")
    });
    Diagnostic { place, help, ..whole_file(file, error.to_string()) }
}

/// The place of a tag, which begins so, within a line. What is not UTF-8 is shown as U+FFFD, which is longer than what it stands for.
fn place(content: &[u8], line: &Range<usize>, tag: &str) -> Place {
    let shown = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    let (before, line) = (shown(&content[..line.start]), shown(&content[line.clone()]));
    let at = line.find(tag).unwrap_or(0);
    let length = line[at..].find(']').map_or(tag.len(), |end| end + 1);
    let start = before.len() + at;
    Place::new(&Arc::from(shown(content)), start..start + length)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn error(content: &[u8]) -> String {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("cancel.go");
        std::fs::write(&file, content).unwrap();
        let error = read_region(&file, "cancel").unwrap_err().to_string();
        error.replace(&folder.path().display().to_string(), "FOLDER")
    }

    #[test]
    fn a_tag_that_is_wrong_is_pointed_at() {
        insta::assert_snapshot!(error(b"// [START cancle]\n// [END cancle]\n"), @"
        error: no line holds `[START cancel]` (did you mean `cancle`?)
        --> FOLDER/cancel.go
         = help: the code of a sample stands between a line with `[START cancel]` and one with `[END cancel]`
        ");
        insta::assert_snapshot!(error(b"package main\n\n// [START cancel]\n"), @"
        error: `[START cancel]` in line 3 has no `[END cancel]` in a line below it
         --> FOLDER/cancel.go:3:4
          |
        3 | // [START cancel]
          |    ^^^^^^^^^^^^^^
          |
          = help: the code of a sample stands between a line with `[START cancel]` and one with `[END cancel]`
        ");
        insta::assert_snapshot!(error(b"// [START cancel]\n// x\n\xff // [START cancel]\n"), @"
        error: `[START cancel]` stands in line 3 once more, before `[END cancel]`
         --> FOLDER/cancel.go:3:6
          |
        3 | � // [START cancel]
          |      ^^^^^^^^^^^^^^
        ");
    }

    #[test]
    fn a_file_that_is_not_there_is_named() {
        insta::assert_snapshot!(read_region(Path::new("no/such/file.go"), "cancel").unwrap_err(), @"
        error: the file with the code cannot be read: No such file or directory (os error 2)
        --> no/such/file.go
        ");
    }

    #[test]
    fn the_region_and_the_bytes_of_the_whole_file_are_given() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("cancel.go");
        std::fs::write(&file, b"\xff\n[START cancel]\ncode\n[END cancel]\n").unwrap();
        let (content, region) = read_region(&file, "cancel").unwrap();
        assert_eq!(region.code(&content).bytes, b"code\n");
    }
}
