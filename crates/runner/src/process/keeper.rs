//! Who ends what rescind has started when rescind itself is killed, or leaves at once.
//!
//! It is a shell that does nothing but read from a pipe, of which rescind alone holds the other end. However rescind ends, that
//! end is closed, and the shell kills the process groups that it was told of and was not told the end of, and on Linux all
//! that carries the mark of this rescind, whatever group it is in. Where rescind ends in its own time, it ends the shell first.

use std::io::{self, Write as _};
use std::process::{Child, ChildStdin, Command, Stdio};

use rescind_world::in_own_session;

use super::stray;

/// `$1` is how the marks of this rescind begin.
const SCRIPT: &str = r#"trap '' INT TERM HUP QUIT TSTP
groups=
while read -r sign group; do
  others=
  for other in $groups; do test "$other" = "$group" || others="$others $other"; done
  case $sign in
  +) groups="$others $group" ;;
  *) groups=$others ;;
  esac
done
for group in $groups; do kill -9 "-$group"; done
found=1
for turn in 1 2 3 4 5; do
  test -n "$found" || break
  found=
  for environ in /proc/[0-9]*/environ; do
    if grep -aqF "$1" "$environ"; then
      process=${environ#/proc/}
      kill -9 "${process%/environ}"
      found=1
    fi
  done
done
"#;

/// The shell, as long as rescind lives.
#[derive(Debug)]
pub(super) struct Keeper {
    shell: Child,
    pipe: ChildStdin,
}

impl Keeper {
    /// Starts the shell, for processes whose marks begin like this.
    ///
    /// # Errors
    /// There is no shell, or no more processes.
    pub(super) fn start(mark: &str) -> io::Result<Keeper> {
        let mark = format!("{}={mark}", stray::MARKER);
        let mut shell = Command::new("/bin/sh");
        shell
            .args(["-c", SCRIPT, "rescind-keeper", &mark])
            .env_clear()
            .env("PATH", "/usr/bin:/bin")
            .current_dir("/")
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::null());
        // What a terminal sends to rescind's group must not end it.
        let mut shell = in_own_session(&mut shell).spawn()?;
        let pipe = shell.stdin.take().ok_or(io::ErrorKind::BrokenPipe)?;
        Ok(Keeper { shell, pipe })
    }

    /// Its process id.
    pub(super) fn id(&self) -> i32 {
        i32::try_from(self.shell.id()).unwrap_or_default()
    }

    /// Tells it of a group that is there from now on.
    pub(super) fn add(&mut self, group: i32) {
        self.tell('+', group);
    }

    /// Tells it of a group that is nobody's any more.
    pub(super) fn remove(&mut self, group: i32) {
        self.tell('-', group);
    }

    fn tell(&mut self, sign: char, group: i32) {
        // Somebody has killed it: then rescind is on its own, as it was without it.
        let _ = writeln!(self.pipe, "{sign} {group}");
    }
}

impl Drop for Keeper {
    fn drop(&mut self) {
        // It must not find the pipe closed.
        let _ = self.shell.kill();
        let _ = self.shell.wait();
    }
}

#[cfg(test)]
mod tests {
    use std::io::Read as _;
    use std::os::unix::process::CommandExt as _;

    use super::*;

    /// A process in a group of its own that says nothing and waits, and its standard output, which ends with it.
    fn waiting() -> (Child, impl io::Read) {
        let mut child =
            Command::new("sleep").arg("987649").stdout(Stdio::piped()).process_group(0).spawn().unwrap();
        let stdout = child.stdout.take().unwrap();
        (child, stdout)
    }

    #[test]
    fn what_is_left_is_killed_when_the_pipe_is_closed_and_what_has_ended_is_not() {
        // Not that of the other tests here, which it would end, too.
        let mut keeper = Keeper::start("nobody's-").unwrap();
        let ((mut left, mut output), (mut over, _)) = (waiting(), waiting());
        for child in [&left, &over] {
            keeper.add(i32::try_from(child.id()).unwrap());
        }
        keeper.remove(i32::try_from(over.id()).unwrap());
        let mut shell = Command::new("true").spawn().unwrap();
        std::mem::swap(&mut shell, &mut keeper.shell);
        let (pipe, _keeper) = {
            let (_, other) = io::pipe().unwrap();
            let other = ChildStdin::from(std::os::fd::OwnedFd::from(other));
            (std::mem::replace(&mut keeper.pipe, other), keeper)
        };
        drop(pipe);
        output.read_to_end(&mut Vec::new()).unwrap();
        left.wait().unwrap();
        shell.wait().unwrap();
        assert_eq!(over.try_wait().unwrap(), None, "it was none of its business any more");
        over.kill().unwrap();
        over.wait().unwrap();
    }

    #[test]
    fn it_ends_with_who_started_it() {
        let keeper = Keeper::start("nobody's-").unwrap();
        let id = keeper.id();
        drop(keeper);
        assert!(!super::super::signal::group_exists(id));
    }
}
