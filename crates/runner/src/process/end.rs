//! Waiting for the end of a process without burying it: until it is buried, its id and the id of its group belong to
//! nobody else, so that a signal sent in the meantime cannot meet a stranger.

use std::io;

use rustix::process::{Pid, WaitId, WaitIdOptions, waitid};
use tokio::task::JoinHandle;

/// The end of a process, to be waited for once.
pub(super) enum End {
    /// A file descriptor that becomes readable when the process ends (Linux 5.3). Costs no thread, and no switch to one.
    #[cfg(target_os = "linux")]
    Descriptor(tokio::io::unix::AsyncFd<std::os::fd::OwnedFd>),
    /// A thread that blocks until then.
    Thread(JoinHandle<io::Result<()>>),
}

impl End {
    /// The end of a child of this process that is not buried.
    pub(super) fn of(pid: i32) -> End {
        #[cfg(target_os = "linux")]
        if let Ok(descriptor) = descriptor(pid) {
            return End::Descriptor(descriptor);
        }
        End::Thread(tokio::task::spawn_blocking(move || block(pid)))
    }

    /// Waits for it. Can be given up and begun again until it has returned.
    pub(super) async fn wait(&mut self) -> io::Result<()> {
        match self {
            #[cfg(target_os = "linux")]
            End::Descriptor(descriptor) => descriptor.readable().await.map(drop),
            End::Thread(thread) => thread.await?,
        }
    }
}

#[cfg(target_os = "linux")]
fn descriptor(pid: i32) -> io::Result<tokio::io::unix::AsyncFd<std::os::fd::OwnedFd>> {
    let descriptor = rustix::process::pidfd_open(checked(pid)?, rustix::process::PidfdFlags::empty())?;
    tokio::io::unix::AsyncFd::with_interest(descriptor, tokio::io::Interest::READABLE)
}

fn checked(pid: i32) -> io::Result<Pid> {
    Pid::from_raw(pid).ok_or_else(|| io::ErrorKind::InvalidInput.into())
}

/// Blocks until the process has ended, and leaves it a zombie.
pub(super) fn block(pid: i32) -> io::Result<()> {
    let pid = checked(pid)?;
    loop {
        match waitid(WaitId::Pid(pid), WaitIdOptions::EXITED | WaitIdOptions::NOWAIT) {
            Err(rustix::io::Errno::INTR) => {}
            Err(error) => return Err(error.into()),
            Ok(_) => return Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::process::{Command, Stdio};

    use super::*;

    #[tokio::test]
    async fn both_ways_wait_for_the_end_and_leave_the_burial_to_others() {
        for by_thread in [false, true] {
            let mut child = Command::new("/bin/cat").stdin(Stdio::piped()).spawn().unwrap();
            let pid = i32::try_from(child.id()).unwrap();
            let mut end = if by_thread {
                End::Thread(tokio::task::spawn_blocking(move || block(pid)))
            } else {
                End::of(pid)
            };
            tokio::select! {
                biased;
                _ = end.wait() => panic!("it still reads"),
                () = tokio::task::yield_now() => {}
            }
            drop(child.stdin.take());
            end.wait().await.unwrap();
            assert!(child.wait().unwrap().success());
        }
    }
}
