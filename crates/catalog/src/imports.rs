//! Imports that stand in a published file outside the region: a reader of the page is expected to write them, and the
//! code does not run without.
//!
//! They are told by how lines begin, which is enough for files that compile; what is taken for an import and is none
//! would have to stand at the beginning of a line, outside the region.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use regex::Regex;

/// An import that is carried over.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Import {
    /// The statement, with its line end.
    pub(crate) text: String,
    /// Its first line in the file that it is from, from 1.
    pub(crate) line: u32,
    /// The names that it declares; none where it cannot be told, and the import is always wanted.
    names: BTreeSet<String>,
}

/// How a language imports.
struct Style {
    /// The language's name in the table of names.
    language: &'static str,
    /// Matches a whole statement, over several lines if need be. Its group `names` has what it declares.
    statement: &'static str,
    /// True if an import that the code does not name may be needed all the same: a header, a trait, a namespace.
    all: bool,
}

/// Compiled once: a pattern that does not compile is found by the test that has one of each language.
static STYLES: LazyLock<Vec<(&Style, Regex)>> = LazyLock::new(|| {
    let compiled = |style: &'static Style| Some((style, Regex::new(style.statement).ok()?));
    STYLE_TABLE.iter().filter_map(compiled).collect()
});

const STYLE_TABLE: &[Style] = &[
    Style {
        language: "cpp",
        statement: r"(?m)^(?:#[ \t]*include[^\n]*|(?:using|namespace)[ \t]+(?P<names>[^\n;{}]+);[^\n]*)\n",
        all: true,
    },
    Style {
        language: "csharp",
        statement: r"(?m)^(?:global )?using[ \t]+(?P<names>[\w.= ]+);[^\n]*\n",
        all: true,
    },
    Style {
        language: "go",
        statement: r#"(?m)^(?:import)?[ \t]+(?P<names>[\w.]*[ \t]*"[^"\n]+")[^\n]*\n"#,
        all: false,
    },
    Style {
        language: "java",
        statement: r"(?m)^import[ \t]+(?:static[ \t]+)?(?P<names>[\w.*]+);[^\n]*\n",
        all: false,
    },
    Style {
        language: "nodejs",
        statement: r#"(?m)^(?:const|let|var)[ \t]+(?P<names>\{[^}]*\}|\w+)[ \t]*=[ \t]*require\(\s*["'][^."'][^"']*["']\s*\)[^\n]*\n"#,
        all: false,
    },
    Style {
        language: "php",
        statement: r"(?m)^use[ \t]+(?:function[ \t]+|const[ \t]+)?(?P<names>[^;]+);[^\n]*\n",
        all: false,
    },
    Style {
        language: "python",
        statement: r"(?m)^(?:import[ \t]+|from[ \t]+\w[\w.]*[ \t]+import[ \t]+)(?P<names>\([^)]*\)|[^\n(#]+)[^\n]*\n",
        all: false,
    },
    Style { language: "ruby", statement: r#"(?m)^require[ \t]+["'][^"'\n]+["'][^\n]*\n"#, all: true },
    Style { language: "rust", statement: r"(?m)^use[ \t]+(?P<names>[^;]+);[^\n]*\n", all: true },
];

/// The imports in pieces of a file, each with the line that it begins in, that code needs which is published elsewhere,
/// and that neither it nor the project around it has. `language` is the name of the table of names.
pub(crate) fn carried(language: &str, pieces: &[(&[u8], u32)], code: &[u8], around: &[&[u8]]) -> Vec<Import> {
    let Some((style, pattern)) = STYLES.iter().find(|(style, _)| style.language == language) else {
        return Vec::new();
    };
    let present: Vec<Import> =
        around.iter().copied().chain([code]).flat_map(|text| statements(style, pattern, text, 1)).collect();
    let text = String::from_utf8_lossy(code);
    let words = words(&text);
    let mut found: Vec<Import> =
        pieces.iter().flat_map(|(piece, line)| statements(style, pattern, piece, *line)).collect();
    found.retain(|import| {
        let is_there = present.iter().any(|it| {
            it.text.trim() == import.text.trim()
                || !import.names.is_empty() && import.names.is_subset(&it.names)
        });
        let is_named =
            import.names.is_empty() || import.names.iter().any(|name| words.contains(name.as_str()));
        !is_there && (style.all || is_named)
    });
    found
}

/// Where in a project's file, before its region, imports belong: below those that it has, else where the region begins.
pub(crate) fn place(language: &str, before: &[u8]) -> usize {
    let text = String::from_utf8_lossy(before);
    // Positions are those of the bytes only where the text is UTF-8.
    if text.len() != before.len() {
        return before.len();
    }
    let style = STYLES.iter().find(|(style, _)| style.language == language);
    let last = style.and_then(|(_, pattern)| pattern.find_iter(&text).last()).map(|found| found.end());
    match last {
        // The specifications of Go's imports stand in parentheses, in which a statement has no place.
        Some(_) if language == "go" => before.len(),
        Some(end) => end,
        None if language == "java" => package(&text).unwrap_or(before.len()),
        None => before.len(),
    }
}

/// The end of the line with Java's declaration of a package.
fn package(text: &str) -> Option<usize> {
    let start =
        text.starts_with("package ").then_some(0).or_else(|| text.find("\npackage ").map(|at| at + 1))?;
    text[start..].find('\n').map(|end| start + end + 1)
}

fn statements(style: &Style, pattern: &Regex, piece: &[u8], first_line: u32) -> Vec<Import> {
    let text = String::from_utf8_lossy(piece);
    let in_block = go_blocks(style.language, &text);
    let mut found = Vec::new();
    for captures in pattern.captures_iter(&text) {
        let Some(whole) = captures.get(0) else { continue };
        let mut statement = whole.as_str().to_owned();
        if style.language == "go" && !statement.starts_with("import") {
            // A line of a block of imports, if it is in one at all.
            if !in_block.iter().any(|block| block.contains(&whole.start())) {
                continue;
            }
            statement = format!("import {}", statement.trim_start());
        }
        let before = text[..whole.start()].matches('\n').count();
        let line = first_line.saturating_add(u32::try_from(before).unwrap_or(u32::MAX));
        let names =
            captures.name("names").map_or(BTreeSet::new(), |names| declared(style.language, names.as_str()));
        found.push(Import { text: statement, line, names });
    }
    found
}

/// Where Go's `import ( ... )` stand.
fn go_blocks(language: &str, text: &str) -> Vec<std::ops::Range<usize>> {
    if language != "go" {
        return Vec::new();
    }
    let end = |start: usize| text[start..].find("\n)").map_or(text.len(), |at| start + at);
    text.match_indices("import (").map(|(start, _)| start..end(start)).collect()
}

/// The names that the text between an import's keyword and its end declares.
fn declared(language: &str, text: &str) -> BTreeSet<String> {
    let own = |name: &str| Some(name.trim().to_owned()).filter(|name| !name.is_empty() && name != "*");
    let last = |path: &str, separators: &[char]| path.rsplit(separators).next().and_then(own);
    match language {
        "go" => {
            let (alias, path) = text.split_once('"').unwrap_or((text, ""));
            let is_version = |part: &&str| {
                let rest = part.trim_start_matches("api").strip_prefix('v');
                rest.is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_digit()))
            };
            let package = path.trim_end_matches('"').rsplit('/').find(|part| !is_version(part));
            let name = match alias.trim() {
                "" => package.and_then(|name| own(name.trim_start_matches("go-"))),
                "_" | "." => None,
                alias => own(alias),
            };
            name.into_iter().collect()
        }
        "java" => last(text, &['.']).into_iter().collect(),
        // A namespace is imported with all that is in it; an alias has a name.
        "csharp" | "cpp" => {
            let alias = text.split_once('=').and_then(|(name, _)| own(name));
            let of_using = text.contains("::").then(|| last(text, &[':'])).flatten();
            alias.or(of_using).into_iter().collect()
        }
        _ => {
            // `a`, `a as b`, `a: b`, `{a, b}`, `A\B\{C, D as E}`, `a::{b, c::d}`: what is last is the name.
            let names = text.split([',', '{', '}', '(', ')', '\n']).filter_map(|part| {
                let part = part.split('#').next().unwrap_or(part).trim();
                let renamed = part.rsplit_once(" as ").map(|(_, name)| name);
                let renamed = renamed.or_else(|| part.rsplit_once(": ").map(|(_, name)| name));
                match renamed {
                    Some(name) => own(name),
                    // `import a.b` declares `a`.
                    None if language == "python" => part.split('.').next().and_then(own),
                    None => last(part, &['\\', ':']),
                }
            });
            names.collect()
        }
    }
}

/// The words of a text, as identifiers are written.
fn words(text: &str) -> BTreeSet<&str> {
    text.split(|c: char| !c.is_alphanumeric() && c != '_').filter(|word| !word.is_empty()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The imports of a file that code which names these words is given.
    fn given(language: &str, file: &str, code: &str, around: &str) -> Vec<String> {
        let found = carried(language, &[(file.as_bytes(), 1)], code.as_bytes(), &[around.as_bytes()]);
        found.into_iter().map(|import| format!("{}: {}", import.line, import.text.trim_end())).collect()
    }

    #[test]
    fn every_style_is_a_pattern() {
        assert_eq!(STYLES.len(), STYLE_TABLE.len());
    }

    #[test]
    fn what_the_code_names_is_carried_and_what_is_there_already_is_not() {
        assert_eq!(
            given(
                "python",
                "import argparse\nimport time  # waits\nfrom a.b import (\n    C,\n    D as E,\n)\nfrom x import y\n",
                "time.sleep(1); E(); y()",
                "from x import y\n"
            ),
            ["2: import time  # waits", "3: from a.b import (\n    C,\n    D as E,\n)"]
        );
        assert_eq!(
            given(
                "nodejs",
                "const {A, B: C} = require('@x/y');\nconst fs = require(\"fs\");\nconst own = require('./own');\n",
                "new C(own)",
                ""
            ),
            ["1: const {A, B: C} = require('@x/y');"]
        );
        assert_eq!(
            given(
                "java",
                "package p;\nimport a.b.C;\nimport a.D;\nimport static a.E.f;\n",
                "f(new C())",
                "import a.b.C;\n"
            ),
            ["4: import static a.E.f;"]
        );
        assert_eq!(
            given(
                "php",
                "<?php\nuse A\\B;\nuse A\\{C, D as E};\nuse function A\\f;\n",
                "new E(); new B();",
                ""
            ),
            ["2: use A\\B;", "3: use A\\{C, D as E};"]
        );
    }

    #[test]
    fn imports_of_go_are_known_by_their_package_or_their_alias() {
        let file = "package p\n\nimport (\n\t\"context\"\n\tdatabase \"x.dev/spanner/apiv1\"\n\t\"x.dev/spanner/v2\"\n\t\"os\"\n\t_ \"x.dev/driver\"\n)\n\nimport \"fmt\"\n\nvar a = []string{\n\t\"context\",\n}\n";
        assert_eq!(
            given("go", file, "context.Background(); database.New(); spanner.X; fmt.Print()", ""),
            [
                "4: import \"context\"",
                "5: import database \"x.dev/spanner/apiv1\"",
                "6: import \"x.dev/spanner/v2\"",
                "8: import _ \"x.dev/driver\"",
                "11: import \"fmt\"",
            ]
        );
        assert_eq!(
            given("go", file, "import (\n\t\"context\"\n)\ncontext.Background()", ""),
            ["8: import _ \"x.dev/driver\""]
        );
    }

    #[test]
    fn what_may_be_needed_without_being_named_is_carried() {
        assert_eq!(
            given(
                "cpp",
                "#include <a.h>\n#include \"b.h\"\nnamespace s = a::b;\nusing a::C;\nint x;\n",
                "",
                "#include \"b.h\"\n"
            ),
            ["1: #include <a.h>", "3: namespace s = a::b;", "4: using a::C;"]
        );
        assert_eq!(
            given("csharp", "using A.B;\nusing System;\nclass X {}\n", "", "using System;\n"),
            ["1: using A.B;"]
        );
        assert_eq!(given("ruby", "require \"a\"\nrequire_relative \"b\"\n", "", ""), ["1: require \"a\""]);
        assert_eq!(given("rust", "use a::{b, c::D};\nuse e::*;\n", "", "use a::c::D;\n").len(), 2);
        assert_eq!(given("shell", "import x\n", "x", ""), Vec::<String>::new());
    }

    #[test]
    fn they_are_put_below_those_that_are_there() {
        assert_eq!(place("java", b"package a;\n\nimport b.C;\n\nclass D {\n"), 24);
        assert_eq!(place("java", b"package a;\n\nclass D {\n"), 11);
        assert_eq!(place("python", b"# x\n"), 4);
        assert_eq!(place("go", b"package a\nimport \"b\"\n"), 21);
        assert_eq!(place("java", b"import a;\n\xff\n"), 12);
    }
}
