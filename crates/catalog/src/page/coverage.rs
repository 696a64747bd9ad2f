//! What of a page a run would leave out: code that no sample is looked for under.

use rescind_model::{SampleId, suggestion};

use super::extract::quoted;
use super::names::{canonical_language, is_usual};
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

/// A block that a run would leave out, the first of those that it would leave out for this reason.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Uncovered<'a> {
    /// The block.
    pub block: &'a Block,
    why: Why<'a>,
}

/// Why it would.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Why<'a> {
    /// Neither its headings nor its fence name a language of the samples.
    NoManifest,
    /// Its fence names the language of these samples, and none of its headings does.
    Heading(Vec<(&'a SampleId, &'a PageNames)>),
    /// Its heading names the language of this sample, and no fence under it does.
    Fence(&'a SampleId, &'a PageNames),
}

impl Page {
    /// The code of the page that no sample of these manifests, which are all of the page's service, covers: each heading
    /// once, in the order of the page.
    ///
    /// Output and data are no code, unless a heading says that they are in some language.
    pub fn uncovered<'a>(&'a self, manifests: &[&'a Manifest]) -> Vec<Uncovered<'a>> {
        let mut found: Vec<Uncovered<'a>> = Vec::new();
        for block in &self.blocks {
            let Some(why) = self.why_uncovered(block, manifests) else { continue };
            let same = |earlier: &Uncovered<'_>| {
                earlier.why == why && earlier.block.headings.first() == block.headings.first()
            };
            if !found.iter().any(same) {
                found.push(Uncovered { block, why });
            }
        }
        found
    }

    fn why_uncovered<'a>(&self, block: &Block, manifests: &[&'a Manifest]) -> Option<Why<'a>> {
        let mut under = manifests.iter().filter(|it| it.page.name_a_heading_of(block)).peekable();
        if under.peek().is_some() {
            // One block is enough: there may be commands beside it that install a library.
            let without = under.find(|it| self.candidates(&it.page).is_empty());
            return without.map(|it| Why::Fence(&it.id, &it.page));
        }
        let in_language = block.headings.iter().any(|heading| is_usual(heading));
        if NO_CODE.contains(&block.fence.as_str()) && !in_language {
            return None;
        }
        let by_fence = manifests.iter().filter(|it| it.page.name_the_fence_of(block));
        let meant: Vec<_> = by_fence.map(|it| (&it.id, &it.page)).collect();
        Some(if meant.is_empty() { Why::NoManifest } else { Why::Heading(meant) })
    }

    /// Blocks that a run would leave out, as mistakes at their places in the page.
    ///
    /// # Errors
    /// There is one.
    pub fn refuse(&self, uncovered: &[Uncovered<'_>]) -> Result<(), Diagnostics> {
        Diagnostics::of(uncovered.iter().map(|it| it.diagnostic(self)).collect())
    }
}

impl Uncovered<'_> {
    /// What the page calls the language: what each heading and the fence say, by the table of names.
    pub fn languages(&self) -> Vec<String> {
        let samples = match &self.why {
            Why::NoManifest => Vec::new(),
            Why::Heading(meant) => meant.iter().map(|(sample, _)| *sample).collect(),
            Why::Fence(sample, _) => vec![*sample],
        };
        let written = self.block.headings.iter().chain([&self.block.fence]);
        let named = samples.iter().map(|sample| sample.language.clone());
        written.map(|name| canonical_language(name)).chain(named).collect()
    }

    /// Where the code stands, for a sentence: ``the page's code under `Ruby` ``.
    pub fn place(&self) -> String {
        match self.block.headings.first() {
            Some(heading) => format!("the page's code under `{heading}`"),
            None => format!("the page's code in line {}, under no heading,", self.block.lines.first),
        }
    }

    /// True if the sample that it is for is known, which is then told as one without code.
    pub fn is_of_a_sample(&self) -> bool {
        matches!(self.why, Why::Fence(..))
    }

    fn diagnostic(&self, page: &Page) -> Diagnostic {
        let Block { headings, fence, fence_at, heading_at, .. } = self.block;
        let at_heading = heading_at.as_ref().unwrap_or(fence_at);
        let heading = headings.first().map_or("", String::as_str);
        let (span, message, help) = match &self.why {
            Why::NoManifest => {
                let language = headings.iter().chain([fence]).find(|name| is_usual(name));
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
                (fence_at, message, format!("its fences are {}", quoted(&names.fences, " or ")))
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
