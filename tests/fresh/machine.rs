//! A copy of the workspace, and Cargo with a home of its own.

use std::fs::{self, File};
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

/// Nothing listens there: what would use the network fails.
const NO_PROXY: &str = "http://127.0.0.1:1";

/// Where the machine lies: below `target`, as it takes more room than a folder for temporary files may have.
fn root() -> PathBuf {
    rescind_tests::scratch().join("fresh")
}

/// Removes the machine.
pub fn clean_up() {
    remove(&root());
}

/// A machine with Rust, and nothing that Cargo has fetched.
pub struct Machine {
    network: bool,
    /// Another run of these tests, in the same target folder, waits.
    _lock: File,
}

impl Machine {
    /// The one machine, as it was when it was new, but for the target folder.
    pub fn fresh() -> Machine {
        fs::create_dir_all(root()).unwrap();
        let lock = File::create(root().with_extension("lock")).unwrap();
        lock.lock().unwrap();
        let machine = Machine { network: true, _lock: lock };
        machine.forget_registry();
        remove(&machine.project());
        fs::create_dir_all(machine.project()).unwrap();
        let repository = rescind_tests::repository();
        for part in ["Cargo.toml", "Cargo.lock", "crates", "tests", "xtask"] {
            copy(&repository.join(part), &machine.project().join(part));
        }
        machine
    }

    fn project(&self) -> PathBuf {
        root().join("project")
    }

    fn home(&self) -> PathBuf {
        root().join("home")
    }

    /// Empties `CARGO_HOME`.
    pub fn forget_registry(&self) {
        remove(&self.home());
        fs::create_dir_all(self.home()).unwrap();
    }

    /// The same machine, unplugged.
    pub fn without_network(self) -> Machine {
        Machine { network: false, ..self }
    }

    /// Makes this the project's `.cargo/config.toml`.
    pub fn configure(&self, configuration: &str) {
        let folder = self.project().join(".cargo");
        fs::create_dir_all(&folder).unwrap();
        fs::write(folder.join("config.toml"), configuration).unwrap();
    }

    /// Runs Cargo in the project, which must succeed, and returns what it prints on stdout.
    #[track_caller]
    pub fn cargo(&self, arguments: &[&str]) -> String {
        let output = self.run(self.command(&self.project()).args(arguments));
        assert!(
            output.status.success(),
            "cargo {}: {}\n{}",
            arguments.join(" "),
            output.status,
            String::from_utf8_lossy(&output.stderr)
        );
        String::from_utf8(output.stdout).unwrap()
    }

    /// True if Cargo finds a crate in the index of its registry. This leaves nothing in `CARGO_HOME` that a build needs.
    pub fn reaches_a_registry(&self) -> bool {
        let package = root().join("package");
        fs::create_dir_all(package.join("src")).unwrap();
        fs::write(package.join("src/lib.rs"), "").unwrap();
        let manifest =
            "[package]\nname = \"probe\"\nedition = \"2024\"\n[dependencies]\ncfg-if = \"1\"\n[workspace]\n";
        fs::write(package.join("Cargo.toml"), manifest).unwrap();
        let mut command = self.command(&package);
        command.arg("generate-lockfile").env("CARGO_NET_RETRY", "0").env("CARGO_HTTP_TIMEOUT", "20");
        self.run(&mut command).status.success()
    }

    fn run(&self, command: &mut Command) -> Output {
        command.output().expect("Cargo is there: it has built this test")
    }

    /// Cargo, in a folder, with nothing of the settings that this test was itself built with.
    fn command(&self, folder: &Path) -> Command {
        let mut command = Command::new(env!("CARGO"));
        for (name, _) in std::env::vars_os() {
            let text = name.to_string_lossy();
            let setting =
                text.starts_with("CARGO") || text.starts_with("RUSTC") || text.starts_with("RUSTFLAGS");
            // How the network is reached is the machine's affair.
            if setting && !text.starts_with("CARGO_HTTP_") {
                command.env_remove(name);
            }
        }
        command
            .current_dir(folder)
            .env("CARGO_HOME", self.home())
            .env("CARGO_TARGET_DIR", root().join("target"))
            // What is compiled here is thrown away.
            .env("CARGO_INCREMENTAL", "0")
            .env("CARGO_PROFILE_DEV_DEBUG", "0");
        if !self.network {
            command.env("CARGO_HTTP_PROXY", NO_PROXY);
        }
        command
    }
}

fn copy(from: &Path, to: &Path) {
    if from.is_dir() {
        fs::create_dir_all(to).unwrap();
        for entry in fs::read_dir(from).unwrap() {
            let entry = entry.unwrap();
            copy(&entry.path(), &to.join(entry.file_name()));
        }
    } else {
        fs::copy(from, to).unwrap();
    }
}

/// Removes a folder, if it is there.
fn remove(folder: &Path) {
    match fs::remove_dir_all(folder) {
        Err(error) if error.kind() == ErrorKind::NotFound => {}
        removed => removed.unwrap(),
    }
}
