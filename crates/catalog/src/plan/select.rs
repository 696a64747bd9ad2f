//! From globs to cases.

use globset::{Glob, GlobSet, GlobSetBuilder};
use rescind_model::Scenario;

use super::error::PlanError;
use super::request::Selection;
use crate::catalog::Catalog;
use crate::manifest::Manifest;
use crate::page::same_language;

/// The patterns of one option; no pattern selects everything.
struct Filter(Option<GlobSet>);

impl Filter {
    fn new(option: &'static str, globs: &[String]) -> Result<Filter, PlanError> {
        if globs.is_empty() {
            return Ok(Filter(None));
        }
        let mut set = GlobSetBuilder::new();
        for glob in globs {
            set.add(Glob::new(glob).map_err(|source| PlanError::Glob {
                option,
                glob: glob.clone(),
                source,
            })?);
        }
        let set = set.build();
        Ok(Filter(Some(set.map_err(|source| PlanError::Glob { option, glob: globs.join(" "), source })?)))
    }

    fn selects(&self, name: &str) -> bool {
        self.0.as_ref().is_none_or(|set| set.is_match(name))
    }
}

/// The languages that are asked for: names, by any of those that a language has, and globs. No pattern asks for all.
pub struct Languages<'a> {
    patterns: &'a [String],
    globs: Filter,
}

impl<'a> Languages<'a> {
    /// The languages that these patterns ask for.
    ///
    /// # Errors
    /// A text that is no glob.
    pub fn new(patterns: &'a [String]) -> Result<Languages<'a>, PlanError> {
        let lower: Vec<String> = patterns.iter().map(|pattern| pattern.to_lowercase()).collect();
        Ok(Languages { patterns, globs: Filter::new("language", &lower)? })
    }

    /// True if this language is among them.
    pub fn select(&self, language: &str) -> bool {
        self.globs.selects(&language.to_lowercase()) || self.name(language)
    }

    /// True if this language is asked for by name.
    pub fn name(&self, language: &str) -> bool {
        self.patterns.iter().any(|pattern| same_language(pattern, language))
    }
}

/// A sample with the scenarios that it is to meet.
pub struct Selected<'a> {
    /// The sample.
    pub manifest: &'a Manifest,
    /// Its scenarios, in the order of their names.
    pub scenarios: Vec<&'a Scenario>,
}

/// The cases of the catalogue that a selection names; samples without a scenario are left out.
///
/// # Errors
/// A text that is no glob.
pub fn select<'a>(catalog: &'a Catalog, selection: &Selection) -> Result<Vec<Selected<'a>>, PlanError> {
    let languages = Languages::new(&selection.languages)?;
    let service = Filter::new("service", &selection.services)?;
    let scenario = Filter::new("scenario", &selection.scenarios)?;
    let selected = catalog
        .manifests
        .iter()
        .filter(|manifest| {
            languages.select(&manifest.id.language) && service.selects(manifest.id.service.name())
        })
        .map(|manifest| Selected {
            manifest,
            scenarios: catalog
                .scenarios
                .iter()
                .filter(|it| it.services.contains(&manifest.id.service) && scenario.selects(&it.name))
                .collect(),
        })
        .filter(|selected| !selected.scenarios.is_empty())
        .collect();
    Ok(selected)
}

/// The selected cases, of which there is at least one.
///
/// # Errors
/// A glob that is none; a selection that matches no case.
pub fn selected<'a>(catalog: &'a Catalog, selection: &Selection) -> Result<Vec<Selected<'a>>, PlanError> {
    let selected = select(catalog, selection)?;
    if selected.is_empty() {
        return Err(nothing_selected(catalog, "no case is selected"));
    }
    Ok(selected)
}

/// That the selection matches no case, with what there is to select.
pub fn nothing_selected(catalog: &Catalog, why: &str) -> PlanError {
    let samples: Vec<String> = catalog.manifests.iter().map(|it| it.id.to_string()).collect();
    let scenarios: Vec<&str> = catalog.scenarios.iter().map(|it| it.name.as_str()).collect();
    PlanError::NothingSelected(format!(
        "{why}\nthe samples are: {}\nthe scenarios are: {}",
        samples.join(", "),
        scenarios.join(", ")
    ))
}
