//! Locks on files that somebody outside the world holds: whoever waits for one waits for what may come at any moment.
//!
//! Source: `/proc/locks`, proc(5).

use std::collections::HashMap;
use std::fs;

/// F_OFD_SETLKW of fcntl(2).
const F_OFD_SETLKW: u64 = 38;

/// True for a system call that waits for a lock on a file.
pub(crate) fn waits(call: i64, arguments: &[u64; 6]) -> bool {
    match call {
        libc::SYS_flock => true,
        libc::SYS_fcntl => [libc::F_SETLKW as u64, F_OFD_SETLKW].contains(&arguments[1]),
        _ => false,
    }
}

/// True if one of these processes waits for a lock that a living process has, and none of them.
pub(crate) fn are_held_elsewhere(is_own: impl Fn(i32) -> bool) -> bool {
    let table = fs::read_to_string("/proc/locks").unwrap_or_default();
    let lives = |id: i32| fs::exists(format!("/proc/{id}")).unwrap_or(false);
    // Who took it may have left it to others. If nobody of that number lives, it is a tree's own affair.
    holders(&table, &is_own).into_iter().any(|holder| !is_own(holder) && lives(holder))
}

/// The processes that hold what these wait for. The lines of a lock have its number, and those that wait have an arrow.
fn holders(table: &str, is_own: impl Fn(i32) -> bool) -> Vec<i32> {
    let mut held: HashMap<&str, i32> = HashMap::new();
    let mut holders = Vec::new();
    for line in table.lines() {
        let mut words = line.split_ascii_whitespace();
        let Some(number) = words.next() else { continue };
        let mut words = words.peekable();
        let waits = words.next_if_eq(&"->").is_some();
        // Kind, whether it binds, and what for.
        let Some(process) = words.nth(3).and_then(|word| word.parse().ok()) else { continue };
        if !waits {
            held.insert(number, process);
        } else if is_own(process) {
            holders.extend(held.get(number));
        }
    }
    holders
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn holders_are_found_by_the_number_of_the_lock() {
        let table = "1: POSIX  ADVISORY  WRITE 10 08:01:7 0 EOF\n\
                     1: -> POSIX  ADVISORY  WRITE 20 08:01:7 0 EOF\n\
                     2: FLOCK  ADVISORY  WRITE 30 08:01:8 0 EOF\n\
                     2: -> FLOCK  ADVISORY  WRITE 21 08:01:8 0 EOF\n\
                     2: -> FLOCK  ADVISORY  WRITE 40 08:01:8 0 EOF\n\
                     3: OFDLCK ADVISORY  READ -1 08:01:9 0 EOF\n";
        assert_eq!(holders(table, |id| (20..30).contains(&id)), [10, 30]);
        assert_eq!(holders(table, |id| id == 40), [30]);
        assert_eq!(holders(table, |id| id == 99), [0; 0]);
    }

    #[test]
    fn only_some_calls_wait_for_locks() {
        assert!(waits(libc::SYS_flock, &[3, 2, 0, 0, 0, 0]));
        assert!(waits(libc::SYS_fcntl, &[3, 7, 0, 0, 0, 0]));
        assert!(!waits(libc::SYS_fcntl, &[3, 6, 0, 0, 0, 0]));
        assert!(!waits(libc::SYS_read, &[3, 7, 0, 0, 0, 0]));
    }
}
