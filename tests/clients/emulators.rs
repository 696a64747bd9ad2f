//! The two emulators that all clients share, both the real binary.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::process::{Child, Command, Stdio};

use serde_json::{Value, json};

/// How long operations take on the emulator where they never end by themselves: longer than any test.
const LASTING: &str = "1d";
/// How long they take on the other.
const BRIEF: &str = "1ms";

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
    pub fn lasting(&self) -> &Emulator {
        &self.lasting
    }

    /// Where operations end at once.
    pub fn brief(&self) -> &Emulator {
        &self.brief
    }
}

/// An emulator that runs.
pub struct Emulator {
    child: Child,
    /// Where its services are.
    pub address: SocketAddr,
    /// Where its control API is.
    pub control: SocketAddr,
}

/// The token of the control APIs.
pub const TOKEN: &str = "for-the-checks";

impl Emulator {
    fn start(operation_time: &str) -> Emulator {
        let mut child = Command::new(rescind_tests::binary())
            .args(["emulator", "--grpc-port", "0", "--rest-port", "0", "--operation-time", operation_time])
            .args(["--control", "127.0.0.1:0", "--control-token", TOKEN])
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines().map(Result::unwrap);
        let mut told = |variable: &str| {
            let value = |line: String| line.strip_prefix(variable)?.parse().ok();
            lines.find_map(value).expect("the emulator says where it listens")
        };
        let address = told("export SPANNER_EMULATOR_HOST=");
        let control = told("export RESCIND_CONTROL=");
        Emulator { child, address, control }
    }

    /// Puts a project that runs free, by the control API.
    pub fn put(&self, project: &str, setup: &Value) {
        let body = json!({ "setup": setup, "progress": "free-running" }).to_string();
        let path = format!("/rescind/v1/projects/{project}");
        let mut stream = TcpStream::connect(self.control).unwrap();
        write!(
            stream,
            "PUT {path} HTTP/1.1\r\nHost: {}\r\nAuthorization: Bearer {TOKEN}\r\nConnection: close\r\n\
             Content-Length: {}\r\n\r\n{body}",
            self.control,
            body.len()
        )
        .unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        assert!(answer.starts_with("HTTP/1.1 200 "), "PUT {path} {body}\n{answer}");
    }
}

impl Drop for Emulator {
    fn drop(&mut self) {
        // Gone already only if it crashed, and then the checks have said so.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
