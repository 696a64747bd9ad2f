//! The first process of a tree: started in a session of its own, with nothing but its three standard streams, and held
//! back until it is traced.

use std::ffi::CString;
use std::io::{self, Read, Write};
use std::os::fd::OwnedFd;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::process::CommandExt;
use std::path::PathBuf;
use std::process::{self, Stdio};
use std::{ptr, thread};

use rustix::process::{Pid, Signal, WaitOptions, kill_process, waitpid};
use seccompiler::BpfProgram;

use super::confine::{self, Confinement};
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
    writable: Option<&[PathBuf]>,
    watch: impl FnOnce(Pid, Confined) -> T,
) -> io::Result<(io::Result<()>, T)> {
    let filters = filter::programs().map_err(io::Error::other)?;
    let program = Program::new(command)?;
    let (mut tells_id, id_sender) = io::pipe()?;
    let (go_receiver, mut go) = io::pipe()?;
    let (mut tells_error, error_sender) = io::pipe()?;
    let mut start = process::Command::new(command.program());
    start
        .current_dir(command.working_folder())
        .stdin(Stdio::null())
        .stdout(streams.stdout)
        .stderr(streams.stderr);
    let (confinement, parent) = (confine::confinement(writable), rustix::process::getpid());
    let confined = Confined(confinement.is_some());
    let mut child = Child { filters, program, id_sender, go_receiver, error_sender, confinement, parent };
    // SAFETY: what `become_program` does between fork and exec are system calls on values that were made before, and two
    // small lists; C libraries keep their allocator usable there.
    unsafe { start.pre_exec(move || Err(child.become_program())) };
    thread::scope(|scope| {
        // It returns once the program runs, for which the stops must be answered: by this thread, which traces.
        let starter = thread::Builder::new().spawn_scoped(scope, move || {
            let started = start.spawn();
            // With this go the copies of the pipes' ends, so that what is read from them ends.
            drop(start);
            started.map(drop)
        })?;
        let mut id = [0; 4];
        let traced = tells_id.read_exact(&mut id).and_then(|()| {
            let id = Pid::from_raw(i32::from_ne_bytes(id)).ok_or(io::ErrorKind::InvalidData)?;
            let seized = ptrace::seize(id).and_then(|()| go.write_all(&[1]));
            if seized.is_err() {
                // It waits for what will not come, for it has a copy of the other end itself.
                let _ = kill_process(id, Signal::KILL);
                // Nobody else waits for it.
                let _ = waitpid(Some(id), WaitOptions::empty());
            }
            seized.map(|()| id)
        });
        drop(go);
        let watched = traced.map(|first| watch(first, confined));
        let forked =
            starter.join().unwrap_or_else(|_| Err(io::Error::other("the thread that starts it panicked")));
        let watched = match (forked, watched) {
            (Ok(()), Ok(watched)) => watched,
            // It could not even be forked, or would not be traced; the first reason is the better one.
            (Err(error), _) | (Ok(()), Err(error)) => return Err(error),
        };
        // By now it runs, or has ended.
        let mut error = [0; 4];
        let started = match tells_error.read_exact(&mut error) {
            Ok(()) => Err(io::Error::from_raw_os_error(i32::from_ne_bytes(error))),
            Err(_) => Ok(()),
        };
        Ok((started, watched))
    })
}

/// True if the kernel keeps the tree from other processes by itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Confined(pub(crate) bool);

/// What is executed, as the kernel takes it.
struct Program {
    path: CString,
    arguments: Vec<CString>,
    variables: Vec<CString>,
}

impl Program {
    fn new(command: &Command) -> io::Result<Program> {
        let path = CString::new(command.program().as_os_str().as_bytes())?;
        let arguments = command.arguments().map(|argument| CString::new(argument.as_bytes()));
        let variables = command
            .variables()
            .map(|(name, value)| CString::new([name.as_bytes(), b"=", value.as_bytes()].concat()));
        Ok(Program {
            arguments: [Ok(path.clone())].into_iter().chain(arguments).collect::<Result<_, _>>()?,
            variables: variables.collect::<Result<_, _>>()?,
            path,
        })
    }
}

/// What the new process needs before it becomes the program.
struct Child {
    filters: &'static [BpfProgram],
    program: Program,
    id_sender: io::PipeWriter,
    go_receiver: io::PipeReader,
    error_sender: io::PipeWriter,
    confinement: Option<Confinement>,
    parent: Pid,
}

impl Child {
    /// Executes the program. Gives an error only as long as the process is not traced; a traced one that fails tells it by
    /// a pipe of its own and ends: the standard library would wait for it, and the tracer has already.
    fn become_program(&mut self) -> io::Error {
        match self.prepare() {
            Ok(()) => {}
            Err(error) => return error,
        }
        let error = self.execute();
        let number = error.raw_os_error().unwrap_or(libc::EINVAL);
        // There is nobody else to tell.
        let _ = self.error_sender.write_all(&number.to_ne_bytes());
        // SAFETY: it ends this process at once, without running anything that belongs to the one that it was forked from.
        unsafe { libc::_exit(1) }
    }

    fn prepare(&mut self) -> io::Result<()> {
        // Until it is traced, nothing else would end it with the process that it was forked from.
        rustix::process::set_parent_process_death_signal(Some(Signal::KILL))?;
        if rustix::process::getppid() != Some(self.parent) {
            return Err(io::ErrorKind::BrokenPipe.into());
        }
        rustix::process::setsid()?;
        close_others_on_exec()?;
        self.id_sender.write_all(&rustix::process::getpid().as_raw_nonzero().get().to_ne_bytes())?;
        // Nothing comes if the tracer is gone or may not trace.
        self.go_receiver.read_exact(&mut [0])?;
        // The thread that forked it ends soon, and is not the one that traces it.
        rustix::process::set_parent_process_death_signal(None)?;
        Ok(())
    }

    fn execute(&mut self) -> io::Error {
        let confined = self.confinement.take().map_or(Ok(()), Confinement::enter);
        let filtered = confined.and_then(|()| confine::give_up_capabilities()).and_then(|()| {
            self.filters.iter().try_for_each(|filter| {
                seccompiler::apply_filter(filter).map_err(|_| io::ErrorKind::PermissionDenied.into())
            })
        });
        if let Err(error) = filtered {
            return error;
        }
        let Program { path, arguments, variables } = &self.program;
        let with_end = |texts: &[CString]| {
            let pointers = texts.iter().map(|text| text.as_ptr());
            pointers.chain([ptr::null()]).collect::<Vec<_>>()
        };
        let (arguments, variables) = (with_end(arguments), with_end(variables));
        // SAFETY: the path ends with a zero byte and the lists with a null pointer; all of it outlives the call.
        unsafe { libc::execve(path.as_ptr(), arguments.as_ptr(), variables.as_ptr()) };
        io::Error::last_os_error()
    }
}

/// Closes every descriptor but the standard streams when the program begins.
fn close_others_on_exec() -> io::Result<()> {
    // SAFETY: it only marks descriptors of this process, which is about to execute another program.
    let result =
        unsafe { libc::syscall(libc::SYS_close_range, 3, libc::c_uint::MAX, libc::CLOSE_RANGE_CLOEXEC) };
    if result == 0 {
        return Ok(());
    }
    // Linux before 5.11 does not know it, and some containers forbid what they do not know. One by one, then.
    let limit = rustix::process::getrlimit(rustix::process::Resource::Nofile);
    let last = limit.maximum.and_then(|last| i32::try_from(last).ok()).unwrap_or(1 << 20).min(1 << 20);
    for number in 3..last {
        // SAFETY: as above; of a number that is no descriptor the kernel says so.
        unsafe { libc::fcntl(number, libc::F_SETFD, libc::FD_CLOEXEC) };
    }
    Ok(())
}
