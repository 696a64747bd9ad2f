//! Pages of lists.
//!
//! A page token holds the position of the last item of the page before, not a number of items: what is created or
//! deleted between two pages makes no item appear twice or be left out.

use rescind_model::Code;

use super::choices::Choices;
use super::status::Status;
use super::time::Time;

/// The position of an item in a list.
pub trait Position: Sized {
    /// The position as a token.
    fn to_token(&self) -> String;
    /// The position that a token holds.
    fn from_token(token: &str) -> Option<Self>;
}

impl Position for Time {
    fn to_token(&self) -> String {
        format!("{:016x}", self.micros())
    }

    fn from_token(token: &str) -> Option<Time> {
        i64::from_str_radix(token, 16).ok().map(Time::from_micros)
    }
}

impl Position for u64 {
    fn to_token(&self) -> String {
        format!("{self:x}")
    }

    fn from_token(token: &str) -> Option<u64> {
        u64::from_str_radix(token, 16).ok()
    }
}

impl Position for String {
    fn to_token(&self) -> String {
        self.clone()
    }

    fn from_token(token: &str) -> Option<String> {
        Some(token.to_owned())
    }
}

/// Which part of a list is asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pagination<P> {
    /// The last item of the page before; none for the first page.
    pub after: Option<P>,
    /// At most so many items.
    pub size: usize,
}

impl<P: Position> Pagination<P> {
    /// Reads what the request says. A size of 0 or less means the server's maximum, which larger sizes are cut to.
    ///
    /// # Errors
    /// INVALID_ARGUMENT for a token that this server did not give out.
    pub fn new(size: i32, token: &str, choices: &Choices) -> Result<Pagination<P>, Status> {
        let after = match token {
            "" => None,
            token => Some(P::from_token(token).ok_or_else(|| {
                Status::new(Code::InvalidArgument, format!("Invalid page_token in the request: {token}"))
            })?),
        };
        let size = usize::try_from(size).ok().filter(|size| *size > 0).unwrap_or(choices.largest_page);
        Ok(Pagination { after, size: size.min(choices.largest_page) })
    }

    /// Takes one page of the items, and the token of the next page, which is empty if there is none. `items` must begin
    /// after [`Pagination::after`].
    pub fn take<T>(&self, items: impl Iterator<Item = T>, position: impl Fn(&T) -> P) -> (Vec<T>, String) {
        let mut items = items.peekable();
        let page: Vec<T> = items.by_ref().take(self.size).collect();
        let more = items.peek().is_some();
        let token = page.last().filter(|_| more).map(|last| position(last).to_token());
        (page, token.unwrap_or_default())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn sizes_are_cut_to_the_maximum_and_zero_means_the_maximum() {
        let choices = Choices::default();
        for (size, expected) in [(0, 1000), (-5, 1000), (7, 7), (5000, 1000)] {
            assert_eq!(Pagination::<u64>::new(size, "", &choices).unwrap().size, expected);
        }
        assert_eq!(Pagination::<u64>::new(1, "what?", &choices).unwrap_err().code, Code::InvalidArgument);
    }

    proptest! {
        #[test]
        fn pages_cover_every_item_once(count in 0u64..40, size in 1i32..12) {
            let choices = Choices::default();
            let mut seen = Vec::new();
            let mut token = String::new();
            loop {
                let page = Pagination::<u64>::new(size, &token, &choices).unwrap();
                let first = page.after.map_or(0, |after| after + 1);
                let (items, next) = page.take(first..count, |item| *item);
                seen.extend(items);
                token = next;
                if token.is_empty() {
                    break;
                }
            }
            prop_assert_eq!(seen, (0..count).collect::<Vec<_>>());
        }
    }
}
