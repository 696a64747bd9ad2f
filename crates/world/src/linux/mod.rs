//! The closed world of Linux on x86-64.
//!
//! The life of a program in it, file by file: [`spawn`] starts it, traced ([`ptrace`]) and filtered ([`filter`]);
//! [`exec`] puts the [`image`] into it, by which it reads the clock; [`tracer`] answers its [stops](stop): [`calls`] for
//! system calls, with [`wait`], [`timer`] and [`sockopt`] for those that wait, [`network`], [`reach`], [`names`] and [`access`] for
//! those that reach for something; and when nothing goes on ([`idle`]), the [`clock`] jumps.

mod access;
mod calls;
mod clock;
mod confine;
mod destination;
mod exec;
mod filter;
mod idle;
mod image;
mod inject;
mod interrupt;
mod lock;
mod memory;
mod names;
mod network;
mod output;
mod proc;
mod ptrace;
mod reach;
mod socket;
mod sockopt;
mod spawn;
mod stop;
mod tick;
mod ticker;
mod timer;
mod tracer;
mod tree;
mod wait;
mod watched;
mod x86_64;

use std::io;
use std::os::fd::OwnedFd;
use std::path::Path;
use std::sync::{Arc, mpsc};
use std::thread;
use std::time::Duration;

use tempfile::TempDir;

use crate::running::{KillSwitch, Running};
use crate::{Command, SpawnError, TimeLimits, World, WorldEnd};
use clock::Clock;
use image::TreeImage;
use names::Names;
use network::Network;
use spawn::Streams;
use tracer::{Parts, Tracer};

/// Starts a command in a world.
pub(crate) fn spawn(world: &World, command: Command) -> Result<Running, SpawnError> {
    let failed = |source| SpawnError::World { source };
    let folder = folder(world).map_err(failed)?;
    readable_by_all(folder.path()).map_err(failed)?;
    let clock = Clock::new(folder.path()).map_err(failed)?;
    let names = Names::new(&world.names, folder.path()).map_err(failed)?;
    let image = TreeImage::new(names.files().chain([clock.path()])).map_err(failed)?;
    let address = world.server.as_ref().map(|server| server.address());
    let network = Network::new(address, names, world.folders.clone(), world.ignored_addresses.clone());
    let (stdout, stdout_writer) = pipe().map_err(failed)?;
    let (stderr, stderr_writer) = pipe().map_err(failed)?;
    let pipes = vec![stdout.try_clone().map_err(failed)?, stderr.try_clone().map_err(failed)?];
    let switch = Arc::new(KillSwitch::default());
    let writable = world.writable.clone();
    let (server, ignored_names, limits) = (world.server.clone(), world.ignored_names.clone(), world.limits);
    let (tell, told) = mpsc::channel();
    let thread = {
        let switch = Arc::clone(&switch);
        move || {
            let streams = Streams { stdout: stdout_writer, stderr: stderr_writer };
            let tell_start = tell.clone();
            let spawned = spawn::spawn(&command, streams, writable.as_deref(), |first, confined| {
                // Whoever waits for it knows now that there is something to wait for.
                let _ = tell_start.send(());
                Tracer::new(Parts {
                    first,
                    confined,
                    clock,
                    network,
                    server,
                    ignored_names,
                    limits,
                    switch,
                    pipes,
                    image,
                })
                .watch()
            });
            drop(folder);
            let failed = |source| SpawnError::World { source };
            let (started, watched) = spawned.map_err(failed)?;
            started
                .map_err(|source| SpawnError::Program { program: command.program().to_owned(), source })?;
            watched.map_err(failed)
        }
    };
    let thread = thread::Builder::new().name("world".to_owned()).spawn(thread).map_err(failed)?;
    // An error here means that the thread has ended, which will say why.
    let _ = told.recv();
    Ok(Running::new(thread, switch, stdout, stderr))
}

/// The folder for the files of a world: where it is told, or in memory, for a busy disk takes many milliseconds to make a
/// file; or among other temporary files where there is no such place.
fn folder(world: &World) -> io::Result<TempDir> {
    let make = |place: &Path| tempfile::Builder::new().prefix("world-").tempdir_in(place);
    match &world.temporary {
        Some(place) => make(place),
        None => make(Path::new("/dev/shm")).or_else(|_| make(&std::env::temp_dir())),
    }
}

fn pipe() -> io::Result<(OwnedFd, OwnedFd)> {
    let (reader, writer) = io::pipe()?;
    Ok((reader.into(), writer.into()))
}

/// Programs may run as somebody else than who made the folder.
fn readable_by_all(folder: &Path) -> io::Result<()> {
    use std::os::unix::fs::PermissionsExt;
    std::fs::set_permissions(folder, std::fs::Permissions::from_mode(0o755))
}

/// Tries whether a world can be made on this machine: by making one, in which a program sleeps for a minute.
pub(crate) fn try_out() -> Result<(), String> {
    const MINUTE: u64 = 60;
    let me = (rustix::process::getpid(), rustix::thread::gettid());
    if proc::turns(me.0, me.1).is_none() || proc::within(me.0, me.1).is_none() {
        let why = "its kernel does not say what threads are at (/proc/PID/task/TID/schedstat and syscall)";
        return Err(why.to_owned());
    }
    let mut command = Command::new("/bin/sh");
    command.argument("-c").argument(format!("sleep {MINUTE}")).variable("PATH", "/usr/bin:/bin");
    let limits =
        TimeLimits { processor_time: Duration::from_secs(5), virtual_time: Duration::from_secs(10 * MINUTE) };
    let report = World::new().limits(limits).spawn(command).and_then(Running::wait);
    match report {
        Ok(report) if report.end == WorldEnd::Exited(0) && report.jumps > 0 => Ok(()),
        Ok(report) => Err(format!("a program that sleeps ended otherwise than it should ({:?})", report.end)),
        Err(error) => Err(error.to_string()),
    }
}
