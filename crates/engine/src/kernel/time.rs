//! Moments, as the service stores them: in microseconds.

use std::fmt;
use std::ops::{Add, Sub};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use prost_types::Timestamp;

/// A span of time in microseconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Span(i64);

impl Span {
    /// The smallest difference between two moments.
    pub const MICROSECOND: Span = Span(1);

    /// So many seconds.
    pub const fn seconds(count: i64) -> Span {
        Span(count * 1_000_000)
    }

    /// Its length in microseconds.
    pub const fn micros(self) -> i64 {
        self.0
    }

    /// So many hours.
    pub const fn hours(count: i64) -> Span {
        Span::seconds(count * 3600)
    }

    /// So many days.
    pub const fn days(count: i64) -> Span {
        Span::hours(count * 24)
    }
}

impl From<Duration> for Span {
    /// A duration that no 63 bits of microseconds can hold is as good as for ever.
    fn from(duration: Duration) -> Span {
        Span(i64::try_from(duration.as_micros()).unwrap_or(i64::MAX))
    }
}

/// A moment, in microseconds since the Unix epoch: the granularity of every time in the Spanner API.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Time(i64);

impl Time {
    /// After everything.
    pub const END: Time = Time(i64::MAX);

    /// The moment so many microseconds after the epoch.
    pub const fn from_micros(micros: i64) -> Time {
        Time(micros)
    }

    /// Microseconds since the epoch.
    pub const fn micros(self) -> i64 {
        self.0
    }

    /// The moment that a client sent, cut to microseconds; none if it is no valid timestamp (years 1 to 9999).
    pub fn from_proto(timestamp: &Timestamp) -> Option<Time> {
        const YEAR_1: i64 = -62_135_596_800;
        const YEAR_10000: i64 = 253_402_300_800;
        let valid = (YEAR_1..YEAR_10000).contains(&timestamp.seconds)
            && (0..1_000_000_000).contains(&timestamp.nanos);
        valid.then(|| Time(timestamp.seconds * 1_000_000 + i64::from(timestamp.nanos) / 1000))
    }

    /// The moment as it goes over the wire.
    pub fn to_proto(self) -> Timestamp {
        let nanos = self.0.rem_euclid(1_000_000) * 1000;
        Timestamp { seconds: self.0.div_euclid(1_000_000), nanos: i32::try_from(nanos).unwrap_or_default() }
    }

    /// Reads RFC 3339, and what clients make of it: fields need not be padded with zeros (`2026-11-21T9:5:3Z`), and
    /// the time of day or the zone may be missing (UTC).
    pub fn parse(text: &str) -> Option<Time> {
        let (date, clock) = text.split_once(['T', 't', ' ']).unwrap_or((text, "0:0:0Z"));
        let zone_at = clock.find(['Z', 'z', '+', '-']).unwrap_or(clock.len());
        let (clock, zone) = clock.split_at(zone_at);
        let (clock, fraction) = clock.split_once('.').unwrap_or((clock, "0"));
        let zone = match zone {
            "" | "z" => "Z",
            zone => zone,
        };
        let padded =
            format!("{}T{}.{fraction}{zone}", pad(date, '-', [4, 2, 2])?, pad(clock, ':', [2, 2, 2])?);
        Time::from_proto(&padded.parse().ok()?)
    }
}

/// Pads the three numbers of `9:5:3` with zeros, each to its width.
fn pad(fields: &str, separator: char, widths: [usize; 3]) -> Option<String> {
    let mut numbers = fields.split(separator);
    let mut padded = Vec::with_capacity(3);
    for width in widths {
        let number: u32 = numbers.next()?.parse().ok()?;
        padded.push(format!("{number:0width$}"));
    }
    numbers.next().is_none().then(|| padded.join(&separator.to_string()))
}

impl From<SystemTime> for Time {
    fn from(time: SystemTime) -> Time {
        // What no 64 bits of microseconds can hold is 290,000 years away; such a clock is as good as stopped.
        let micros = match time.duration_since(UNIX_EPOCH) {
            Ok(after) => i64::try_from(after.as_micros()).unwrap_or_default(),
            Err(before) => -i64::try_from(before.duration().as_micros()).unwrap_or_default(),
        };
        Time(micros)
    }
}

impl Add<Span> for Time {
    type Output = Time;

    fn add(self, span: Span) -> Time {
        Time(self.0.saturating_add(span.0))
    }
}

impl Sub<Span> for Time {
    type Output = Time;

    fn sub(self, span: Span) -> Time {
        Time(self.0.saturating_sub(span.0))
    }
}

impl fmt::Display for Time {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.to_proto().fmt(f)
    }
}

/// A text with `TIME` in the place of each moment that it names as RFC 3339 has it: journals hold no times, so that the
/// same schedule gives the same journal.
pub fn without_moments(text: &str) -> String {
    let mut kept = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(character) = rest.chars().next() {
        let length = moment(rest);
        kept.push_str(if length > 0 { "TIME" } else { &rest[..character.len_utf8()] });
        rest = &rest[length.max(character.len_utf8())..];
    }
    kept
}

/// The length of the moment that a text begins with, `2026-11-21T12:00:00.5Z`; 0 if it begins with none.
fn moment(text: &str) -> usize {
    const FORM: &[u8] = b"0000-00-00T00:00:00";
    let bytes = text.as_bytes();
    let fits = |(found, form): (&u8, &u8)| if *form == b'0' { found.is_ascii_digit() } else { found == form };
    if bytes.len() <= FORM.len() || !bytes.iter().zip(FORM).all(fits) {
        return 0;
    }
    let fraction = &bytes[FORM.len()..];
    let digits = fraction.iter().skip(1).take_while(|byte| byte.is_ascii_digit()).count();
    let skipped = if fraction.first() == Some(&b'.') && digits > 0 { 1 + digits } else { 0 };
    if fraction.get(skipped) == Some(&b'Z') { FORM.len() + skipped + 1 } else { 0 }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn reads_the_spellings_that_clients_send() {
        let nine = Time::parse("2026-11-21T09:05:03Z").unwrap();
        assert_eq!(Time::parse("2026-11-21T9:5:3Z"), Some(nine));
        assert_eq!(Time::parse("2026-11-21 09:05:03"), Some(nine));
        assert_eq!(Time::parse("2026-11-21T10:05:03+01:00"), Some(nine));
        assert_eq!(Time::parse("2026-11-21T9:5:3.25Z"), Some(nine + Span(250_000)));
        assert_eq!(Time::parse("2026-11-21"), Time::parse("2026-11-21T00:00:00Z"));
        assert_eq!(nine.to_string(), "2026-11-21T09:05:03Z");
    }

    #[test]
    fn refuses_what_is_no_time() {
        for text in
            ["", "soon", "2026", "2026-13-01T00:00:00Z", "2026-11-21T9:5Z", "86400", "99999-01-01T0:0:0Z"]
        {
            assert_eq!(Time::parse(text), None, "{text}");
        }
        assert_eq!(Time::from_proto(&Timestamp { seconds: i64::MAX, nanos: 0 }), None);
        assert_eq!(Time::from_proto(&Timestamp { seconds: 0, nanos: -1 }), None);
    }

    proptest! {
        #[test]
        fn the_wire_keeps_every_moment(micros in -62_135_596_800_000_000i64..253_402_300_800_000_000) {
            let time = Time(micros);
            prop_assert_eq!(Time::from_proto(&time.to_proto()), Some(time));
            prop_assert_eq!(Time::parse(&time.to_string()), Some(time));
        }

        #[test]
        fn no_text_makes_the_parser_panic(text in ".{0,40}") {
            Time::parse(&text);
        }
    }

    #[test]
    fn moments_are_taken_out_of_a_text_and_nothing_else() {
        for (text, kept) in [
            ("at (2026-11-21T22:16:42.175439Z), not 2026-11-21T22:16:42Z.", "at (TIME), not TIME."),
            ("é2026-11-21T22:16:42Zé", "éTIMEé"),
            (
                "2026-11-21T22:16:42.Z 2026-11-21T22:16:42 2026-11-21",
                "2026-11-21T22:16:42.Z 2026-11-21T22:16:42 2026-11-21",
            ),
            ("", ""),
        ] {
            assert_eq!(without_moments(text), kept);
        }
    }
}
