//! The samples whose published code is another one than in a revision of the repository.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, anyhow};
use rescind_catalog::{Plan, PlannedSample, Region, SampleCode};

use crate::failure::Failure;

/// A revision of the repository that a folder is in, as git names it.
pub struct Revision<'a> {
    folder: &'a Path,
    name: &'a str,
}

impl<'a> Revision<'a> {
    /// The revision of this name.
    ///
    /// # Errors
    /// There is no git, no repository, or no such revision.
    pub fn find(folder: &'a Path, name: &'a str) -> Result<Revision<'a>, Failure> {
        let commit = format!("{name}^{{commit}}");
        let git = git(folder, &["rev-parse", "--verify", "--quiet", "--end-of-options", &commit])?;
        if git.status.success() {
            return Ok(Revision { folder, name });
        }
        let said = String::from_utf8_lossy(&git.stderr);
        let why = match said.trim() {
            "" => "git knows no such revision; a shallow clone has only the newest",
            said => said,
        };
        Err(Failure::usage(anyhow!("--changed-since {name}: {why}")))
    }

    /// What a file held then; none if it was not there.
    ///
    /// # Errors
    /// There is no git.
    pub fn read(&self, file: &Path) -> Result<Option<Vec<u8>>, Failure> {
        let folder = file.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(self.folder);
        let file_name = file.file_name().unwrap_or_default().to_string_lossy();
        let shown = git(folder, &["show", "--end-of-options", &format!("{}:./{file_name}", self.name)])?;
        Ok(shown.status.success().then_some(shown.stdout))
    }
}

fn git(folder: &Path, arguments: &[&str]) -> Result<std::process::Output, Failure> {
    let mut git = Command::new("git");
    git.arg("-C").arg(folder).args(arguments);
    git.output().context("--changed-since needs git, which cannot be started").map_err(Failure::setup)
}

/// Keeps the samples whose code is not what it was. Without a page, that is the region of each sample's own file; with one,
/// `before` is the plan with the page as it was, if it was there.
///
/// # Errors
/// A file cannot be read, or there is no git.
pub fn keep(plan: &mut Plan, revision: &Revision<'_>, before: Option<&Plan>) -> Result<(), Failure> {
    let mut changed = Vec::new();
    for sample in std::mem::take(&mut plan.samples) {
        let same = match &sample.code {
            SampleCode::Bundled => is_same_region(&sample, revision)?,
            SampleCode::Published { file_content, .. } => before.is_some_and(|before| {
                before.samples.iter().any(|other| {
                    let then = &other.code;
                    other.manifest.id == sample.manifest.id
                        // Wherever on the page it stood.
                        && matches!(then, SampleCode::Published { file_content: then, .. } if then == file_content)
                })
            }),
        };
        if !same {
            changed.push(sample);
        }
    }
    plan.samples = changed;
    plan.filtered = true;
    Ok(())
}

fn is_same_region(sample: &PlannedSample, revision: &Revision<'_>) -> Result<bool, Failure> {
    let source = &sample.manifest.source;
    let file: PathBuf = source.folder.join(&source.file);
    let now = std::fs::read(&file).with_context(|| file.display().to_string()).map_err(Failure::usage)?;
    let Some(then) = revision.read(&file)? else { return Ok(false) };
    let code = |content: &[u8]| Region::find(content, &source.region).ok().map(|it| it.code(content).bytes);
    let code_now = code(&now);
    Ok(code_now.is_some() && code_now == code(&then))
}
