//! The servers that are measured, as programs of their own.

use std::io::{BufRead, BufReader};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// Where Google's packages put the vendor's emulator; else it is looked for on the PATH.
const ANCHOR: &str = "/usr/lib/google-cloud-sdk/bin/cloud_spanner_emulator/emulator_main";

/// A server, until it is dropped.
pub struct Program {
    child: Child,
    /// For gRPC; ours speaks REST there as well.
    pub address: SocketAddr,
    /// From its start until it listened.
    pub ready: Duration,
}

impl Program {
    /// `rescind emulator`.
    pub fn ours(program: &Path) -> Program {
        let begin = Instant::now();
        let mut child = Command::new(program)
            .args(["emulator", "--grpc-port", "0", "--rest-port", "0", "--operation-time", "1ms"])
            .args(["--control", "127.0.0.1:0"])
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let address = lines
            .map_while(Result::ok)
            .find_map(|line| line.strip_prefix("export SPANNER_EMULATOR_HOST=").map(str::to_owned));
        let ready = begin.elapsed();
        Program { child, address: address.unwrap().parse().unwrap(), ready }
    }

    /// The vendor's emulator. It says nothing once it listens, so it is asked again and again.
    pub fn anchor(program: &Path) -> Program {
        let address = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
        let begin = Instant::now();
        let child = Command::new(program)
            .arg("--host_port")
            .arg(address.to_string())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        while TcpStream::connect(address).is_err() {
            assert!(begin.elapsed() < Duration::from_secs(30), "{} does not listen", program.display());
            std::thread::sleep(Duration::from_micros(200));
        }
        Program { child, address, ready: begin.elapsed() }
    }

    /// Its memory, in bytes.
    pub fn resident(&self) -> u64 {
        resident(&self.child.id().to_string())
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}

/// The memory of a process, in bytes; 0 where the system does not tell.
pub fn resident(process: &str) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{process}/status")).unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    let kibibytes = line.and_then(|line| line.trim().strip_suffix(" kB")?.parse::<u64>().ok());
    kibibytes.unwrap_or_default() * 1024
}

/// The vendor's emulator, if it is installed.
pub fn anchor() -> Option<PathBuf> {
    Some(PathBuf::from(ANCHOR)).filter(|path| path.is_file())
}
