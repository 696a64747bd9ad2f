//! Preparation: the dependencies and the project of a sample, installed and built once and kept by content.
//!
//! ```text
//! CACHE/deps/spanner-python-KEY/inputs    the files that decide what is installed: {work} of `prepare`
//! CACHE/deps/spanner-python-KEY/cache     what is installed: {cache}
//! CACHE/work/spanner-python-KEY/project   the copy of the project: {work} of `build` and of the cases
//! CACHE/*/spanner-python-KEY.seal         what is in it, by content
//! ```
//!
//! What is there is used again only if it is what it was, file for file; else it is made anew, and the report says so.
//!
//! `prepare` sees the files that the manifest names as its inputs and no others, so what is not part of the key
//! cannot have a part in the result.

mod complaint;
mod digest;
mod error;
mod lock;
mod project;
mod seal;
mod slot;
mod stage;
#[cfg(test)]
mod tests;

use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use regex::Regex;
use rescind_catalog::{Manifest, SampleCode, Stage};
use rescind_model::SampleId;
use tokio::task::spawn_blocking;
use tokio_util::sync::CancellationToken;

use crate::{Context, Toolchain};
use complaint::{Complaint, Origin};
use digest::Digest;
pub use error::PrepareError;
use lock::Hold;
pub use project::ProjectError;
use project::ProjectFiles;
use slot::{Lease, Slot, Vacant};
pub use stage::FailedStep;
pub(crate) use stage::command_line;
use stage::{StageError, StageFolders};

/// A sample whose cases can be run, as long as this or a clone of it is there.
#[derive(Clone, Debug)]
pub struct Prepared {
    /// `{work}`: the copy of the project, built.
    pub work: PathBuf,
    /// `{cache}`: its dependencies.
    pub cache: PathBuf,
    /// True if nothing had to be installed or built.
    pub cached: bool,
    /// What was there and was not used, because somebody had changed it: `work/spanner-python-KEY (project/main.py)`.
    pub replaced: Vec<String>,
    /// The slots of the copy and of the dependencies.
    slots: [PathBuf; 2],
    _leases: [Lease; 2],
}

impl Prepared {
    /// What has been changed in the copy of the project and in the dependencies since they were prepared, by its paths. If
    /// there is anything, they are not used again.
    pub(crate) fn changes(&self) -> Vec<String> {
        let in_project = |path: &Path| path.strip_prefix(PROJECT).unwrap_or(path).display().to_string();
        let mut all = Vec::new();
        for slot in &self.slots {
            // Another run may have found that out before, or be changing it as it may.
            let held = lock::try_hold(slot, Hold::Shared).ok().flatten();
            if held.is_none() || !Slot::is_filled(slot) {
                continue;
            }
            let changes = slot::changes(slot);
            if !changes.is_empty() {
                // Where it cannot be forgotten, the next run finds the same, and says it.
                let _ = slot::forget(slot);
                all.extend(changes.iter().map(|path| in_project(path)));
            }
        }
        all
    }
}

/// Installs the dependencies of a sample and builds its project, as far as that has not been done.
///
/// # Errors
/// As [`PrepareError`] says.
pub async fn prepare(
    context: &Context,
    manifest: &Manifest,
    toolchain: &Toolchain,
    code: &SampleCode,
    cancel: &CancellationToken,
) -> Result<Prepared, PrepareError> {
    let preparation = Preparation { context, manifest, cancel, replaced: Mutex::default() };
    let dependencies = preparation.dependencies(toolchain)?;
    let (installed, lease_of_dependencies) = preparation.install(&dependencies).await?;
    let built = match (preparation.build(&dependencies, code).await, code) {
        (Err(PrepareError::Step { sample: id, step, .. }), SampleCode::Published { lines, origin, .. })
            if step.ended.is_some() =>
        {
            // Is it the code or the machine? The project with its own code in it tells.
            preparation.build(&dependencies, &SampleCode::Bundled).await?;
            let place = Origin { file: &manifest.source.file, lines, origin };
            let Complaint { text: complaint, line } = complaint::first(&step, &place);
            let (origin, step) = (origin.clone(), Box::new(step));
            return Err(PrepareError::DoesNotBuild { sample: id, origin, complaint, line, step });
        }
        (built, _) => built?,
    };
    let Built { slot, cached, lease } = built;
    let work = slot.join(PROJECT);
    Ok(Prepared {
        work,
        cache: dependencies.cache(),
        cached: installed && cached,
        replaced: preparation.replaced.into_inner().unwrap_or_else(PoisonError::into_inner),
        slots: [slot, dependencies.slot],
        _leases: [lease_of_dependencies, lease],
    })
}

/// True if the dependencies of a sample are installed.
///
/// # Errors
/// If a file that decides it cannot be read.
pub fn is_installed(
    context: &Context,
    manifest: &Manifest,
    toolchain: &Toolchain,
) -> Result<bool, PrepareError> {
    let preparation =
        Preparation { context, manifest, cancel: &CancellationToken::new(), replaced: Mutex::default() };
    preparation.dependencies(toolchain).map(|dependencies| Slot::is_filled(&dependencies.slot))
}

/// How much of a sample is prepared.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Readiness {
    /// All of it: its cases can run.
    Built,
    /// Its dependencies are installed.
    Installed,
    /// Nothing; or it cannot be told, and preparing will tell why.
    Nothing,
}

/// How much of a sample is prepared, for this code.
pub(crate) fn readiness(
    context: &Context,
    manifest: &Manifest,
    toolchain: &Toolchain,
    code: &SampleCode,
) -> Readiness {
    let preparation =
        Preparation { context, manifest, cancel: &CancellationToken::new(), replaced: Mutex::default() };
    let Ok(dependencies) = preparation.dependencies(toolchain) else { return Readiness::Nothing };
    if !Slot::is_filled(&dependencies.slot) {
        return Readiness::Nothing;
    }
    match preparation.copy(&dependencies, code) {
        Ok((_, slot)) if Slot::is_filled(&slot) => Readiness::Built,
        _ => Readiness::Installed,
    }
}

/// The dependencies of a sample: where they belong and what decides them.
struct Dependencies {
    slot: PathBuf,
    inputs: ProjectFiles,
}

impl Dependencies {
    fn cache(&self) -> PathBuf {
        self.slot.join("cache")
    }
}

/// The folder of a slot that holds the copy of a project.
const PROJECT: &str = "project";

/// The copy of a project, built.
struct Built {
    slot: PathBuf,
    /// True if it was there.
    cached: bool,
    lease: Lease,
}

/// A slot that was opened.
enum Opened {
    Filled(Lease),
    Vacant(Vacant),
}

/// The preparation of a sample.
struct Preparation<'a> {
    context: &'a Context,
    manifest: &'a Manifest,
    cancel: &'a CancellationToken,
    /// See [`Prepared::replaced`].
    replaced: Mutex<Vec<String>>,
}

impl Preparation<'_> {
    fn dependencies(&self, toolchain: &Toolchain) -> Result<Dependencies, PrepareError> {
        let stage = &self.manifest.prepare;
        let inputs = ProjectFiles::part(&self.manifest.source.folder, &stage.inputs)
            .map_err(|error| self.project(error))?;
        // What is installed holds paths, of the interpreter and of itself.
        let tools = toolchain.found.iter().map(|tool| format!("{} {}", tool.program.display(), tool.version));
        let place = self.context.cache.as_os_str().as_encoded_bytes();
        let variables: Vec<Vec<u8>> = self
            .context
            .own_variables(&self.manifest.variables)
            .flat_map(|(name, value)| [name.into_encoded_bytes(), value.into_encoded_bytes()])
            .collect();
        let digest = stage_digest(Digest::new(), stage).list(tools).list(variables.into_iter()).field(place);
        Ok(Dependencies { slot: self.slot("deps", inputs.digest(digest)), inputs })
    }

    /// Installs the dependencies; true if they were there.
    async fn install(&self, dependencies: &Dependencies) -> Result<(bool, Lease), PrepareError> {
        let vacant = match self.open(&dependencies.slot).await? {
            Opened::Filled(lease) => return Ok((true, lease)),
            Opened::Vacant(vacant) => vacant,
        };
        let (work, cache) = (dependencies.slot.join("inputs"), dependencies.cache());
        std::fs::create_dir(&cache).map_err(|error| self.cache(&cache, error))?;
        dependencies.inputs.write(&work).map_err(|error| self.project(error))?;
        let folders = StageFolders { work: &work, cache: &cache };
        self.run("prepare", &self.manifest.prepare, &self.manifest.unavailable, folders).await?;
        let lease = vacant.filled().await.map_err(|error| self.cache(&dependencies.slot, error))?;
        slot::tidy(&dependencies.slot);
        Ok((false, lease))
    }

    /// The project with this code in it, and where its copy belongs.
    fn copy(
        &self,
        dependencies: &Dependencies,
        code: &SampleCode,
    ) -> Result<(ProjectFiles, PathBuf), PrepareError> {
        let manifest = self.manifest;
        let mut project = ProjectFiles::read(&manifest.source.folder).map_err(|error| self.project(error))?;
        if let SampleCode::Published { file_content, .. } = code {
            project.replace(&manifest.source.file, file_content.clone());
        }
        let digest = stage_digest(Digest::new(), &manifest.build)
            .field(dependencies.slot.as_os_str().as_encoded_bytes());
        let slot = self.slot("work", project.digest(digest));
        Ok((project, slot))
    }

    /// Copies and builds the project, as far as that has not been done.
    async fn build(&self, dependencies: &Dependencies, code: &SampleCode) -> Result<Built, PrepareError> {
        let (project, slot) = self.copy(dependencies, code)?;
        let work = slot.join(PROJECT);
        let vacant = match self.open(&slot).await? {
            Opened::Filled(lease) => return Ok(Built { slot, cached: true, lease }),
            Opened::Vacant(vacant) => vacant,
        };
        project.write(&work).map_err(|error| self.project(error))?;
        let folders = StageFolders { work: &work, cache: &dependencies.cache() };
        if !self.manifest.build.steps.is_empty() {
            // What a compiler keeps for the next time is among the dependencies.
            let _alone = self.hold(&dependencies.slot, Hold::Exclusive).await?;
            let built = self.run("build", &self.manifest.build, &[], folders).await;
            slot::seal_anew(&dependencies.slot).map_err(|error| self.cache(&dependencies.slot, error))?;
            built?;
        }
        let lease = vacant.filled().await.map_err(|error| self.cache(&slot, error))?;
        // Every state of the code has a copy of its own, and whoever works on a sample makes many.
        slot::tidy(&slot);
        Ok(Built { slot, cached: false, lease })
    }

    fn slot(&self, kind: &str, digest: Digest) -> PathBuf {
        let SampleId { service, language } = &self.manifest.id;
        self.context.cache.join(kind).join(format!("{service}-{language}-{}", digest.key()))
    }

    /// Opens a slot. What is in a filled one is as it was when it was filled.
    async fn open(&self, slot: &Path) -> Result<Opened, PrepareError> {
        loop {
            match Slot::open(slot, self.cancel).await.map_err(|error| self.cache(slot, error))? {
                Slot::Filled(_) if !slot::is_sealed(slot) => self.forget(slot)?,
                Slot::Filled(lease) => {
                    let changes = self.changes(slot).await?;
                    let Some((first, others)) = changes.split_first() else {
                        return Ok(Opened::Filled(lease));
                    };
                    let place = slot.strip_prefix(&self.context.cache).unwrap_or(slot).display();
                    let more =
                        if others.is_empty() { String::new() } else { format!(" and {} more", others.len()) };
                    let told = format!("{place} ({}{more})", first.display());
                    self.replaced.lock().unwrap_or_else(PoisonError::into_inner).push(told);
                    self.forget(slot)?;
                }
                Slot::Vacant(vacant) => return Ok(Opened::Vacant(vacant)),
                Slot::Cancelled => return Err(PrepareError::Cancelled),
            }
        }
    }

    fn forget(&self, slot: &Path) -> Result<(), PrepareError> {
        let wrong = |error: io::Error| {
            let message = format!("it was changed since it was prepared, and cannot be made anew: {error}");
            self.cache(slot, io::Error::new(error.kind(), message))
        };
        slot::forget(slot).map_err(wrong)
    }

    async fn changes(&self, slot: &Path) -> Result<Vec<PathBuf>, PrepareError> {
        let _held = self.hold(slot, Hold::Shared).await?;
        let folder = slot.to_owned();
        let found = spawn_blocking(move || slot::changes(&folder)).await;
        found.map_err(|error| self.cache(slot, error.into()))
    }

    async fn hold(&self, slot: &Path, how: Hold) -> Result<File, PrepareError> {
        let held = lock::hold(slot, how, self.cancel).await.map_err(|error| self.cache(slot, error))?;
        held.ok_or(PrepareError::Cancelled)
    }

    async fn run(
        &self,
        name: &'static str,
        stage: &Stage,
        unavailable: &[Regex],
        folders: StageFolders<'_>,
    ) -> Result<(), PrepareError> {
        let (context, own) = (self.context, &self.manifest.variables);
        stage::run(context, own, stage, unavailable, folders, self.cancel).await.map_err(
            |error| match error {
                StageError::Unavailable { command, says } => {
                    PrepareError::Unavailable { sample: self.manifest.id.clone(), command, says }
                }
                StageError::Template(source) => {
                    PrepareError::Template { file: self.manifest.file.clone(), stage: name, source }
                }
                StageError::Step(step) => {
                    PrepareError::Step { sample: self.manifest.id.clone(), stage: name, step }
                }
                StageError::Cancelled => PrepareError::Cancelled,
            },
        )
    }

    fn project(&self, source: ProjectError) -> PrepareError {
        PrepareError::Project { sample: self.manifest.id.clone(), source }
    }

    fn cache(&self, folder: &Path, source: io::Error) -> PrepareError {
        PrepareError::Cache { sample: self.manifest.id.clone(), folder: folder.to_owned(), source }
    }
}

/// Takes what a stage does, as the manifest has it, into a digest.
fn stage_digest(digest: Digest, stage: &Stage) -> Digest {
    let digest = digest.field((stage.steps.len() as u64).to_le_bytes());
    let digest = stage.steps.iter().fold(digest, |digest, step| digest.list(step.iter()));
    let variables: Vec<&String> = stage.environment.iter().flat_map(|(name, value)| [name, value]).collect();
    digest.list(variables.into_iter())
}
