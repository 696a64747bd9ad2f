//! `rescind emulator`, with a client that speaks HTTP.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::process::{Child, Command, Stdio};

use crate::support::rescind;

struct Emulator {
    child: Child,
    rest: String,
}

impl Emulator {
    fn start() -> Emulator {
        let mut child = Command::new(env!("CARGO_BIN_EXE_rescind"))
            .args(["emulator", "--grpc-port", "0", "--rest-port", "0", "--database", "p/i/d"])
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines().map(Result::unwrap);
        let value = |line: String, name: &str| {
            line.strip_prefix(name).map(|value| value.trim_end_matches('/').to_owned())
        };
        let rest = lines
            .find_map(|line| value(line, "export CLOUDSDK_API_ENDPOINT_OVERRIDES_SPANNER=http://"))
            .unwrap();
        Emulator { child, rest }
    }

    /// The answer to a request, head and body.
    fn ask(&self, method: &str, path: &str) -> String {
        let mut stream = TcpStream::connect(&self.rest).unwrap();
        write!(
            stream,
            "{method} {path} HTTP/1.1\r\nHost: e\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"
        )
        .unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        answer
    }

    fn stop(mut self, signal: &str) -> Option<i32> {
        Command::new("kill").arg(signal).arg(self.child.id().to_string()).status().unwrap();
        self.child.wait().unwrap().code()
    }
}

impl Drop for Emulator {
    fn drop(&mut self) {
        // Gone already, if the test went as it should.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[test]
fn it_says_where_it_listens_answers_there_and_stops_on_term() {
    let emulator = Emulator::start();
    let answer = emulator.ask("GET", "/v1/projects/p/instanceConfigs");
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    assert!(answer.contains("projects/p/instanceConfigs/"), "{answer}");
    let answer = emulator.ask("GET", "/v1/projects/p/instances/i/databases/d");
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    let answer = emulator.ask("GET", "/v1/projects/p/instances/nope");
    assert!(answer.starts_with("HTTP/1.1 404"), "{answer}");
    assert!(answer.contains("NOT_FOUND"), "{answer}");
    assert_eq!(emulator.stop("-TERM"), Some(0));
}

#[test]
fn it_does_not_listen_to_other_machines_unless_it_is_told_to() {
    let folder = tempfile::tempdir().unwrap();
    let ran = rescind(folder.path(), &["emulator", "--host", "0.0.0.0"]).exits(2);
    assert!(ran.stderr.contains("--allow-remote"), "{}", ran.stderr);
}
