//! What a line of Markdown says to the site that renders it, beyond CommonMark.

use std::sync::LazyLock;

use regex::{Captures, Regex};

use crate::page::info::{Info, holds_text, language};

/// What a line begins, ends or stands for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Marker {
    /// An ordinary line.
    Text,
    /// A container of what is indented below it: MkDocs's admonitions and tabs.
    Indented(Vec<String>),
    /// A container up to the line that ends it.
    Begin { ends: ContainerEnd, labels: Vec<String> },
    /// Code up to the line that ends it, without a fence of its own.
    Code { ends: ContainerEnd, language: String, labels: Vec<String> },
    /// What is not published, up to the line that ends it.
    Comment { ends: ContainerEnd },
    /// The end of a container.
    End(ContainerEnd),
    /// A fence: what it opens is CommonMark's to say.
    Fence { mark: char, count: usize },
    /// A line that stands for a file, with the language that it is shown as.
    Include { language: String },
}

/// What ends a container.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum ContainerEnd {
    /// Colons, ticks or the like: as many or more.
    Marks { mark: char, count: usize },
    /// A tag of a template language: `/tab`, `endtab`, `zone-end`.
    Tag(String),
}

/// Compiles a pattern of this file; the tests have a line for each.
macro_rules! pattern {
    ($name:ident, $pattern:expr) => {
        static $name: LazyLock<Option<Regex>> = LazyLock::new(|| Regex::new($pattern).ok());
    };
}

pattern!(ADMONITION, r#"^(?:!!!|\?\?\?\+?)\s+(?P<kind>[\w][\w -]*)?(?:"(?P<title>[^"]*)")?[\s\w]*$"#);
pattern!(TAB, r#"^===[!+]{0,2}\s+(?:"(?P<double>[^"]+)"|'(?P<single>[^']+)')\s*$"#);
pattern!(SLASHES, r"^(?P<marks>/{3,})\s*(?P<kind>[\w-]+)?\s*(?:\|\s*(?P<title>.*))?$");
pattern!(
    COLONS,
    r"^(?P<marks>:{3,})\s*(?:\{(?P<directive>[\w:-]+)\}|(?P<kind>[\w-]+))?(?:\[(?P<title>[^\]]*)\])?(?P<rest>.*)$"
);
pattern!(SHORTCODE, r"^\{\{[<%]\s*(?P<end>/)?\s*(?P<name>[\w/.-]+)(?P<rest>.*?)\s*(?P<empty>/)?[>%]\}\}\s*$");
pattern!(LIQUID, r"^\{%-?\s*(?P<name>[\w-]+)(?P<rest>.*?)-?%\}\s*$");
pattern!(
    PARAMETER,
    r#"(?:(?P<key>[\w-]+)\s*[=:]\s*)?(?:"(?P<double>[^"]*)"|'(?P<single>[^']*)'|(?P<bare>[^\s"'=]+))"#
);

fn matched<'t>(pattern: &LazyLock<Option<Regex>>, text: &'t str) -> Option<Captures<'t>> {
    pattern.as_ref()?.captures(text)
}

fn group<'t>(captures: &Captures<'t>, name: &str) -> &'t str {
    captures.name(name).map_or("", |group| group.as_str()).trim()
}

/// What a line says. `is_ended` tells whether a line further down ends what a tag of this name would begin.
pub(super) fn read(line: &str, is_ended: impl Fn(&ContainerEnd) -> bool) -> Marker {
    let line = bare(line);
    let marker = match line.chars().next() {
        Some('!' | '?') => admonition(line),
        Some('=') => tab(line),
        Some('/') => slashes(line),
        Some(':') => colons(line, &is_ended),
        Some('`' | '~') => fence(line),
        Some('{') => shortcode(line, &is_ended).or_else(|| liquid(line, &is_ended)),
        Some('<') => line.starts_with("<<< ").then(|| Marker::Include { language: extension(&line[4..]) }),
        Some('-') => snippet(line),
        _ => None,
    };
    marker.unwrap_or(Marker::Text)
}

/// A line without the marks of lists and of quotations that it begins with.
pub(super) fn bare(line: &str) -> &str {
    let mut line = line.trim();
    loop {
        let number = line.trim_start_matches(|c: char| c.is_ascii_digit());
        let item = ["- ", "* ", "+ "].iter().find_map(|mark| line.strip_prefix(mark));
        let counted =
            (number.len() < line.len()).then(|| number.strip_prefix(". ").or(number.strip_prefix(") ")));
        let rest = line.strip_prefix('>').or(item).or(counted.flatten());
        match rest {
            Some(rest) => line = rest.trim_start(),
            None => return line,
        }
    }
}

fn labels<const N: usize>(texts: [&str; N]) -> Vec<String> {
    texts.into_iter().filter(|text| !text.is_empty()).map(str::to_owned).collect()
}

fn admonition(line: &str) -> Option<Marker> {
    let captures = matched(&ADMONITION, line)?;
    Some(Marker::Indented(labels([group(&captures, "title")])))
}

fn tab(line: &str) -> Option<Marker> {
    let captures = matched(&TAB, line)?;
    Some(Marker::Indented(labels([group(&captures, "double"), group(&captures, "single")])))
}

fn slashes(line: &str) -> Option<Marker> {
    let captures = matched(&SLASHES, line)?;
    let ends = ContainerEnd::Marks { mark: '/', count: group(&captures, "marks").len() };
    Some(match group(&captures, "kind") {
        "" => Marker::End(ends),
        _ => Marker::Begin { ends, labels: labels([group(&captures, "title")]) },
    })
}

fn colons(line: &str, is_ended: &impl Fn(&ContainerEnd) -> bool) -> Option<Marker> {
    let captures = matched(&COLONS, line)?;
    let ends = ContainerEnd::Marks { mark: ':', count: group(&captures, "marks").len() };
    let (directive, kind, rest) =
        (group(&captures, "directive"), group(&captures, "kind"), group(&captures, "rest"));
    if !directive.is_empty() {
        let info = Info::read(&format!("{{{directive}}} {rest}"));
        if info.has_options {
            let language = format!("{{code-block}} {}", info.language);
            return Some(Marker::Code { ends, language, labels: Vec::new() });
        }
        if super::super::info::includes(directive) {
            return Some(Marker::Include { language: extension(rest) });
        }
        return Some(Marker::Begin { ends, labels: labels([rest]) });
    }
    if kind == "code" && rest.contains("source=") {
        let language = parameters(rest).into_iter().find(|(key, _)| key == "language");
        return Some(Marker::Include { language: language.map(|(_, value)| value).unwrap_or_default() });
    }
    if let Some(ended) = kind.strip_suffix("-end") {
        return Some(Marker::End(ContainerEnd::Tag(format!("{ended}-end"))));
    }
    let by_tag = ContainerEnd::Tag(format!("{kind}-end"));
    if matches!(kind, "zone" | "row" | "column" | "moniker") && is_ended(&by_tag) {
        let label = rest.trim_end_matches(':').split('"').nth(1).unwrap_or_default();
        let label = label.strip_prefix("programming-language-").unwrap_or(label);
        return Some(Marker::Begin { ends: by_tag, labels: labels([label]) });
    }
    Some(match kind {
        "" if rest.is_empty() => Marker::End(ends),
        // All of it is in one line: an image, say.
        _ if rest.ends_with(":::") => return None,
        _ => Marker::Begin { ends, labels: labels([group(&captures, "title"), rest]) },
    })
}

fn fence(line: &str) -> Option<Marker> {
    let mark = line.chars().next()?;
    let count = line.chars().take_while(|c| *c == mark).count();
    let info = Info::read(&line[count..]);
    if count < 3 || mark == '`' && line[count..].contains('`') {
        return None;
    }
    Some(match &info.directive {
        Some(directive) if holds_text(directive) => Marker::Begin {
            ends: ContainerEnd::Marks { mark, count },
            labels: labels([info.argument.as_str()]),
        },
        _ => Marker::Fence { mark, count },
    })
}

/// Hugo's shortcodes.
fn shortcode(line: &str, is_ended: &impl Fn(&ContainerEnd) -> bool) -> Option<Marker> {
    let captures = matched(&SHORTCODE, line)?;
    let (name, rest) = (group(&captures, "name"), group(&captures, "rest"));
    let ends = ContainerEnd::Tag(format!("/{name}"));
    if captures.name("end").is_some() {
        return Some(Marker::End(ends));
    }
    let parameters = parameters(rest);
    let value = |keys: &[&str]| {
        parameters.iter().find(|(key, _)| keys.contains(&key.as_str())).map(|(_, value)| value.clone())
    };
    let language = value(&["lang", "language"]).unwrap_or_default();
    if captures.name("empty").is_some() || !is_ended(&ends) {
        let file = value(&["file", "src", "path"]);
        let stands_for_code = name.contains("code") || name.contains("gist") || name.contains("snippet");
        let shown_as = || {
            if language.is_empty() {
                extension(file.as_deref().unwrap_or_default())
            } else {
                language.clone()
            }
        };
        return (file.is_some() || stands_for_code).then(|| Marker::Include { language: shown_as() });
    }
    let titles = ["header", "title", "name", "label", "summary", "tabName", ""];
    let found = titles.iter().find_map(|key| value(&[key]));
    let labels: Vec<String> = found.into_iter().filter(|label| !label.is_empty()).collect();
    Some(match name {
        "comment" => Marker::Comment { ends },
        "highlight" => {
            let language = self::language(rest.trim_matches('"'));
            Marker::Code { ends, language, labels: Vec::new() }
        }
        // A tab of code, of Docsy: the text in it is the code. Where there is a fence in it, that is read instead.
        "tab" if !language.is_empty() => Marker::Code { ends, language, labels },
        _ => Marker::Begin { ends, labels },
    })
}

/// The tags of Jekyll, of GitBook and of other sites whose templates are Liquid's.
fn liquid(line: &str, is_ended: &impl Fn(&ContainerEnd) -> bool) -> Option<Marker> {
    let captures = matched(&LIQUID, line)?;
    let (name, rest) = (group(&captures, "name"), group(&captures, "rest"));
    if let Some(ended) = name.strip_prefix("end") {
        return Some(Marker::End(ContainerEnd::Tag(format!("end{ended}"))));
    }
    let ends = ContainerEnd::Tag(format!("end{name}"));
    if !is_ended(&ends) {
        let stands_for_code = name.contains("code") || name.contains("gist") || name.contains("snippet");
        return stands_for_code.then(|| Marker::Include { language: String::new() });
    }
    Some(match name {
        "comment" => Marker::Comment { ends },
        "highlight" => Marker::Code { ends, language: language(rest), labels: Vec::new() },
        "codeblock" => {
            let named = parameters(rest).into_iter().find(|(key, _)| key == "lang");
            let language = named.map(|(_, value)| value).unwrap_or_default();
            Marker::Code { ends, language, labels: Vec::new() }
        }
        _ => {
            let parameters = parameters(rest);
            let titles = ["title", "label", "name", "summary"];
            let titled = titles.iter().find_map(|title| parameters.iter().find(|(key, _)| key == title));
            let label = titled.or(parameters.last()).map(|(_, value)| value.clone());
            Marker::Begin { ends, labels: label.into_iter().collect() }
        }
    })
}

/// MkDocs's `--8<-- "file"`, where the file is no text.
fn snippet(line: &str) -> Option<Marker> {
    let file = line.strip_prefix("--8<--")?.trim().trim_matches(['"', '\'']);
    let extension = extension(file);
    let is_text = ["", "md", "txt", "html"].contains(&extension.as_str());
    (!is_text).then_some(Marker::Include { language: extension })
}

/// The parameters of a tag: their names, which may be empty, and their values.
fn parameters(text: &str) -> Vec<(String, String)> {
    let Some(pattern) = PARAMETER.as_ref() else { return Vec::new() };
    let both = |captures: Captures<'_>| {
        let values = ["double", "single", "bare"].map(|name| group(&captures, name));
        let value = values.into_iter().find(|value| !value.is_empty())?;
        Some((group(&captures, "key").to_owned(), value.trim_matches(',').to_owned()))
    };
    pattern.captures_iter(text).filter_map(both).collect()
}

/// How the name of a file ends, which names a language too.
fn extension(path: &str) -> String {
    let path = path.split(['{', '#', ':', ' ', '"']).next().unwrap_or(path);
    path.rsplit_once('.').map_or("", |(_, extension)| extension).to_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn begins(line: &str) -> Vec<String> {
        match read(line, |_| true) {
            Marker::Indented(labels) | Marker::Begin { labels, .. } => labels,
            other => panic!("{line}: {other:?}"),
        }
    }

    #[test]
    fn containers_have_the_labels_that_the_site_shows() {
        for line in [
            "=== \"Node.js\"",
            "===! 'Node.js'",
            "!!! note \"Node.js\"",
            "??? example \"Node.js\"",
            "???+ tip \"Node.js\"",
            "/// tab | Node.js",
            ":::tip Node.js",
            ":::note[Node.js]",
            "::::{tab-item} Node.js",
            "```{tab-item} Node.js",
            "::: details Node.js",
            "{{< tab \"Node.js\" >}}",
            "{{% tab name=\"Node.js\" %}}",
            "{{< tabitem title=\"Node.js\" >}}",
            "{% tab title=\"Node.js\" %}",
            "{% tab sample Node.js %}",
            "{{< expand \"Node.js\" >}}",
        ] {
            assert_eq!(begins(line), ["Node.js"], "{line}");
        }
        assert_eq!(begins(":::zone pivot=\"programming-language-csharp\""), ["csharp"]);
        assert_eq!(begins("!!! warning"), Vec::<String>::new());
    }

    #[test]
    fn code_without_a_fence_and_inclusions_are_told_apart() {
        for (line, language) in [
            ("{{< highlight go \"linenos=table\" >}}", "go"),
            ("{{< tab header=\"Go\" lang=\"go\" >}}", "go"),
            ("{% highlight go linenos %}", "go"),
            ("{% codeblock lang:go %}", "go"),
            (":::{code-block} go", "{code-block} go"),
        ] {
            assert!(
                matches!(read(line, |_| true), Marker::Code { language: it, .. } if it == language),
                "{line}"
            );
        }
        for line in [
            "<<< @/cancel.go{2}",
            "--8<-- \"cancel.go\"",
            ":::{literalinclude} cancel.go",
            "{{< readfile file=\"cancel.go\" >}}",
            ":::code language=\"go\" source=\"~/a.go\":::",
        ] {
            assert_eq!(read(line, |_| false), Marker::Include { language: "go".to_owned() }, "{line}");
        }
        for line in ["{% includecode content_path=\"x\" %}", "{{< gist a b >}}"] {
            assert!(matches!(read(line, |_| false), Marker::Include { .. }), "{line}");
        }
    }

    #[test]
    fn what_ends_a_container_is_known() {
        let marks = |mark, count| Marker::End(ContainerEnd::Marks { mark, count });
        assert_eq!(read(":::", |_| true), marks(':', 3));
        assert_eq!(read("///", |_| true), marks('/', 3));
        assert_eq!(read("{{< /tab >}}", |_| true), Marker::End(ContainerEnd::Tag("/tab".to_owned())));
        assert_eq!(read("{%- endtab -%}", |_| true), Marker::End(ContainerEnd::Tag("endtab".to_owned())));
        assert_eq!(read("::: zone-end", |_| true), Marker::End(ContainerEnd::Tag("zone-end".to_owned())));
        for text in [
            "!important",
            "===",
            "// x",
            "--- a",
            ":smile: x",
            "``x``",
            "{x}",
            "{{< toc >}}",
            "--8<-- \"a.md\"",
            ":::image x :::",
        ] {
            assert_eq!(read(text, |_| false), Marker::Text, "{text}");
        }
        assert_eq!(read("~~~~ js", |_| true), Marker::Fence { mark: '~', count: 4 });
    }
}
