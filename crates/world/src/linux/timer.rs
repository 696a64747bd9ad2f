//! Timers that go off while the program does something else: alarm, setitimer, timer_settime, timerfd_settime.
//!
//! The kernel keeps them, by its own clock. What is noted here is when each goes off by the tree's clock. Once that has
//! moved on, the kernel's timer is late: when its moment has come, a thread of the process is made to set it to "at once".

use std::collections::HashMap;

use rustix::process::Pid;

use super::clock::{self, Clock, Nanos, SECOND};
use super::memory::Memory;
use super::proc;
use super::x86_64::Registers;

/// "At once": zero would switch the timer off.
const AT_ONCE: Nanos = 1;

/// How long the kernel takes at most to let a timer go off whose moment has come.
const SETTLED: Nanos = 1_000_000;

/// A timer of a process.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Timer {
    /// The one of alarm(2) and of setitimer(2) in real time.
    Alarm,
    /// One of timer_create(2), by its number.
    Posix(u64),
    /// One of timerfd_create(2), by its descriptor.
    Descriptor(i32),
}

/// A timer that will go off.
#[derive(Clone, Copy, Debug)]
struct Armed {
    deadline: Nanos,
    /// Zero if it goes off once.
    interval: Nanos,
    /// The offset of the clock when the kernel's timer was set.
    offset: Nanos,
    /// How often it has gone off since somebody has read it, if it is a descriptor.
    unread: i64,
}

/// The timers of one process.
#[derive(Default)]
pub(crate) struct Timers {
    /// Those that will go off.
    armed: HashMap<Timer, Armed>,
    /// The clocks of those of timer_create(2).
    clocks: HashMap<u64, i32>,
}

/// A call on a timer, whose end is to be looked at.
#[derive(Clone, Debug)]
pub(crate) struct TimerCall {
    timer: Timer,
    /// What it sets the timer to: the length, zero to switch it off, and the interval.
    set: Option<(Nanos, Nanos)>,
    /// Where the kernel writes how much time was left.
    rest: Option<Rest>,
    replaced: Option<(usize, u64)>,
}

/// Where a call tells how much time a timer has left.
#[derive(Clone, Copy, Debug)]
enum Rest {
    /// An `itimerspec`.
    Nanos(u64),
    /// An `itimerval`.
    Micros(u64),
    /// In seconds, as its result.
    Result,
}

/// Notes what a thread is about to do to a timer, and sees to it that an absolute time means the tree's clock. `slot` is
/// memory of the thread's own.
pub(crate) fn begin(
    registers: &mut Registers,
    memory: &Memory,
    clock: &Clock,
    process: Pid,
    timers: &Timers,
    slot: u64,
) -> Option<TimerCall> {
    let argument = |index: usize| registers.argument(index);
    let at = |address: u64, rest: fn(u64) -> Rest| (address != 0).then(|| rest(address));
    let relative = |timer, length, interval, rest| {
        Some(TimerCall { timer, set: Some((length, interval)), rest, replaced: None })
    };
    let read = |timer, rest| Some(TimerCall { timer, set: None, rest, replaced: None });
    let micros =
        |(seconds, micros): (i64, i64)| seconds.saturating_mul(SECOND).saturating_add(micros * 1_000);
    let nanos = |(seconds, nanos): (i64, i64)| seconds.saturating_mul(SECOND).saturating_add(nanos);
    match registers.call() {
        libc::SYS_alarm => {
            relative(Timer::Alarm, Nanos::from(argument(0) as u32) * SECOND, 0, Some(Rest::Result))
        }
        libc::SYS_setitimer => {
            let value = argument(1);
            let (interval, length) = match value {
                // The kernel takes it for zero.
                0 => (0, 0),
                value => (micros(memory.pair(value)?), micros(memory.pair(value + 16)?)),
            };
            relative(Timer::Alarm, length, interval, at(argument(2), Rest::Micros))
        }
        libc::SYS_getitimer => read(Timer::Alarm, at(argument(1), Rest::Micros)),
        libc::SYS_timer_gettime => read(Timer::Posix(argument(0)), at(argument(1), Rest::Nanos)),
        libc::SYS_timerfd_gettime => {
            read(Timer::Descriptor(argument(0) as i32), at(argument(1), Rest::Nanos))
        }
        call @ (libc::SYS_timer_settime | libc::SYS_timerfd_settime) => {
            let absolute = argument(1) as i32 & libc::TIMER_ABSTIME != 0;
            let (timer, which) = if call == libc::SYS_timer_settime {
                (Timer::Posix(argument(0)), timers.clocks.get(&argument(0)).copied()?)
            } else {
                let number = argument(0) as i32;
                (Timer::Descriptor(number), proc::timer(process, number)?.clock)
            };
            let now = clock.read(which)?;
            let value = argument(2);
            let interval = nanos(memory.pair(value)?);
            let time = nanos(memory.pair(value + 16)?);
            let rest = at(argument(3), Rest::Nanos);
            if !absolute || time == 0 {
                return relative(timer, time, interval, rest);
            }
            let length = (time - now).max(AT_ONCE);
            let real = (time - clock.offset()).max(AT_ONCE);
            let written = memory.write_pair(slot, interval / SECOND, interval % SECOND)
                && memory.write_pair(slot + 16, real / SECOND, real % SECOND);
            if !written {
                return None;
            }
            registers.set_argument(2, slot);
            Some(TimerCall { timer, set: Some((length, interval)), rest, replaced: Some((2, value)) })
        }
        // As if it were switched off.
        libc::SYS_timer_delete => relative(Timer::Posix(argument(0)), 0, 0, None),
        _ => None,
    }
}

impl TimerCall {
    /// Ends the call, and notes what it has set.
    pub(crate) fn end(self, registers: &mut Registers, memory: &Memory, timers: &mut Timers, clock: &Clock) {
        if let Some((index, original)) = self.replaced {
            registers.set_argument(index, original);
        }
        // alarm(2) returns seconds, the others zero, or an error.
        if registers.result() < 0 {
            return;
        }
        // By its own clock, the kernel has told too much.
        let before = timers.armed.get(&self.timer).filter(|armed| armed.offset != clock.offset());
        if let (Some(armed), Some(rest)) = (before, self.rest) {
            let left = (armed.deadline - clock.now()).max(AT_ONCE);
            // What is not there the kernel has complained about already.
            let _ = match rest {
                Rest::Nanos(place) => memory.write_pair(place + 16, left / SECOND, left % SECOND),
                Rest::Micros(place) => {
                    let left = left.max(1_000);
                    memory.write_pair(place + 16, left / SECOND, left % SECOND / 1_000)
                }
                // To the nearest second, and never zero.
                Rest::Result => {
                    registers.set_result(((left + SECOND / 2) / SECOND).max(1));
                    true
                }
            };
        }
        let Some((length, interval)) = self.set else { return };
        if length <= 0 {
            timers.armed.remove(&self.timer);
            return;
        }
        let deadline = clock.now().saturating_add(length);
        let armed = Armed { deadline, interval, offset: clock.offset(), unread: 0 };
        timers.armed.insert(self.timer, armed);
    }
}

/// A system call that makes the kernel's timer go off.
#[derive(Clone, Copy, Debug)]
pub(crate) struct GoOff {
    pub(crate) timer: Timer,
    interval: Nanos,
}

impl Timers {
    /// Notes by which clock a new timer of timer_create(2) goes.
    pub(crate) fn created(&mut self, number: u64, clock: i32) {
        self.clocks.insert(number, clock);
    }

    /// When the next one goes off.
    pub(crate) fn next(&self) -> Option<Nanos> {
        self.armed.values().map(|armed| armed.deadline).min()
    }

    /// Forgets the descriptors that are no timers any more: nobody says when one is closed.
    pub(crate) fn forget_closed(&mut self, is_set: impl Fn(i32) -> bool) {
        self.armed.retain(|timer, _| match timer {
            Timer::Descriptor(number) => is_set(*number),
            _ => true,
        });
    }

    /// Goes on to `now`: the timers whose moment has come and which the kernel is late with.
    pub(crate) fn due(&mut self, now: Nanos, offset: Nanos) -> Vec<GoOff> {
        let mut due = Vec::new();
        self.armed.retain(|timer, armed| {
            if armed.deadline > now {
                return true;
            }
            if armed.offset != offset {
                due.push(GoOff { timer: *timer, interval: armed.interval });
                armed.offset = offset;
                armed.deadline = now;
                return true;
            }
            // The kernel is at it, or has been: until that is sure, something is on its way.
            if now - armed.deadline < SETTLED {
                return true;
            }
            if armed.interval <= 0 {
                return false;
            }
            while armed.deadline <= now {
                armed.deadline += armed.interval;
            }
            true
        });
        due
    }

    /// Forgets what executing another program ends: all but the one of alarm(2), and descriptors, which stay unless they
    /// are closed.
    pub(crate) fn after_exec(&mut self) {
        self.armed.retain(|timer, _| !matches!(timer, Timer::Posix(_)));
        self.clocks.clear();
    }
}

impl Timers {
    /// The system call that makes a timer go off: its number, its arguments for a value at this address, and the value.
    pub(crate) fn call(&mut self, timer: &GoOff, thread: Pid, address: u64) -> (i64, [u64; 6], [i64; 4]) {
        let interval = timer.interval;
        let (whole, part) = (interval / SECOND, interval % SECOND);
        match timer.timer {
            Timer::Alarm => (
                libc::SYS_setitimer,
                [0, address, 0, 0, 0, 0],
                // A microsecond is the least there is.
                [whole, part / 1_000, 0, 1],
            ),
            Timer::Posix(number) => {
                (libc::SYS_timer_settime, [number, 0, address, 0, 0, 0], [whole, part, 0, AT_ONCE])
            }
            Timer::Descriptor(number) => {
                let found = proc::timer(thread, number);
                let unread = match (self.armed.get_mut(&timer.timer), &found) {
                    (Some(armed), Some(found)) => {
                        armed.unread = if found.went_off { armed.unread + 1 } else { 0 };
                        armed.unread
                    }
                    _ => 0,
                };
                // Setting it anew makes the kernel forget how often it went off. It counts anew from a moment in the past.
                let now = found.and_then(|found| clock::real(found.clock)).unwrap_or_default();
                let begin = now.saturating_sub(interval.saturating_mul(unread)).max(AT_ONCE);
                let number = number.cast_unsigned().into();
                let absolute = libc::TFD_TIMER_ABSTIME as u64;
                let value = [whole, part, begin / SECOND, begin % SECOND];
                (libc::SYS_timerfd_settime, [number, absolute, address, 0, 0, 0], value)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn timers(deadline: Nanos, interval: Nanos, offset: Nanos) -> Timers {
        let armed = HashMap::from([(Timer::Alarm, Armed { deadline, interval, offset, unread: 0 })]);
        Timers { armed, clocks: HashMap::new() }
    }

    #[test]
    fn what_the_kernel_does_in_time_is_left_to_it() {
        let mut one = timers(10, 0, 5);
        assert!(one.due(9, 5).is_empty());
        assert_eq!(one.next(), Some(10));
        assert!(one.due(10, 5).is_empty());
        assert_eq!(one.next(), Some(10));
        assert!(one.due(10 + SETTLED, 5).is_empty());
        assert_eq!(one.next(), None);
    }

    #[test]
    fn what_the_kernel_is_late_with_goes_off_once_and_again_by_its_interval() {
        let mut one = timers(10, 0, 5);
        assert_eq!(one.due(12, 6).len(), 1);
        assert_eq!(one.next(), Some(12));
        assert!(one.due(13, 6).is_empty());
        assert!(one.due(12 + SETTLED, 6).is_empty());
        assert_eq!(one.next(), None);
        let mut again = timers(10, 2 * SETTLED, 5);
        assert_eq!(again.due(12, 6).len(), 1);
        assert!(again.due(12 + SETTLED, 6).is_empty());
        assert_eq!(again.next(), Some(12 + 2 * SETTLED));
    }
}
