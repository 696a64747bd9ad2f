//! What a compiler complains of first, told with the line of the page that the code is from.
//!
//! A compiler sees the copy of the project, in whose file the published code stands some lines further down or up than
//! in its page. Nobody who reads a report has that copy.

use std::path::Path;
use std::sync::LazyLock;

use regex::Regex;
use rescind_catalog::LineOrigins;

use super::FailedStep;

/// Characters of a complaint that are told; the step's output has all of it.
const CHARS: usize = 300;

/// Where published code is from, and where it stands in the copy of the project.
pub(crate) struct Origin<'a> {
    /// The file of the project that it stands in.
    pub(crate) file: &'a Path,
    /// Which of its lines are from the page, and from where in it.
    pub(crate) lines: &'a LineOrigins,
    /// The path of the page.
    pub(crate) origin: &'a str,
}

/// What is complained of.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Complaint {
    /// The compiler's words, with the line of the page: `page.md:12: undefined: backup`.
    pub(crate) text: String,
    /// That line.
    pub(crate) line: u32,
}

/// A place as compilers write it, at the beginning of a line: `./a.go:3:5: undefined: x` (Go, C++),
/// `[ERROR] /p/A.java:[3,5] cannot find symbol` (Maven), `A.cs(3,5): error CS1002` (C#), ` --> src/a.rs:3:5` (Rust),
/// `a.rb:3: syntax error` (Ruby).
static PLACE: LazyLock<Option<Regex>> = LazyLock::new(|| {
    let mark = r"(?:\[ERROR\]\s+|\s*-->\s+|\s*)";
    let place = r"(?P<file>[^\s:()\[\]]+\.\w+)(?::\[?|\()(?P<line>\d+)(?:[:,]\d+)?[\])]?:?";
    Regex::new(&format!(r"^{mark}{place}\s*(?P<says>.*)$")).ok()
});

/// A place as PHP writes it, at the end of a line: `PHP Parse error:  syntax error, unexpected ... in a.php on line 3`.
static PLACE_BEHIND: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(r"^(?:PHP )?(?P<says>(?:Parse|Fatal) error:.*) in (?P<file>\S+) on line (?P<line>\d+)$").ok()
});

/// The first complaint in the output of a step that failed; if there is none with a place, how the step ended.
pub(crate) fn first(step: &FailedStep, origin: &Origin<'_>) -> Complaint {
    let mut before = "";
    let mut lines = step.output.lines().peekable();
    while let Some(line) = lines.next() {
        let captures = [&PLACE_BEHIND, &PLACE].into_iter().find_map(|place| place.as_ref()?.captures(line));
        if let Some(captures) = captures {
            // Rust says what is wrong in the line above the place.
            let says = Some(&captures["says"]).filter(|says| !says.is_empty()).unwrap_or(before.trim());
            if !says.is_empty() && !is_remark(says) {
                // Java says what it did not find in the line below the place.
                let symbol = lines.peek().map(|line| line.trim()).filter(|line| line.starts_with("symbol:"));
                let says = symbol.map_or_else(|| says.to_owned(), |symbol| format!("{says}; {symbol}"));
                let told: String = says.chars().take(CHARS).collect();
                return origin.told(&captures["file"], &captures["line"], &told);
            }
        }
        before = line;
    }
    let ended = step.ended.map(|ended| format!(" ({ended})")).unwrap_or_default();
    let line = origin.lines.first();
    Complaint { text: format!("{}:{line}: `{}` failed{ended}", origin.origin, step.command), line }
}

/// True for what compilers mention without refusing the code.
fn is_remark(says: &str) -> bool {
    ["warning", "note", "info"].iter().any(|word| says.trim_start().to_lowercase().starts_with(word))
}

impl Origin<'_> {
    /// The complaint with its place in the page. One about the project around the published code is about how the two fit,
    /// and the page is what can be changed; the place as the compiler has it is told too.
    fn told(&self, file: &str, line: &str, says: &str) -> Complaint {
        let same_file = Path::new(file).file_name() == self.file.file_name();
        let published = line.parse::<u32>().ok().filter(|_| same_file).and_then(|line| self.lines.of(line));
        let first = self.lines.first();
        match published {
            Some(line) => Complaint { text: format!("{}:{line}: {says}", self.origin), line },
            None => Complaint {
                text: format!(
                    "{}:{first}: the published code does not fit the project around it: {says} ({file}:{line})",
                    self.origin,
                ),
                line: first,
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use rescind_catalog::Lines;
    use rescind_model::Ended;

    use super::*;

    /// The complaint about code from line 100 of a page that stands in the lines 10 to 30 of a file.
    fn complaint(file: &str, output: &str) -> String {
        let Complaint { text, line } = complained(file, output);
        assert!(text.starts_with(&format!("page.md:{line}: ")), "{text}");
        text
    }

    fn complained(file: &str, output: &str) -> Complaint {
        let step = FailedStep {
            command: "make it".to_owned(),
            ended: Some(Ended::Code(2)),
            output: output.to_owned(),
        };
        let lines = &LineOrigins::of_block(Lines { first: 10, last: 30 }, 100);
        first(&step, &Origin { file: Path::new(file), lines, origin: "page.md" })
    }

    #[test]
    fn each_compilers_place_becomes_one_in_the_page() {
        let go =
            "# example.com/spanner\n./cancel.go:12:2: undefined: backup\n./cancel.go:13:2: undefined: b\n";
        assert_eq!(complaint("cancel.go", go), "page.md:102: undefined: backup");
        let java = "[WARNING] COMPILATION WARNING : \n[ERROR] COMPILATION ERROR : \n\
                    [ERROR] /w/src/main/java/Cancel.java:[10,5] cannot find symbol\n  symbol: class Backup\n";
        assert_eq!(
            complaint("src/main/java/Cancel.java", java),
            "page.md:100: cannot find symbol; symbol: class Backup"
        );
        let rust = "   Compiling sample v0.1.0\nwarning: unused import: `a`\n --> src/cancel.rs:11:5\n  |\n\
                    error[E0425]: cannot find value `b` in this scope\n  --> src/cancel.rs:30:9\n";
        assert_eq!(
            complaint("src/cancel.rs", rust),
            "page.md:120: error[E0425]: cannot find value `b` in this scope"
        );
        let csharp = "/w/Cancel.cs(10,5): warning CS0168: never used [/w/a.csproj]\n\
                      /w/Cancel.cs(11,5): error CS1002: ; expected [/w/a.csproj]\n";
        assert_eq!(complaint("Cancel.cs", csharp), "page.md:101: error CS1002: ; expected [/w/a.csproj]");
        let php = "PHP Parse error:  syntax error, unexpected token \")\" in cancel.php on line 11\n\
                   Errors parsing cancel.php\n";
        assert_eq!(
            complaint("cancel.php", php),
            "page.md:101: Parse error:  syntax error, unexpected token \")\""
        );
        let ruby = "cancel.rb:12: syntax error, unexpected ')' (SyntaxError)\n)(\n^\n";
        assert_eq!(complaint("cancel.rb", ruby), "page.md:102: syntax error, unexpected ')' (SyntaxError)");
        let cpp = "cancel.cc:20:3: error: 'client' was not declared in this scope\n";
        assert_eq!(
            complaint("cancel.cc", cpp),
            "page.md:110: error: 'client' was not declared in this scope"
        );
    }

    #[test]
    fn a_complaint_about_the_project_around_it_is_one_about_the_published_code() {
        let unfit = "page.md:100: the published code does not fit the project around it: undefined: x";
        let told = |output: &str| complaint("a.go", output);
        assert_eq!(told("./main.go:12:2: undefined: x\n"), format!("{unfit} (./main.go:12)"));
        assert_eq!(told("./a.go:31:2: undefined: x\n"), format!("{unfit} (./a.go:31)"));
        assert_eq!(told("./a.go:99999999999: undefined: x\n"), format!("{unfit} (./a.go:99999999999)"));
    }

    #[test]
    fn without_a_place_the_command_is_told() {
        for output in ["", "it is wrong\n", "go: proxy.example.com:443 does not answer\n"] {
            assert_eq!(complaint("a.go", output), "page.md:100: `make it` failed (exit 2)");
        }
    }

    #[test]
    fn a_long_complaint_is_cut() {
        let told = complaint("a.go", &format!("a.go:10: {}", "é".repeat(1000)));
        assert_eq!(told.chars().count(), "page.md:100: ".len() + CHARS);
    }
}
