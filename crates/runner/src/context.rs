//! What the machine is: the one place that knows of its environment, its clock and its folders.

use std::collections::BTreeMap;
use std::ffi::{OsStr, OsString};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::thread::available_parallelism;

use rescind_catalog::Variables;

use crate::clock::MonotonicClock;
use crate::process::Supervisor;

/// The system that rescind runs on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Platform {
    /// The operating system and the architecture: `linux/x86_64`.
    pub name: String,
    /// The key of the manifests' install commands: `debian` or `fedora` (and what derives from them), `macos`, or the
    /// `ID` of os-release(5).
    pub system: String,
}

/// What the machine is. Made once, by the binary.
#[derive(Clone, Debug)]
pub struct Context {
    /// The search path for programs, given to every process.
    pub path: OsString,
    /// The user's environment, of which a toolchain sees a part while it is looked for, installs and builds. A case sees
    /// nothing of it.
    pub environment: BTreeMap<OsString, OsString>,
    /// The folder for what is kept between runs.
    pub cache: PathBuf,
    /// The folder for temporary files.
    pub temporary: PathBuf,
    /// The number of processors.
    pub cores: usize,
    /// The clock.
    pub clock: MonotonicClock,
    /// The system.
    pub platform: Platform,
    /// Starts every process.
    pub supervisor: Arc<Supervisor>,
}

/// Why there is no context.
#[derive(Debug, thiserror::Error)]
pub enum ContextError {
    /// There is no place for the cache.
    #[error(
        "no place for the cache: name one with --cache-dir, or set HOME, XDG_CACHE_HOME or RESCIND_CACHE to an absolute path"
    )]
    NoCache,
    /// The system refuses what supervision needs.
    #[error("cannot supervise processes on this system: {0}")]
    Supervisor(#[source] io::Error),
}

/// The variables that every toolchain may see while it installs and builds; a manifest lists those of its own.
const TOOLCHAIN_VARIABLES: &[&str] = &[
    "HOME",
    "USER",
    "LOGNAME",
    "XDG_CACHE_HOME",
    "XDG_CONFIG_HOME",
    "XDG_DATA_HOME",
    "REQUESTS_CA_BUNDLE",
    "SSL_CERT_FILE",
    "SSL_CERT_DIR",
    "NODE_EXTRA_CA_CERTS",
    "GIT_SSL_CAINFO",
    "HTTP_PROXY",
    "HTTPS_PROXY",
    "ALL_PROXY",
    "NO_PROXY",
    "http_proxy",
    "https_proxy",
    "all_proxy",
    "no_proxy",
];

impl Context {
    /// Looks at the machine, given the environment of this process, the folder for the cache if it was chosen, and the
    /// clock.
    ///
    /// # Errors
    /// If there is no place for the cache, or the system lacks what supervision needs.
    pub fn detect(
        environment: impl IntoIterator<Item = (OsString, OsString)>,
        cache: Option<PathBuf>,
        clock: MonotonicClock,
    ) -> Result<Context, ContextError> {
        let environment: BTreeMap<OsString, OsString> = environment.into_iter().collect();
        let folder = |name: &str| {
            environment.get(OsStr::new(name)).map(PathBuf::from).filter(|path| path.is_absolute())
        };
        let system_cache = if cfg!(target_os = "macos") { "Library/Caches" } else { ".cache" };
        let cache = cache
            .or_else(|| folder("RESCIND_CACHE"))
            .or_else(|| folder("XDG_CACHE_HOME").map(|path| path.join("rescind")))
            .or_else(|| folder("HOME").map(|path| path.join(system_cache).join("rescind")))
            .ok_or(ContextError::NoCache)?;
        Ok(Context {
            path: environment.get(OsStr::new("PATH")).cloned().unwrap_or_else(|| "/usr/bin:/bin".into()),
            cache,
            temporary: folder("TMPDIR").unwrap_or_else(|| "/tmp".into()),
            cores: available_parallelism().map_or(1, usize::from),
            platform: Platform::detect(Path::new("/etc/os-release")),
            supervisor: Arc::new(Supervisor::new(clock.clone()).map_err(ContextError::Supervisor)?),
            clock,
            environment,
        })
    }
}

impl Context {
    /// The environment of a toolchain that is looked for, installs or builds: what every one sees of the user's, what this
    /// one may see of it besides, and these variables.
    pub(crate) fn toolchain_variables(
        &self,
        own: &Variables,
        variables: BTreeMap<OsString, OsString>,
    ) -> BTreeMap<OsString, OsString> {
        let every = TOOLCHAIN_VARIABLES
            .iter()
            .filter_map(|name| self.environment.get_key_value(OsStr::new(name)))
            .map(|(name, value)| (name.clone(), value.clone()));
        let mut environment: BTreeMap<OsString, OsString> = every.chain(self.own_variables(own)).collect();
        environment.insert("PATH".into(), self.path.clone());
        environment.insert("LANG".into(), "C.UTF-8".into());
        environment.insert("TMPDIR".into(), self.temporary.clone().into());
        environment.extend(variables);
        environment
    }

    /// The variables of the user's environment that a manifest lists, by name.
    pub(crate) fn own_variables(&self, own: &Variables) -> impl Iterator<Item = (OsString, OsString)> {
        self.environment
            .iter()
            .filter(|(name, _)| name.to_str().is_some_and(|name| own.include(name)))
            .map(|(name, value)| (name.clone(), value.clone()))
    }
}

impl Platform {
    fn detect(os_release: &Path) -> Platform {
        use std::env::consts::{ARCH, OS};
        let release = std::fs::read_to_string(os_release).unwrap_or_default();
        let system = if OS == "linux" {
            distribution(&release).unwrap_or_else(|| OS.to_owned())
        } else {
            OS.to_owned()
        };
        Platform { name: format!("{OS}/{ARCH}"), system }
    }
}

/// The distribution that os-release(5) names: the first of `ID` and `ID_LIKE` that manifests have commands for, else
/// `ID`.
fn distribution(release: &str) -> Option<String> {
    let value = |key: &str| {
        release
            .lines()
            .find_map(|line| line.strip_prefix(key)?.strip_prefix('='))
            .map(|value| value.trim_matches('"'))
    };
    let id = value("ID")?;
    let like = value("ID_LIKE").unwrap_or_default();
    let known =
        std::iter::once(id).chain(like.split_whitespace()).find(|name| ["debian", "fedora"].contains(name));
    Some(known.unwrap_or(id).to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn environment(variables: &[(&str, &str)]) -> Vec<(OsString, OsString)> {
        variables.iter().map(|(name, value)| (name.into(), value.into())).collect()
    }

    #[test]
    fn toolchains_see_what_every_one_does_and_what_their_manifest_lists_and_no_keys() {
        let context = Context::detect(
            environment(&[
                ("HOME", "/home/u"),
                ("PATH", "/bin"),
                ("PIP_INDEX_URL", "https://pypi.example"),
                ("GOPROXY", "https://go.example"),
                ("GOOGLE_APPLICATION_CREDENTIALS", "/home/u/key.json"),
                ("AWS_SECRET_ACCESS_KEY", "x"),
                ("LD_PRELOAD", "/x.so"),
            ]),
            None,
            MonotonicClock::new(std::time::Instant::now),
        )
        .unwrap();
        let seen = |own: &[&str]| {
            let own = Variables::new(own.iter().copied());
            let extra = BTreeMap::from([("EXTRA".into(), "x".into())]);
            let names: Vec<String> = context
                .toolchain_variables(&own, extra)
                .into_keys()
                .filter_map(|name| name.into_string().ok())
                .collect();
            names.join(" ")
        };
        assert_eq!(seen(&[]), "EXTRA HOME LANG PATH TMPDIR");
        assert_eq!(seen(&["GO*"]), "EXTRA GOPROXY HOME LANG PATH TMPDIR");
        assert!(context.cache.starts_with("/home/u"));
    }

    #[test]
    fn the_cache_needs_an_absolute_place() {
        let error = Context::detect(
            environment(&[("HOME", "u")]),
            None,
            MonotonicClock::new(std::time::Instant::now),
        )
        .unwrap_err();
        assert!(matches!(error, ContextError::NoCache));
    }

    #[test]
    fn a_distribution_that_derives_from_a_known_one_is_taken_for_it() {
        assert_eq!(distribution("ID=ubuntu\nID_LIKE=debian\n").as_deref(), Some("debian"));
        assert_eq!(distribution("ID=fedora\n").as_deref(), Some("fedora"));
        assert_eq!(distribution("ID=\"rhel\"\nID_LIKE=\"fedora\"\n").as_deref(), Some("fedora"));
        assert_eq!(distribution("ID=arch\n").as_deref(), Some("arch"));
    }
}
