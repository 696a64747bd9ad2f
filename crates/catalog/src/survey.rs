//! What a repository has that can be run: pages with samples of a service, and files with the regions of samples.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use rescind_model::SampleId;

use crate::bounded::MostBytes;
use crate::catalog::Catalog;
use crate::files::walk;
use crate::page::PageFormat;
use crate::plan::{Places, RunRequest, SourceFile};
use crate::source::read_region;

/// The folders that hold what others wrote, or what was built.
const FOREIGN: [&str; 8] =
    ["node_modules", "target", "vendor", "venv", "dist", "build", "_build", "__pycache__"];
/// The words that a page about cancelling a backup has, in lower case.
const WORDS: [&str; 2] = ["cancel", "backup"];

/// What was found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Survey {
    /// The pages with code that can be run, relative to the current folder.
    pub pages: Vec<PathBuf>,
    /// The files with the region of a sample.
    pub sources: Vec<SourceFile>,
    /// What was found and left out, and why.
    pub notes: Vec<String>,
}

/// Looks for what can be run below the current folder. Of two places with the code of one sample, the first is taken: pages
/// go before files, and names are in order.
pub fn survey(catalog: &Catalog, places: &Places) -> Survey {
    let mut files = Vec::new();
    // What cannot be read is left to whoever reads it.
    let _ = walk(&places.current, Path::new(""), &mut |file| {
        let is_foreign = file.iter().any(|part| part.to_str().is_some_and(|part| FOREIGN.contains(&part)));
        if !is_foreign {
            files.push(file.to_owned());
        }
    });
    files.sort();
    let mut survey = Survey::default();
    let mut taken: BTreeSet<SampleId> = BTreeSet::new();
    let is_page = |file: &&PathBuf| file.to_str().is_some_and(|name| PageFormat::of(name).is_some());
    for file in files.iter().filter(is_page) {
        survey.page(catalog, places, file, &mut taken);
    }
    for file in &files {
        survey.source(catalog, places, file, &mut taken);
    }
    survey
}

impl Survey {
    fn page(&mut self, catalog: &Catalog, places: &Places, file: &Path, taken: &mut BTreeSet<SampleId>) {
        let Ok(text) = MostBytes::PAGE.read_text(&places.current.join(file)) else { return };
        let text = text.to_lowercase();
        if !WORDS.iter().all(|word| text.contains(word)) {
            return;
        }
        let request = RunRequest {
            pages: vec![file.to_owned()],
            allow_uncovered: vec!["*".to_owned()],
            ..RunRequest::default()
        };
        // A page of another matter has no code for any sample, or is of no service.
        let Ok(plan) = request.plan(catalog, places) else { return };
        let samples: Vec<SampleId> = plan.samples.iter().map(|it| it.manifest.id.clone()).collect();
        if let Some(twice) = samples.iter().find(|sample| taken.contains(sample)) {
            self.notes.push(format!("{}: another page has the code of {twice} too", file.display()));
            return;
        }
        taken.extend(samples);
        self.pages.push(file.to_owned());
    }

    fn source(&mut self, catalog: &Catalog, places: &Places, file: &Path, taken: &mut BTreeSet<SampleId>) {
        for manifest in &catalog.manifests {
            let own = &manifest.source;
            if file.extension() != own.file.extension() || file.extension().is_none() {
                continue;
            }
            // A catalogue has its own samples' regions.
            if places.current.join(file) == own.folder.join(&own.file) {
                continue;
            }
            if read_region(&places.current.join(file), &own.region).is_err() {
                continue;
            }
            if taken.insert(manifest.id.clone()) {
                self.sources.push(SourceFile {
                    service: Some(manifest.id.service.clone()),
                    language: manifest.id.language.clone(),
                    path: file.to_owned(),
                    tag: None,
                });
            } else {
                self.notes.push(format!(
                    "{}: the code of {} is taken from elsewhere",
                    file.display(),
                    manifest.id
                ));
            }
        }
    }
}
