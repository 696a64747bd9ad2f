//! Waits with a time limit: what each system call waits for, and what it comes to when its time is over.
//!
//! The kernel is left to wait. What is noted here is the moment of the tree's clock at which the wait is over; when the
//! clock gets there, the wait is interrupted and comes to what it comes to at its time limit. A wait that ends before for
//! another reason is left alone.
//!
//! Sources: the manual pages of the calls, section 2.

use super::clock::{Clock, Nanos, SECOND};
use super::memory::Memory;
use super::ticker::On;
use super::x86_64::Registers;

/// `futex_wait` of Linux 6.7, which `libc` does not name yet.
pub(crate) const FUTEX_WAIT2: i64 = 455;

/// `io_pgetevents`, which `libc` names on other processors only.
pub(crate) const IO_PGETEVENTS: i64 = 333;

/// The operations of futex(2) that wait and may have a time limit.
pub(crate) const FUTEX_WAITS: [i32; 5] = [
    libc::FUTEX_WAIT,
    libc::FUTEX_WAIT_BITSET,
    libc::FUTEX_LOCK_PI,
    libc::FUTEX_LOCK_PI2,
    libc::FUTEX_WAIT_REQUEUE_PI,
];

/// A wait with a time limit, while it goes on.
#[derive(Clone, Debug)]
pub(crate) struct Wait {
    /// When it is over.
    pub(crate) deadline: Nanos,
    /// How long it lasts if nothing happens.
    pub(crate) length: Nanos,
    /// The system call.
    pub(crate) call: i64,
    /// True once it was interrupted for its time is over.
    pub(crate) over: bool,
    /// The offset of the clock when the kernel began to wait; none if the kernel waits for another time than this.
    offset: Option<Nanos>,
    /// The instruction and the arguments by which it was asked for.
    asked: OriginalCall,
    /// The argument that was replaced, and what it was.
    replaced: Option<(usize, u64)>,
    /// Where the kernel writes how much time is left.
    rest: Option<(u64, Unit)>,
    /// The sets of select(2), and their size in bytes.
    sets: Option<([u64; 3], usize)>,
}

/// A call as a program makes it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct OriginalCall {
    instruction: u64,
    stack: u64,
    arguments: [u64; 6],
}

impl OriginalCall {
    fn of(registers: &Registers) -> OriginalCall {
        let arguments = std::array::from_fn(|index| registers.argument(index));
        OriginalCall { instruction: registers.instruction(), stack: registers.stack(), arguments }
    }
}

/// What the second number of a time counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Unit {
    /// A `timespec`.
    Nano,
    /// A `timeval`.
    Micro,
}

/// The time limit of a call, as its arguments have it.
enum Limit {
    /// For so long.
    For(Nanos),
    /// Until a clock shows this: the argument that points to it.
    Until { clock: i32, time: Nanos, argument: usize },
}

/// Notes the wait that a thread is about to begin, and sees to it that its time limit means the tree's clock. None for a
/// call that does not wait, or whose arguments the kernel will refuse. `slot` is memory of the thread's own.
pub(crate) fn begin(registers: &mut Registers, memory: &Memory, clock: &Clock, slot: u64) -> Option<Wait> {
    let call = registers.call();
    let asked = OriginalCall::of(registers);
    let argument = |index: usize| registers.argument(index);
    let limit = limit(call, &argument, memory)?;
    let rest = match call {
        libc::SYS_select => Some((argument(4), Unit::Micro)),
        libc::SYS_pselect6 => Some((argument(4), Unit::Nano)),
        libc::SYS_ppoll => Some((argument(2), Unit::Nano)),
        libc::SYS_nanosleep => Some((argument(1), Unit::Nano)),
        libc::SYS_clock_nanosleep if matches!(limit, Limit::For(_)) => Some((argument(3), Unit::Nano)),
        _ => None,
    };
    let sets = matches!(call, libc::SYS_select | libc::SYS_pselect6).then(|| {
        let bits = usize::try_from(argument(0)).unwrap_or_default().min(1 << 20);
        ([argument(1), argument(2), argument(3)], bits.div_ceil(64) * 8)
    });
    let (length, replaced) = match limit {
        Limit::For(length) => (length, None),
        Limit::Until { clock: which, time, argument: index } => {
            let length = time - clock.read(which)?;
            // The kernel waits for its own clock, which is behind.
            let real = (time - clock.offset()).max(0);
            if !memory.write_pair(slot, real / SECOND, real % SECOND) {
                return None;
            }
            let original = registers.argument(index);
            registers.set_argument(index, slot);
            (length, Some((index, original)))
        }
    };
    let deadline = clock.now().saturating_add(length);
    let rest = rest.filter(|(address, _)| *address != 0);
    let offset = Some(clock.offset());
    Some(Wait { deadline, length, call, over: false, offset, asked, replaced, rest, sets })
}

fn limit(call: i64, argument: &impl Fn(usize) -> u64, memory: &Memory) -> Option<Limit> {
    let timespec = |index: usize| time(memory.pair(argument(index))?, Unit::Nano);
    let milliseconds = |index: usize| {
        // An `int`, of which the upper half of the register says nothing.
        let time = argument(index) as i32;
        (time > 0).then(|| Limit::For(Nanos::from(time) * 1_000_000))
    };
    let until =
        |clock: i32, index: usize| timespec(index).map(|time| Limit::Until { clock, time, argument: index });
    match call {
        libc::SYS_nanosleep => timespec(0).map(Limit::For),
        libc::SYS_clock_nanosleep => {
            let clock = argument(0) as i32;
            if !super::clock::moves(clock) {
                return None;
            }
            let absolute = argument(1) as i32 & libc::TIMER_ABSTIME != 0;
            if absolute { until(clock, 2) } else { timespec(2).map(Limit::For) }
        }
        libc::SYS_poll => milliseconds(2),
        libc::SYS_epoll_wait | libc::SYS_epoll_pwait => milliseconds(3),
        libc::SYS_epoll_pwait2 => timespec(3).map(Limit::For),
        libc::SYS_ppoll => timespec(2).map(Limit::For),
        libc::SYS_select => {
            let (seconds, micros) = memory.pair(argument(4))?;
            // More than a second of microseconds is nothing unusual to it.
            let seconds = seconds.saturating_add(micros.div_euclid(1_000_000));
            time((seconds, micros.rem_euclid(1_000_000)), Unit::Micro).map(Limit::For)
        }
        libc::SYS_pselect6 => timespec(4).map(Limit::For),
        libc::SYS_rt_sigtimedwait => timespec(2).map(Limit::For),
        libc::SYS_semtimedop => timespec(3).map(Limit::For),
        libc::SYS_recvmmsg | libc::SYS_io_getevents | IO_PGETEVENTS => timespec(4).map(Limit::For),
        libc::SYS_mq_timedsend | libc::SYS_mq_timedreceive => until(libc::CLOCK_REALTIME, 4),
        libc::SYS_futex_waitv => until(argument(4) as i32, 3),
        FUTEX_WAIT2 => until(argument(5) as i32, 4),
        libc::SYS_futex => {
            let op = argument(1) as i32;
            let realtime = op & libc::FUTEX_CLOCK_REALTIME != 0;
            let clock = if realtime { libc::CLOCK_REALTIME } else { libc::CLOCK_MONOTONIC };
            match op & libc::FUTEX_CMD_MASK {
                libc::FUTEX_WAIT => timespec(3).map(Limit::For),
                libc::FUTEX_WAIT_BITSET | libc::FUTEX_LOCK_PI2 | libc::FUTEX_WAIT_REQUEUE_PI => {
                    until(clock, 3)
                }
                libc::FUTEX_LOCK_PI => until(libc::CLOCK_REALTIME, 3),
                _ => None,
            }
        }
        _ => None,
    }
}

/// A length of time, if the kernel takes it for one.
fn time((seconds, rest): (i64, i64), unit: Unit) -> Option<Nanos> {
    let (whole, nanos) = match unit {
        Unit::Nano => (SECOND, 1),
        Unit::Micro => (1_000_000, 1_000),
    };
    let valid = seconds >= 0 && (0..whole).contains(&rest);
    valid.then(|| seconds.saturating_mul(SECOND).saturating_add(rest * nanos))
}

impl Wait {
    /// What it is for.
    pub(crate) fn on(&self) -> On {
        match self.call {
            libc::SYS_futex | libc::SYS_futex_waitv | FUTEX_WAIT2 => On::Others,
            _ => On::Time,
        }
    }

    /// True if its moment has come, and the kernel, whose clock is behind, does not know.
    pub(crate) fn is_late(&self, now: Nanos, offset: Nanos) -> bool {
        !self.over && self.deadline <= now && self.offset != Some(offset)
    }

    /// Takes this wait for what is left of another one that was interrupted, if it is: the kernel makes the call anew, with
    /// the whole time, and it ends when the other one would have.
    pub(crate) fn go_on_with(&mut self, other: &Wait) -> bool {
        let same = self.call == other.call && self.asked == other.asked;
        if same && self.deadline > other.deadline {
            self.deadline = other.deadline;
            self.offset = None;
        }
        same
    }

    /// True if the kernel waits for the same moment, and not for a moment of a clock that is behind.
    fn kernel_knows(&self, clock: &Clock) -> bool {
        self.offset == Some(clock.offset())
    }

    /// Ends the system call, in the registers and in the memory of the program: as the kernel has ended it, or as it ends
    /// at its time limit. To be called at its end.
    pub(crate) fn end(&self, registers: &mut Registers, memory: &Memory, clock: &Clock) {
        if let Some((index, original)) = self.replaced {
            registers.set_argument(index, original);
        }
        let interrupted = registers.is_interrupted();
        if self.over && interrupted {
            self.put_rest(memory, 0);
            if let Some((sets, size)) = self.sets {
                for set in sets.into_iter().filter(|set| *set != 0) {
                    // What is not there the kernel has complained about already.
                    let _ = memory.write(set, &vec![0; size]);
                }
            }
            registers.end_with(self.at_limit());
            return;
        }
        // The kernel has counted the rest by its own clock, of which the tree's has run away.
        let sleeps = matches!(self.call, libc::SYS_nanosleep | libc::SYS_clock_nanosleep);
        if !self.kernel_knows(clock) && (interrupted || !sleeps) {
            self.put_rest(memory, (self.deadline - clock.now()).max(0));
        }
    }

    fn put_rest(&self, memory: &Memory, rest: Nanos) {
        let Some((address, unit)) = self.rest else { return };
        let part = match unit {
            Unit::Nano => rest % SECOND,
            Unit::Micro => rest % SECOND / 1_000,
        };
        // As above.
        let _ = memory.write_pair(address, rest / SECOND, part);
    }

    /// What the call comes to when its time is over.
    pub(crate) fn at_limit(&self) -> i64 {
        let error = match self.call {
            libc::SYS_futex | libc::SYS_futex_waitv | FUTEX_WAIT2 => libc::ETIMEDOUT,
            libc::SYS_mq_timedsend | libc::SYS_mq_timedreceive => libc::ETIMEDOUT,
            libc::SYS_rt_sigtimedwait | libc::SYS_semtimedop => libc::EAGAIN,
            // The manual calls what the kernel does here a bug: it looks at the time only when something arrives.
            libc::SYS_recvmmsg => libc::EAGAIN,
            _ => 0,
        };
        -i64::from(error)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_those_that_the_kernel_takes() {
        assert_eq!(time((1, 5), Unit::Nano), Some(1_000_000_005));
        assert_eq!(time((1, 5), Unit::Micro), Some(1_000_005_000));
        assert_eq!(time((0, 1_000_000), Unit::Micro), None);
        assert_eq!(time((-1, 0), Unit::Nano), None);
        assert_eq!(time((i64::MAX, 0), Unit::Nano), Some(i64::MAX));
    }
}
