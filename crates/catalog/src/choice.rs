//! What is taken of a page that has several blocks of one language.

use std::fmt;
use std::str::FromStr;

/// What is taken of several blocks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BlockChoice {
    /// The one of this number, from 1.
    Number(u32),
    /// All of them, in order, as one.
    Joined,
}

impl FromStr for BlockChoice {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text.parse() {
            Ok(number) if number > 0 => Ok(BlockChoice::Number(number)),
            _ if text == "joined" => Ok(BlockChoice::Joined),
            _ => Err("expected a number from 1, or `joined`".to_owned()),
        }
    }
}

impl fmt::Display for BlockChoice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            BlockChoice::Number(number) => write!(f, "{number}"),
            BlockChoice::Joined => f.write_str("joined"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_choice_is_a_number_or_all() {
        for text in ["1", "12", "joined"] {
            assert_eq!(text.parse::<BlockChoice>().unwrap().to_string(), text);
        }
        for bad in ["0", "-1", "", "all"] {
            assert!(bad.parse::<BlockChoice>().is_err(), "{bad}");
        }
    }
}
