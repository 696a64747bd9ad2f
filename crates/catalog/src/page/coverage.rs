//! What of a page a run would leave out: code that no sample is looked for under.

use std::ops::Range;

use rescind_model::{SampleId, suggestion};

use super::extract::quoted;
use super::names::{canonical_language, is_usual, same_language};
use super::{Block, Page};
use crate::diagnostic::{Diagnostic, Diagnostics, Place};
use crate::manifest::{Manifest, PageNames};

/// The first words of the info strings of blocks that hold no code: what a program prints, and data.
const NO_CODE: [&str; 16] = [
    "console",
    "csv",
    "diff",
    "ini",
    "json",
    "log",
    "mermaid",
    "none",
    "output",
    "plain",
    "plaintext",
    "text",
    "toml",
    "txt",
    "xml",
    "yaml",
];

/// Code that a run would leave out, the first of what it would leave out for this reason.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Uncovered<'a> {
    /// The titles that it stands under, the nearest first.
    headings: &'a [String],
    /// The language that it is marked with; empty if there is none.
    fence: &'a str,
    /// What is shown of the page where the mark is to blame, and where the title is.
    at: Range<usize>,
    heading_at: Option<Range<usize>>,
    /// Its line, from 1.
    pub line: u32,
    why: Why<'a>,
}

/// Why it would.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Why<'a> {
    /// Neither its titles nor its fence name a language of the samples.
    NoManifest,
    /// Its fence names the language of these samples, and none of its titles does.
    Heading(Vec<(&'a SampleId, &'a PageNames)>),
    /// Its title names the language of this sample, and no fence under it does.
    Fence(&'a SampleId, &'a PageNames),
    /// A title names the language of this sample, and there is no code under it.
    Empty(&'a SampleId, &'a str),
    /// It is no block, but may hold code; of this sample, if one is known.
    Unread(&'static str, Option<&'a SampleId>),
}

impl Page {
    /// The code of the page that no sample of these manifests, which are all of the page's service, covers: each title
    /// once, in the order of the page.
    ///
    /// Output and data are no code, unless a title says that they are in some language.
    pub fn uncovered<'a>(&'a self, manifests: &[&'a Manifest]) -> Vec<Uncovered<'a>> {
        let blocks = self.blocks.iter().filter_map(|block| {
            let why = self.why_uncovered(block, manifests)?;
            Some(Uncovered {
                headings: &block.headings,
                fence: &block.fence,
                at: block.fence_at.clone(),
                heading_at: block.heading_at.clone(),
                line: block.lines.first,
                why,
            })
        });
        let mut all: Vec<Uncovered<'a>> = blocks.chain(self.unread(manifests)).collect();
        let empty = self.empty(manifests, &all);
        all.extend(empty);
        all.sort_by_key(|it| it.at.start);
        let mut found: Vec<Uncovered<'a>> = Vec::new();
        for it in all {
            let is_told = found
                .iter()
                .any(|earlier| earlier.why == it.why && earlier.headings.first() == it.headings.first());
            if !is_told {
                found.push(it);
            }
        }
        found
    }

    fn why_uncovered<'a>(&self, block: &Block, manifests: &[&'a Manifest]) -> Option<Why<'a>> {
        let mut under = manifests.iter().filter(|it| it.page.name_a_heading_of(block)).peekable();
        let by_fence = || manifests.iter().filter(|it| it.page.name_the_fence_of(block));
        if under.peek().is_some() {
            // One block is enough: there may be commands beside it that install a library.
            let without = under.find(|it| self.candidates(&it.page).is_empty());
            // Code of another language that is nowhere else on the page is no such command.
            let is_foreign = is_usual(&block.fence)
                && !same_language(&block.fence, "shell")
                && !manifests
                    .iter()
                    .any(|it| it.page.name_a_heading_of(block) && it.page.name_the_fence_of(block));
            let elsewhere = is_foreign && by_fence().all(|it| self.candidates(&it.page).is_empty());
            let foreign: Vec<_> = by_fence().map(|it| (&it.id, &it.page)).collect();
            return match without {
                _ if elsewhere && !foreign.is_empty() => Some(Why::Heading(foreign)),
                Some(it) => Some(Why::Fence(&it.id, &it.page)),
                None if elsewhere => Some(Why::NoManifest),
                None => None,
            };
        }
        let in_language = block.headings.iter().any(|heading| is_usual(heading));
        if NO_CODE.contains(&block.fence.as_str()) && !in_language {
            return None;
        }
        let meant: Vec<_> = by_fence().map(|it| (&it.id, &it.page)).collect();
        Some(if meant.is_empty() { Why::NoManifest } else { Why::Heading(meant) })
    }

    /// What may hold code and is no block, where nothing else on the page is the code of its language.
    fn unread<'a>(&'a self, manifests: &[&'a Manifest]) -> Vec<Uncovered<'a>> {
        let mut found = Vec::new();
        for unread in &self.unread {
            let by_title = manifests.iter().find(|it| it.page.name_nearest(&unread.headings));
            let by_fence = || manifests.iter().find(|it| it.page.is_fence(&unread.fence));
            let meant = by_title.or_else(by_fence);
            let is_there = meant.is_some_and(|it| !self.candidates(&it.page).is_empty());
            let is_no_code = NO_CODE.contains(&unread.fence.as_str()) && by_title.is_none();
            // A comment in a language that nobody looks for here is nobody's loss.
            if is_there || is_no_code || unread.is_hidden && meant.is_none() {
                continue;
            }
            found.push(Uncovered {
                headings: &unread.headings,
                fence: &unread.fence,
                at: unread.at.clone(),
                heading_at: None,
                line: self.line(unread.at.start),
                why: Why::Unread(unread.what, meant.map(|it| &it.id)),
            });
        }
        found
    }

    /// Titles that name a language which the page has no code in at all, where nothing else says so.
    fn empty<'a>(&'a self, manifests: &[&'a Manifest], others: &[Uncovered<'a>]) -> Vec<Uncovered<'a>> {
        let mut found = Vec::new();
        for title in self.titles.iter().filter(|title| !title.has_code) {
            let Some(meant) = manifests.iter().find(|it| it.page.name(&title.text)) else { continue };
            let is_told = others.iter().any(|it| it.sample() == Some(&meant.id));
            if self.candidates(&meant.page).is_empty() && !is_told {
                found.push(Uncovered {
                    headings: &title.above,
                    fence: "",
                    at: title.at.clone(),
                    heading_at: Some(title.at.clone()),
                    line: self.line(title.at.start),
                    why: Why::Empty(&meant.id, &title.text),
                });
            }
        }
        found
    }

    /// What may hold code and is no block, outside of comments: its line, and what it is.
    pub fn unread_parts(&self) -> Vec<(u32, &'static str)> {
        let shown = self.unread.iter().filter(|unread| !unread.is_hidden);
        shown.map(|unread| (self.line(unread.at.start), unread.what)).collect()
    }

    fn line(&self, at: usize) -> u32 {
        crate::Lines::of(self.text.as_bytes().get(..at).unwrap_or_default(), b"").first
    }

    /// What a run would leave out, as mistakes at their places in the page.
    ///
    /// # Errors
    /// There is something.
    pub fn refuse(&self, uncovered: &[Uncovered<'_>]) -> Result<(), Diagnostics> {
        Diagnostics::of(uncovered.iter().map(|it| it.diagnostic(self)).collect())
    }
}

impl Uncovered<'_> {
    /// What the page calls the language: what each title and the fence say, by the table of names.
    pub fn languages(&self) -> Vec<String> {
        let samples: Vec<&SampleId> = match &self.why {
            Why::Heading(meant) => meant.iter().map(|(sample, _)| *sample).collect(),
            _ => self.sample().into_iter().collect(),
        };
        let written = self.headings.iter().map(String::as_str).chain([self.fence]);
        let named = samples.iter().map(|sample| sample.language.clone());
        written.map(canonical_language).chain(named).collect()
    }

    /// The one name by which its language is counted: that of its sample, what its fence or a title says, else its place.
    pub fn language(&self) -> String {
        if let Some(sample) = self.sample() {
            return sample.language.clone();
        }
        let written = || self.headings.iter().map(String::as_str).chain([self.fence]);
        let known = [self.fence].into_iter().chain(written()).find(|name| is_usual(name));
        let first = [self.fence].into_iter().chain(written()).find(|name| !name.is_empty());
        known.or(first).map_or_else(|| format!("line {}", self.line), canonical_language)
    }

    /// The sample that it is for, if there is one and no more.
    pub fn sample(&self) -> Option<&SampleId> {
        match &self.why {
            Why::NoManifest => None,
            Why::Heading(meant) => meant.first().filter(|_| meant.len() == 1).map(|(sample, _)| *sample),
            Why::Fence(sample, _) | Why::Empty(sample, _) => Some(sample),
            Why::Unread(_, sample) => *sample,
        }
    }

    /// Where the code stands, for a sentence: ``the page's code under `Ruby` ``.
    pub fn place(&self) -> String {
        match self.headings.first() {
            Some(heading) => format!("the page's code under `{heading}`"),
            None => format!("the page's code in line {}, under no heading,", self.line),
        }
    }

    /// True if the sample that it is for is known, which is then told as one without code.
    pub fn is_of_a_sample(&self) -> bool {
        matches!(self.why, Why::Fence(..) | Why::Empty(..) | Why::Unread(_, Some(_)))
    }

    /// Why it would be left out, in a few words.
    pub fn reason(&self) -> String {
        match &self.why {
            Why::NoManifest => format!("no manifest covers {}", self.place()),
            Why::Heading(_) => format!("no title names the language of the code in line {}", self.line),
            Why::Fence(..) => format!("{} is in no fence of the language", self.place()),
            Why::Empty(_, title) => format!("there is no code under `{title}` in line {}", self.line),
            Why::Unread(what, _) => format!("{what} in line {} is not read", self.line),
        }
    }

    fn diagnostic(&self, page: &Page) -> Diagnostic {
        let Uncovered { headings, fence, at, heading_at, .. } = self;
        let at_heading = heading_at.as_ref().unwrap_or(at);
        let heading = headings.first().map_or("", String::as_str);
        let (span, message, help) = match &self.why {
            Why::NoManifest => {
                let written = headings.iter().map(String::as_str).chain([*fence]);
                let language = written.into_iter().find(|name| is_usual(name));
                let manifest = language.map_or_else(
                    || "write a manifest for its language".to_owned(),
                    |name| format!("write the manifest of `{}`", canonical_language(name)),
                );
                let message = format!("no manifest covers {}", self.place());
                (at_heading, message, format!("{manifest} (docs/adding-a-language.md)"))
            }
            Why::Heading(meant) => {
                let known = meant.iter().flat_map(|(_, names)| &names.headings).map(String::as_str);
                let message = format!(
                    "{} names no language in its heading, so that its `{fence}` code would not be run{}",
                    self.place(),
                    suggestion(heading, known),
                );
                let looked_for: Vec<String> = meant
                    .iter()
                    .map(|(sample, names)| format!("{sample} under {}", quoted(&names.headings, " or ")))
                    .collect();
                (at_heading, message, format!("code is looked for of {}", looked_for.join(", of ")))
            }
            Why::Fence(sample, names) => {
                let message = format!(
                    "{} is in no fence of {sample}, so that it would not be run{}",
                    self.place(),
                    suggestion(fence, names.fences.iter().map(String::as_str)),
                );
                (at, message, format!("its fences are {}", quoted(&names.fences, " or ")))
            }
            Why::Empty(sample, title) => {
                let message = format!("there is no code under `{title}`, so that {sample} would not be run");
                (at, message, "code is looked for in blocks that the page's readers see".to_owned())
            }
            Why::Unread(what, sample) => {
                let whose = sample.map_or_else(String::new, |sample| format!(" of {sample}"));
                let message = format!("{what} is not read, so that the code{whose} in it would not be run");
                (at, message, "write the code into a block of the page".to_owned())
            }
        };
        Diagnostic {
            file: page.name.clone().into(),
            place: Some(Place::new(&page.text, span.clone())),
            message,
            help: Some(format!("{help}; `--allow-uncovered` runs the page without it")),
        }
    }
}
