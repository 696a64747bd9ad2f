//! The team's file while a catalogue is loaded: what it says is taken out of it piece by piece.

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::sync::Arc;

use rescind_model::{CaseId, SampleId, ServiceId, suggestion};

use super::apply::Overriding;
use super::raw::RawTeam;
use super::{Team, TeamPlace};
use crate::check;
use crate::contract::Scenarios;
use crate::diagnostic::{Diagnostic, Log};
use crate::known::{self, ListedFailure};
use crate::manifest::Manifest;
use crate::raw::RawKnownFailures;
use crate::service::ServiceDefaults;
use crate::yaml;

/// The team's file while a catalogue is loaded.
pub(crate) struct TeamLayer<'a> {
    place: &'a TeamPlace,
    text: Arc<str>,
    raw: RawTeam,
}

impl<'a> TeamLayer<'a> {
    /// Reads a file of this text; none, with a note, if it is not of the right form.
    pub(crate) fn read(
        place: &'a TeamPlace,
        text: Arc<str>,
        found: &mut Vec<Diagnostic>,
    ) -> Option<TeamLayer<'a>> {
        let raw = yaml::read(&mut Log::new(&place.name, Arc::clone(&text), found))?;
        Some(TeamLayer { place, text, raw })
    }

    /// Alters what the samples of a service share, if something is said of it.
    pub(crate) fn service(
        &mut self,
        defaults: &mut ServiceDefaults,
        scenarios: &Scenarios,
        found: &mut Vec<Diagnostic>,
    ) {
        let name = self.raw.service.keys().find(|key| key.value == defaults.profile.id.name()).cloned();
        if let Some(raw) = name.and_then(|name| self.raw.service.remove(&name)) {
            let mut log = Log::new(&self.place.name, Arc::clone(&self.text), found);
            Overriding { folder: self.place.folder(), scenarios }.service(raw, defaults, &mut log);
        }
    }

    /// Alters a manifest, if something is said of its sample.
    pub(crate) fn sample(
        &mut self,
        manifest: &mut Manifest,
        defaults: &ServiceDefaults,
        scenarios: &Scenarios,
        found: &mut Vec<Diagnostic>,
    ) {
        let name = self.raw.samples.keys().find(|key| key.value == manifest.id.to_string()).cloned();
        if let Some(raw) = name.and_then(|name| self.raw.samples.remove(&name)) {
            let mut log = Log::new(&self.place.name, Arc::clone(&self.text), found);
            Overriding { folder: self.place.folder(), scenarios }.sample(raw, manifest, defaults, &mut log);
        }
    }

    /// What else is said, and the list of known failures, if there is one; and a note of each name that nothing has.
    pub(crate) fn finish(
        mut self,
        samples: &[&SampleId],
        cases: &BTreeSet<CaseId>,
        services: &[ServiceId],
        found: &mut Vec<Diagnostic>,
    ) -> (Team, Option<Vec<ListedFailure>>) {
        let mut log = Log::new(&self.place.name, self.text, found);
        for name in self.raw.service.keys() {
            check::service(&mut log, name, services);
        }
        let known: Vec<String> = samples.iter().map(ToString::to_string).collect();
        for name in self.raw.samples.keys() {
            let close = suggestion(&name.value, known.iter().map(String::as_str));
            let message = format!("there is no sample `{}`{close}", name.value);
            log.note(name.span.clone(), message, Some(format!("the samples are {}", known.join(", "))));
        }
        let list = self.raw.known_failures.take().map(|list| {
            let file: PathBuf = self.place.file.clone();
            known::resolve(RawKnownFailures(list), &file, cases, services, &mut log).unwrap_or_default()
        });
        (Team::resolve(&mut self.raw, self.place, services, &mut log), list)
    }
}
