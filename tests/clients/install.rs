//! The clients themselves, installed from their registries once for each lock file, into a folder below `target`.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use sha2::{Digest, Sha256};

use crate::client::Language;

/// What those say that could not reach a registry: pip in the first line, npm in the second.
const UNREACHABLE: [&str; 10] = [
    "NewConnectionError",
    "ConnectTimeoutError",
    "NameResolutionError",
    "ReadTimeoutError",
    "ProxyError",
    "ENOTFOUND",
    "ECONNREFUSED",
    "ECONNRESET",
    "ETIMEDOUT",
    "EAI_AGAIN",
];

/// Why there are no clients.
pub enum Absence {
    /// This machine lacks something, in a few words: the tests are ignored.
    Missing(String),
    /// They could not be installed although they should have been: the tests fail.
    Failed(String),
}

/// The folder in which the clients of a language are installed.
///
/// # Errors
/// They are not, and cannot be.
pub fn install(language: Language, sources: &Path) -> Result<PathBuf, Absence> {
    let version = version(language)?;
    let mut digest = Sha256::new_with_prefix(&version);
    for file in locks(language) {
        digest.update(fs::read(sources.join(file)).unwrap());
    }
    let key: String = digest.finalize().iter().take(8).map(|byte| format!("{byte:02x}")).collect();
    let root = rescind_tests::scratch().join("clients");
    fs::create_dir_all(&root).unwrap();
    let folder = root.join(format!("{}-{key}", language.name()));
    // Another run of the tests may be at it.
    let lock = File::create(root.join(format!("{}.lock", language.name()))).unwrap();
    lock.lock().unwrap();
    let complete = folder.join("complete");
    if !complete.exists() {
        for command in commands(language, sources, &folder) {
            succeed(command)?;
        }
        File::create(complete).unwrap();
    }
    Ok(folder)
}

fn locks(language: Language) -> &'static [&'static str] {
    match language {
        Language::Python => &["requirements.txt"],
        Language::Nodejs => &["package.json", "package-lock.json"],
    }
}

/// What the language's programs say of themselves, if they are there and new enough.
fn version(language: Language) -> Result<Vec<u8>, Absence> {
    let (program, arguments, need): (_, &[&str], _) = match language {
        Language::Python => (
            "python3",
            &["-c", "import ensurepip, sys; assert sys.version_info >= (3, 10); print(sys.version)"],
            "python3 3.10 or later with venv",
        ),
        Language::Nodejs => (
            "node",
            &["-p", "if (parseInt(process.versions.node) < 18) process.exit(1); process.version"],
            "node 18 or later",
        ),
    };
    let output = Command::new(program).args(arguments).stderr(Stdio::null()).output();
    let version = output.ok().filter(|output| output.status.success());
    let version = version.ok_or_else(|| Absence::Missing(need.to_owned()))?.stdout;
    if language == Language::Nodejs && Command::new("npm").arg("--version").output().is_err() {
        return Err(Absence::Missing("npm".to_owned()));
    }
    Ok(version)
}

fn commands(language: Language, sources: &Path, folder: &Path) -> Vec<Command> {
    let command = |program: &Path, arguments: &[&str]| {
        let mut command = Command::new(program);
        command.args(arguments).current_dir(sources);
        command
    };
    match language {
        Language::Python => {
            let mut venv = command(Path::new("python3"), &["-m", "venv", "--clear"]);
            venv.arg(folder);
            let options =
                ["install", "--quiet", "--no-input", "--disable-pip-version-check", "--only-binary=:all:"];
            let mut pip = command(&folder.join("bin/pip"), &options);
            pip.args(["--require-hashes", "--requirement", "requirements.txt"]);
            vec![venv, pip]
        }
        Language::Nodejs => {
            // `npm ci` works in the folder of the lock file, and begins by emptying `node_modules`.
            fs::create_dir_all(folder).unwrap();
            for file in locks(language) {
                fs::copy(sources.join(file), folder.join(file)).unwrap();
            }
            let mut npm = command(
                Path::new("npm"),
                &["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--no-update-notifier"],
            );
            npm.arg("--prefix").arg(folder);
            vec![npm]
        }
    }
}

fn succeed(mut command: Command) -> Result<(), Absence> {
    let Output { status, stdout, stderr } = command.stdin(Stdio::null()).output().unwrap();
    if status.success() {
        return Ok(());
    }
    let said = [stdout, stderr].map(|bytes| String::from_utf8_lossy(&bytes).into_owned()).concat();
    match UNREACHABLE.iter().find(|words| said.contains(**words)) {
        Some(words) => Err(Absence::Missing(format!("the package registry, {words}"))),
        None => Err(Absence::Failed(format!("{command:?}: {status}\n{said}"))),
    }
}
