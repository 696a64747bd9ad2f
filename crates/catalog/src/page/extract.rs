//! The code of a page for each language.

use std::collections::BTreeMap;
use std::fmt::Write;

use rescind_model::SampleId;

use super::error::PageError;
use super::names::{is_usual, same_language};
use super::{Block, Page, session};
use crate::choice::BlockChoice;
use crate::manifest::{Manifest, PageNames};
use crate::published::PublishedCode;

/// A sample whose code is looked for on a page.
#[derive(Clone, Copy, Debug)]
pub struct WantedSample<'a> {
    /// The sample.
    pub sample: &'a SampleId,
    /// How pages name its language.
    pub names: &'a PageNames,
    /// True if the page must have the code: it was asked for by name.
    pub required: bool,
}

impl<'a> WantedSample<'a> {
    /// The sample of a manifest.
    pub fn new(manifest: &'a Manifest, required: bool) -> WantedSample<'a> {
        WantedSample { sample: &manifest.id, names: &manifest.page, required }
    }
}

/// What a page has for the samples.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Extraction {
    /// The code of each sample that has some: of a session, its commands.
    pub code: BTreeMap<SampleId, PublishedCode>,
    /// The samples that have none.
    pub without_block: Vec<SampleId>,
}

impl Page {
    /// The code of each sample: a block in its language, under a title that names the language.
    ///
    /// `choice` says what is taken where there are several, in the place of what a sample's manifest says.
    ///
    /// # Errors
    /// No block for a sample that is required, or for none of the samples at all; several blocks for one sample.
    pub fn extract<'a>(
        &self,
        wanted: impl IntoIterator<Item = WantedSample<'a>>,
        choice: Option<BlockChoice>,
    ) -> Result<Extraction, PageError> {
        let mut extraction = Extraction::default();
        for WantedSample { sample, names, required } in wanted {
            let chosen = self.choose(sample, names, choice.or(names.blocks))?;
            if !chosen.is_empty() {
                let mut code = PublishedCode::default();
                for part in chosen.into_iter().map(session::code) {
                    code.join(part);
                }
                extraction.code.insert(sample.clone(), code);
            } else if required {
                let (page, sample) = (self.name.clone(), sample.clone());
                return Err(PageError::NoBlock { page, sample, missing: self.missing(names) });
            } else {
                extraction.without_block.push(sample.clone());
            }
        }
        if extraction.code.is_empty() {
            return Err(PageError::NoBlocks { page: self.name.clone(), missing: self.headings_named() });
        }
        Ok(extraction)
    }

    /// The blocks that are to be run as one.
    fn choose(
        &self,
        sample: &SampleId,
        names: &PageNames,
        choice: Option<BlockChoice>,
    ) -> Result<Vec<&Block>, PageError> {
        let candidates = self.candidates(names);
        if candidates.len() < 2 || choice == Some(BlockChoice::Joined) {
            return Ok(candidates);
        }
        let chosen = match choice {
            Some(BlockChoice::Number(number)) => {
                usize::try_from(number).ok().and_then(|number| candidates.get(number.checked_sub(1)?))
            }
            _ => None,
        };
        match chosen {
            Some(chosen) => Ok(vec![chosen]),
            None => Err(PageError::Ambiguous {
                page: self.name.clone(),
                sample: sample.clone(),
                count: candidates.len(),
                choices: choices(&candidates),
            }),
        }
    }

    /// The blocks under a title that names the language, and of these the ones whose fence does too. (Commands to
    /// install a library stand under the same heading.) Where no fence names it, sessions of a terminal in which commands
    /// are shown, if it is a shell that is looked for; else those that name nothing.
    pub(super) fn candidates(&self, names: &PageNames) -> Vec<&Block> {
        let under = || self.blocks.iter().filter(|block| names.name_a_heading_of(block));
        let in_language: Vec<&Block> = under().filter(|block| names.name_the_fence_of(block)).collect();
        if !in_language.is_empty() {
            return in_language;
        }
        let is_session = |block: &&Block| session::is_terminal(block) && session::has_prompt(block);
        let sessions: Vec<&Block> =
            under().filter(|block| names.has_a_shell() && is_session(block)).collect();
        if sessions.is_empty() { under().filter(|block| block.fence.is_empty()).collect() } else { sessions }
    }

    fn missing(&self, names: &PageNames) -> String {
        let fences: Vec<String> = self
            .blocks
            .iter()
            .filter(|block| names.name_a_heading_of(block))
            .map(|block| format!("line {} is `{}`", block.lines.first, block.fence))
            .collect();
        if fences.is_empty() {
            return format!(
                "no code under a heading {}; {}",
                quoted(&names.headings, " or "),
                self.headings_named()
            );
        }
        format!(
            "the code under {} is in no fence {} ({})",
            quoted(&names.headings, " or "),
            quoted(&names.fences, " or "),
            fences.join(", ")
        )
    }

    fn headings_named(&self) -> String {
        let headings: Vec<String> = self.titles.iter().map(|title| title.text.clone()).collect();
        match headings.as_slice() {
            [] => "it has no headings".to_owned(),
            headings => format!("its headings are {}", quoted(headings, ", ")),
        }
    }
}

impl PageNames {
    /// True if it is a name of the language.
    pub(super) fn name(&self, title: &str) -> bool {
        self.headings.iter().any(|name| same_language(name, title))
    }

    /// True if the nearest of a block's titles that names any language names this one.
    pub(super) fn name_a_heading_of(&self, block: &Block) -> bool {
        self.name_nearest(&block.headings)
    }

    /// The same for any titles, the nearest first.
    pub(super) fn name_nearest(&self, titles: &[String]) -> bool {
        titles.iter().find(|title| self.name(title) || is_usual(title)).is_some_and(|title| self.name(title))
    }

    /// True if a block is marked with the language.
    pub(super) fn name_the_fence_of(&self, block: &Block) -> bool {
        self.is_fence(&block.fence)
    }

    /// The same for any word.
    pub(super) fn is_fence(&self, fence: &str) -> bool {
        self.fences.iter().any(|name| same_language(name, fence))
    }

    /// True if the language is that of a shell.
    pub(super) fn has_a_shell(&self) -> bool {
        self.is_fence("shell")
    }
}

pub(super) fn quoted(names: &[String], separator: &str) -> String {
    names.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(separator)
}

/// One line for each block: its number, its place, its headings, how its code begins.
fn choices(candidates: &[&Block]) -> String {
    let mut text = String::new();
    for (index, block) in candidates.iter().enumerate() {
        let headings: Vec<&str> = block.headings.iter().rev().map(String::as_str).collect();
        let begins = block.code.lines().map(str::trim).find(|line| !line.is_empty()).unwrap_or("(empty)");
        // Writing to a string cannot fail.
        let _ = write!(
            text,
            "\n  {}: lines {}, under {}: {begins}",
            index + 1,
            block.lines,
            headings.join(" > ")
        );
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(headings: &[&str], fences: &[&str]) -> PageNames {
        let own = |words: &[&str]| words.iter().map(|word| (*word).to_owned()).collect();
        PageNames { headings: own(headings), fences: own(fences), blocks: None }
    }

    fn python(text: &str, required: bool, block: Option<u32>) -> Result<Extraction, PageError> {
        let choice = block.map(BlockChoice::Number);
        let names = names(&["Python"], &["python", "py"]);
        let sample = "spanner/python".parse().unwrap();
        Page::parse("page.md", text)
            .unwrap()
            .extract([WantedSample { sample: &sample, names: &names, required }], choice)
    }

    fn code(text: &str, block: Option<u32>) -> String {
        let extraction = python(text, true, block).unwrap();
        extraction.code.into_values().map(|code| String::from_utf8(code.bytes).unwrap()).collect()
    }

    fn error(text: &str, required: bool, block: Option<u32>) -> String {
        python(text, required, block).unwrap_err().to_string()
    }

    const TWO: &str =
        "# Query\n## python\n~~~ py\n\n  one()\n~~~\n# Update\n## Python\n``` Python\ntwo()\n```\n";

    #[test]
    fn a_block_is_known_by_its_heading_and_its_fence() {
        assert_eq!(code("# Go\n```go\nno\n```\n# PYTHON\n```sh\nno\n```\n```Py\nyes\n```\n", None), "yes\n");
        assert_eq!(code("# Python\n## Code\n```\nyes\n```\n# Go\n```python\nno\n```\n", None), "yes\n");
    }

    #[test]
    fn languages_are_named_as_published_pages_name_them() {
        let page = "### C++\r\n~~~cpp\r\nint\tx;\r\n~~~\r\n### C\\#\r\n````csharp\r\n```\r\n````\r\n\
                    ### Node.js\r\n``` JavaScript {data-x=1}\r\n\tx();\r\n```\r\n### PHP\r\n~~~~~ php\r\n~~~~\r\n~~~~~\r\n";
        let languages = [
            ("cpp", names(&["C++"], &["c++", "cpp"]), "int\tx;\r\n"),
            ("csharp", names(&["C#"], &["c#", "csharp"]), "```\r\n"),
            ("nodejs", names(&["Node.js"], &["js", "javascript"]), "\tx();\r\n"),
            ("php", names(&["php"], &["php"]), "~~~~\r\n"),
        ];
        for (language, names, code) in &languages {
            let sample = format!("spanner/{language}").parse().unwrap();
            let wanted = WantedSample { sample: &sample, names, required: true };
            let extraction = Page::parse("page.md", page).unwrap().extract([wanted], None).unwrap();
            assert_eq!(extraction.code[&sample].bytes, code.as_bytes(), "{language}");
        }
    }

    #[test]
    fn a_number_chooses_among_several() {
        assert_eq!(code(TWO, Some(1)), "\n  one()\n");
        assert_eq!(code(TWO, Some(2)), "two()\n");
        assert_eq!(code("# Python\n```py\nonly\n```\n", Some(3)), "only\n");
    }

    #[test]
    fn several_are_one_if_that_is_the_rule() {
        let names = PageNames { blocks: Some(BlockChoice::Joined), ..names(&["Python"], &["py"]) };
        let sample = "spanner/python".parse().unwrap();
        let page = Page::parse("p", TWO).unwrap();
        let extract = |choice| {
            page.extract([WantedSample { sample: &sample, names: &names, required: true }], choice)
                .unwrap()
                .code
        };
        let code = &extract(None)[&sample];
        assert_eq!(
            (code.bytes.as_slice(), code.lines.as_slice()),
            (&b"\n  one()\ntwo()\n"[..], &[4, 5, 10][..])
        );
        assert_eq!(extract(Some(BlockChoice::Number(2)))[&sample].bytes, b"two()\n");
    }

    #[test]
    fn the_nearest_title_that_names_a_language_counts() {
        let page = "# Python\n```sh\npip\n```\n=== \"Node.js\"\n    ```python\n    no\n    ```\n=== \"3.12\"\n    ```python\n    yes\n    ```\n";
        assert_eq!(code(page, None), "yes\n");
    }

    #[test]
    fn commands_in_a_session_are_run_where_there_is_no_script() {
        let names = names(&["Shell"], &["sh"]);
        let sample = "spanner/shell".parse().unwrap();
        let code = |text: &str| {
            let wanted = [WantedSample { sample: &sample, names: &names, required: true }];
            let page = Page::parse("p", text).unwrap();
            page.extract(wanted, None)
                .map(|found| String::from_utf8(found.code[&sample].bytes.clone()).unwrap())
        };
        let session = "# Shell\n```console\n$ a\nb\n```\n";
        assert_eq!(code(session).unwrap(), "a\n");
        assert_eq!(code(&format!("{session}```bash\nc\n```\n")).unwrap(), "c\n");
        assert!(code("# Shell\n```console\noutput\n```\n").is_err());
    }

    #[test]
    fn without_a_number_that_is_there_the_choices_are_shown() {
        insta::assert_snapshot!(error(TWO, false, None), @"
        the page `page.md` has 2 blocks for spanner/python; choose one by its number, or have them `joined`:
          1: lines 4-5, under Query > python: one()
          2: lines 10-10, under Update > Python: two()
        ");
        assert_eq!(error(TWO, true, Some(3)), error(TWO, false, None));
        assert_eq!(error(TWO, true, Some(0)), error(TWO, false, None));
    }

    #[test]
    fn a_block_that_was_asked_for_and_is_not_there_is_an_error() {
        insta::assert_snapshot!(error("# Node.js\n```js\nx\n```\n### C\\#\n", true, None), @"the page `page.md` has no block for spanner/python: no code under a heading `Python`; its headings are `Node.js`, `C#`");
        insta::assert_snapshot!(error("# Python\n```sh\npip\n```\n", true, None), @"the page `page.md` has no block for spanner/python: the code under `Python` is in no fence `python` or `py` (line 3 is `sh`)");
        insta::assert_snapshot!(error("", true, None), @"the page `page.md` has no block for spanner/python: no code under a heading `Python`; it has no headings");
        insta::assert_snapshot!(error("# Go\n", false, None), @"the page `page.md` has no block for any of the samples: its headings are `Go`");
    }

    #[test]
    fn a_sample_that_the_page_has_nothing_for_is_told() {
        let (python, node) = (names(&["Python"], &["python"]), names(&["Node.js"], &["javascript"]));
        let (python_id, node_id) = ("spanner/python".parse().unwrap(), "spanner/nodejs".parse().unwrap());
        let page = Page::parse("p", "# A\n## Python\n```python\nx\n```\n## Go\nno code\n").unwrap();
        let wanted = [
            WantedSample { sample: &python_id, names: &python, required: false },
            WantedSample { sample: &node_id, names: &node, required: false },
        ];
        let extraction = page.extract(wanted, None).unwrap();
        assert_eq!(extraction.code.keys().collect::<Vec<_>>(), [&python_id]);
        assert_eq!(extraction.without_block, std::slice::from_ref(&node_id));
    }

    #[test]
    fn a_manifest_need_not_list_the_usual_names() {
        let names = names(&["Node.js"], &["javascript"]);
        let sample = "spanner/nodejs".parse().unwrap();
        for (heading, fence) in [("NODEJS", "js"), ("JavaScript", "Node"), ("node.js", "nodejs")] {
            let text = format!("# {heading}\n```{fence}\nx\n```\n");
            let wanted = [WantedSample { sample: &sample, names: &names, required: true }];
            let extraction = Page::parse("p", &text).unwrap().extract(wanted, None).unwrap();
            assert_eq!(extraction.code[&sample].bytes, b"x\n", "{heading} {fence}");
        }
    }

    #[test]
    fn a_page_that_cannot_be_read_is_named() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("page.md");
        let shown = |error: PageError| error.to_string().replace(&path.display().to_string(), "page.md");
        insta::assert_snapshot!(shown(Page::read(&path).unwrap_err()), @"the page `page.md` cannot be read: No such file or directory (os error 2)");
        std::fs::write(&path, b"# A\nb\xff\n").unwrap();
        insta::assert_snapshot!(shown(Page::read(&path).unwrap_err()), @"the page `page.md` is not UTF-8 in line 2");
        std::fs::write(&path, b"# A\n").unwrap();
        assert_eq!(Page::read(&path).unwrap().titles[0].text, "A");
    }
}
