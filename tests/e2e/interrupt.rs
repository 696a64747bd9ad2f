//! Signals in the middle of a run: nothing of it stays, and what is known is written.

use std::fs::File;
use std::io::{BufRead as _, BufReader, Read as _};
use std::net::TcpListener;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc;
use std::time::Duration;

use nix::sys::signal::{Signal, kill};
use nix::sys::stat::Mode;
use nix::unistd::{Pid, mkfifo};
use rescind_model::{Results, Verdict, exit};
use rescind_tests::{TestCatalog, command};

/// How long it may take, at the very most, until what was killed is gone.
const PATIENCE: Duration = Duration::from_secs(30);

/// In the second scenario it starts a child and waits for it, deaf to TERM; whoever lives of the two holds the FIFO open.
const SCRIPT: &str = r#"case $GOOGLE_CLOUD_PROJECT in
*-waits)
  trap '' TERM INT
  exec 3> FIFO
  echo started >&3
  sleep 987652 &
  wait
  ;;
esac"#;

fn catalog() -> TestCatalog {
    let catalog = TestCatalog::new("true");
    let fifo = catalog.root().join("fifo");
    mkfifo(&fifo, Mode::S_IRWXU).unwrap();
    catalog.edit("samples/spanner/shell/sample.sh", "true", &SCRIPT.replace("FIFO", fifo.to_str().unwrap()));
    catalog.copy("manifests/scenarios/cancel-wins.yaml", "manifests/scenarios/waits.yaml");
    catalog
}

fn send(child: &Child, signal: Signal) {
    kill(Pid::from_raw(i32::try_from(child.id()).unwrap()), signal).unwrap();
}

/// The binary, as a terminal starts it. Whoever started the tests may ignore the end of a terminal (`nohup`), which is
/// inherited, and which the binary then keeps to.
fn of_a_terminal(root: &Path) -> Command {
    let plain = command(root);
    if !ignores(Signal::SIGHUP) {
        return plain;
    }
    let mut command = Command::new("env");
    command.arg("--default-signal=HUP").arg(plain.get_program()).args(plain.get_args()).current_dir(root);
    for (name, value) in plain.get_envs() {
        match value {
            Some(value) => command.env(name, value),
            None => command.env_remove(name),
        };
    }
    command
}

/// True if this process ignores a signal. Only Linux tells.
fn ignores(signal: Signal) -> bool {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let ignored = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
    let ignored = ignored.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok()).unwrap_or_default();
    ignored & (1 << (signal as u32 - 1)) != 0
}

/// Sends a signal to a run of which one case has ended and the other one never does.
fn interrupted(signal: Signal) {
    let catalog = catalog();
    let mut rescind = of_a_terminal(catalog.root())
        .args(["run", "--clock", "real", "--jobs", "2", "--results", "results.json"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut held = BufReader::new(File::open(catalog.root().join("fifo")).unwrap());
    let mut started = String::new();
    held.read_line(&mut started).unwrap();
    assert_eq!(started, "started\n");
    let mut stderr = BufReader::new(rescind.stderr.take().unwrap());
    let mut told = String::new();
    while !told.contains("spanner/shell/cancel-wins") {
        assert_ne!(stderr.read_line(&mut told).unwrap(), 0, "it ended early: {told}");
    }

    send(&rescind, signal);
    stderr.read_to_string(&mut told).unwrap();
    let ended = rescind.wait_with_output().unwrap();
    assert_eq!(ended.status.code(), Some(exit::INTERRUPTED.into()), "{told}");
    assert!(told.contains("interrupted: ending the samples"), "{told}");
    let report = String::from_utf8(ended.stdout).unwrap();
    assert!(report.contains("interrupted; 2 cases: 1 pass, 1 skipped"), "{report}");
    let text = std::fs::read_to_string(catalog.root().join("results.json")).unwrap();
    let results: Results = serde_json::from_str(&text).unwrap();
    assert!(results.interrupted);
    let verdicts: Vec<Verdict> = results.cases.iter().map(|case| case.verdict).collect();
    assert_eq!(verdicts, [Verdict::Pass, Verdict::Skipped]);

    assert_nobody_holds(held);
}

/// Fails if somebody lives on who could write to the FIFO: it ends when nobody is left.
fn assert_nobody_holds(mut fifo: BufReader<File>) {
    let (gone, is_gone) = mpsc::channel();
    std::thread::spawn(move || gone.send(fifo.read_to_end(&mut Vec::new()).is_ok()));
    assert_eq!(is_gone.recv_timeout(PATIENCE), Ok(true), "a process that was started lives on");
}

#[test]
fn at_ctrl_c_every_process_ends_and_what_is_known_is_written() {
    interrupted(Signal::SIGINT);
}

#[test]
fn at_term_it_is_the_same() {
    interrupted(Signal::SIGTERM);
}

#[test]
fn at_the_hang_up_of_the_terminal_it_is_the_same() {
    interrupted(Signal::SIGHUP);
}

#[test]
fn doctor_leaves_no_program_behind_that_does_not_tell_its_version() {
    let catalog = TestCatalog::new("true");
    let fifo = catalog.root().join("fifo");
    mkfifo(&fifo, Mode::S_IRWXU).unwrap();
    let probe = format!("exec 3> {}; echo started >&3; sleep 987650 & wait", fifo.display());
    catalog.edit_manifest("echo 1.0", &probe);
    let doctor = command(catalog.root()).arg("doctor").stderr(Stdio::piped()).spawn().unwrap();
    let mut held = BufReader::new(File::open(&fifo).unwrap());
    held.read_line(&mut String::new()).unwrap();
    send(&doctor, Signal::SIGINT);
    let ended = doctor.wait_with_output().unwrap();
    assert_eq!(ended.status.code(), Some(exit::INTERRUPTED.into()), "{ended:?}");
    assert_nobody_holds(held);
}

#[test]
fn an_emulator_that_does_not_answer_does_not_hold_up_an_interrupt() {
    let catalog = TestCatalog::new("true");
    let silent = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = silent.local_addr().unwrap().to_string();
    let mut run = command(catalog.root());
    let run = run.args(["run", "--emulator", &address]).stderr(Stdio::piped()).spawn().unwrap();
    let _asked = silent.accept().unwrap();
    send(&run, Signal::SIGINT);
    let ended = run.wait_with_output().unwrap();
    assert_eq!(ended.status.code(), Some(exit::INTERRUPTED.into()), "{ended:?}");
}
