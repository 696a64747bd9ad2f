//! What `cargo xtask dist` makes runs by itself: in an empty folder, with Python and no other program.

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::process::Command;

use rescind_model::{Results, Rule, Verdict};
use rescind_tests::{binary, cache, repository, rules, scratch};

/// The Python of this machine itself: what is found on the search path may be a script of a version manager's.
fn interpreter() -> PathBuf {
    let asked = Command::new("python3").args(["-c", "import sys; print(sys.executable)"]).output().unwrap();
    PathBuf::from(String::from_utf8(asked.stdout).unwrap().trim_end())
}

/// A folder with Python and nothing else. It is at the same place in each run, so that the packages which are installed
/// for this Python are found again.
fn python_alone() -> PathBuf {
    let folder = scratch().join("python-alone");
    if folder.exists() {
        fs::remove_dir_all(&folder).unwrap();
    }
    fs::create_dir_all(&folder).unwrap();
    symlink(interpreter(), folder.join("python3")).unwrap();
    folder
}

/// The file of an archive whose name ends so.
fn file(folder: &Path, end: &str) -> PathBuf {
    let mut files = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    files.find(|path| path.to_string_lossy().ends_with(end)).unwrap()
}

pub fn checks_a_page() {
    let folder = tempfile::tempdir().unwrap();
    let made = folder.path().join("made");
    let arguments: [&Path; 6] =
        ["cargo xtask".as_ref(), "dist".as_ref(), "--binary".as_ref(), binary(), "--output".as_ref(), &made];
    xtask::run(arguments.map(Into::into)).unwrap();

    let sum = fs::read_to_string(file(&made, ".tar.gz.sha256")).unwrap();
    let archive = file(&made, ".tar.gz");
    assert!(sum.ends_with(&format!("  {}\n", archive.file_name().unwrap().display())), "{sum}");
    let empty = folder.path().join("empty");
    let packed = flate2::read::GzDecoder::new(fs::File::open(&archive).unwrap());
    tar::Archive::new(packed).unpack(&empty).unwrap();
    let unpacked = fs::read_dir(&empty).unwrap().next().unwrap().unwrap().path();
    for document in ["README.md", "LICENSE", "CHANGELOG.md", "SECURITY.md", "docs/building.md"] {
        assert!(unpacked.join(document).is_file(), "{document}");
    }

    fs::copy(repository().join("tests/pages/cancel-backup.md"), unpacked.join("page.md")).unwrap();
    let settings = ["PIP_", "UV_", "HOME", "TMPDIR"];
    let ran = Command::new(unpacked.join("rescind"))
        .current_dir(&unpacked)
        .env_clear()
        // How packages are had is the machine's affair.
        .envs(std::env::vars().filter(|(name, _)| settings.iter().any(|start| name.starts_with(start))))
        .env("PATH", python_alone())
        .arg("--cache-dir")
        .arg(cache())
        .args(["run", "--page", "page.md", "--service", "spanner", "--language", "python"])
        .args([
            "--scenario",
            "cancel-wins",
            "--scenario",
            "cancel-unimplemented",
            "--results",
            "results.json",
        ])
        .output()
        .unwrap();
    let said = format!("{}{}", String::from_utf8_lossy(&ran.stdout), String::from_utf8_lossy(&ran.stderr));
    assert_eq!(ran.status.code(), Some(1), "{said}");
    let results: Results =
        serde_json::from_str(&fs::read_to_string(unpacked.join("results.json")).unwrap()).unwrap();
    let cases: BTreeMap<String, _> = results.cases.iter().map(|case| (case.id.to_string(), case)).collect();
    assert_eq!(cases.len(), 2, "{said}");
    assert_eq!(cases["spanner/python/cancel-wins"].verdict, Verdict::Pass, "{said}");
    let refused = cases["spanner/python/cancel-unimplemented"];
    assert!(rules(refused).contains(&Rule::LeakedBackup), "{said}");
    assert_eq!(refused.location.as_ref().unwrap().file, "page.md");
}
