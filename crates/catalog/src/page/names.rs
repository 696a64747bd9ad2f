//! What languages are called: the one table of their names.
//!
//! A page's headings and fences, and what is typed after `--language`, are compared by it: in letters of any case, and
//! under any of a language's usual names. A name that is not in the table is just itself.

/// For each language, the name that its manifest has, and what else it is called: by those who write it, by the info
/// strings of the highlighters that render pages (Linguist, Pygments, highlight.js), by the endings of its files.
const LANGUAGES: &[(&str, &[&str])] = &[
    ("cpp", &["C++", "CPlusPlus", "cc", "cxx"]),
    ("csharp", &["C#", "C-Sharp", "cs", "dotnet", ".NET"]),
    ("curl", &[]),
    ("gcloud", &["gcloud CLI", "Google Cloud CLI"]),
    ("go", &["Golang"]),
    ("java", &[]),
    ("nodejs", &["Node.js", "Node", "JavaScript", "js", "mjs", "cjs"]),
    ("php", &[]),
    ("python", &["Python 3", "python3", "py", "py3", "pycon", "ipython", "ipython3"]),
    ("ruby", &["rb"]),
    ("rust", &["rs"]),
    ("shell", &["sh", "bash", "zsh", "Shell script", "shellscript"]),
];

/// The name that the table has for a language, or the name itself, in lower case.
///
/// ```
/// use rescind_catalog::canonical_language;
///
/// assert_eq!(canonical_language("C#"), "csharp");
/// assert_eq!(canonical_language("Cobol"), "cobol");
/// ```
pub fn canonical_language(name: &str) -> String {
    let name = name.trim().to_lowercase();
    let is_called = |names: &[&str]| names.iter().any(|alias| alias.to_lowercase() == name);
    let known = LANGUAGES.iter().find(|(language, names)| *language == name || is_called(names));
    known.map_or(name, |(language, _)| (*language).to_owned())
}

/// True if it is a name of a language of the table.
pub(super) fn is_usual(name: &str) -> bool {
    let canonical = canonical_language(name);
    LANGUAGES.iter().any(|(language, _)| *language == canonical)
}

/// True if both are names of one language.
pub fn same_language(a: &str, b: &str) -> bool {
    canonical_language(a) == canonical_language(b)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn each_name_is_of_one_language() {
        let mut seen = BTreeSet::new();
        for (language, names) in LANGUAGES {
            assert_eq!(canonical_language(language), *language, "a manifest's name is in lower case");
            for name in std::iter::once(language).chain(*names) {
                assert!(seen.insert(name.to_lowercase()), "{name} is there twice");
                for written in [name.to_lowercase(), name.to_uppercase(), format!(" {name} ")] {
                    assert!(same_language(&written, language), "{written}");
                }
            }
        }
    }

    #[test]
    fn the_usual_names_are_known_and_others_are_themselves() {
        for (language, names) in [
            ("csharp", "C# csharp cs dotnet"),
            ("nodejs", "Node.js nodejs javascript js mjs node"),
            ("cpp", "C++ cpp cc cxx"),
            ("python", "Python py python3"),
            ("go", "Go golang"),
            ("ruby", "Ruby rb"),
            ("rust", "Rust rs"),
        ] {
            for name in names.split(' ') {
                assert_eq!(canonical_language(name), language, "{name}");
            }
        }
        assert!(same_language("Shell", "shell") && !same_language("java", "javascript"));
        assert!(!same_language("c", "c++") && !same_language("", "go"));
    }
}
