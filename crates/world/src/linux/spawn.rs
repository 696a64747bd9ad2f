//! The first process of a tree: started in a session of its own, with nothing but its three standard streams, and held
//! back until it is traced.

use std::io::{self, Read, Write};
use std::os::fd::OwnedFd;
use std::os::unix::process::CommandExt;
use std::process::{self, Stdio};

use landlock::{Ruleset, RulesetAttr, RulesetCreated, Scope};
use rustix::process::{Pid, Signal, kill_process};
use seccompiler::BpfProgram;

use super::{filter, ptrace};
use crate::Command;

/// The pipes that the tree writes to.
pub(crate) struct Streams {
    pub(crate) stdout: OwnedFd,
    pub(crate) stderr: OwnedFd,
}

/// Starts a command as the first process of a tree that the calling thread traces, and hands it over at the moment at
/// which it is traced and has not begun: `watch` must then answer its stops.
///
/// What `watch` gives comes with whether the program could be started at all.
pub(crate) fn spawn<T>(
    command: &Command,
    streams: Streams,
    watch: impl FnOnce(Pid) -> T,
) -> io::Result<(io::Result<()>, T)> {
    let filters = filter::programs().map_err(io::Error::other)?;
    let (mut tells_id, id_sender) = io::pipe()?;
    let (go_receiver, mut go) = io::pipe()?;
    let mut start = process::Command::new(command.program());
    start
        .args(command.arguments())
        .env_clear()
        .envs(command.variables())
        .current_dir(command.working_folder())
        .stdin(Stdio::null())
        .stdout(streams.stdout)
        .stderr(streams.stderr);
    let mut child = Child { filters, id_sender, go_receiver, scope: scope() };
    // SAFETY: what `before_exec` does between fork and exec are system calls on values that were made before, and frees
    // at most; C libraries keep their allocator usable there.
    unsafe { start.pre_exec(move || child.before_exec()) };
    std::thread::scope(|scope| {
        // It returns once the program runs, for which the stops must be answered: by this thread, which traces.
        let starter = scope.spawn(move || start.spawn().map(drop));
        let mut id = [0; 4];
        let traced = tells_id.read_exact(&mut id).and_then(|()| {
            let id = Pid::from_raw(i32::from_ne_bytes(id)).ok_or(io::ErrorKind::InvalidData)?;
            let seized = ptrace::seize(id).and_then(|()| go.write_all(&[1]));
            if seized.is_err() {
                // It waits for what will not come, for it has a copy of the other end itself.
                let _ = kill_process(id, Signal::KILL);
            }
            seized.map(|()| id)
        });
        drop(go);
        let watched = traced.map(watch);
        let started =
            starter.join().unwrap_or_else(|_| Err(io::Error::other("the thread that starts it panicked")));
        match (started, watched) {
            (started, Ok(watched)) => Ok((started, watched)),
            // It could not even be forked, or would not be traced; the first reason is the better one.
            (Err(error), Err(_)) | (Ok(()), Err(error)) => Err(error),
        }
    })
}

/// Keeps a program's signals, and its looks at other processes, in its own tree; none where the kernel cannot.
fn scope() -> Option<RulesetCreated> {
    Ruleset::default().scope(Scope::Signal).and_then(Ruleset::create).ok()
}

/// What the new process needs before it becomes the program.
struct Child {
    filters: Vec<BpfProgram>,
    id_sender: io::PipeWriter,
    go_receiver: io::PipeReader,
    scope: Option<RulesetCreated>,
}

impl Child {
    fn before_exec(&mut self) -> io::Result<()> {
        rustix::process::setsid()?;
        close_others_on_exec()?;
        self.id_sender.write_all(&rustix::process::getpid().as_raw_nonzero().get().to_ne_bytes())?;
        // Nothing comes if the tracer is gone or may not trace.
        self.go_receiver.read_exact(&mut [0])?;
        if let Some(scope) = self.scope.take() {
            scope.restrict_self().map_err(|_| io::ErrorKind::PermissionDenied)?;
        }
        for filter in &self.filters {
            seccompiler::apply_filter(filter).map_err(|_| io::ErrorKind::PermissionDenied)?;
        }
        Ok(())
    }
}

/// Closes every descriptor but the standard streams when the program begins.
fn close_others_on_exec() -> io::Result<()> {
    // SAFETY: it only marks descriptors of this process, which is about to execute another program.
    let result =
        unsafe { libc::syscall(libc::SYS_close_range, 3, libc::c_uint::MAX, libc::CLOSE_RANGE_CLOEXEC) };
    if result == -1 { Err(io::Error::last_os_error()) } else { Ok(()) }
}
