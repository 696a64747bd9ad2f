//! A session without a world, for what runs where there is none.

use std::io;
use std::os::unix::process::CommandExt as _;
use std::process::Command;

/// Lets a command run in a session and a process group of its own, which it leads, and so without the terminal that this
/// process may have: it does the same whether there is one or not.
pub fn in_own_session(command: &mut Command) -> &mut Command {
    // SAFETY: between fork and exec it makes one system call, and nothing else.
    unsafe { command.pre_exec(set_session) }
}

#[cfg(target_os = "linux")]
fn set_session() -> io::Result<()> {
    rustix::process::setsid().map(drop).map_err(io::Error::from)
}

#[cfg(not(target_os = "linux"))]
fn set_session() -> io::Result<()> {
    unsafe extern "C" {
        fn setsid() -> i32;
    }
    // SAFETY: it takes nothing, and POSIX has it.
    if unsafe { setsid() } == -1 { Err(io::Error::last_os_error()) } else { Ok(()) }
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::*;

    #[test]
    fn it_leads_a_session_and_has_no_terminal() {
        let script = "read -r stat < /proc/self/stat; echo \"$$ ${stat##*) }\"";
        let output = in_own_session(Command::new("sh").args(["-c", script])).output().unwrap();
        let text = String::from_utf8(output.stdout).unwrap();
        // Of the fields behind the name: state, parent, group, session, terminal.
        let fields: Vec<&str> = text.split_whitespace().collect();
        assert_eq!((fields[3], fields[4], fields[5]), (fields[0], fields[0], "0"), "{text}");
    }
}
