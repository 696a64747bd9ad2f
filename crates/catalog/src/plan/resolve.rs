//! From what is asked for to the cases.

use std::path::PathBuf;

use rescind_model::{KnownFailure, Location, fingerprint};

use super::cases::{Plan, PlannedSample, SampleCode};
use super::error::PlanError;
use super::planned::{planned, region_of};
use super::request::{Places, RunRequest, SourceFile};
use super::select::{Selected, selected};
use super::{page, source};
use crate::bounded::MostBytes;
use crate::catalog::Catalog;

impl RunRequest {
    /// The plan of the run.
    ///
    /// # Errors
    /// A glob, a page, a file or a region that is wrong; a selection that matches no case.
    pub fn plan(&self, catalog: &Catalog, places: &Places) -> Result<Plan, PlanError> {
        let selected = match self.pages.as_slice() {
            [] => selected(catalog, &self.selection)?,
            _ => page::selected(catalog, self)?,
        };
        let mut plan = Plan {
            filtered: !self.selection.is_everything(),
            known_failures: self.known_failures(catalog, places)?,
            ..Plan::default()
        };
        let mut files: Vec<PathBuf> = self.pages.clone();
        match self.pages.as_slice() {
            [_, ..] => {
                let names: Vec<String> = self.pages.iter().map(|page| places.name_of(page)).collect();
                plan.source = names.join(", ");
                page::plan(places, catalog, &selected, self, &mut plan)?;
            }
            [] if !self.sources.is_empty() => {
                let name =
                    |it: &SourceFile| SourceFile { path: places.name_of(&it.path).into(), ..it.clone() };
                let names: Vec<String> = self.sources.iter().map(|source| name(source).to_string()).collect();
                plan.source = names.join(", ");
                // The samples without a file were not asked for.
                plan.filtered = true;
                files = source::plan(places, catalog, &selected, self, &mut plan)?;
            }
            [] => {
                plan.source = "bundled".to_owned();
                for sample in &selected {
                    plan.samples.push(bundled(places, sample)?);
                }
            }
        }
        plan.catalogue = self.catalogue(catalog, &files)?;
        if let Some(partition) = self.partition {
            plan.keep_part(partition);
        }
        Ok(plan)
    }

    /// A fingerprint of all that cases are made of: the same for each part of one run, whatever was selected.
    ///
    /// # Errors
    /// A page or a file that cannot be read.
    fn catalogue(&self, catalog: &Catalog, files: &[PathBuf]) -> Result<String, PlanError> {
        let mut parts = vec![catalog.fingerprint.clone().into_bytes()];
        for path in files.iter().chain(&self.known_failures) {
            let read = MostBytes::PAGE.read(path);
            parts.push(read.map_err(|source| PlanError::Read { file: path.clone(), source })?);
        }
        Ok(fingerprint(parts))
    }

    /// The list of known failures as it holds now.
    ///
    /// # Errors
    /// Mistakes in the list that was named.
    fn known_failures(&self, catalog: &Catalog, places: &Places) -> Result<Vec<KnownFailure>, PlanError> {
        let (folder, list) = match &self.known_failures {
            None => (&places.root, catalog.known_failures.clone()),
            Some(file) => (&places.current, catalog.known_failures_of(&places.current, file)?),
        };
        Ok(list.iter().map(|entry| entry.at(places.now, places.name_of(&folder.join(&entry.file)))).collect())
    }
}

fn bundled(places: &Places, sample: &Selected<'_>) -> Result<PlannedSample, PlanError> {
    let (_, region) = region_of(sample.manifest)?;
    let source = &sample.manifest.source;
    let location = places.relative(&source.folder.join(&source.file)).map(|file| Location {
        file,
        first_line: region.lines.first,
        last_line: region.lines.last,
    });
    Ok(planned(sample, SampleCode::Bundled, location))
}
