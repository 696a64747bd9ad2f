//! Info strings: what stands behind the marks that open a block of code.

/// An info string.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Info {
    /// The language, in lower case; empty if there is none.
    pub(super) language: String,
    /// The directive, of MyST's `{directive} argument`; none for a block of code.
    pub(super) directive: Option<String>,
    /// What follows the directive.
    pub(super) argument: String,
    /// True if a directive of code has options and an empty line before its code.
    pub(super) has_options: bool,
}

/// The directives of MyST and of Sphinx that hold code, in their own lines.
const CODE: [&str; 5] = ["code", "code-block", "code-cell", "sourcecode", "prompt"];

impl Info {
    /// Reads an info string, as they are written for the sites that render pages: `js`, `js title="x"`, `js:cancel.js`,
    /// `js{1,2}`, `js,ignore`, `{.js .numberLines}`, `{#id .js}`, `{code-block} js`, `language-js`.
    pub(super) fn read(info: &str) -> Info {
        let info = info.trim();
        if let Some((inner, rest)) = info.strip_prefix('{').and_then(|rest| rest.split_once('}')) {
            // Attributes of Pandoc and of Python-Markdown: the first class is the language.
            let class = inner.split_whitespace().find_map(|word| word.strip_prefix('.'));
            if let Some(class) = class {
                return Info { language: language(class), ..Info::default() };
            }
            let directive = inner.trim();
            let is_name = |name: &str| {
                !name.is_empty()
                    && name.chars().all(|c| c.is_alphanumeric() || matches!(c, '-' | '_' | ':' | '.'))
            };
            if CODE.contains(&directive) {
                return Info { language: language(rest), has_options: true, ..Info::default() };
            }
            // `{python}` alone is R Markdown's: code that is run.
            if is_name(directive) && (!rest.trim().is_empty() || DIRECTIVES.contains(&directive)) {
                let (directive, argument) = (Some(directive.to_lowercase()), rest.trim().to_owned());
                return Info { directive, argument, ..Info::default() };
            }
            return Info { language: language(inner), ..Info::default() };
        }
        Info { language: language(info), ..Info::default() }
    }
}

/// The directives of MyST that hold text in which there may be code. Others hold none, or name a file.
const DIRECTIVES: [&str; 22] = [
    "admonition",
    "attention",
    "aside",
    "card",
    "caution",
    "danger",
    "details",
    "div",
    "dropdown",
    "error",
    "grid",
    "grid-item-card",
    "hint",
    "important",
    "note",
    "seealso",
    "tab-item",
    "tab-set",
    "tabs",
    "tip",
    "toggle",
    "warning",
];

/// True if a directive holds text, and not what only it can read.
pub(super) fn holds_text(directive: &str) -> bool {
    DIRECTIVES.contains(&directive)
        || matches!(directive, "tab" | "group-tab" | "only" | "container" | "grid-item" | "topic" | "sidebar")
}

/// True if a directive stands for a file that lies elsewhere.
pub(super) fn includes(directive: &str) -> bool {
    matches!(directive, "literalinclude" | "include" | "embed" | "ghcode" | "remoteliteralinclude")
}

/// The name of the language that a text begins with, in lower case.
pub(super) fn language(text: &str) -> String {
    let text = text.trim().trim_start_matches(['.', '!']);
    let text = text.strip_prefix("language-").or_else(|| text.strip_prefix("lang-")).unwrap_or(text);
    let ends =
        |c: char| c.is_whitespace() || matches!(c, ',' | '}' | '{' | ':' | ';' | '(' | '[' | '|' | '=' | '"');
    let end = text.find(ends).unwrap_or(text.len());
    text[..end].to_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_language_is_found_in_info_strings_of_all_kinds() {
        for info in [
            "js",
            " js ",
            "js title=\"x\"",
            "js:cancel.js",
            "js {linenos}",
            "js{1,2}",
            "JS,ignore",
            "{.js .numberLines}",
            "{ .js title=\"x\" }",
            "{#id .js}",
            "{code-block} js",
            "{code} js",
            "{code-cell} js",
            "language-js",
            "{js}",
            "{js, echo=TRUE}",
            "js[cancel.js]",
            "js [cancel.js]",
            "js|cancel.js",
            "js;x",
            "js(x)",
            ".js",
            "js twoslash",
        ] {
            let read = Info::read(info);
            assert_eq!((read.language.as_str(), read.directive), ("js", None), "{info}");
        }
        for (info, language) in [
            ("c++", "c++"),
            ("c#", "c#"),
            ("C#: x", "c#"),
            ("objective-c", "objective-c"),
            ("", ""),
            ("{}", ""),
        ] {
            assert_eq!(Info::read(info).language, language, "{info}");
        }
    }

    #[test]
    fn directives_that_hold_other_things_are_told_apart() {
        let info = Info::read("{tab-item} Node.js");
        assert_eq!((info.directive.as_deref(), info.argument.as_str()), (Some("tab-item"), "Node.js"));
        assert_eq!(Info::read("{note}").directive.as_deref(), Some("note"));
        assert_eq!(Info::read("{literalinclude} cancel.js").directive.as_deref(), Some("literalinclude"));
        assert!(Info::read("{code-block} js").has_options && !Info::read("js").has_options);
        assert!(holds_text("tab-item") && !holds_text("mermaid") && includes("literalinclude"));
    }
}
