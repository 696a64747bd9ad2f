//! What a run writes: machines before people, whole or not at all, and never one thing over another.

use std::fs;
use std::io::{self, Read as _, Write as _};
use std::os::fd::AsFd as _;
use std::os::unix::process::ExitStatusExt as _;
use std::process::Stdio;

use nix::fcntl::{FcntlArg, OFlag, fcntl};
use nix::sys::signal::{Signal, kill};
use nix::sys::stat::Mode;
use nix::unistd::{Pid, mkfifo};
use rescind_model::{Results, exit};
use rescind_tests::{TestCatalog, command};

/// A pipe that takes no more, and that nobody reads.
fn full_pipe() -> (io::PipeReader, io::PipeWriter) {
    let (reader, mut writer) = io::pipe().unwrap();
    fcntl(writer.as_fd(), FcntlArg::F_SETFL(OFlag::O_NONBLOCK)).unwrap();
    while writer.write(&[b'x'; 4096]).is_ok() {}
    while writer.write(b"x").is_ok() {}
    fcntl(writer.as_fd(), FcntlArg::F_SETFL(OFlag::empty())).unwrap();
    (reader, writer)
}

#[test]
fn a_reader_that_does_not_read_keeps_nobody_from_the_results_and_can_be_left() {
    let catalog = TestCatalog::new("true");
    let fifo = catalog.root().join("fifo");
    mkfifo(&fifo, Mode::S_IRWXU).unwrap();
    let (_reader, writer) = full_pipe();
    let mut run = command(catalog.root());
    run.args(["run", "--results", "results.json", "--report", "junit=fifo"]).stdin(Stdio::null());
    let mut run = run.stdout(writer.try_clone().unwrap()).stderr(writer).spawn().unwrap();
    // It ends when the report has been written, which comes after the results.
    let mut report = String::new();
    fs::File::open(&fifo).unwrap().read_to_string(&mut report).unwrap();
    assert!(report.contains("<testsuites"), "{report}");
    let text = fs::read_to_string(catalog.root().join("results.json")).unwrap();
    assert_eq!(serde_json::from_str::<Results>(&text).unwrap().cases.len(), 1);
    // Nothing is lost any more. Two of one kind might be taken for one.
    for signal in [Signal::SIGINT, Signal::SIGTERM] {
        kill(Pid::from_raw(i32::try_from(run.id()).unwrap()), signal).unwrap();
    }
    let ended = run.wait().unwrap();
    assert_eq!(ended.code(), Some(exit::INTERRUPTED.into()), "{:?}", ended.signal());
}

#[test]
fn a_width_that_no_terminal_has_is_none() {
    let catalog = TestCatalog::new("exit 3");
    for columns in ["99999999999", "18446744073709551615", "0", "-1", "x"] {
        let mut run = command(catalog.root());
        let ran = run.args(["run", "--results", "results.json"]).env("COLUMNS", columns).output().unwrap();
        assert_eq!(ran.status.code(), Some(1), "{columns}: {}", String::from_utf8_lossy(&ran.stderr));
        assert!(String::from_utf8(ran.stdout).unwrap().contains("1 case: 1 fail"));
        fs::remove_file(catalog.root().join("results.json")).unwrap();
    }
}

#[test]
fn places_that_clash_are_refused_before_anything_is_run() {
    let catalog = TestCatalog::new("touch \"$HOME/../../../ran\"; exit 1");
    catalog.write("page.md", "# Shell\n\n```sh\ntrue\n```\n");
    std::os::unix::fs::symlink("a", catalog.root().join("link")).unwrap();
    let refused = |arguments: &[&str]| {
        let ran = catalog.run(arguments).exits(2);
        assert!(!catalog.root().join("a").exists(), "{arguments:?}");
        assert!(!ran.stderr.contains("[1/1]"), "it ran: {}", ran.stderr);
        ran.stderr
    };
    insta::assert_snapshot!(refused(&["--results", "a", "--report", "html=./a"]), @"error: json and html cannot both be written to ./a; name another file for one of them");
    insta::assert_snapshot!(refused(&["--report", "junit=a", "--report", "sarif=link"]), @"error: junit and sarif cannot both be written to link; name another file for one of them");
    insta::assert_snapshot!(refused(&["--report", "junit=-", "--report", "sarif=-"]), @"error: junit and sarif cannot both go to standard output; name a file for one of them");
    insta::assert_snapshot!(refused(&["--page", "page.md", "--results", "page.md"]), @"error: json would be written over page.md, which is read; name another file");
}

#[test]
fn results_are_not_written_over_by_their_own_report() {
    let catalog = TestCatalog::new("true");
    catalog.run(&["--results", "results.json"]).exits(0);
    let before = fs::read_to_string(catalog.root().join("results.json")).unwrap();
    let ran =
        rescind_tests::rescind(catalog.root(), &["report", "results.json", "--report", "html=results.json"]);
    insta::assert_snapshot!(ran.exits(2).stderr, @"error: html would be written over results.json, which is read; name another file");
    let ran = rescind_tests::rescind(
        catalog.root(),
        &["compare", "results.json", "results.json", "--report", "junit=results.json"],
    );
    ran.exits(2);
    assert_eq!(fs::read_to_string(catalog.root().join("results.json")).unwrap(), before);
}

#[test]
fn no_line_of_a_log_is_a_command_of_the_sample() {
    let catalog = TestCatalog::new(
        "printf '    ::stop-commands::held\\n##[error]x\\n'; echo '  ::add-mask::a' >&2; exit 3",
    );
    let ran = catalog.run(&[]).exits(1);
    let lines = || ran.stdout.lines().chain(ran.stderr.lines());
    assert_eq!(lines().find(|line| line.trim_start().starts_with("::") || line.contains("##[")), None);
    assert!(ran.stdout.contains("\\u{3a}:stop-commands::held"), "{}", ran.stdout);
}
