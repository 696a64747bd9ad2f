//! A text that cannot become longer than its limit.

use crate::text::plural;

/// Bytes that are kept for the notes on what was left out and for the footer.
const RESERVE: usize = 4 * 1024;

/// Takes blocks as long as there is room for them, and counts what it had to leave out.
#[derive(Debug)]
pub(super) struct Document {
    text: String,
    limit: usize,
}

/// A block in its two lengths.
#[derive(Debug)]
pub(super) struct Passage {
    /// All there is to say.
    pub full: String,
    /// One line.
    pub brief: String,
}

impl Document {
    /// An empty document of at most this many bytes, of which some are reserved for its end.
    pub fn new(limit: usize) -> Document {
        Document { text: String::new(), limit }
    }

    /// Bytes that [`push`](Self::push) can still take.
    pub fn room(&self) -> usize {
        self.limit.saturating_sub(RESERVE + self.text.len())
    }

    /// Appends the block, or, without room for it, nothing. True if it was appended.
    pub fn push(&mut self, block: &str) -> bool {
        let fits = block.len() <= self.room();
        if fits {
            self.text.push_str(block);
        }
        fits
    }

    /// Appends as many of the lines as fit into this many bytes, and a note on the others.
    pub fn push_lines(&mut self, lines: &[String], share: usize, what: &str) {
        let mut left = share.min(self.room());
        for (index, line) in lines.iter().enumerate() {
            if line.len() > left || !self.push(line) {
                self.push_reserved(&format!("\n{} left out: no room.\n", count(lines.len() - index, what)));
                return;
            }
            left -= line.len();
        }
    }

    /// Appends each block in full if all those after it can then still have their line, else its line, else nothing;
    /// and says how many had less than they should.
    pub fn push_blocks(&mut self, blocks: &[Passage], what: &str) {
        let mut lines_after: usize = blocks.iter().map(|block| block.brief.len()).sum();
        let (mut brief, mut missing) = (0, 0);
        for block in blocks {
            lines_after -= block.brief.len();
            if block.full.len() + lines_after <= self.room() && self.push(&block.full) {
                continue;
            }
            if self.push(&block.brief) {
                brief += 1;
            } else {
                missing += 1;
            }
        }
        if brief > 0 {
            self.push_reserved(&format!("\n{} listed without details: no room.\n", count(brief, what)));
        }
        if missing > 0 {
            self.push_reserved(&format!("\n{} left out: no room.\n", count(missing, what)));
        }
    }

    /// Appends a text of ours from the reserve: a note, the end of a block. It must be short, and there are few of them.
    pub fn push_reserved(&mut self, text: &str) {
        if self.text.len() + text.len() <= self.limit {
            self.text.push_str(text);
        }
    }

    /// The text, with this at its end if the reserve has room for it.
    pub fn finish(mut self, footer: &str) -> String {
        self.push_reserved(footer);
        self.text
    }
}

fn count(number: usize, what: &str) -> String {
    format!("{number} {what}{}", plural(number))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn every_block_has_its_line_before_any_has_its_details() {
        let block =
            |name: &str| Passage { full: format!("{name}{}\n", "x".repeat(99)), brief: format!("{name}\n") };
        let mut document = Document::new(RESERVE + 110);
        document.push_blocks(&[block("a"), block("b"), block("c")], "case");
        let text = document.finish("");
        assert_eq!(text, format!("a{}\nb\nc\n\n2 cases listed without details: no room.\n", "x".repeat(99)));
    }

    proptest! {
        #[test]
        fn no_input_makes_it_longer_than_its_limit(
            lengths in proptest::collection::vec((0usize..5_000, 0usize..200), 0..60),
            limit in 0usize..40_000,
        ) {
            let mut document = Document::new(limit);
            let blocks: Vec<Passage> = lengths
                .iter()
                .map(|(full, brief)| Passage { full: "f".repeat(*full), brief: "b".repeat(*brief) })
                .collect();
            let lines: Vec<String> = lengths.iter().map(|(_, brief)| "l".repeat(*brief)).collect();
            document.push_lines(&lines, limit / 2, "line");
            document.push_blocks(&blocks, "case");
            prop_assert!(document.finish("the end").len() <= limit);
        }
    }
}
