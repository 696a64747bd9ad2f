//! The two emulators that all clients share, both the real binary.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::process::{Child, Command, Stdio};

use serde_json::{Value, json};

/// How long operations take on the emulator where they never end by themselves: longer than any test.
const LASTING: &str = "86400";
/// How long they take on the other, in seconds.
const BRIEF: &str = "0.001";

/// Two emulators that run free. What a check waits for is never a matter of speed: where it needs an operation that
/// runs, none ends, and where it needs one that is over, all end at once.
pub struct Emulators {
    lasting: Emulator,
    brief: Emulator,
}

impl Emulators {
    /// Starts them, empty.
    pub fn start() -> Emulators {
        Emulators { lasting: Emulator::start(LASTING), brief: Emulator::start(BRIEF) }
    }

    /// Where operations never end by themselves.
    pub fn lasting(&self) -> SocketAddr {
        self.lasting.address
    }

    /// Where operations end at once.
    pub fn brief(&self) -> SocketAddr {
        self.brief.address
    }
}

struct Emulator {
    child: Child,
    address: SocketAddr,
}

impl Emulator {
    fn start(operation_time: &str) -> Emulator {
        let mut child = Command::new(env!("CARGO_BIN_EXE_rescind"))
            .args(["emulator", "--grpc-port", "0", "--rest-port", "0", "--operation-time", operation_time])
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let address = lines
            .map(Result::unwrap)
            .find_map(|line| line.strip_prefix("export SPANNER_EMULATOR_HOST=")?.parse().ok())
            .expect("the emulator says where it listens");
        Emulator { child, address }
    }
}

impl Drop for Emulator {
    fn drop(&mut self) {
        // Gone already only if it crashed, and then the checks have said so.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Puts a project that runs free, by the control API of the emulator at an address.
pub fn put(address: SocketAddr, project: &str, setup: &Value) {
    let body = json!({ "setup": setup, "progress": "free-running" }).to_string();
    let path = format!("/rescind/v1/projects/{project}");
    let mut stream = TcpStream::connect(address).unwrap();
    write!(
        stream,
        "PUT {path} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    )
    .unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    assert!(answer.starts_with("HTTP/1.1 200 "), "PUT {path} {body}\n{answer}");
}
