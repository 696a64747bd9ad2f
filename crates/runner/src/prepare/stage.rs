//! The steps of a stage: commands that install or build.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::fmt;
use std::path::Path;
use std::time::Duration;

use anstream::adapter::strip_str;
use regex::Regex;
use rescind_catalog::{STAGE_PLACEHOLDERS, Stage, Variables};
use rescind_model::Ended;
use rescind_model::template::{self, TemplateError};
use tokio_util::sync::CancellationToken;

use crate::process::{FinishedProcess, Invocation, ProcessError};
use crate::{Context, toolchain};

/// When a step must have ended. Slow networks and cold compilers have their time; a step that asks a question and
/// waits for an answer has not.
const DEADLINE: Duration = Duration::from_secs(30 * 60);
/// How many lines of a failed step's output are told: its first ones, for a compiler names the first mistake first,
/// and its last ones, for a package manager ends with what went wrong.
const HEAD_LINES: usize = 20;
const TAIL_LINES: usize = 20;

/// The folders that a stage works with.
#[derive(Clone, Copy)]
pub(crate) struct StageFolders<'a> {
    /// `{work}`: where the steps run.
    pub(crate) work: &'a Path,
    /// `{cache}`: what belongs to the dependencies.
    pub(crate) cache: &'a Path,
}

impl StageFolders<'_> {
    /// The text with `{work}` and `{cache}` filled in.
    pub(crate) fn fill(&self, text: &str) -> Result<OsString, TemplateError> {
        let value = |name: &str| match name {
            "work" => Some(self.work.to_string_lossy().into_owned()),
            "cache" => Some(self.cache.to_string_lossy().into_owned()),
            _ => None,
        };
        template::fill(text, &STAGE_PLACEHOLDERS, value).map(OsString::from)
    }
}

/// A step that failed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FailedStep {
    /// The command, as a shell would take it.
    pub command: String,
    /// How it ended; none if it could not be started.
    pub ended: Option<Ended>,
    /// What it wrote, both streams; of much, the beginning and the end.
    pub output: String,
}

impl fmt::Display for FailedStep {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.ended {
            Some(ended) => write!(f, "`{}` failed ({ended})", self.command)?,
            None => write!(f, "`{}` cannot be started", self.command)?,
        }
        if self.output.is_empty() { Ok(()) } else { write!(f, ":\n{}", self.output) }
    }
}

/// Why a stage came to no good end.
pub(crate) enum StageError {
    Template(TemplateError),
    /// A command failed, and said this in a line that tells that its packages cannot be had.
    Unavailable {
        command: String,
        says: String,
    },
    Step(FailedStep),
    Cancelled,
}

/// Runs the steps of a stage, one after another, until one fails. A line that one of `unavailable` finds in what the
/// failed one printed makes it [`StageError::Unavailable`].
pub(crate) async fn run(
    context: &Context,
    own: &Variables,
    stage: &Stage,
    unavailable: &[Regex],
    folders: StageFolders<'_>,
    cancel: &CancellationToken,
) -> Result<(), StageError> {
    let mut variables = BTreeMap::new();
    for (name, value) in &stage.environment {
        variables.insert(OsString::from(name), folders.fill(value).map_err(StageError::Template)?);
    }
    let environment = context.toolchain_variables(own, variables);
    for step in &stage.steps {
        let words = step.iter().map(|word| folders.fill(word)).collect::<Result<Vec<_>, _>>();
        let mut words = words.map_err(StageError::Template)?.into_iter();
        let Some(program) = words.next() else { continue };
        let arguments: Vec<OsString> = words.collect();
        let failed = |ended, output| {
            StageError::Step(FailedStep { command: command_line(&program, &arguments), ended, output })
        };
        let name = program.to_string_lossy();
        let Some(path) = toolchain::locate(context, &name, folders.work) else {
            return Err(failed(None, format!("{name} is not there")));
        };
        let invocation = Invocation {
            program: path,
            arguments: arguments.clone(),
            folder: folders.work.to_owned(),
            environment: environment.clone(),
            deadline: DEADLINE,
        };
        match context.supervisor.run(&invocation, cancel).await {
            Ok(finished) if finished.ended == Ended::Code(0) => {}
            Ok(finished) => {
                return Err(match line_of(&finished, unavailable) {
                    Some(says) => {
                        StageError::Unavailable { command: command_line(&program, &arguments), says }
                    }
                    None => failed(Some(finished.ended), excerpt(&finished)),
                });
            }
            Err(ProcessError::Cancelled) => return Err(StageError::Cancelled),
            Err(error) => return Err(failed(None, error.to_string())),
        }
    }
    Ok(())
}

/// The command as a shell would take it.
pub(crate) fn command_line(program: &OsString, arguments: &[OsString]) -> String {
    let words: Vec<String> =
        std::iter::once(program).chain(arguments).map(|word| word.to_string_lossy().into_owned()).collect();
    // Only a NUL byte cannot be quoted, and no command can hold one.
    shlex::try_join(words.iter().map(String::as_str)).unwrap_or_else(|_| words.join(" "))
}

/// The first line that one of the patterns finds in what was printed, from where it is found: before that may stand a long
/// path.
fn line_of(finished: &FinishedProcess, patterns: &[Regex]) -> Option<String> {
    let streams = [&finished.stderr, &finished.stdout].map(|stream| strip_str(&stream.text).to_string());
    let found = |line: &str| {
        let start = patterns.iter().find_map(|pattern| pattern.find(line))?.start();
        line.get(start..).map(|rest| rest.trim().to_owned())
    };
    streams.iter().flat_map(|stream| stream.lines()).find_map(found)
}

/// The beginning and the end of the output, without colours. Compilers write to either stream.
fn excerpt(finished: &FinishedProcess) -> String {
    let streams = [&finished.stdout, &finished.stderr].map(|stream| strip_str(&stream.text).to_string());
    let lines: Vec<&str> = streams.iter().flat_map(|stream| stream.lines()).collect();
    let left_out = lines.len().saturating_sub(HEAD_LINES + TAIL_LINES);
    if left_out < 2 {
        return lines.join("\n");
    }
    let (head, tail) = (&lines[..HEAD_LINES], &lines[lines.len() - TAIL_LINES..]);
    format!("{}\n[… {left_out} lines]\n{}", head.join("\n"), tail.join("\n"))
}
