//! The region in a file, which may be one of another repository, and where in the file its tags are wrong.

use std::ops::Range;
use std::path::Path;
use std::sync::Arc;

use crate::bounded::MostBytes;
use crate::diagnostic::{Diagnostic, Diagnostics, Place, whole_file};
use crate::region::{Region, RegionError};

/// Reads a file and finds the region of a tag in it.
///
/// # Errors
/// A file that cannot be read; a tag that is missing or there twice, with its place.
pub fn read_region(file: &Path, tag: &str) -> Result<(Vec<u8>, Region), Diagnostics> {
    let content = MostBytes::PAGE
        .read(file)
        .map_err(|error| whole_file(file, format!("the file with the code cannot be read: {error}")))?;
    match Region::find(&content, tag) {
        Ok(region) => Ok((content, region)),
        Err(error) => Err(diagnostic(file, &content, tag, &error).into()),
    }
}

fn diagnostic(file: &Path, content: &[u8], tag: &str, error: &RegionError) -> Diagnostic {
    let (place, help) = match error {
        RegionError::NoStart { .. } => (None, true),
        RegionError::NoEnd { at, .. } => (Some(place(content, at, &format!("[START {tag}]"))), true),
        RegionError::Twice { which, at, .. } => {
            (Some(place(content, at, &format!("[{which} {tag}]"))), false)
        }
    };
    let help = help.then(|| {
        format!("the code of a sample stands between a line with `[START {tag}]` and one with `[END {tag}]`")
    });
    Diagnostic { place, help, ..whole_file(file, error.to_string()) }
}

/// The place of a tag within a line. What is not UTF-8 is shown as U+FFFD, which is longer than what it stands for.
fn place(content: &[u8], line: &Range<usize>, tag: &str) -> Place {
    let shown = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    let (before, line) = (shown(&content[..line.start]), shown(&content[line.clone()]));
    let start = before.len() + line.find(tag).unwrap_or(0);
    Place::new(&Arc::from(shown(content)), start..start + tag.len())
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
        insta::assert_snapshot!(error(b"// [START cancel]\n// [END cancel]\n\xff // [START cancel]\n"), @"
        error: `[START cancel]` stands in line 3 once more; a file has one region of a tag
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
        assert_eq!(region.code(&content), b"code\n");
    }
}
