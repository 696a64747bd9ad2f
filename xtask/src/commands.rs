//! What tasks are made of: commands, and where they run.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, ensure};

/// The root of the repository that this program was built in.
pub fn repository() -> Result<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    root.canonicalize().with_context(|| root.display().to_string())
}

/// Cargo, as it would be started in the root of the repository.
pub fn cargo(arguments: &[&str]) -> Result<Command> {
    let mut command = Command::new("cargo");
    command.current_dir(repository()?).args(arguments);
    Ok(command)
}

/// Runs a command, which must succeed; what it prints is shown.
pub fn succeed(command: &mut Command) -> Result<()> {
    let status = command.status().with_context(|| format!("cannot start {command:?}"))?;
    ensure!(status.success(), "{command:?}: {status}");
    Ok(())
}

/// Runs a command, which must succeed, and returns what it prints.
pub fn printed(command: &mut Command) -> Result<String> {
    let output = command.output().with_context(|| format!("cannot start {command:?}"))?;
    let said = String::from_utf8_lossy(&output.stderr);
    ensure!(output.status.success(), "{command:?}: {}: {}", output.status, said.trim_end());
    String::from_utf8(output.stdout).with_context(|| format!("{command:?} prints no UTF-8"))
}
