//! Tickers: threads that wait again and again for a short time, to no effect.
//!
//! A JVM has threads that wait for 50, 250, 300, 1,000 and 5,000 ms, for ever; the idle threads of gRPC's pool wait for one to
//! three seconds, now and then wake each other, and wait again. If such waits decided where the clock goes, five minutes
//! would be thousands of jumps. So a wait that has passed a few times in a row does not count any more until it has been
//! late for a while, and longer each time: a timer may be late in any real system, and never early. As soon as anything
//! else happens, all of them are on time again.
//!
//! Some threads keep the time of the program itself: the first one of a process (Python's `subprocess.run(timeout=100)` is
//! two thousand waits of 50 ms), and one that sleeps or waits for events (Go waits in `epoll_wait` until the next of its
//! timers is due, whatever they are for). They are late by a fortieth of the time at most. The threads of a runtime that
//! wait for others, on a futex, may be by much more.

use super::clock::{Nanos, SECOND};

/// The longest wait that may be one of a ticker.
const SHORT: Nanos = 11 * SECOND / 2;
/// How often in a row a wait has to pass to be a tick: at first, and for a thread that has been a ticker before.
const PATIENCE: u32 = 10;
const PATIENCE_WITH_KNOWN: u32 = 1;
/// How late a tick is at most.
const LATEST: Nanos = 60 * SECOND;
/// Where the program's own time is kept, this part of the time that has passed since something else happened.
const PART: Nanos = 40;

/// What a thread waits for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum On {
    /// Another thread: a futex.
    Others,
    /// The time, or events from outside: it sleeps, or polls.
    Time,
}

/// How a thread waits.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Ticker {
    /// How long the present wait, or the last one, lasts.
    length: Nanos,
    /// How often in a row it has waited for a short time, however these waits ended.
    short: u32,
    /// How often in a row such a wait has passed since something else happened.
    passes: u32,
    /// How late it may be.
    late: Nanos,
    /// How long it has waited since something else happened.
    waited: Nanos,
    /// True for the first thread of a process.
    is_first: bool,
    /// True for one that has been a ticker before.
    known: bool,
    /// True once the last wait has passed.
    passed: bool,
    /// True if the present wait follows on one that has passed: the thread was woken by the time, and waits again.
    goes_on: bool,
}

impl Ticker {
    /// A thread, which may be the first one of its process, that has not waited yet.
    pub(crate) fn new(is_first: bool) -> Ticker {
        Ticker { is_first, ..Ticker::default() }
    }

    /// The thread begins to wait for so long: for others, or by itself.
    pub(crate) fn begin(&mut self, length: Nanos, on: On) {
        let passed = std::mem::take(&mut self.passed);
        let keeps_time = self.is_first || on == On::Time;
        self.goes_on = passed;
        if passed {
            self.waited = self.waited.saturating_add(self.length).saturating_add(self.late());
        }
        self.length = length;
        if length > SHORT {
            *self = Ticker { length, goes_on: passed, ..Ticker::new(self.is_first) };
            return;
        }
        self.short = self.short.saturating_add(1);
        if passed {
            self.passes = self.passes.saturating_add(1);
        } else if !self.is_used_to_it() {
            self.passes = 0;
            self.waited = 0;
        }
        if self.ticks() {
            self.known = !keeps_time;
            let later = if keeps_time {
                length.saturating_mul(self.passes.into()).min(self.waited / PART)
            } else {
                self.late.saturating_mul(2).max(length)
            };
            self.late = later.min(LATEST);
        }
    }

    /// The wait has ended: by its time, or before.
    pub(crate) fn end(&mut self, passed: bool) {
        self.passed = passed;
    }

    /// Something has happened that may have been its doing, or may be its business.
    pub(crate) fn note_effect(&mut self) {
        self.passes = 0;
        self.late = 0;
        self.waited = 0;
    }

    /// True if its present wait is a tick.
    pub(crate) fn ticks(&self) -> bool {
        self.passes >= if self.known { PATIENCE_WITH_KNOWN } else { PATIENCE }
    }

    /// True if it has done nothing for a long time but wait for short ones: that another such thread has woken it is
    /// nothing new.
    pub(crate) fn is_used_to_it(&self) -> bool {
        self.short >= PATIENCE
    }

    /// True if it was woken by the time, and waits again.
    pub(crate) fn goes_on(&self) -> bool {
        self.goes_on
    }

    /// How long the present wait, or the last one, lasts.
    pub(crate) fn length(&self) -> Nanos {
        self.length
    }

    /// How late the present wait may end: not at all, unless it is a tick.
    pub(crate) fn late(&self) -> Nanos {
        if self.ticks() { self.late } else { 0 }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MILLI: Nanos = 1_000_000;

    /// Waits that pass, until this time is over; how many there were, with what they were late.
    fn pass(ticker: &mut Ticker, length: Nanos, until: Nanos, on: On) -> u32 {
        let (mut now, mut waits) = (0, 0);
        while now < until {
            ticker.begin(length, on);
            now += length + ticker.late();
            ticker.end(true);
            waits += 1;
        }
        waits
    }

    #[test]
    fn a_tick_is_on_time_at_first_and_later_each_time() {
        for (is_first, on, waits, late) in [
            (false, On::Others, 30, LATEST),
            (false, On::Time, 200, 10 * SECOND),
            (true, On::Others, 200, 10 * SECOND),
        ] {
            let mut ticker = Ticker::new(is_first);
            assert_eq!(pass(&mut ticker, 50 * MILLI, 500 * MILLI, on), 10);
            assert_eq!(ticker.late(), 0);
            assert!(pass(&mut ticker, 50 * MILLI, 300 * SECOND, on) < waits);
            assert!((3 * SECOND..=late).contains(&ticker.late()));
        }
    }

    #[test]
    fn the_time_of_a_program_is_late_by_a_fortieth_at_most() {
        for (length, is_first, on) in [
            (SECOND, false, On::Time),
            (SECOND, true, On::Others),
            (SHORT, true, On::Time),
            (MILLI, false, On::Time),
        ] {
            let mut ticker = Ticker::new(is_first);
            let (mut now, mut asked) = (0, 0);
            while asked < 900 * SECOND {
                ticker.begin(length, on);
                now += length + ticker.late();
                asked = now - ticker.late();
                assert!(now - asked <= asked / PART, "{length}: {asked} became {now}");
                ticker.end(true);
            }
        }
    }

    #[test]
    fn after_an_effect_it_is_on_time_and_is_known_soon() {
        let mut ticker = Ticker::default();
        pass(&mut ticker, 50 * MILLI, 300 * SECOND, On::Others);
        ticker.begin(50 * MILLI, On::Others);
        assert!(ticker.late() > 0);
        // It is noted while all sleep.
        ticker.note_effect();
        assert_eq!(ticker.late(), 0);
        ticker.end(true);
        assert!(pass(&mut ticker, 50 * MILLI, 300 * SECOND, On::Others) < 20);
    }

    #[test]
    fn a_long_wait_is_no_tick_and_makes_a_thread_an_unknown_one() {
        let mut ticker = Ticker::default();
        assert_eq!(pass(&mut ticker, 6 * SECOND, 600 * SECOND, On::Others), 100);
        pass(&mut ticker, SECOND, 100 * SECOND, On::Others);
        assert!(ticker.ticks());
        ticker.begin(6 * SECOND, On::Others);
        ticker.end(true);
        ticker.begin(SECOND, On::Others);
        assert!(!ticker.ticks() && !ticker.is_used_to_it());
    }

    #[test]
    fn a_thread_that_others_wake_is_no_ticker_and_is_used_to_it_in_time() {
        let mut ticker = Ticker::default();
        for _ in 0..PATIENCE {
            assert!(!ticker.is_used_to_it());
            ticker.begin(SECOND, On::Others);
            ticker.end(false);
        }
        assert!(ticker.is_used_to_it() && !ticker.ticks());
        assert!(!ticker.goes_on());
        ticker.end(true);
        ticker.begin(SECOND, On::Others);
        assert!(ticker.goes_on());
    }
}
