//! Output that somebody else reads: who waits until there is room in such a pipe waits for a reader that never stops.
//!
//! That the pipe is empty does not tell that nobody waits to write into it: the kernel empties it first, and then wakes who
//! waits (`pipe_read` in fs/pipe.c), and on a busy machine much can lie in between.

use std::os::fd::{AsFd, AsRawFd};

use rustix::process::{Pid, getpid};

use super::proc;

/// The descriptor that a system call writes to, if it is one that waits for room.
pub(crate) fn written_to(call: i64, arguments: &[u64; 6]) -> Option<i32> {
    let descriptor = match call {
        libc::SYS_write | libc::SYS_writev | libc::SYS_vmsplice | libc::SYS_sendfile => arguments[0],
        libc::SYS_tee => arguments[1],
        libc::SYS_splice => arguments[2],
        _ => return None,
    };
    // An `int`, of which the upper half of the register says nothing.
    Some(descriptor as i32)
}

/// True if a descriptor of a process is the other end of one of these pipes.
pub(crate) fn is_one_of<F: AsFd>(process: Pid, descriptor: i32, pipes: &[F]) -> bool {
    let Some(theirs) = proc::descriptor(process, descriptor) else { return false };
    let ours = |pipe: &F| proc::descriptor(getpid(), pipe.as_fd().as_raw_fd());
    pipes.iter().any(|pipe| ours(pipe).is_some_and(|name| name == theirs))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pipe_is_known_by_either_end_and_a_file_is_none() {
        let (reader, writer) = std::io::pipe().unwrap();
        let (other, _) = std::io::pipe().unwrap();
        let file = tempfile::tempfile().unwrap();
        let writer = writer.as_raw_fd();
        assert!(is_one_of(getpid(), writer, &[&other, &reader]));
        assert!(!is_one_of(getpid(), writer, &[&other]));
        assert!(!is_one_of(getpid(), file.as_raw_fd(), &[&reader]));
        assert!(!is_one_of(getpid(), -1, &[&reader]));
    }

    #[test]
    fn calls_are_known_by_where_they_write_to() {
        let arguments = [1, 2, 3, 0, 0, 0];
        assert_eq!(written_to(libc::SYS_writev, &arguments), Some(1));
        assert_eq!(written_to(libc::SYS_tee, &arguments), Some(2));
        assert_eq!(written_to(libc::SYS_splice, &arguments), Some(3));
        assert_eq!(written_to(libc::SYS_read, &arguments), None);
    }
}
