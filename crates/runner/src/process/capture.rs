//! What a process writes, kept within bounds: the beginning and the end of it, and how much there was.

use rescind_model::Captured;
use tokio::io::{AsyncRead, AsyncReadExt};
use tokio_util::sync::CancellationToken;

/// How much of the beginning of a stream is kept, in bytes.
pub(crate) const HEAD: usize = 256 * 1024;
/// How much of the end of a stream is kept, in bytes.
pub(crate) const TAIL: usize = 64 * 1024;

/// The beginning and the end of a stream of bytes. Memory is bounded by `head + 2 * tail`, whatever is pushed.
#[derive(Debug)]
pub(crate) struct Bounded {
    head: Vec<u8>,
    /// The bytes after the head, of which only the last [`Bounded::tail_limit`] count.
    tail: Vec<u8>,
    head_limit: usize,
    tail_limit: usize,
    bytes: u64,
}

impl Bounded {
    /// Keeps the first `head` and the last `tail` bytes.
    pub(crate) fn new(head: usize, tail: usize) -> Bounded {
        Bounded { head: Vec::new(), tail: Vec::new(), head_limit: head, tail_limit: tail, bytes: 0 }
    }

    /// Takes the next bytes of the stream.
    pub(crate) fn push(&mut self, chunk: &[u8]) {
        self.bytes += chunk.len() as u64;
        let (head, rest) = chunk.split_at(chunk.len().min(self.head_limit - self.head.len()));
        self.head.extend_from_slice(head);
        self.tail.extend_from_slice(&rest[rest.len().saturating_sub(self.tail_limit)..]);
        // Cut only at twice the limit, so that each byte is moved once at most, however small the chunks are.
        if self.tail.len() > 2 * self.tail_limit {
            self.tail.drain(..self.tail.len() - self.tail_limit);
        }
    }

    /// The text of what was kept, with a line in the place of what was not.
    pub(crate) fn finish(self) -> Captured {
        let mut tail = &self.tail[self.tail.len().saturating_sub(self.tail_limit)..];
        if (self.head.len() + tail.len()) as u64 == self.bytes {
            let (text, invalid_utf8) = decode(&[&self.head, tail].concat());
            return Captured { text, bytes: self.bytes, dropped: 0, invalid_utf8 };
        }
        // The cuts may have gone through a character. That is no fault of the process.
        let head = &self.head[..whole_characters(&self.head)];
        tail = &tail[tail.iter().take(3).take_while(|byte| is_continuation(**byte)).count()..];
        let dropped = self.bytes - (head.len() + tail.len()) as u64;
        let (beginning, invalid_beginning) = decode(head);
        let (end, invalid_end) = decode(tail);
        Captured {
            text: format!("{beginning}\n[rescind left out {dropped} bytes here]\n{end}"),
            bytes: self.bytes,
            dropped,
            invalid_utf8: invalid_beginning || invalid_end,
        }
    }
}

fn is_continuation(byte: u8) -> bool {
    byte & 0b1100_0000 == 0b1000_0000
}

/// The length of `bytes` without a character that the end cuts off.
fn whole_characters(bytes: &[u8]) -> usize {
    match bytes.utf8_chunks().last() {
        // An incomplete character has at most three bytes, and they are a valid beginning of one.
        Some(last) => match std::str::from_utf8(last.invalid()) {
            Err(error) if error.error_len().is_none() => bytes.len() - last.invalid().len(),
            _ => bytes.len(),
        },
        None => 0,
    }
}

fn decode(bytes: &[u8]) -> (String, bool) {
    match String::from_utf8_lossy(bytes) {
        std::borrow::Cow::Borrowed(text) => (text.to_owned(), false),
        std::borrow::Cow::Owned(text) => (text, true),
    }
}

/// Reads a stream to its end, or until it is told to stop because a process that nobody can find holds it open.
///
/// An error while reading ends the stream, as it would for any reader of a pipe.
pub(crate) async fn collect(mut stream: impl AsyncRead + Unpin, stop: CancellationToken) -> Captured {
    let mut kept = Bounded::new(HEAD, TAIL);
    let mut chunk = vec![0; 64 * 1024];
    loop {
        let read = tokio::select! {
            biased;
            read = stream.read(&mut chunk) => read,
            () = stop.cancelled() => break,
        };
        match read {
            Ok(length) if length > 0 => kept.push(&chunk[..length]),
            _ => break,
        }
    }
    kept.finish()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn capture(bytes: &[u8], chunk: usize, head: usize, tail: usize) -> Captured {
        let mut kept = Bounded::new(head, tail);
        for chunk in bytes.chunks(chunk) {
            kept.push(chunk);
            assert!(kept.head.len() <= head && kept.tail.len() <= 2 * tail);
        }
        kept.finish()
    }

    #[test]
    fn what_fits_is_whole() {
        assert_eq!(capture(b"0123456789", 3, 6, 4), Captured::whole("0123456789"));
    }

    #[test]
    fn what_does_not_fit_keeps_both_ends_and_says_how_much_is_missing() {
        let captured = capture(b"0123456789", 3, 4, 3);
        assert_eq!(captured.text, "0123\n[rescind left out 3 bytes here]\n789");
        assert_eq!((captured.bytes, captured.dropped, captured.invalid_utf8), (10, 3, false));
    }

    #[test]
    fn a_byte_that_is_not_utf8_is_replaced_and_flagged() {
        let captured = capture(b"a\xffb", 1, 10, 10);
        assert_eq!((captured.text.as_str(), captured.invalid_utf8), ("a\u{fffd}b", true));
        // At the very end, too: nothing was cut off here.
        assert!(capture(b"a\xe2\x82", 1, 10, 10).invalid_utf8);
    }

    proptest! {
        #[test]
        fn text_is_cut_between_characters(
            text in "[aé€🦀]{0,60}", chunk in 1usize..9, head in 0usize..20, tail in 0usize..20,
        ) {
            let captured = capture(text.as_bytes(), chunk, head, tail);
            prop_assert!(!captured.invalid_utf8);
            prop_assert_eq!(captured.bytes, text.len() as u64);
            if captured.dropped == 0 {
                prop_assert_eq!(captured.text, text);
            } else {
                let note = format!("\n[rescind left out {} bytes here]\n", captured.dropped);
                let (beginning, end) = captured.text.split_once(&note).unwrap();
                prop_assert!(text.starts_with(beginning) && text.ends_with(end));
                prop_assert!(beginning.len() <= head && beginning.len() + 4 > head);
                prop_assert!(end.len() <= tail && end.len() + 4 > tail);
                prop_assert_eq!((beginning.len() + end.len()) as u64 + captured.dropped, captured.bytes);
            }
        }

        #[test]
        fn bytes_are_flagged_exactly_when_they_are_not_utf8(
            bytes in proptest::collection::vec(any::<u8>(), 0..40), chunk in 1usize..9,
        ) {
            let captured = capture(&bytes, chunk, 30, 10);
            prop_assert_eq!(captured.invalid_utf8, std::str::from_utf8(&bytes).is_err());
            prop_assert_eq!(captured.text, String::from_utf8_lossy(&bytes));
        }
    }
}
