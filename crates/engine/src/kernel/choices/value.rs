//! The values of choices, as texts.

use std::borrow::Cow;

use rescind_model::Code;

use super::super::time::Span;

/// What becomes of a backup that will not be completed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fate {
    /// It is gone.
    Removed,
    /// It stays, in the state FAILED.
    Failed,
}

/// A value that can be written in an option or a document.
pub trait ChoiceValue: Sized {
    /// What is expected.
    const FORM: &'static str;

    /// Reads it.
    fn read(text: &str) -> Option<Self>;

    /// Writes it so that it can be read.
    fn write(&self) -> String;
}

impl ChoiceValue for Cow<'static, str> {
    const FORM: &'static str = "a text";

    fn read(text: &str) -> Option<Self> {
        Some(Cow::Owned(text.to_owned()))
    }

    fn write(&self) -> String {
        self.to_string()
    }
}

impl ChoiceValue for Fate {
    const FORM: &'static str = "`removed` or `failed`";

    fn read(text: &str) -> Option<Fate> {
        match text {
            "removed" => Some(Fate::Removed),
            "failed" => Some(Fate::Failed),
            _ => None,
        }
    }

    fn write(&self) -> String {
        match self {
            Fate::Removed => "removed".to_owned(),
            Fate::Failed => "failed".to_owned(),
        }
    }
}

/// A refusal.
impl ChoiceValue for Code {
    const FORM: &'static str = "a code of google.rpc.Code other than OK";

    fn read(text: &str) -> Option<Code> {
        text.parse().ok().filter(|code| *code != Code::Ok)
    }

    fn write(&self) -> String {
        self.name().to_owned()
    }
}

/// A refusal, or none.
impl ChoiceValue for Option<Code> {
    const FORM: &'static str = "a code of google.rpc.Code";

    fn read(text: &str) -> Option<Option<Code>> {
        let code: Code = text.parse().ok()?;
        Some(Some(code).filter(|code| *code != Code::Ok))
    }

    fn write(&self) -> String {
        self.unwrap_or(Code::Ok).name().to_owned()
    }
}

/// The largest number that can be chosen. Each is one of things that are counted out one by one, such as the looks by which
/// an operation is settled.
const MOST: u32 = 10_000;

impl ChoiceValue for u32 {
    const FORM: &'static str = "a number from 1 to 10000";

    fn read(text: &str) -> Option<u32> {
        text.parse().ok().filter(|number| (1..=MOST).contains(number))
    }

    fn write(&self) -> String {
        self.to_string()
    }
}

impl ChoiceValue for usize {
    const FORM: &'static str = "a number from 1 to 10000";

    fn read(text: &str) -> Option<usize> {
        let number = <u32 as ChoiceValue>::read(text)?;
        usize::try_from(number).ok()
    }

    fn write(&self) -> String {
        self.to_string()
    }
}

/// A number of bytes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Bytes(pub i64);

impl ChoiceValue for Bytes {
    const FORM: &'static str = "a number of bytes: `0`, `104857600`";

    fn read(text: &str) -> Option<Bytes> {
        text.parse::<i64>().ok().filter(|number| *number >= 0).map(Bytes)
    }

    fn write(&self) -> String {
        self.0.to_string()
    }
}

impl ChoiceValue for Span {
    const FORM: &'static str = "a whole number of seconds, hours or days: `90s`, `12h`, `7d`";

    fn read(text: &str) -> Option<Span> {
        let unit = text.chars().next_back()?;
        let count: u16 = text.strip_suffix(unit)?.parse().ok()?;
        let count = i64::from(count);
        match unit {
            's' => Some(Span::seconds(count)),
            'h' => Some(Span::hours(count)),
            'd' => Some(Span::days(count)),
            _ => None,
        }
    }

    fn write(&self) -> String {
        let seconds = self.micros() / 1_000_000;
        match (seconds % 86_400, seconds % 3600) {
            (0, _) => format!("{}d", seconds / 86_400),
            (_, 0) => format!("{}h", seconds / 3600),
            _ => format!("{seconds}s"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_size_is_not_negative() {
        for (text, size) in
            [("0", Some(0)), ("9223372036854775807", Some(i64::MAX)), ("-1", None), ("1 MB", None)]
        {
            assert_eq!(Bytes::read(text).map(|bytes| bytes.0), size, "{text}");
        }
    }

    #[test]
    fn what_is_counted_out_one_by_one_has_a_limit() {
        let read = |text| (<u32 as ChoiceValue>::read(text), <usize as ChoiceValue>::read(text));
        assert_eq!(read("10000"), (Some(10_000), Some(10_000)));
        for text in ["0", "10001", "4294967295", "18446744073709551615", "-1"] {
            assert_eq!(read(text), (None, None), "{text}");
        }
    }
}
