//! From what is asked for to the cases.

use std::path::PathBuf;

use rescind_model::{KnownFailure, Location, fingerprint};

use super::cases::{Plan, PlannedSample, SampleCode};
use super::error::PlanError;
use super::planned::{planned, region_of};
use super::request::{Places, RunRequest};
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
        let team = catalog.team.as_ref();
        let mut plan = Plan {
            filtered: !self.selection.is_everything(),
            severities: team.map(|team| team.severities.clone()).unwrap_or_default(),
            known_failures: self.known_failures(catalog, places)?,
            ..Plan::default()
        };
        let mut files: Vec<PathBuf> = self.pages.clone();
        let mut names: Vec<String> = self.pages.iter().map(|page| places.name_of(page)).collect();
        names.extend(self.sources.iter().map(|source| source.in_repository(places).to_string()));
        plan.source = names.join(", ");
        if !self.pages.is_empty() {
            let selected = page::selected(catalog, self)?;
            page::plan(places, catalog, &selected, self, &mut plan)?;
        }
        if !self.sources.is_empty() {
            // The samples without a file were not asked for.
            plan.filtered = true;
            files.extend(source::plan(
                places,
                catalog,
                &selected(catalog, &self.selection)?,
                self,
                &mut plan,
            )?);
        }
        if names.is_empty() {
            plan.source = "bundled".to_owned();
            for sample in &selected(catalog, &self.selection)? {
                plan.samples.push(bundled(places, sample)?);
            }
        }
        files.extend(self.known_failures.clone());
        plan.catalogue = catalogue(catalog, &files)?;
        // The fingerprint of the catalogue has the team's file in it already.
        files.extend(team.map(|team| team.file.clone()));
        plan.files = files;
        if let Some(partition) = self.partition {
            plan.keep_part(partition);
        }
        Ok(plan)
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

/// A fingerprint of all that cases are made of: the same for each part of one run, whatever was selected.
///
/// # Errors
/// A page or a file that cannot be read.
fn catalogue(catalog: &Catalog, files: &[PathBuf]) -> Result<String, PlanError> {
    let mut parts = vec![catalog.fingerprint.clone().into_bytes()];
    for path in files {
        let read = MostBytes::PAGE.read(path);
        parts.push(read.map_err(|source| PlanError::Read { file: path.clone(), source })?);
    }
    Ok(fingerprint(parts))
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
