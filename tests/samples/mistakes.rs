//! What is wrong with a machine, with what a sample depends on, or with published code is one clear message.

use std::path::{Path, PathBuf};
use std::process::Command;

use libtest_mimic::Completion;
use rescind_model::{CaseResult, Results, Rule, Verdict};
use rescind_tests::{command, repository, rules};
use tempfile::TempDir;

use crate::rows::unavailable;

/// The catalogue, to be spoilt.
struct Spoilt {
    folder: TempDir,
    variables: Vec<(&'static str, String)>,
}

impl Spoilt {
    fn new() -> Spoilt {
        let folder = TempDir::new().unwrap();
        for part in ["manifests", "samples"] {
            let copied =
                Command::new("cp").arg("-r").arg(repository().join(part)).arg(folder.path()).status();
            assert!(copied.unwrap().success());
        }
        Spoilt { folder, variables: Vec::new() }
    }

    /// Runs with this variable in the environment.
    fn with(mut self, name: &'static str, value: impl Into<String>) -> Spoilt {
        self.variables.push((name, value.into()));
        self
    }

    fn path(&self, path: &str) -> PathBuf {
        self.folder.path().join(path)
    }

    fn write(&self, path: &str, content: &str) -> PathBuf {
        let path = self.path(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, content).unwrap();
        path
    }

    /// Writes a program that comes before all others of its name.
    fn program(self, name: &str, script: &str) -> Spoilt {
        use std::os::unix::fs::PermissionsExt;
        let file = self.write(&format!("bin/{name}"), &format!("#!/bin/sh\n{script}\n"));
        std::fs::set_permissions(file, std::fs::Permissions::from_mode(0o755)).unwrap();
        let path = std::env::var("PATH").unwrap_or_default();
        let first = self.path("bin").display().to_string();
        self.with("PATH", format!("{first}:{path}"))
    }

    /// The verdict of the one case that is run, and why.
    fn verdict(&self, language: &str) -> (Verdict, String) {
        let arguments = ["--service", "spanner", "--language", language, "--scenario", "cancel-wins"];
        let case = case(self.folder.path(), &arguments, &self.variables);
        (case.verdict, case.reason.unwrap_or_default())
    }
}

fn case(root: &Path, arguments: &[&str], variables: &[(&'static str, String)]) -> CaseResult {
    let folder = TempDir::new().unwrap();
    let file = folder.path().join("results.json");
    let mut command = command(root);
    command.arg("run").args(arguments).arg("--results").arg(&file);
    let output = command.envs(variables.iter().map(|(name, value)| (name, value))).output().unwrap();
    let told = String::from_utf8_lossy(&output.stderr);
    let text = std::fs::read_to_string(&file).unwrap_or_else(|error| panic!("{error}: {told}"));
    let mut results: Results = serde_json::from_str(&text).unwrap();
    assert_eq!(results.cases.len(), 1, "{told}");
    results.cases.remove(0)
}

#[track_caller]
fn says(reason: &str, parts: &[&str]) {
    for part in parts {
        assert!(reason.contains(part), "not {part:?} in: {reason}");
    }
}

pub fn cpp_without_its_library() {
    let nowhere = Spoilt::new().with("PKG_CONFIG_LIBDIR", "/nonexistent").with("PKG_CONFIG_PATH", "");
    let (verdict, reason) = nowhere.verdict("cpp");
    assert_eq!(verdict, Verdict::Unsupported, "{reason}");
    says(&reason, &["google-cloud-cpp is missing: pkg-config says: ", "google_cloud_cpp_spanner"]);
}

pub fn cpp_with_a_wrong_library_path() {
    let spoilt = Spoilt::new();
    spoilt.write(
        "pc/google_cloud_cpp_spanner.pc",
        "Name: google_cloud_cpp_spanner\nDescription: -\nVersion: 2.2.0\n",
    );
    let path = spoilt.path("pc").display().to_string();
    let spoilt = spoilt.with("PKG_CONFIG_PATH", path).with("CMAKE_PREFIX_PATH", "/nonexistent");
    let (verdict, reason) = spoilt.verdict("cpp");
    assert_eq!(verdict, Verdict::SetupError, "{reason}");
    says(
        &reason,
        &["spanner/cpp: build: `cmake -S . -B build", "\"google_cloud_cpp_spanner\"", "CMAKE_PREFIX_PATH"],
    );
}

pub fn cpp_with_an_old_compiler() {
    let (verdict, reason) = Spoilt::new().program("c++", "echo 4.8.5").verdict("cpp");
    assert_eq!(verdict, Verdict::Unsupported, "{reason}");
    says(&reason, &["C++ compiler 4.8.5 is too old: 9 or later is needed"]);
}

pub fn ruby_with_a_broken_lock() {
    let spoilt = Spoilt::new();
    let lock = "samples/spanner/ruby/Gemfile.lock";
    let text = std::fs::read_to_string(spoilt.path(lock)).unwrap();
    spoilt.write(lock, &format!("<<<<<<< HEAD\n{text}"));
    let (verdict, reason) = spoilt.verdict("ruby");
    assert_eq!(verdict, Verdict::SetupError, "{reason}");
    says(&reason, &["spanner/ruby: prepare: `bundle install", "Gemfile.lock contains merge conflicts"]);
}

pub fn ruby_without_a_registry() {
    let (verdict, reason) = Spoilt::new().with("BUNDLE_MIRROR__ALL", "file:///nonexistent").verdict("ruby");
    assert_eq!(verdict, Verdict::Unsupported, "{reason}");
    says(
        &reason,
        &["the packages of spanner/ruby cannot be had here", "`bundle install", "Could not fetch specs"],
    );
}

pub fn php_with_a_broken_lock() {
    let spoilt = Spoilt::new();
    spoilt.write("samples/spanner/php/composer.lock", "{ \"packages\": [ }");
    let (verdict, reason) = spoilt.verdict("php");
    assert_eq!(verdict, Verdict::SetupError, "{reason}");
    says(&reason, &["spanner/php: prepare: `composer ", "composer.lock\" does not contain valid JSON"]);
}

pub fn php_without_a_registry() {
    let (verdict, reason) = Spoilt::new().with("COMPOSER_DISABLE_NETWORK", "1").verdict("php");
    assert_eq!(verdict, Verdict::Unsupported, "{reason}");
    says(&reason, &["the packages of spanner/php cannot be had here", "`composer ", "Network disabled"]);
}

pub fn csharp_with_broken_pins() {
    let spoilt = Spoilt::new();
    spoilt.write("samples/spanner/csharp/Directory.Packages.props", "<Project>\n</Project>\n");
    let (verdict, reason) = spoilt.verdict("csharp");
    assert_eq!(verdict, Verdict::SetupError, "{reason}");
    says(
        &reason,
        &["spanner/csharp: prepare: `dotnet restore", "error NU1015: ", "do not have a version specified"],
    );
}

pub fn csharp_without_a_registry() {
    let (verdict, reason) = Spoilt::new().with("RestoreSources", "/nonexistent").verdict("csharp");
    assert_eq!(verdict, Verdict::Unsupported, "{reason}");
    says(&reason, &["the packages of spanner/csharp cannot be had here", "`dotnet restore", "NU1301"]);
}

/// Code of a page that is none of its language, in a project whose own code builds. Ignored if that cannot be known here.
fn does_not_build(root: &str, language: &str) -> Completion {
    let folder = TempDir::new().unwrap();
    let page = folder.path().join("page.md");
    let title = match language {
        "cpp" => "C++",
        "csharp" => "C#",
        "php" => "PHP",
        _ => "Ruby",
    };
    std::fs::write(&page, format!("# Cancel\n\n### {title}\n\n``` {language}\n)(\n```\n")).unwrap();
    let page = page.display().to_string();
    let root = repository().join(root);
    let arguments =
        ["--service", "spanner", "--page", &page, "--language", language, "--scenario", "cancel-wins"];
    let case = case(&root, &arguments, &[]);
    if let Some(reason) = unavailable(std::slice::from_ref(&case)) {
        return Completion::ignored_with(reason);
    }
    assert_eq!(case.verdict, Verdict::Fail, "{:?}", case.reason);
    assert_eq!(rules(&case), [Rule::DoesNotBuild]);
    let message = &case.findings[0].message;
    // The line of the page.
    assert!(message.contains("page.md:6: "), "{message}");
    Completion::Completed
}

pub fn published_cpp_that_does_not_build() -> Completion {
    does_not_build("tests/plain", "cpp")
}

pub fn published_csharp_that_does_not_build() -> Completion {
    does_not_build("tests/plain", "csharp")
}

pub fn published_php_that_does_not_build() -> Completion {
    does_not_build("tests/plain", "php")
}

pub fn published_ruby_that_does_not_build() -> Completion {
    does_not_build("", "ruby")
}

pub fn published_plain_ruby_that_does_not_build() -> Completion {
    does_not_build("tests/plain", "ruby")
}
