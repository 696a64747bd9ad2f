//! Where the output goes: a terminal, a reader that has enough, a full disk.

use std::fs::File;
use std::io::Read as _;
use std::process::Stdio;

use nix::pty::{OpenptyResult, openpty};
use rescind_model::Results;
use rescind_tests::{TestCatalog, command};

/// Runs the one case on a terminal, and gives all that the terminal got.
fn on_a_terminal(variables: &[(&str, &str)]) -> String {
    let catalog = TestCatalog::new("exit 3");
    let OpenptyResult { master, slave } = openpty(None, None).unwrap();
    let mut command = command(catalog.root());
    command.arg("run").env("TERM", "xterm-256color").envs(variables.iter().copied());
    command.stdin(Stdio::null()).stdout(slave.try_clone().unwrap()).stderr(slave);
    let mut rescind = command.spawn().unwrap();
    // It holds the terminal's other end, and reading would not come to an end.
    drop(command);
    let mut text = Vec::new();
    // On Linux the end of a terminal is an error (EIO).
    let _ = File::from(master).read_to_end(&mut text);
    assert_eq!(rescind.wait().unwrap().code(), Some(1));
    String::from_utf8(text).unwrap()
}

/// True if a text has an escape sequence that chooses colours: `ESC [ 31 m`.
fn has_colour(text: &str) -> bool {
    let sequence = regex::Regex::new("\x1b\\[[0-9;]+m").unwrap();
    sequence.is_match(text)
}

#[test]
fn a_terminal_gets_colours_and_a_bar() {
    let text = on_a_terminal(&[]);
    assert!(has_colour(&text), "{text:?}");
    // How often the bar is drawn anew is for the clock to say; the first time is sure.
    assert!(text.contains("░ 0/1 "), "no bar in {text:?}");
    assert!(text.contains("1 fail"), "{text:?}");
}

#[test]
fn no_color_is_honoured() {
    let text = on_a_terminal(&[("NO_COLOR", "1")]);
    assert!(!has_colour(&text), "{text:?}");
    assert!(text.contains("1 case: 1 fail"), "{text:?}");
}

#[test]
fn elsewhere_there_are_plain_lines_whatever_the_variables_say_of_the_terminal() {
    let ran = TestCatalog::new("exit 3").run(&[]).exits(1);
    assert!(ran.stderr.contains("[1/1] fail spanner/shell/cancel-wins ("), "{}", ran.stderr);
    assert!(!ran.stderr.contains('\r') && !ran.stderr.contains('\x1b'), "{:?}", ran.stderr);
}

#[test]
fn a_run_whose_reader_has_gone_still_writes_its_results() {
    let catalog = TestCatalog::new("true");
    let mut command = command(catalog.root());
    let (reader, writer) = std::io::pipe().unwrap();
    command.args(["run", "--results", "results.json"]).stdout(writer.try_clone().unwrap()).stderr(writer);
    drop(reader);
    assert_eq!(command.status().unwrap().code(), Some(0));
    let text = std::fs::read_to_string(catalog.root().join("results.json")).unwrap();
    assert_eq!(serde_json::from_str::<Results>(&text).unwrap().cases.len(), 1);
}

#[test]
fn a_full_disk_is_told_and_the_results_are_still_written() {
    let Ok(full) = File::create("/dev/full") else {
        eprintln!("skipped: there is no /dev/full here");
        return;
    };
    let catalog = TestCatalog::new("true");
    let mut command = command(catalog.root());
    let ran = command.args(["run", "--results", "results.json"]).stdout(full).output().unwrap();
    assert_eq!(ran.status.code(), Some(3));
    let told = String::from_utf8(ran.stderr).unwrap();
    assert!(told.contains("error: cannot write to standard output: No space left on device"), "{told}");
    let text = std::fs::read_to_string(catalog.root().join("results.json")).unwrap();
    assert_eq!(serde_json::from_str::<Results>(&text).unwrap().cases.len(), 1);
}

#[test]
fn a_secret_that_a_package_manager_prints_is_not_told_while_the_run_goes_on() {
    let catalog = TestCatalog::new("true");
    catalog.edit_manifest(
        "run:\n",
        "variables: [NPM_CONFIG_*]\nprepare:\n  steps:\n    - [sh, -c, 'echo \"token is $NPM_CONFIG_AUTH_TOKEN\"; exit 1']\nrun:\n",
    );
    let mut command = command(catalog.root());
    let ran = command.arg("run").env("NPM_CONFIG_AUTH_TOKEN", "s3cr3t-v4lu3").output().unwrap();
    assert_eq!(ran.status.code(), Some(3));
    for text in [ran.stdout, ran.stderr].map(|stream| String::from_utf8(stream).unwrap()) {
        assert!(text.contains("[redacted NPM_CONFIG_AUTH_TOKEN]"), "{text}");
        assert!(!text.contains("s3cr3t"), "{text}");
    }
}
