//! The one place that reads the environment: variables, the current folder, the terminal, the clock.

use std::io::IsTerminal;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Instant, SystemTime};

use anyhow::{Context as _, anyhow};
use rescind_catalog::{Catalog, Places, TeamPlace};
use rescind_report::redact::{Redactor, Secret, is_secret_name};
use rescind_runner::{Context, MonotonicClock};

use crate::args::Cli;
use crate::builtin;
use crate::failure::Failure;

/// How wide reports are that do not go to a terminal.
const DEFAULT_WIDTH: usize = 100;

/// What the process was started with and on.
pub struct Machine {
    /// What the runner needs to know.
    pub context: Arc<Context>,
    /// The folder with `manifests` and `samples`, the current one and the repository's, and the time of day at the start.
    pub places: Places,
    /// True if that is the binary's own catalogue, unpacked into the cache.
    pub built_in: bool,
    /// That folder as it was typed, if it was.
    pub typed_root: Option<PathBuf>,
    /// What the team says of its repository, if it says anything.
    pub team: Option<TeamPlace>,
    /// That file as it was typed, if it was.
    pub typed_config: Option<PathBuf>,
    /// This program.
    pub executable: PathBuf,
    /// True if standard output is to be coloured.
    pub color: bool,
    /// True if standard error is a terminal, on which a progress bar can be drawn.
    pub interactive: bool,
    /// The width of reports, in columns.
    pub width: usize,
    /// Knows the values of the environment that nothing may show. No sample sees them, but a package manager may print
    /// one.
    pub redactor: Redactor,
}

impl Machine {
    /// Looks at the machine.
    pub fn detect(cli: &Cli) -> Result<Machine, Failure> {
        let current =
            std::env::current_dir().context("the current folder is gone").map_err(Failure::setup)?;
        let executable =
            std::env::current_exe().context("cannot find this program").map_err(Failure::setup)?;
        let cache = cli.cache_dir.as_ref().map(|cache| current.join(cache));
        let clock = MonotonicClock::new(Instant::now);
        let context = Context::detect(std::env::vars_os(), cache, clock).map_err(Failure::setup)?;
        let stdout = std::io::stdout();
        let found = find_root(cli.root.as_deref(), &current)?;
        let built_in = found.is_none();
        let root = match found {
            Some(root) => root,
            None => builtin::unpacked(&context.cache)
                .with_context(|| {
                    format!("cannot unpack the built-in catalogue into {}", context.cache.display())
                })
                .map_err(Failure::setup)?,
        };
        let team = match &cli.config {
            Some(file) => Some(TeamPlace::new(&current, file)),
            None => TeamPlace::find(&current),
        };
        let columns = std::env::var("COLUMNS").ok().and_then(|columns| columns.parse().ok());
        Ok(Machine {
            context: Arc::new(context),
            places: Places {
                now: SystemTime::now(),
                repository: find_repository(&current, &root),
                root,
                current,
            },
            built_in,
            typed_root: cli.root.clone(),
            team,
            typed_config: cli.config.clone(),
            color: anstream::AutoStream::choice(&stdout) != anstream::ColorChoice::Never,
            interactive: std::io::stderr().is_terminal(),
            width: columns.or_else(terminal_width).unwrap_or(DEFAULT_WIDTH),
            executable,
            redactor: Redactor::new(
                std::env::vars_os()
                    .filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)))
                    .filter(|(name, _)| is_secret_name(name))
                    .map(|(name, value)| Secret { name, value }),
            ),
        })
    }

    /// Every manifest and scenario below the root, as the team has them.
    pub fn catalog(&self) -> Result<Catalog, Failure> {
        Catalog::layered(&self.places.root, self.team.as_ref()).map_err(Failure::usage)
    }
}

fn terminal_width() -> Option<usize> {
    let stdout = std::io::stdout();
    stdout
        .is_terminal()
        .then(|| terminal_size::terminal_size_of(&stdout))
        .flatten()
        .map(|(width, _)| width.0.into())
}

/// The folder with the catalogue: the one that was asked for, else the nearest at or above the current one that has a
/// catalogue in it; none where there is no such folder, so that it is the built-in one.
///
/// # Errors
/// A folder that was asked for and has no `manifests`.
fn find_root(asked: Option<&Path>, current: &Path) -> Result<Option<PathBuf>, Failure> {
    if let Some(asked) = asked {
        let root = current.join(asked);
        return if root.join("manifests").is_dir() {
            let root = root.canonicalize().with_context(|| root.display().to_string());
            root.map(Some).map_err(Failure::usage)
        } else {
            Err(Failure::usage(anyhow!("no folder `manifests` in {}, which --root names", root.display())))
        };
    }
    // Others keep manifests of another kind in a folder of this name; without scenarios there is nothing to run.
    let is_root = |folder: &&Path| folder.join("manifests/scenarios").is_dir();
    Ok(current.ancestors().find(is_root).map(Path::to_owned))
}

/// The nearest folder, at or above the current one, that Git calls a repository (or a worktree of one, whose `.git` is a
/// file). Without Git it is the root of the catalogue, if rescind was started in it, else the current folder.
fn find_repository(current: &Path, root: &Path) -> PathBuf {
    let repository = current.ancestors().find(|folder| folder.join(".git").exists());
    let without = if current.starts_with(root) { root } else { current };
    let found = repository.unwrap_or(without);
    found.canonicalize().unwrap_or_else(|_| found.to_owned())
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    #[test]
    fn the_root_is_the_one_that_was_asked_for_else_the_nearest_else_built_in() {
        let folder = tempfile::tempdir().unwrap();
        let top = folder.path().canonicalize().unwrap();
        let inner = top.join("docs/pages");
        fs::create_dir_all(&inner).unwrap();
        fs::create_dir_all(top.join("other/manifests")).unwrap();
        // Somebody else's manifests.
        fs::create_dir_all(inner.join("manifests/deployments")).unwrap();
        assert_eq!(find_root(None, &inner).unwrap(), None);
        fs::create_dir_all(top.join("manifests/scenarios")).unwrap();
        assert_eq!(find_root(None, &inner).unwrap(), Some(top.clone()));
        assert_eq!(find_root(Some(Path::new("../../other")), &inner).unwrap(), Some(top.join("other")));
        assert!(find_root(Some(Path::new("none")), &inner).is_err());
    }

    #[test]
    fn the_repository_is_gits_else_the_catalogues_else_the_current_folder() {
        let folder = tempfile::tempdir().unwrap();
        let top = folder.path().canonicalize().unwrap();
        let (docs, catalogue) = (top.join("docs/pages"), top.join("catalogue"));
        fs::create_dir_all(&docs).unwrap();
        fs::create_dir_all(catalogue.join("samples")).unwrap();
        assert_eq!(find_repository(&docs, &catalogue), docs);
        assert_eq!(find_repository(&catalogue.join("samples"), &catalogue), catalogue);
        fs::write(top.join("docs/.git"), "gitdir: elsewhere\n").unwrap();
        assert_eq!(find_repository(&docs, &catalogue), top.join("docs"));
    }
}
