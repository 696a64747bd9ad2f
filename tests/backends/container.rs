//! Containers come and go with the run.

use std::collections::BTreeSet;
use std::fs::File;
use std::io::Read;
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};
use std::sync::mpsc;
use std::time::Duration;

use rescind_tests::{TestCatalog, command};

const LABEL: &str = "label=dev.rescind.emulator";

fn docker(arguments: &[&str]) -> String {
    let Output { status, stdout, stderr } = Command::new("docker").args(arguments).output().unwrap();
    assert!(status.success(), "docker {arguments:?}: {}", String::from_utf8_lossy(&stderr));
    String::from_utf8(stdout).unwrap()
}

/// The ids of rescind's containers, in whatever state.
pub fn running() -> BTreeSet<String> {
    let listed = docker(&["ps", "--all", "--quiet", "--no-trunc", "--filter", LABEL]);
    listed.lines().map(str::to_owned).collect()
}

/// A run whose sample has begun, and will not end for a minute.
struct Run {
    child: Child,
    container: String,
    _project: TestCatalog,
}

impl Run {
    fn start() -> Run {
        let before = running();
        let folder = tempfile::tempdir().unwrap();
        let begun = folder.path().join("begun");
        assert!(Command::new("mkfifo").arg(&begun).status().unwrap().success());
        let catalog = TestCatalog::new(&format!("echo begun > '{}'\nexec sleep 60", begun.display()));
        let mut child = command(catalog.root())
            .args(["run", "--emulator", "container", "--clock", "real", "--deadline", "500s"])
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        if !has_begun(&begun) {
            child.kill().unwrap();
            child.wait().unwrap();
            panic!("the sample did not begin within a minute");
        }
        let new: Vec<String> = running().difference(&before).cloned().collect();
        let [container] = new.as_slice() else { panic!("{new:?}") };
        Run { child, container: container.clone(), _project: catalog }
    }

    fn signal(&mut self, signal: &str) -> Option<i32> {
        let id = self.child.id().to_string();
        assert!(Command::new("kill").args([signal, &id]).status().unwrap().success());
        self.child.wait().unwrap().code()
    }
}

/// Waits for a writer of a pipe, for a minute.
fn has_begun(pipe: &Path) -> bool {
    let (sender, receiver) = mpsc::channel();
    let pipe = pipe.to_owned();
    std::thread::spawn(move || {
        let mut text = String::new();
        let read = File::open(pipe).and_then(|mut file| file.read_to_string(&mut text));
        // Nobody listens any more if it took too long.
        let _ = sender.send(read.is_ok());
    });
    receiver.recv_timeout(Duration::from_secs(60)).unwrap_or(false)
}

pub fn interrupted() {
    let mut run = Run::start();
    assert_eq!(run.signal("-INT"), Some(130));
    assert!(!running().contains(&run.container), "the container is still there");
}

pub fn killed() {
    let mut run = Run::start();
    // (The sample outlives it for a minute: nobody is left to end it.)
    assert_eq!(run.signal("-KILL"), None);
    // Returns when the container has stopped; none is also right, for then it is gone already.
    let _ = Command::new("docker").args(["wait", &run.container]).output().unwrap();
    let state = Command::new("docker")
        .args(["inspect", "--format", "{{.State.Running}}", &run.container])
        .output()
        .unwrap();
    assert_ne!(String::from_utf8(state.stdout).unwrap().trim(), "true", "the container still runs");
}

pub fn named_image() {
    let catalog = TestCatalog::new("true");
    let (_, case) = catalog.case(&["--emulator", "container"]);
    assert!(case.observation.is_some(), "{case:?}");
    let images = docker(&["images", "--format", "{{.Repository}}:{{.Tag}}", "rescind-emulator"]);
    // The latest comes first.
    let image = images.lines().next().unwrap();
    let (_, case) = catalog.case(&["--emulator", "container", "--image", image]);
    assert!(case.observation.is_some(), "{case:?}");
}

pub fn no_image() {
    let catalog = TestCatalog::new("true");
    let ran = catalog.run(&["--emulator", "container", "--image", "localhost:1/no-such-image:1"]).exits(3);
    let expected = "cannot start a container of localhost:1/no-such-image:1";
    assert!(ran.stderr.contains(expected), "{}", ran.stderr);
}

pub fn no_daemon() {
    let catalog = TestCatalog::new("true");
    let output = command(catalog.root())
        .args(["run", "--emulator", "container"])
        .env("DOCKER_HOST", "unix:///nonexistent/docker.sock")
        .output()
        .unwrap();
    let stderr = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(3), "{stderr}");
    assert!(stderr.contains("no Docker daemon answers"), "{stderr}");
    assert!(stderr.contains("leave out `--emulator container`"), "{stderr}");
}
