//! Toolchains: is each program there that a sample needs, and is it new enough?

use std::collections::BTreeMap;
use std::fmt;
use std::path::{Path, PathBuf};
use std::time::Duration;

use rescind_catalog::{Manifest, Tool};
use rescind_model::{Captured, Ended, Verdict};
use tokio_util::sync::CancellationToken;

use crate::Context;
use crate::process::{Invocation, ProcessError};

/// When a program must have told its version.
const DEADLINE: Duration = Duration::from_secs(30);

/// A program that was found and is new enough.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FoundTool {
    /// What people call it.
    pub name: String,
    /// Where it is.
    pub program: PathBuf,
    /// Its version, as it says.
    pub version: String,
}

impl fmt::Display for FoundTool {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.name, self.version)
    }
}

/// Why a program will not do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ToolProblem {
    /// It is not on the PATH.
    NotFound,
    /// The program that answers for it is there, and says that it is not.
    Absent {
        /// What the program says.
        says: String,
    },
    /// It is older than the manifest wants.
    TooOld {
        /// Its version.
        version: String,
        /// The least version that will do.
        minimum: String,
    },
    /// It does not tell its version in the way that the manifest says.
    NoVersion {
        /// What it does instead.
        instead: String,
    },
    /// It is there, and the machine is too short of something, or too slow, for it to tell its version.
    NotAsked {
        /// What kept it.
        why: String,
    },
}

/// A program that is missing, or that will not do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MissingTool {
    /// What people call it.
    pub name: String,
    /// Its name on the PATH.
    pub program: String,
    /// What is wrong.
    pub problem: ToolProblem,
    /// The command that installs it on this system, if the manifest knows one.
    pub install: Option<String>,
}

impl fmt::Display for MissingTool {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = &self.name;
        match &self.problem {
            ToolProblem::NotFound if self.program == *name => write!(f, "{name} is not on the PATH")?,
            ToolProblem::NotFound => write!(f, "{name} is missing: {} is not on the PATH", self.program)?,
            ToolProblem::Absent { says } => write!(f, "{name} is missing: {} says: {says}", self.program)?,
            ToolProblem::TooOld { version, minimum } => {
                write!(f, "{name} {version} is too old: {minimum} or later is needed")?;
            }
            ToolProblem::NoVersion { instead } => write!(f, "{name} does not tell its version: {instead}")?,
            // To install it would help nobody.
            ToolProblem::NotAsked { why } => {
                return write!(f, "{name} could not be asked for its version: {why}");
            }
        }
        match &self.install {
            Some(command) => write!(f, "; install it with: {command}"),
            None => Ok(()),
        }
    }
}

/// The toolchain of a sample on this machine.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Toolchain {
    /// The programs that will do, in the order of the manifest.
    pub found: Vec<FoundTool>,
    /// The others.
    pub missing: Vec<MissingTool>,
}

impl Toolchain {
    /// Looks for the programs that a manifest names, and asks each for its version.
    ///
    /// # Errors
    /// Only [`ProcessError::Cancelled`]: a program that cannot be run is missing.
    pub async fn find(
        context: &Context,
        manifest: &Manifest,
        cancel: &CancellationToken,
    ) -> Result<Toolchain, ProcessError> {
        let mut toolchain = Toolchain::default();
        for tool in &manifest.toolchain {
            match find(context, manifest, tool, cancel).await? {
                Ok(found) => toolchain.found.push(found),
                Err(problem) => toolchain.missing.push(MissingTool {
                    name: tool.name.clone(),
                    program: tool.program.clone(),
                    problem,
                    install: tool.install.get(&context.platform.system).cloned(),
                }),
            }
        }
        Ok(toolchain)
    }

    /// The programs and their versions, as `Environment::toolchains` has them.
    pub fn versions(&self) -> String {
        self.found.iter().map(FoundTool::to_string).collect::<Vec<_>>().join(", ")
    }

    /// The verdict of a sample that cannot run here: whether what could not be asked is there, nobody knows.
    pub fn verdict(&self) -> Verdict {
        let not_asked = |tool: &MissingTool| matches!(tool.problem, ToolProblem::NotAsked { .. });
        if self.missing.iter().any(not_asked) { Verdict::SetupError } else { Verdict::Unsupported }
    }

    /// Why the sample cannot run here; none if it can.
    pub fn reason(&self) -> Option<String> {
        let missing: Vec<String> = self.missing.iter().map(MissingTool::to_string).collect();
        (!missing.is_empty()).then(|| missing.join("; "))
    }
}

/// The program of a name on the PATH, or of a path.
pub(crate) fn locate(context: &Context, program: &str, folder: &Path) -> Option<PathBuf> {
    which::which_in(program, Some(&context.path), folder).ok()
}

async fn find(
    context: &Context,
    manifest: &Manifest,
    tool: &Tool,
    cancel: &CancellationToken,
) -> Result<Result<FoundTool, ToolProblem>, ProcessError> {
    let Some(program) = locate(context, &tool.program, Path::new("/")) else {
        return Ok(Err(ToolProblem::NotFound));
    };
    let invocation = Invocation {
        program: program.clone(),
        arguments: tool.version_args.iter().map(Into::into).collect(),
        folder: PathBuf::from("/"),
        environment: context.toolchain_variables(&manifest.variables, BTreeMap::new()),
        deadline: DEADLINE,
    };
    let finished = match context.supervisor.run(&invocation, cancel).await {
        Ok(finished) => finished,
        Err(ProcessError::Cancelled) => return Err(ProcessError::Cancelled),
        Err(error) if error.is_scarcity() => {
            return Ok(Err(ToolProblem::NotAsked { why: error.to_string() }));
        }
        Err(error) => return Ok(Err(ToolProblem::NoVersion { instead: error.to_string() })),
    };
    let version = [&finished.stdout, &finished.stderr]
        .into_iter()
        .find_map(|stream| Some(tool.version_pattern.captures(&stream.text)?.get(1)?.as_str().to_owned()));
    let Some(version) = version else {
        if finished.ended == Ended::Deadline {
            let why = format!(
                "it did not answer within {} s, as on a machine that is too busy",
                DEADLINE.as_secs()
            );
            return Ok(Err(ToolProblem::NotAsked { why }));
        }
        if tool.name != tool.program
            && let Some(says) = refusal(finished.ended, &finished.stdout, &finished.stderr)
        {
            return Ok(Err(ToolProblem::Absent { says }));
        }
        let instead = instead(finished.ended, &finished.stdout, &finished.stderr);
        return Ok(Err(ToolProblem::NoVersion { instead }));
    };
    if parts(&version) < trimmed(&tool.minimum) {
        let minimum = tool.minimum.iter().map(u32::to_string).collect::<Vec<_>>().join(".");
        return Ok(Err(ToolProblem::TooOld { version, minimum }));
    }
    Ok(Ok(FoundTool { name: tool.name.clone(), program, version }))
}

/// The first line of what a program says that ends with an error.
fn refusal(ended: Ended, stdout: &Captured, stderr: &Captured) -> Option<String> {
    let line = first_line(stdout, stderr)?;
    matches!(ended, Ended::Code(code) if code != 0).then(|| line.to_owned())
}

/// The first line that is not empty, of standard error before standard output.
fn first_line<'a>(stdout: &'a Captured, stderr: &'a Captured) -> Option<&'a str> {
    stderr.text.lines().chain(stdout.text.lines()).map(str::trim).find(|line| !line.is_empty())
}

/// What a program did that did not tell its version.
fn instead(ended: Ended, stdout: &Captured, stderr: &Captured) -> String {
    match first_line(stdout, stderr) {
        Some(line) => format!("{ended}, and it says: {line}"),
        None => format!("{ended}, without a word"),
    }
}

/// The numbers of a dotted version, without zeros at the end: 3.10 and 3.10.0 are the same.
fn parts(version: &str) -> Vec<u32> {
    let numbers: Vec<u32> = version.split('.').map_while(|part| part.parse().ok()).collect();
    trimmed(&numbers)
}

fn trimmed(numbers: &[u32]) -> Vec<u32> {
    let length = numbers.iter().rposition(|number| *number != 0).map_or(0, |last| last + 1);
    numbers[..length].to_vec()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{self, tool};

    async fn look(tools: Vec<Tool>) -> Toolchain {
        let folder = tempfile::tempdir().unwrap();
        let manifest = Manifest { toolchain: tools, ..testing::manifest(folder.path(), "sh", "") };
        Toolchain::find(&testing::context(folder.path()), &manifest, &CancellationToken::new()).await.unwrap()
    }

    #[tokio::test]
    async fn a_program_that_is_new_enough_is_found_with_its_version() {
        let toolchain = look(vec![tool("echo", "v3.11.7", &[3, 11])]).await;
        assert_eq!(toolchain.versions(), "echo 3.11.7");
        assert_eq!(toolchain.reason(), None);
        assert!(toolchain.found[0].program.is_absolute());
        // 3.10 is later than 3.9, and 3 is 3.0.
        assert_eq!(
            look(vec![tool("echo", "3.10", &[3, 9]), tool("echo", "3", &[3, 0])]).await.reason(),
            None
        );
    }

    #[tokio::test]
    async fn a_program_that_answers_for_something_else_is_called_by_its_name() {
        let named = |program| Tool { name: "libcurl".to_owned(), ..tool(program, "7.88", &[7]) };
        let toolchain = look(vec![named("echo"), named("no-such-program")]).await;
        assert_eq!(toolchain.versions(), "libcurl 7.88");
        insta::assert_snapshot!(toolchain.reason().unwrap(), @"libcurl is missing: no-such-program is not on the PATH; install it with: apt-get install no-such-program");
    }

    #[test]
    fn what_could_not_be_asked_is_not_to_be_installed() {
        let missing = |problem| MissingTool {
            name: "gcloud".to_owned(),
            program: "gcloud".to_owned(),
            problem,
            install: Some("apt-get install gcloud".to_owned()),
        };
        let why = "it did not answer within 30 s".to_owned();
        let problems = vec![missing(ToolProblem::NotFound), missing(ToolProblem::NotAsked { why })];
        let mut toolchain = Toolchain { found: Vec::new(), missing: problems };
        assert_eq!(toolchain.verdict(), Verdict::SetupError);
        insta::assert_snapshot!(toolchain.missing.pop().unwrap(), @"gcloud could not be asked for its version: it did not answer within 30 s");
        assert_eq!(toolchain.verdict(), Verdict::Unsupported);
    }

    #[tokio::test]
    async fn what_is_missing_is_named_with_the_command_that_installs_it() {
        let silent = Tool { install: BTreeMap::new(), ..tool("true", "", &[1]) };
        let toolchain =
            look(vec![tool("echo", "3.9", &[3, 10]), tool("no-such-program", "", &[1]), silent]).await;
        insta::assert_snapshot!(toolchain.reason().unwrap().replace("; ", "\n"), @"
        echo 3.9 is too old: 3.10 or later is needed
        install it with: apt-get install echo
        no-such-program is not on the PATH
        install it with: apt-get install no-such-program
        true does not tell its version: exit 0, without a word
        ");
    }
}
