//! A server for the trials: it reads how long an answer is to take, in real milliseconds, takes that long, and answers.

use std::io::{self, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::os::fd::AsRawFd;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::Duration;

use rescind_world::{Look, WorldServer};

/// What the server is at.
#[derive(Default)]
struct State {
    accepted: u64,
    /// The connections that nobody has closed.
    connections: Vec<Arc<TcpStream>>,
    /// How many requests are being answered.
    answering: usize,
    /// How often anything has happened.
    turns: u64,
    answered: u64,
}

/// The server.
pub struct SlowServer {
    address: SocketAddr,
    state: Mutex<State>,
}

impl SlowServer {
    /// Listens, and answers until the process ends.
    pub fn start() -> io::Result<Arc<SlowServer>> {
        let listener = TcpListener::bind("127.0.0.1:0")?;
        let server =
            Arc::new(SlowServer { address: listener.local_addr()?, state: Mutex::new(State::default()) });
        let answering = Arc::clone(&server);
        thread::spawn(move || {
            while let Ok((stream, _)) = listener.accept() {
                let stream = Arc::new(stream);
                let mut state = answering.state();
                state.accepted += 1;
                state.turns += 1;
                state.connections.push(Arc::clone(&stream));
                drop(state);
                let server = Arc::clone(&answering);
                thread::spawn(move || server.answer(&stream));
            }
        });
        Ok(server)
    }

    /// How many connections were made, and how many requests were answered.
    pub fn counts(&self) -> (u64, u64) {
        let state = self.state();
        (state.accepted, state.answered)
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn answer(&self, stream: &Arc<TcpStream>) {
        // It is at it before the bytes are taken from where they are seen.
        let asked = stream.peek(&mut [0]).is_ok_and(|length| length > 0);
        self.state().answering += 1;
        if asked {
            // Who has gone misses nothing.
            let _ = take_time(stream);
        }
        let _ = stream.shutdown(std::net::Shutdown::Both);
        let mut state = self.state();
        state.answering -= 1;
        state.answered += u64::from(asked);
        state.turns += 1;
        state.connections.retain(|other| !Arc::ptr_eq(other, stream));
    }
}

fn take_time(mut stream: &TcpStream) -> io::Result<()> {
    let mut line = Vec::new();
    while line.last() != Some(&b'\n') {
        let mut byte = [0];
        stream.read_exact(&mut byte)?;
        line.push(byte[0]);
    }
    let text = String::from_utf8_lossy(&line).trim().to_owned();
    // This is what it is for: it takes its time.
    thread::sleep(Duration::from_millis(text.parse().unwrap_or_default()));
    stream.write_all(format!("took {text}\n").as_bytes())
}

impl WorldServer for SlowServer {
    fn address(&self) -> SocketAddr {
        self.address
    }

    fn look(&self, connections: u64) -> Look {
        let state = self.state();
        let on_its_way = |stream: &Arc<TcpStream>| {
            let number = |request| {
                let mut bytes: libc::c_int = 0;
                // SAFETY: both requests write one `int`, which outlives the call.
                let result = unsafe { libc::ioctl(stream.as_raw_fd(), request, &raw mut bytes) };
                result == 0 && bytes > 0
            };
            number(libc::FIONREAD) || number(libc::TIOCOUTQ)
        };
        if state.accepted < connections || state.answering > 0 || state.connections.iter().any(on_its_way) {
            return Look::Busy;
        }
        Look::Quiet(state.turns)
    }
}
