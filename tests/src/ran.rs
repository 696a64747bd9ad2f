//! The program, run in a folder, and what it did.

use std::path::Path;
use std::process::{Command, Output};

use rescind_model::{CaseResult, Results, Rule};
use tempfile::TempDir;

use crate::{binary, cache};

/// What the binary did.
#[derive(Clone)]
pub struct Ran {
    /// What it exited with; none if a signal ended it.
    pub code: Option<i32>,
    /// What it wrote to standard output.
    pub stdout: String,
    /// What it wrote to standard error.
    pub stderr: String,
}

impl Ran {
    fn of(output: Output) -> Ran {
        Ran {
            code: output.status.code(),
            stdout: String::from_utf8(output.stdout).unwrap(),
            stderr: String::from_utf8(output.stderr).unwrap(),
        }
    }

    /// Fails with all that was printed unless the binary exited with this code.
    #[track_caller]
    pub fn exits(self, code: i32) -> Ran {
        assert_eq!(self.code, Some(code), "stdout:\n{}\nstderr:\n{}", self.stdout, self.stderr);
        self
    }
}

/// The binary, with an environment as clean as CI's.
pub fn command(root: &Path) -> Command {
    let mut command = Command::new(binary());
    command.current_dir(root).arg("--cache-dir").arg(cache()).env_remove("NO_COLOR").env("COLUMNS", "120");
    command
}

/// Runs the binary in a folder.
pub fn rescind(root: &Path, arguments: &[&str]) -> Ran {
    Ran::of(command(root).args(arguments).output().unwrap())
}

/// Runs the binary in a folder, with `--results`, and reads them.
pub fn results(root: &Path, arguments: &[&str]) -> (Ran, Results) {
    let folder = TempDir::new().unwrap();
    let file = folder.path().join("results.json");
    let ran = Ran::of(command(root).args(arguments).arg("--results").arg(&file).output().unwrap());
    let text = std::fs::read_to_string(&file)
        .unwrap_or_else(|error| panic!("{error}; stdout:\n{}\nstderr:\n{}", ran.stdout, ran.stderr));
    (ran, serde_json::from_str(&text).unwrap())
}

/// The rules that a case breaks.
pub fn rules(case: &CaseResult) -> Vec<Rule> {
    case.findings.iter().map(|finding| finding.rule).collect()
}
