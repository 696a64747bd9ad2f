//! Ticks: a wait for the threads of a tree that does not last for ever.
//!
//! waitpid(2) has no time limit. A timer of the kernel interrupts it: a signal to this thread alone, which does nothing.
//! A tick that comes just before the wait is followed by the next one, so none is missed.

use std::io;
use std::mem;
use std::ptr;
use std::sync::OnceLock;
use std::time::Duration;

/// The signal of ticks. It is ignored where nobody handles it, so that a stray one does no harm.
const SIGNAL: i32 = libc::SIGURG;

extern "C" fn nothing(_: i32) {}

/// Makes the signal interrupt system calls. Once for the process.
fn install() -> io::Result<()> {
    static INSTALLED: OnceLock<i32> = OnceLock::new();
    let error = *INSTALLED.get_or_init(|| {
        // SAFETY: all zeros is a valid `sigaction`; the handler does nothing, which is safe at any moment; no flag asks
        // for calls to be started again.
        let result = unsafe {
            let mut action: libc::sigaction = mem::zeroed();
            action.sa_sigaction = nothing as extern "C" fn(i32) as libc::sighandler_t;
            libc::sigaction(SIGNAL, &raw const action, ptr::null_mut())
        };
        if result == -1 { io::Error::last_os_error().raw_os_error().unwrap_or(libc::EINVAL) } else { 0 }
    });
    if error == 0 { Ok(()) } else { Err(io::Error::from_raw_os_error(error)) }
}

/// A timer that interrupts the system calls of the thread that made it.
///
/// It is the kernel's own interface, for the C libraries disagree on that of timers for one thread.
pub(crate) struct Ticks {
    timer: i32,
    period: Duration,
}

impl Ticks {
    /// Makes the timer; it does not tick yet.
    pub(crate) fn new() -> io::Result<Ticks> {
        install()?;
        let mut timer: i32 = 0;
        // SAFETY: all zeros is a valid `sigevent`; the kernel reads it and writes the id, both of which outlive the call.
        let result = unsafe {
            let mut notify: libc::sigevent = mem::zeroed();
            notify.sigev_notify = libc::SIGEV_THREAD_ID;
            notify.sigev_signo = SIGNAL;
            notify.sigev_notify_thread_id = rustix::thread::gettid().as_raw_nonzero().get();
            libc::syscall(libc::SYS_timer_create, libc::CLOCK_MONOTONIC, &raw mut notify, &raw mut timer)
        };
        if result == -1 {
            Err(io::Error::last_os_error())
        } else {
            Ok(Ticks { timer, period: Duration::ZERO })
        }
    }

    /// Ticks in this period from now on; never with zero.
    pub(crate) fn set(&mut self, period: Duration) -> io::Result<()> {
        if self.period == period {
            return Ok(());
        }
        let time = libc::timespec {
            tv_sec: period.as_secs().try_into().unwrap_or(i64::MAX),
            tv_nsec: libc::c_long::from(period.subsec_nanos().cast_signed()),
        };
        let value = libc::itimerspec { it_interval: time, it_value: time };
        // SAFETY: the timer is ours; the kernel reads the value, which outlives the call.
        let result = unsafe {
            libc::syscall(
                libc::SYS_timer_settime,
                self.timer,
                0,
                &raw const value,
                ptr::null_mut::<libc::itimerspec>(),
            )
        };
        if result == -1 {
            return Err(io::Error::last_os_error());
        }
        self.period = period;
        Ok(())
    }
}

impl Drop for Ticks {
    fn drop(&mut self) {
        // SAFETY: the timer is ours, and is not used again.
        unsafe { libc::syscall(libc::SYS_timer_delete, self.timer) };
    }
}
