//! A client: the script that drives it, and the checks in that.

use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;
use std::time::Duration;

use serde::Deserialize;

use crate::emulators::{Emulators, TOKEN};

/// How long all checks of a client may take.
const DEADLINE: Duration = Duration::from_secs(120);

/// What a script is written in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Language {
    Python,
    Nodejs,
}

impl Language {
    pub const ALL: [Language; 2] = [Language::Python, Language::Nodejs];

    /// Its name, which is also that of the folder with its scripts.
    pub fn name(self) -> &'static str {
        match self {
            Language::Python => "python",
            Language::Nodejs => "nodejs",
        }
    }

    fn extension(self) -> &'static str {
        match self {
            Language::Python => "py",
            Language::Nodejs => "js",
        }
    }

    /// The name of the check that begins at a line, `next` being the line after it.
    fn declared<'a>(self, line: &'a str, next: &'a str) -> Option<&'a str> {
        match self {
            Language::Python if line.starts_with("@check(") => {
                Some(next.strip_prefix("def ")?.split_once('(')?.0)
            }
            Language::Nodejs => Some(line.strip_prefix("check(")?.split_once(", '")?.1.split_once('\'')?.0),
            Language::Python => None,
        }
    }
}

/// A client.
pub struct Client {
    /// The language, the name of the script and its variant: `python-alloydb-v1-grpc`.
    pub name: String,
    pub language: Language,
    /// The names of the checks, as the source declares them.
    pub checks: Vec<String>,
    script: PathBuf,
    /// What the script is told by its argument.
    variant: Option<String>,
    outcomes: OnceLock<Result<Outcomes, String>>,
}

/// The failure of each check, if it failed.
type Outcomes = BTreeMap<String, Option<String>>;

/// What a script says of a check.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Outcome {
    check: String,
    failure: Option<String>,
}

impl Client {
    /// The clients of a language: every script in its folder but the one that all have in common.
    pub fn all(language: Language, folder: &Path) -> Vec<Client> {
        let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
        let mut scripts: Vec<PathBuf> = entries
            .filter(|path| path.extension().is_some_and(|extension| extension == language.extension()))
            .filter(|path| path.file_stem().is_some_and(|stem| stem != "checks"))
            .collect();
        scripts.sort();
        scripts.into_iter().flat_map(|script| Client::of(language, &script)).collect()
    }

    /// The client of a script; one for each variant, if it declares any: `VARIANTS = ["v1", "v2"]`.
    fn of(language: Language, script: &Path) -> Vec<Client> {
        let source = fs::read_to_string(script).unwrap();
        let lines: Vec<&str> = source.lines().collect();
        let checks = lines.windows(2).filter_map(|pair| language.declared(pair[0], pair[1]));
        let checks: Vec<String> = checks.map(str::to_owned).collect();
        assert!(!checks.is_empty(), "{} has no checks", script.display());
        let variants = lines.iter().find_map(|line| line.strip_prefix("VARIANTS = "));
        let variants = match variants {
            Some(list) => serde_json::from_str::<Vec<String>>(list).unwrap().into_iter().map(Some).collect(),
            None => vec![None],
        };
        let stem = script.file_stem().unwrap().to_str().unwrap();
        let client = |variant: Option<String>| Client {
            name: [language.name(), stem]
                .into_iter()
                .chain(variant.as_deref())
                .collect::<Vec<_>>()
                .join("-")
                .replace('_', "-"),
            language,
            checks: checks.clone(),
            script: script.to_owned(),
            variant,
            outcomes: OnceLock::new(),
        };
        variants.into_iter().map(client).collect()
    }

    /// Runs the script if that has not been done yet, with the clients that are installed in `folder`.
    ///
    /// # Errors
    /// Why the script as a whole failed: it did not end well, or did not run the checks that it declares.
    pub fn run(&self, folder: &Path, emulators: &Emulators) -> Result<(), String> {
        self.outcomes(folder, emulators).map(|_| ())
    }

    /// Runs the script if that has not been done yet, and tells what came of one check.
    ///
    /// # Errors
    /// The check failed, or never was run.
    pub fn outcome(&self, check: &str, folder: &Path, emulators: &Emulators) -> Result<(), String> {
        let outcomes = self.outcomes(folder, emulators).map_err(|_| "the script failed".to_owned())?;
        match outcomes.get(check) {
            Some(None) => Ok(()),
            Some(Some(failure)) => Err(failure.clone()),
            None => Err("was never run".to_owned()),
        }
    }

    fn outcomes(&self, folder: &Path, emulators: &Emulators) -> Result<&Outcomes, String> {
        self.outcomes.get_or_init(|| self.execute(folder, emulators)).as_ref().map_err(Clone::clone)
    }

    fn execute(&self, folder: &Path, emulators: &Emulators) -> Result<Outcomes, String> {
        let program = match self.language {
            Language::Python => folder.join("bin/python").into_os_string(),
            Language::Nodejs => "node".into(),
        };
        let path = std::env::var_os("PATH").unwrap_or_default();
        let arguments =
            std::iter::once(self.script.as_os_str()).chain(self.variant.as_deref().map(OsStr::new));
        let handle = duct::cmd(program, arguments)
            .full_env([
                ("PATH", path),
                // No settings of the user's, and nothing written beside the scripts.
                ("HOME", folder.into()),
                ("PYTHONPYCACHEPREFIX", folder.join("pycache").into()),
                ("NODE_PATH", folder.join("node_modules").into()),
                // Google's libraries look for the machine that they run on.
                ("METADATA_SERVER_DETECTION", "none".into()),
                ("NO_GCE_CHECK", "true".into()),
                ("LASTING", emulators.lasting().address.to_string().into()),
                ("LASTING_CONTROL", emulators.lasting().control.to_string().into()),
                ("BRIEF", emulators.brief().address.to_string().into()),
                ("BRIEF_CONTROL", emulators.brief().control.to_string().into()),
                ("RESCIND_CONTROL_TOKEN", TOKEN.into()),
            ])
            .stdin_null()
            .stdout_capture()
            .stderr_capture()
            .unchecked()
            .start()
            .map_err(|error| error.to_string())?;
        let output = handle.wait_timeout(DEADLINE).map_err(|error| error.to_string())?;
        let Some(output) = output else {
            handle.kill().map_err(|error| error.to_string())?;
            return Err(format!("did not end within {} s", DEADLINE.as_secs()));
        };
        let stderr = String::from_utf8_lossy(&output.stderr);
        if !output.status.success() {
            return Err(format!("{}\n{stderr}", output.status));
        }
        let stdout = String::from_utf8_lossy(&output.stdout);
        let outcomes: Result<Vec<Outcome>, _> = stdout.lines().map(serde_json::from_str).collect();
        let outcomes = outcomes.map_err(|error| format!("{error} in:\n{stdout}"))?;
        let told: Vec<&String> = outcomes.iter().map(|outcome| &outcome.check).collect();
        if told != self.checks.iter().collect::<Vec<_>>() {
            return Err(format!("declares {:?} and ran {told:?}\n{stderr}", self.checks));
        }
        Ok(outcomes.into_iter().map(|outcome| (outcome.check, outcome.failure)).collect())
    }
}
