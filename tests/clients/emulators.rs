//! The two emulators that all clients share, both the real binary.

use std::io::{BufRead, BufReader};
use std::net::SocketAddr;
use std::process::{Child, Command, Stdio};

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
    /// Starts them; in each of these projects there is an instance of Spanner, with a database.
    pub fn start(projects: &[String]) -> Emulators {
        Emulators { lasting: Emulator::start(LASTING, projects), brief: Emulator::start(BRIEF, projects) }
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
    fn start(operation_time: &str, projects: &[String]) -> Emulator {
        let databases = projects
            .iter()
            .flat_map(|project| ["--database".to_owned(), format!("{project}/test-instance/test-database")]);
        let mut child = Command::new(env!("CARGO_BIN_EXE_rescind"))
            .args(["emulator", "--grpc-port", "0", "--rest-port", "0", "--operation-time", operation_time])
            .args(databases)
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
