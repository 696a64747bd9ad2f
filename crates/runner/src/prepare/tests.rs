//! Preparation, with steps of shell.

use std::fs;

use rescind_catalog::{LineOrigins, Lines};

use super::*;
use crate::testing;

struct Fixture {
    _folder: tempfile::TempDir,
    context: Context,
    manifest: Manifest,
}

/// A sample whose dependencies are its file `deps` and whose build runs `build.sh`. Each stage appends to a log beside
/// the cache, so that it can be seen how often it ran.
fn fixture(build: &str) -> Fixture {
    let folder = tempfile::tempdir().unwrap();
    let context = testing::context(folder.path());
    let mut manifest = testing::manifest(folder.path(), "sh", "echo bundled");
    fs::write(manifest.source.folder.join("deps"), "1").unwrap();
    fs::write(manifest.source.folder.join("build.sh"), build).unwrap();
    let log = folder.path().join("log").display().to_string();
    let step = |words: &[&str]| words.iter().map(|word| (*word).to_owned()).collect::<Vec<String>>();
    manifest.prepare = Stage {
        inputs: vec!["deps".into()],
        steps: vec![
            step(&["sh", "-c", "ls >> \"$LOG\"; cp deps {cache}/installed"]),
            step(&["sh", "-c", "test -n \"$PATH\" && test -w \"$TMPDIR\""]),
        ],
        environment: [("LOG".to_owned(), log.clone())].into(),
    };
    manifest.build = Stage {
        inputs: Vec::new(),
        steps: vec![step(&["sh", "build.sh", "{cache}/installed"])],
        environment: [("LOG".to_owned(), log)].into(),
    };
    Fixture { _folder: folder, context, manifest }
}

const BUILD: &str = "echo build >> \"$LOG\"; cp \"$1\" built";

impl Fixture {
    async fn prepare(&self, code: &SampleCode) -> Result<Prepared, PrepareError> {
        let cancel = CancellationToken::new();
        prepare(&self.context, &self.manifest, &Toolchain::default(), code, &cancel).await
    }

    async fn bundled(&self) -> Prepared {
        self.prepare(&SampleCode::Bundled).await.unwrap()
    }

    fn log(&self) -> Vec<String> {
        let log = fs::read_to_string(self._folder.path().join("log")).unwrap_or_default();
        log.lines().map(str::to_owned).collect()
    }

    fn write(&self, file: &str, text: &str) {
        fs::write(self.manifest.source.folder.join(file), text).unwrap();
    }
}

fn published(text: &str) -> SampleCode {
    SampleCode::Published {
        file_content: text.as_bytes().to_vec(),
        lines: LineOrigins::of_block(Lines { first: 1, last: 1 }, 7),
        origin: "page.md".to_owned(),
    }
}

#[tokio::test]
async fn each_stage_runs_once_and_prepare_sees_its_inputs_only() {
    let fixture = fixture(BUILD);
    let first = fixture.bundled().await;
    assert!(!first.cached);
    assert_eq!(fs::read_to_string(first.work.join("built")).unwrap(), "1");
    assert_eq!(fs::read_to_string(first.work.join("main.sh")).unwrap(), "echo bundled");
    assert_eq!(fixture.log(), ["deps", "build"]);
    assert!(!fixture.manifest.source.folder.join("built").exists(), "the sample's own folder is not touched");

    let second = fixture.bundled().await;
    assert_eq!((&second.work, &second.cache, second.cached), (&first.work, &first.cache, true));
    assert_eq!(fixture.log(), ["deps", "build"]);
}

#[tokio::test]
async fn what_changes_decides_what_is_done_again() {
    let fixture = fixture(BUILD);
    let first = fixture.bundled().await;
    fixture.write("main.sh", "echo changed");
    let code = fixture.bundled().await;
    assert_eq!(code.cache, first.cache);
    assert_ne!(code.work, first.work);
    assert_eq!(fixture.log(), ["deps", "build", "build"]);

    fixture.write("deps", "2");
    let dependencies = fixture.bundled().await;
    assert_ne!(dependencies.cache, first.cache);
    assert_eq!(fs::read_to_string(dependencies.work.join("built")).unwrap(), "2");
    assert_eq!(fixture.log(), ["deps", "build", "build", "deps", "build"]);
    assert!(is_installed(&fixture.context, &fixture.manifest, &Toolchain::default()).unwrap());
}

#[tokio::test]
async fn published_code_takes_the_place_of_the_file_in_a_copy() {
    let fixture = fixture(BUILD);
    let bundled = fixture.bundled().await;
    let prepared = fixture.prepare(&published("echo published\r\n")).await.unwrap();
    assert_eq!(fs::read_to_string(prepared.work.join("main.sh")).unwrap(), "echo published\r\n");
    assert_eq!(fs::read_to_string(bundled.work.join("main.sh")).unwrap(), "echo bundled");
    assert_eq!(prepared.cache, bundled.cache);
}

#[tokio::test]
async fn a_failed_step_is_told_with_its_command_and_output_and_tried_again() {
    let fixture = fixture("echo 'main.sh:1: it is wrong' >&2; exit 3");
    let error = fixture.prepare(&SampleCode::Bundled).await.unwrap_err();
    let place = fixture.context.cache.display().to_string();
    let text = error.to_string().replace(&place, "CACHE");
    let text = regex::Regex::new("-[0-9a-f]{20}").unwrap().replace_all(&text, "-KEY");
    insta::assert_snapshot!(text, @"
    spanner/sh: build: `sh build.sh CACHE/deps/spanner-sh-KEY/cache/installed` failed (exit 3):
    main.sh:1: it is wrong
    ");

    // What does not build with the sample's own code either is no fault of the published code.
    let error = fixture.prepare(&published("echo published")).await.unwrap_err();
    assert!(matches!(error, PrepareError::Step { .. }), "{error}");

    fixture.write("build.sh", BUILD);
    fixture.bundled().await;
}

#[tokio::test]
async fn published_code_that_does_not_build_is_told_with_its_line_in_the_page() {
    let fixture = fixture(
        "if grep published main.sh; then printf '\\033[31mmain.sh:1: it is wrong\\033[0m\\n' >&2; exit 3; fi",
    );
    let error = fixture.prepare(&published("echo published")).await.unwrap_err();
    let PrepareError::DoesNotBuild { origin, complaint, line, step, .. } = error else { panic!("{error}") };
    assert_eq!((origin.as_str(), complaint.as_str(), line), ("page.md", "page.md:7: it is wrong", 7));
    assert_eq!(step.output, "echo published\nmain.sh:1: it is wrong");
}

#[tokio::test]
async fn of_much_output_the_beginning_and_the_end_are_told() {
    let fixture = fixture("seq 100; exit 1");
    let error = fixture.prepare(&SampleCode::Bundled).await.unwrap_err();
    let PrepareError::Step { step, .. } = error else { panic!("{error}") };
    assert!(step.output.starts_with("1\n2\n"), "{}", step.output);
    assert!(step.output.contains("\n20\n[… 60 lines]\n81\n"), "{}", step.output);
    assert!(step.output.ends_with("\n100"), "{}", step.output);
}

#[tokio::test]
async fn a_missing_input_and_a_missing_program_are_named() {
    let mut fixture = fixture(BUILD);
    fixture.manifest.prepare.steps = vec![vec!["no-such-installer".to_owned()]];
    insta::assert_snapshot!(fixture.prepare(&SampleCode::Bundled).await.unwrap_err(), @"
    spanner/sh: prepare: `no-such-installer` cannot be started:
    no-such-installer is not there
    ");
    fixture.manifest.prepare.inputs = vec!["go.sum".into()];
    let error = fixture.prepare(&SampleCode::Bundled).await.unwrap_err().to_string();
    assert!(error.ends_with("sh/go.sum: No such file or directory (os error 2)"), "{error}");
}

#[tokio::test]
async fn two_runs_at_once_install_once() {
    let fixture = fixture(BUILD);
    let (one, other) = tokio::join!(fixture.bundled(), fixture.bundled());
    assert_eq!(one.work, other.work);
    assert_eq!(fixture.log(), ["deps", "build"]);
}
