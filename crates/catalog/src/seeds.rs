//! What a stand-alone emulator begins with: a YAML file.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use rescind_model::{Given, ServiceId};
use schemars::JsonSchema;
use serde::Deserialize;

use crate::bounded::MostBytes;
use crate::diagnostic::{Diagnostic, Diagnostics, Log, whole_file};
use crate::located::Located;
use crate::raw::RawGivenBackup;
use crate::{check, scenarios, yaml};

/// What a stand-alone emulator begins with: `rescind emulator --seed FILE`.
#[derive(Deserialize, JsonSchema)]
#[schemars(rename = "Seeds")]
#[serde(deny_unknown_fields)]
pub(crate) struct RawSeeds {
    /// What is there, by the ids of projects.
    projects: BTreeMap<Located<String>, Vec<Located<RawSeed>>>,
}

/// A database with its backups that is there from the start.
#[derive(Deserialize, JsonSchema)]
#[schemars(rename = "Seed")]
#[serde(deny_unknown_fields)]
struct RawSeed {
    /// The service that it belongs to: `spanner`, `alloydb`, `geminidb`.
    service: Located<String>,
    /// An instance of Spanner, a location of AlloyDB; GeminiDB has nothing of the kind.
    #[serde(default)]
    instance: String,
    /// A database of Spanner, a cluster of AlloyDB, an instance of GeminiDB; left out for an instance without one.
    database: Option<String>,
    /// True if the instance is not a Cassandra one (GeminiDB): its backups then cannot be stopped.
    #[serde(default)]
    not_cassandra: bool,
    /// Its backups.
    #[serde(default)]
    backups: Vec<RawGivenBackup>,
}

/// A database with its backups that is there from the start.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Seed {
    /// The id of its project.
    pub project: String,
    /// Its service.
    pub service: ServiceId,
    /// The id of its instance (Spanner) or location (AlloyDB).
    pub instance: String,
    /// Its id; empty if there is only the instance.
    pub database: String,
    /// Its backups, and whether it is there.
    pub given: Given,
    span: std::ops::Range<usize>,
}

/// The seeds of a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Seeds {
    file: PathBuf,
    text: Arc<str>,
    /// In the order of projects, then as they stand in the file.
    pub seeds: Vec<Seed>,
}

impl Seeds {
    /// Reads `projects: { PROJECT: [{ service, instance, database, backups: [{ id, state }] }] }`, for an emulator of
    /// these services. Which of the ids a service needs is for the emulator to say: see [`wrong`](Self::wrong).
    ///
    /// # Errors
    /// The file cannot be read, or has mistakes: all of them, unless it is not even of the right form.
    pub fn read(file: &Path, services: &[ServiceId]) -> Result<Seeds, Diagnostics> {
        let mut found = Vec::new();
        let text = match MostBytes::YAML.read_text(file) {
            Ok(text) => Arc::from(text),
            Err(error) => {
                found.push(whole_file(file, format!("cannot be read: {error}")));
                Arc::from("")
            }
        };
        let mut seeds = Vec::new();
        if found.is_empty() {
            let mut log = Log::new(file, Arc::clone(&text), &mut found);
            if let Some(raw) = yaml::read::<RawSeeds>(&mut log) {
                seeds = resolve(raw, services, &mut log);
            }
        }
        Diagnostics::of(found).map(|()| Seeds { file: file.to_owned(), text, seeds })
    }

    /// What is wrong with a seed, where only the emulator can tell.
    pub fn wrong(&self, seed: &Seed, message: impl Into<String>) -> Diagnostics {
        let mut found: Vec<Diagnostic> = Vec::new();
        Log::new(&self.file, Arc::clone(&self.text), &mut found).at(seed.span.clone(), message);
        Diagnostics::one(found.remove(0))
    }
}

fn resolve(raw: RawSeeds, services: &[ServiceId], log: &mut Log<'_>) -> Vec<Seed> {
    let mut seeds = Vec::new();
    for (project, raw) in raw.projects {
        if project.value.is_empty() {
            log.at(project.span, "the id of a project is not empty");
        }
        for Located { value: raw, span } in raw {
            let service = check::service(log, &raw.service, services);
            if raw.database.is_none() && !raw.backups.is_empty() {
                log.at(span.clone(), "the key `database` is missing here: backups are of one");
            }
            let given = Given {
                database_missing: raw.database.is_none(),
                not_cassandra: raw.not_cassandra,
                backups: scenarios::given_backups(raw.backups, &[], log),
            };
            seeds.extend(service.map(|service| Seed {
                project: project.value.clone(),
                service,
                instance: raw.instance,
                database: raw.database.unwrap_or_default(),
                given,
                span,
            }));
        }
    }
    seeds
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<Seeds, String> {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("seed.yaml");
        std::fs::write(&file, text).unwrap();
        let services: [ServiceId; 3] = ["spanner", "alloydb", "geminidb"].map(|name| name.parse().unwrap());
        Seeds::read(&file, &services)
            .map_err(|error| error.to_string().replace(&format!("{}/", folder.path().display()), ""))
    }

    #[test]
    fn seeds_are_read_in_order() {
        let seeds = read(
            "projects:
  b:
    - { service: geminidb, database: d }
  a:
    - { service: spanner, instance: i }
    - { service: spanner, instance: i, database: d, backups: [{ id: b1, state: READY }] }
",
        )
        .unwrap();
        let seen: Vec<_> = (seeds.seeds.iter())
            .map(|seed| (seed.project.as_str(), seed.database.as_str(), seed.given.database_missing))
            .collect();
        assert_eq!(seen, [("a", "", true), ("a", "d", false), ("b", "d", false)]);
        assert_eq!(seeds.seeds[1].given.backups[0].id, "b1");
    }

    #[test]
    fn every_mistake_is_shown_where_it_is() {
        let text = "projects:
  a:
    - { service: spanner, backups: [{ id: b1, state: READY }, { id: b1, state: READY }] }
";
        insta::assert_snapshot!(read(text).unwrap_err(), @"
        error: the key `database` is missing here: backups are of one
         --> seed.yaml:3:7
          |
        3 |     - { service: spanner, backups: [{ id: b1, state: READY }, { id: b1, state: READY }] }
          |       ^

        error: the backup `b1` is given twice
         --> seed.yaml:3:69
          |
        3 |     - { service: spanner, backups: [{ id: b1, state: READY }, { id: b1, state: READY }] }
          |                                                                     ^^
        ");
        insta::assert_snapshot!(read("projects: { a: [{ service: spaner }] }").unwrap_err(), @"
        error: there is no service `spaner` (did you mean `spanner`?); the services are spanner, alloydb, geminidb
         --> seed.yaml:1:28
          |
        1 | projects: { a: [{ service: spaner }] }
          |                            ^^^^^^
        ");
        let seeds = read("projects:\n  a:\n    - { service: geminidb, database: d }\n").unwrap();
        let wrong = seeds.wrong(&seeds.seeds[0], "given twice").to_string();
        assert!(wrong.starts_with("error: given twice") && wrong.contains("seed.yaml:3:7"), "{wrong}");
    }
}
