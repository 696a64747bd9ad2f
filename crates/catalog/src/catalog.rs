//! The catalogue: every manifest and every scenario below a root, and the list of known failures.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use rescind_model::{CaseId, SampleId, Scenario, ServiceId, fingerprint, suggestion};
use serde::de::DeserializeOwned;

use crate::bounded::MostBytes;
use crate::contract::Scenarios;
use crate::diagnostic::{Diagnostic, Diagnostics, Log, whole_file};
use crate::known::{self, ListedFailure};
use crate::manifests::Resolver;
use crate::raw::{RawKnownFailures, RawManifest, RawScenario};
use crate::service::{self, RawService, ServiceDefaults};
use crate::team::{Team, TeamLayer, TeamPlace};
use crate::{Manifest, ServiceProfile, scenarios, yaml};

/// The folder of all manifests and scenarios, below the root.
const FOLDER: &str = "manifests";
/// The folder of the scenarios in it.
const SCENARIOS: &str = "scenarios";
/// What the samples of a service share: this file in the folder of the service. No language can have its name.
const SERVICE: &str = "service.yaml";
/// The folder of the JSON Schemas in it.
const SCHEMA: &str = "schema";
/// The list of known failures in it, which need not be there.
const KNOWN_FAILURES: &str = "known-failures.yaml";

/// Every manifest and every scenario below a root, and the list of known failures.
#[derive(Clone, Debug)]
pub struct Catalog {
    /// The services, in the order of their ids. Not each of them need have a sample.
    pub services: Vec<Arc<ServiceProfile>>,
    /// The manifests, in the order of their ids.
    pub manifests: Vec<Manifest>,
    /// The scenarios, in the order of their names.
    pub scenarios: Vec<Scenario>,
    /// The known failures, in the order of the list.
    pub known_failures: Vec<ListedFailure>,
    /// What the team's file says besides, if there is one.
    pub team: Option<Team>,
    /// A [fingerprint] of all of these and of the files with the samples' regions: it is another one wherever another
    /// catalogue is.
    pub fingerprint: String,
}

impl Catalog {
    /// Reads `manifests/<service>/service.yaml`, `manifests/<service>/<language>.yaml`, `manifests/scenarios/<name>.yaml`
    /// and, if it is there, `manifests/known-failures.yaml` below a root, and looks for the files that the manifests name.
    /// Paths in the result are absolute if the root is.
    ///
    /// # Errors
    /// Every mistake in every file. Of a file that is not even of the right form (no YAML, an unknown key, a wrong
    /// type), it is the first one, for what else is wrong with it can then not be told.
    pub fn load(root: &Path) -> Result<Catalog, Diagnostics> {
        Catalog::layered(root, None)
    }

    /// The same, with what a team's file says in the place of what the files below the root say.
    ///
    /// # Errors
    /// As [`load`](Self::load); and every mistake in the team's file.
    pub fn layered(root: &Path, team: Option<&TeamPlace>) -> Result<Catalog, Diagnostics> {
        let mut loader = Loader { root, found: Vec::new(), read: Vec::new() };
        let catalog = loader.load(team);
        Diagnostics::of(loader.found).map(|()| catalog)
    }

    /// Reads a list of known failures that lies elsewhere. A relative path is relative to `folder`.
    ///
    /// # Errors
    /// Every mistake in it, as for [`load`](Self::load).
    pub fn known_failures_of(&self, folder: &Path, list: &Path) -> Result<Vec<ListedFailure>, Diagnostics> {
        let mut loader = Loader { root: folder, found: Vec::new(), read: Vec::new() };
        let known = loader.known_failures(list, &self.cases(), &self.service_ids());
        Diagnostics::of(loader.found).map(|()| known)
    }

    /// The id of every case: each sample in each scenario of its service.
    pub fn cases(&self) -> BTreeSet<CaseId> {
        cases(&self.manifests, &self.scenarios)
    }

    fn service_ids(&self) -> Vec<ServiceId> {
        self.services.iter().map(|service| service.id.clone()).collect()
    }

    /// The manifest of a sample.
    pub fn manifest(&self, id: &SampleId) -> Option<&Manifest> {
        self.manifests.iter().find(|manifest| manifest.id == *id)
    }

    /// The scenario of a name.
    pub fn scenario(&self, name: &str) -> Option<&Scenario> {
        self.scenarios.iter().find(|scenario| scenario.name == name)
    }
}

fn cases(manifests: &[Manifest], scenarios: &[Scenario]) -> BTreeSet<CaseId> {
    let mut cases = BTreeSet::new();
    for manifest in manifests {
        for scenario in scenarios.iter().filter(|it| it.services.contains(&manifest.id.service)) {
            cases.insert(CaseId { sample: manifest.id.clone(), scenario: scenario.name.clone() });
        }
    }
    cases
}

/// A YAML file: its path relative to the root, and its name without the extension.
struct File {
    path: PathBuf,
    stem: String,
}

struct Loader<'a> {
    root: &'a Path,
    found: Vec<Diagnostic>,
    /// The name and the content of each file that was read, one after the other.
    read: Vec<Vec<u8>>,
}

impl Loader<'_> {
    fn load(&mut self, place: Option<&TeamPlace>) -> Catalog {
        if !self.root.join(FOLDER).is_dir() {
            let message = "there is no such folder";
            let help = "the root of a catalogue holds the folders `manifests` and `samples`".to_owned();
            self.found.push(Diagnostic { help: Some(help), ..whole_file(Path::new(FOLDER), message) });
            return Catalog {
                services: Vec::new(),
                manifests: Vec::new(),
                scenarios: Vec::new(),
                known_failures: Vec::new(),
                team: None,
                fingerprint: String::new(),
            };
        }
        let mut team = place.and_then(|place| {
            let text = self.text(&place.file, &place.name)?;
            TeamLayer::read(place, text, &mut self.found)
        });
        let folders = self.folders();
        let ids: Vec<ServiceId> = folders.keys().cloned().collect();
        let mut scenarios = Scenarios::new();
        for file in self.files(&Path::new(FOLDER).join(SCENARIOS)) {
            let scenario = self.scenario(&file, &ids);
            scenarios.insert(file.stem, scenario);
        }
        let (mut services, mut manifests) = (Vec::new(), Vec::new());
        for (id, folder) in &folders {
            let mut defaults = self.service(id, folder, &ids, &scenarios);
            if let (Some(team), Some(defaults)) = (&mut team, &mut defaults) {
                team.service(defaults, &scenarios, &mut self.found);
            }
            let resolver = Resolver { root: self.root, scenarios: &scenarios, defaults: defaults.as_ref() };
            for file in self.files(folder) {
                if file.path.ends_with(SERVICE) {
                    continue;
                }
                let mut manifest = self.manifest(&file, id, &resolver);
                if let (Some(team), Some(defaults), Some(manifest)) = (&mut team, &defaults, &mut manifest) {
                    team.sample(manifest, defaults, &scenarios, &mut self.found);
                }
                manifests.extend(manifest);
            }
            services.extend(defaults.map(|defaults| defaults.profile));
        }
        let scenarios: Vec<Scenario> = scenarios.into_values().flatten().collect();
        manifests.sort_by(|a, b| a.id.cmp(&b.id));
        let cases = cases(&manifests, &scenarios);
        let list = Path::new(FOLDER).join(KNOWN_FAILURES);
        let mut known_failures = if self.root.join(&list).exists() {
            self.known_failures(&list, &cases, &ids)
        } else {
            Vec::new()
        };
        for manifest in &manifests {
            self.take_down_source(manifest);
        }
        self.check_projects(&manifests, &scenarios);
        let samples: Vec<&SampleId> = manifests.iter().map(|manifest| &manifest.id).collect();
        let team = team.map(|team| {
            let (team, known) = team.finish(&samples, &cases, &ids, &mut self.found);
            if let Some(known) = known {
                known_failures = known;
            }
            team
        });
        let fingerprint = fingerprint(&self.read);
        Catalog { services, manifests, scenarios, known_failures, team, fingerprint }
    }

    /// Hyphens within names can make two cases share a project, in which they would meet.
    fn check_projects(&mut self, manifests: &[Manifest], scenarios: &[Scenario]) {
        let mut projects: BTreeMap<String, CaseId> = BTreeMap::new();
        for case in cases(manifests, scenarios) {
            let project = case.project();
            if let Some(other) = projects.insert(project.clone(), case.clone()) {
                let file = Path::new(FOLDER).join(SCENARIOS).join(format!("{}.yaml", case.scenario));
                let message = format!("{other} and {case} would share the project `{project}`: rename one");
                self.found.push(whole_file(&file, message));
            }
        }
    }

    /// Takes down the file with the region of a sample, which is as much of the catalogue as the manifest.
    fn take_down_source(&mut self, manifest: &Manifest) {
        let path = manifest.source.folder.join(&manifest.source.file);
        match MostBytes::PAGE.read(&path) {
            Ok(bytes) => self.take_down(&manifest.source.file, &bytes),
            Err(error) => {
                self.found.push(whole_file(&manifest.file, format!("{}: {error}", path.display())));
            }
        }
    }

    fn take_down(&mut self, name: &Path, bytes: &[u8]) {
        self.read.push(name.as_os_str().as_encoded_bytes().to_owned());
        self.read.push(bytes.to_owned());
    }

    fn known_failures(
        &mut self,
        list: &Path,
        cases: &BTreeSet<CaseId>,
        services: &[ServiceId],
    ) -> Vec<ListedFailure> {
        self.read(list, |raw: RawKnownFailures, log| known::resolve(raw, list, cases, services, log))
            .unwrap_or_default()
    }

    fn scenario(&mut self, file: &File, services: &[ServiceId]) -> Option<Scenario> {
        if let Some(message) = scenarios::wrong_name(&file.stem) {
            self.found.push(whole_file(&file.path, message));
        }
        self.read(&file.path, |raw: RawScenario, log| scenarios::resolve(raw, &file.stem, services, log))
    }

    /// What the samples of a service share, out of its folder; `known` are all services that have one.
    fn service(
        &mut self,
        id: &ServiceId,
        folder: &Path,
        known: &[ServiceId],
        scenarios: &Scenarios,
    ) -> Option<ServiceDefaults> {
        let file = folder.join(SERVICE);
        if self.root.join(&file).exists() {
            return self.read(&file, |raw: RawService, log| service::resolve(raw, id, scenarios, log));
        }
        let others = known.iter().filter(|it| *it != id).map(ServiceId::name);
        let close = suggestion(id.name(), others.chain([SCENARIOS, SCHEMA]));
        let message = format!("there is no `{SERVICE}`, which makes `{id}` a service{close}");
        let help = "create it with the keys `title`, `hosts` and `placeholders`, and with what the samples of the \
                    service share";
        self.found.push(Diagnostic { help: Some(help.to_owned()), ..whole_file(&file, message) });
        None
    }

    fn manifest(&mut self, file: &File, service: &ServiceId, resolver: &Resolver<'_>) -> Option<Manifest> {
        let id = match format!("{service}/{}", file.stem).parse::<SampleId>() {
            Ok(id) => id,
            Err(error) => {
                self.found.push(whole_file(&file.path, error.to_string()));
                return None;
            }
        };
        self.read(&file.path, |raw: RawManifest, log| resolver.resolve(raw, id, &file.path, log))
    }

    /// Reads a file, and resolves it if it is of the right form.
    fn read<Raw: DeserializeOwned, T>(
        &mut self,
        file: &Path,
        resolve: impl FnOnce(Raw, &mut Log<'_>) -> Option<T>,
    ) -> Option<T> {
        let text = self.text(&self.root.join(file), file)?;
        let mut log = Log::new(file, text, &mut self.found);
        let raw = yaml::read(&mut log)?;
        resolve(raw, &mut log)
    }

    /// The text of a file, of which messages speak by this name.
    fn text(&mut self, path: &Path, name: &Path) -> Option<Arc<str>> {
        let bytes = match MostBytes::YAML.read(path) {
            Ok(bytes) => bytes,
            Err(error) => {
                self.found.push(whole_file(name, format!("cannot be read: {error}")));
                return None;
            }
        };
        self.take_down(name, &bytes);
        let text: Arc<str> = Arc::from(String::from_utf8_lossy(&bytes));
        if let Err(error) = std::str::from_utf8(&bytes) {
            let at = error.valid_up_to();
            Log::new(name, text, &mut self.found)
                .at(at..at + char::REPLACEMENT_CHARACTER.len_utf8(), "the file is not UTF-8 from here on");
            return None;
        }
        Some(text)
    }

    /// The folders of services: every folder but two.
    fn folders(&mut self) -> BTreeMap<ServiceId, PathBuf> {
        let mut services = BTreeMap::new();
        for path in self.entries(Path::new(FOLDER)) {
            let name = path.file_name().unwrap_or_default().to_string_lossy();
            if !self.root.join(&path).is_dir() {
                if is_yaml(&path) && name != KNOWN_FAILURES {
                    let message = "a manifest lies in the folder of its service: manifests/spanner/go.yaml";
                    self.found.push(whole_file(&path, message));
                }
            } else if name != SCENARIOS && name != SCHEMA {
                match name.parse::<ServiceId>() {
                    Ok(service) => drop(services.insert(service, path)),
                    Err(error) => self.found.push(whole_file(&path, error.to_string())),
                }
            }
        }
        services
    }

    /// The YAML files of a folder.
    fn files(&mut self, folder: &Path) -> Vec<File> {
        let mut files = Vec::new();
        for path in self.entries(folder) {
            if path.extension().is_some_and(|extension| extension == "yml") {
                self.found
                    .push(whole_file(&path, "a file here ends in .yaml, not in .yml; it would not be seen"));
            } else if is_yaml(&path) {
                let stem = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
                files.push(File { path, stem });
            }
        }
        files
    }

    /// What lies in a folder, in the order of names, relative to the root. Hidden files do not count.
    fn entries(&mut self, folder: &Path) -> Vec<PathBuf> {
        let listed = self.root.join(folder).read_dir().and_then(|entries| {
            entries.map(|entry| Ok(entry?.file_name())).collect::<std::io::Result<Vec<_>>>()
        });
        match listed {
            Ok(mut names) => {
                names.retain(|name| !name.to_string_lossy().starts_with('.'));
                names.sort();
                names.into_iter().map(|name| folder.join(name)).collect()
            }
            Err(error) => {
                self.found.push(whole_file(folder, format!("the folder cannot be read: {error}")));
                Vec::new()
            }
        }
    }
}

fn is_yaml(path: &Path) -> bool {
    path.extension().is_some_and(|extension| extension == "yaml")
}
