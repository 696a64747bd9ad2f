//! Sessions: blocks in which commands stand behind prompts, and what they print below.

use super::names::same_language;
use super::outline::Block;
use crate::published::PublishedCode;

/// The languages by which blocks are marked that show a terminal.
const TERMINALS: [&str; 9] = [
    "console",
    "shell-session",
    "shellsession",
    "sh-session",
    "bash-session",
    "terminal",
    "session",
    "zsh-session",
    "doscon",
];

/// The prompts of shells, with the one that continues a command.
const SHELL: [&str; 3] = ["$ ", "% ", "# "];

/// True if a block is marked as one that shows a terminal.
pub(super) fn is_terminal(block: &Block) -> bool {
    TERMINALS.contains(&block.fence.as_str())
}

/// True if the first line of a block begins with a prompt.
pub(super) fn has_prompt(block: &Block) -> bool {
    prompt(block).is_some()
}

/// The prompt that the commands of a block stand behind.
fn prompt(block: &Block) -> Option<&'static str> {
    let first = block.code.lines().map(str::trim_start).find(|line| !line.is_empty())?;
    let of_python = matches!(block.fence.as_str(), "pycon" | "python" | "py" | "python3" | "python-console");
    if of_python {
        return Some(">>> ").filter(|prompt| first.starts_with(prompt) || first == ">>>");
    }
    // In a script, a line that begins with `# ` is a comment; in other languages, `$` is something else.
    let prompts = match () {
        () if is_terminal(block) => &SHELL[..],
        () if block.fence.is_empty() || same_language(&block.fence, "shell") => &SHELL[..1],
        () => return None,
    };
    prompts.iter().copied().find(|prompt| first.starts_with(prompt))
}

/// The code of a block, with the lines that it is from: of a session, the commands without their prompts.
pub(super) fn code(block: &Block) -> PublishedCode {
    let mut code = PublishedCode::default();
    let Some(prompt) = prompt(block) else {
        code.append(block.code.as_bytes(), block.lines.first);
        return code;
    };
    let of_python = prompt == ">>> ";
    let mut command = Command::default();
    for (line, number) in block.code.split_inclusive('\n').zip(block.lines.first..) {
        let text = line.trim_start();
        let typed = if command.in_document {
            Some(line)
        } else if let Some(typed) = text.strip_prefix(prompt) {
            command = Command::default();
            Some(typed)
        } else if text.trim_end() == prompt.trim_end() {
            command = Command::default();
            Some(text.trim_start_matches(prompt.trim_end()))
        } else if of_python {
            text.strip_prefix("... ").or_else(|| (text.trim_end() == "...").then(|| &text[3..]))
        } else if command.is_open() {
            Some(text.strip_prefix("> ").filter(|_| text.starts_with("> ")).unwrap_or(line))
        } else {
            None
        };
        if let Some(typed) = typed {
            command.take(typed);
            code.append(typed.as_bytes(), number);
        }
    }
    code
}

/// How far a command of a shell is: whether its next line belongs to it.
#[derive(Default)]
struct Command {
    quote: Option<char>,
    continues: bool,
    /// The words that end the documents which are to follow, and whether tabs may stand before them.
    documents: Vec<(String, bool)>,
    in_document: bool,
}

impl Command {
    fn is_open(&self) -> bool {
        self.quote.is_some() || self.continues || self.in_document
    }

    fn take(&mut self, line: &str) {
        let line = line.trim_end_matches(['\r', '\n']);
        if self.in_document {
            if let Some((word, tabs)) = self.documents.first() {
                let line = if *tabs { line.trim_start_matches('\t') } else { line };
                if line == word {
                    self.documents.remove(0);
                }
            }
            self.in_document = !self.documents.is_empty();
            return;
        }
        self.continues = false;
        let mut rest = line.char_indices().peekable();
        while let Some((at, c)) = rest.next() {
            match (self.quote, c) {
                (Some('\''), '\'') | (Some('"'), '"') => self.quote = None,
                (Some('\''), _) => {}
                (_, '\\') => self.continues = rest.next().is_none(),
                (None, '\'' | '"') => self.quote = Some(c),
                (None, '#') if at == 0 || line[..at].ends_with(char::is_whitespace) => break,
                (None, '<') if line[at..].starts_with("<<") && !line[at..].starts_with("<<<") => {
                    rest.next();
                    self.document(&line[at + 2..]);
                }
                _ => {}
            }
        }
        let ends = line.trim_end();
        self.continues |= self.quote.is_none() && (ends.ends_with('|') || ends.ends_with("&&"));
        self.in_document = !self.documents.is_empty() && self.quote.is_none() && !self.continues;
    }

    /// A document that follows, as the text behind `<<` names it.
    fn document(&mut self, text: &str) {
        let (text, tabs) = text.strip_prefix('-').map_or((text, false), |text| (text, true));
        let word: String = text
            .trim_start()
            .trim_start_matches(['\'', '"', '\\'])
            .chars()
            .take_while(|c| c.is_alphanumeric() || *c == '_')
            .collect();
        if !word.is_empty() {
            self.documents.push((word, tabs));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lines::Lines;

    fn of(fence: &str, text: &str) -> (String, Vec<u32>) {
        let count = u32::try_from(text.lines().count()).unwrap();
        let block = Block {
            headings: Vec::new(),
            fence: fence.to_owned(),
            code: text.to_owned(),
            lines: Lines { first: 11, last: 10 + count },
            fence_at: 0..0,
            heading_at: None,
        };
        let code = code(&block);
        (String::from_utf8(code.bytes).unwrap(), code.lines)
    }

    #[test]
    fn commands_are_the_code_and_what_they_print_is_not() {
        let text = "$ curl -s \\\n    -d '{\"a\": 1\n}' x\n{}\n$ echo a |\n> cat\na\n\n$ cat <<EOF > y\n$ no\nEOF\nout\n";
        let code = "curl -s \\\n    -d '{\"a\": 1\n}' x\necho a |\ncat\ncat <<EOF > y\n$ no\nEOF\n";
        let lines = vec![11, 12, 13, 15, 16, 19, 20, 21];
        assert_eq!(of("console", text), (code.to_owned(), lines));
    }

    #[test]
    fn a_block_without_prompts_stays_as_it_is() {
        assert_eq!(of("sh", "# $ x\necho\n").0, "# $ x\necho\n");
        assert_eq!(of("php", "$ x\n").0, "$ x\n");
        assert_eq!(of("sh", "$ a\nout\n").0, "a\n");
        assert_eq!(of("console", "# apt\nout\n").0, "apt\n");
    }

    #[test]
    fn python_has_prompts_of_its_own() {
        assert_eq!(
            of("pycon", ">>> def f():\n...     return 1\n...\n>>> f()\n1\n"),
            ("def f():\n    return 1\n\nf()\n".to_owned(), vec![11, 12, 13, 14])
        );
    }
}
