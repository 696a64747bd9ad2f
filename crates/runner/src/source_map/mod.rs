//! Which line of the published code made a finding.
//!
//! The process ran a file of the project's copy, in which the published code stands some lines further down or up than in its
//! page. A finding's place is the line in the page: that of the frame of a traceback, or of the print. Where neither is known,
//! there is none, and the code as a whole is to blame.

mod literal;
mod traceback;

use std::collections::BTreeMap;
use std::path::Path;

use rescind_catalog::{PlannedSample, SampleCode};
use rescind_model::{Finding, Location, Observation, PublishedSource, Rule, SourcePiece};

use self::traceback::Tracebacks;

/// Bytes of published code that results keep of a sample.
const MOST: usize = 256 * 1024;

/// The published code of a sample, for the reports; none if it lies outside the repository, or is too long.
pub(crate) fn published(sample: &PlannedSample) -> Option<PublishedSource> {
    let file = sample.location.as_ref()?.file.clone();
    let mut pieces: Vec<(SourcePiece, u32)> = Vec::new();
    for (_, CodeLine { origin, text }) in code_lines(sample, &content_of(sample)) {
        match pieces.last_mut().filter(|(_, last)| last.saturating_add(1) == origin) {
            Some((piece, last)) => {
                piece.text.push_str(&text);
                piece.text.push('\n');
                *last = origin;
            }
            None => pieces.push((SourcePiece { first_line: origin, text: format!("{text}\n") }, origin)),
        }
    }
    let pieces: Vec<SourcePiece> = pieces.into_iter().map(|(piece, _)| piece).collect();
    let bytes: usize = pieces.iter().map(|piece| piece.text.len()).sum();
    (bytes > 0 && bytes <= MOST).then(|| PublishedSource { sample: sample.manifest.id.clone(), file, pieces })
}

/// The file that holds the code in the copy of the project.
fn content_of(sample: &PlannedSample) -> String {
    let source = &sample.manifest.source;
    let bytes = match &sample.code {
        SampleCode::Published { file_content, .. } => file_content.clone(),
        // What cannot be read any more has no lines, and its findings no places.
        SampleCode::Bundled => std::fs::read(source.folder.join(&source.file)).unwrap_or_default(),
    };
    String::from_utf8_lossy(&bytes).into_owned()
}

/// The published lines of that file, by their numbers in it.
fn code_lines(sample: &PlannedSample, content: &str) -> impl Iterator<Item = (u32, CodeLine)> {
    let origin = move |line: u32| match (&sample.code, &sample.location) {
        (SampleCode::Published { lines, .. }, _) => lines.of(line),
        (SampleCode::Bundled, Some(location)) => {
            (location.first_line..=location.last_line).contains(&line).then_some(line)
        }
        (SampleCode::Bundled, None) => None,
    };
    (1..).zip(content.lines()).filter_map(move |(line, text)| {
        Some((line, CodeLine { origin: origin(line)?, text: text.to_owned() }))
    })
}

/// A line of the published code.
#[derive(Debug)]
struct CodeLine {
    /// Its number where it is published.
    origin: u32,
    text: String,
}

/// Where the lines of a sample's file are published.
#[derive(Debug)]
pub(crate) struct SourceMap {
    /// The page or the file, as reports name it; none if it lies outside the repository.
    published_in: Option<String>,
    /// The published lines of the file, by their numbers in it.
    lines: BTreeMap<u32, CodeLine>,
    tracebacks: Tracebacks,
}

impl SourceMap {
    /// The map of a sample whose project was copied to this folder.
    pub(crate) fn of(sample: &PlannedSample, work: &Path) -> SourceMap {
        let content = content_of(sample);
        let lines = code_lines(sample, &content).collect();
        let tracebacks = Tracebacks::of(&sample.manifest.source.file, &content, work);
        SourceMap {
            published_in: sample.location.as_ref().map(|location| location.file.clone()),
            lines,
            tracebacks,
        }
    }

    /// Gives each finding about a case its place, where that is known.
    pub(crate) fn place(&self, findings: &mut [Finding], observation: &Observation) {
        let Some(file) = &self.published_in else { return };
        for finding in findings {
            finding.place = self.line_of(finding, observation).map(|line| Location::of_line(file, line));
        }
    }

    fn line_of(&self, finding: &Finding, observation: &Observation) -> Option<u32> {
        match finding.rule {
            Rule::FalseClaim | Rule::OutputDiffers => self.print_of(finding.printed.as_deref()?),
            // An error that nobody caught is why the rest was not done.
            Rule::LeakedBackup
            | Rule::LeakedResource
            | Rule::MissingClaim
            | Rule::WrongExit
            | Rule::CancelNotSent
            | Rule::MalformedRequest
            | Rule::OutOfReach
            | Rule::NothingHappened
            | Rule::Crashed => self.frame_in(observation),
            // What was done to others' and what did not end was done without an error; a compiler names its place itself.
            Rule::DeletedForeignBackup
            | Rule::CancelledForeignOperation
            | Rule::ForeignChanged
            | Rule::EarlyExit
            | Rule::LeakedCredential
            | Rule::TimedOut
            | Rule::LeakedProcess
            | Rule::DoesNotBuild => None,
        }
    }

    fn print_of(&self, printed: &str) -> Option<u32> {
        literal::find(self.lines.values().map(|line| (line.origin, line.text.as_str())), printed)
    }

    /// The innermost frame of the published code in what the sample printed, on standard error if there is one.
    fn frame_in(&self, observation: &Observation) -> Option<u32> {
        [&observation.stderr, &observation.stdout].into_iter().find_map(|stream| {
            let mentioned = self.tracebacks.lines(&stream.text);
            mentioned.iter().find_map(|line| Some(self.lines.get(line)?.origin))
        })
    }
}
