//! The one place that reads the environment: variables, the current folder, the terminal, the clock.

use std::io::IsTerminal;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Instant;

use anyhow::{Context as _, anyhow};
use rescind_manifest::Catalog;
use rescind_report::redact::{Secret, is_secret_name};
use rescind_runner::{Clock, Context};

use crate::args::Cli;
use crate::failure::Failure;

/// How wide reports are that do not go to a terminal.
const DEFAULT_WIDTH: usize = 100;

/// What the process was started with and on.
pub struct Machine {
    /// What the runner needs to know.
    pub context: Arc<Context>,
    /// The folder with `manifests` and `samples`.
    pub root: PathBuf,
    /// This program.
    pub executable: PathBuf,
    /// The current folder.
    pub current: PathBuf,
    /// True if standard output is to be coloured.
    pub color: bool,
    /// True if standard error is a terminal, on which a progress bar can be drawn.
    pub interactive: bool,
    /// The width of reports, in columns.
    pub width: usize,
    /// Values of the environment that no report may show. No sample sees them, but a package manager may print one.
    pub secrets: Vec<Secret>,
}

impl Machine {
    /// Looks at the machine.
    pub fn detect(cli: &Cli) -> Result<Machine, Failure> {
        let current =
            std::env::current_dir().context("the current folder is gone").map_err(Failure::setup)?;
        let executable =
            std::env::current_exe().context("cannot find this program").map_err(Failure::setup)?;
        let mut context =
            Context::detect(std::env::vars_os(), Clock::new(Instant::now)).map_err(Failure::setup)?;
        if let Some(cache) = &cli.cache_dir {
            context.cache = current.join(cache);
        }
        let stdout = std::io::stdout();
        let columns = std::env::var("COLUMNS").ok().and_then(|columns| columns.parse().ok());
        Ok(Machine {
            context: Arc::new(context),
            root: find_root(cli.root.as_deref(), &current)?,
            color: anstream::AutoStream::choice(&stdout) != anstream::ColorChoice::Never,
            interactive: std::io::stderr().is_terminal(),
            width: columns.or_else(terminal_width).unwrap_or(DEFAULT_WIDTH),
            current,
            executable,
            secrets: std::env::vars_os()
                .filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)))
                .filter(|(name, _)| is_secret_name(name))
                .map(|(name, value)| Secret { name, value })
                .collect(),
        })
    }

    /// Every manifest and scenario below the root.
    pub fn catalog(&self) -> Result<Catalog, Failure> {
        Catalog::load(&self.root).map_err(Failure::usage)
    }

    /// A path as annotations need it: relative to the folder that rescind was started in, else to its root; none
    /// outside both.
    pub fn relative(&self, path: &Path) -> Option<String> {
        let path = std::path::absolute(self.current.join(path)).ok()?;
        let path = path.canonicalize().unwrap_or(path);
        let relative = path.strip_prefix(&self.current).or_else(|_| path.strip_prefix(&self.root)).ok()?;
        let parts: Vec<_> = relative.iter().map(|part| part.to_string_lossy()).collect();
        Some(parts.join("/"))
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

fn find_root(asked: Option<&Path>, current: &Path) -> Result<PathBuf, Failure> {
    if let Some(asked) = asked {
        let root = current.join(asked);
        return if root.join("manifests").is_dir() {
            root.canonicalize().with_context(|| root.display().to_string()).map_err(Failure::usage)
        } else {
            Err(Failure::usage(anyhow!("no folder `manifests` in {}, which --root names", root.display())))
        };
    }
    current.ancestors().find(|folder| folder.join("manifests").is_dir()).map(Path::to_owned).ok_or_else(
        || {
            Failure::usage(anyhow!(
                "no folder `manifests` in {} or above it; name the folder that has one with --root",
                current.display()
            ))
        },
    )
}
