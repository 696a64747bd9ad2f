//! `rescind.yaml`: what a team says of its own repository, layered over the built-in catalogue.
//!
//! `raw.rs` is the file as typed, `apply.rs` puts what it says of samples in the place of what is built in, and [`Team`]
//! is what it says besides.

mod apply;
mod holds;
mod layer;
mod node;
mod raw;

use std::path::{Path, PathBuf};

use rescind_model::{Rule, ServiceId, Severities, Severity};

pub use self::holds::{HeldValue, held_by_sample, held_by_team};
pub(crate) use self::layer::TeamLayer;
pub(crate) use self::raw::RawTeam;
use self::raw::RawTeamSource;
use crate::check;
use crate::diagnostic::Log;
use crate::files::files;
use crate::located::Located;
use crate::plan::{Selection, SourceFile};

type Text = Located<String>;

/// The name of the file.
pub const TEAM_FILE: &str = "rescind.yaml";

/// Where a team's file lies.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TeamPlace {
    /// The file.
    pub file: PathBuf,
    /// The file as messages name it, from the current folder.
    pub name: PathBuf,
}

impl TeamPlace {
    /// The nearest file of the name, at or above a folder; none where there is none.
    pub fn find(current: &Path) -> Option<TeamPlace> {
        let found = current.ancestors().map(|folder| folder.join(TEAM_FILE)).find(|file| file.is_file())?;
        Some(TeamPlace::new(current, &found))
    }

    /// A file, which messages name as seen from this folder.
    pub fn new(current: &Path, file: &Path) -> TeamPlace {
        let file = current.join(file);
        let name = file.strip_prefix(current).unwrap_or(&file).to_owned();
        TeamPlace { file, name }
    }

    /// The folder that paths in it are relative to.
    pub fn folder(&self) -> &Path {
        self.file.parent().unwrap_or(Path::new("."))
    }
}

/// What a team's file says besides what differs in the manifests.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Team {
    /// The file, from the current folder.
    pub file: PathBuf,
    /// The pages whose samples are run.
    pub pages: Vec<PathBuf>,
    /// The files whose regions are run.
    pub sources: Vec<SourceFile>,
    /// Which cases, where a run does not say so itself.
    pub selection: Selection,
    /// The languages whose published code need not be run.
    pub allow_uncovered: Vec<String>,
    /// The baseline that runs are compared with.
    pub baseline: Option<PathBuf>,
    /// How much it matters that a rule is broken.
    pub severities: Severities,
}

impl Team {
    /// Resolves all but what differs in the manifests and what is known to fail, and notes all that is wrong with it.
    pub(crate) fn resolve(
        raw: &mut RawTeam,
        place: &TeamPlace,
        services: &[ServiceId],
        log: &mut Log<'_>,
    ) -> Team {
        let folder = place.folder();
        // As seen from the current folder, as paths of a command line are.
        let base = place.name.parent().unwrap_or(Path::new(""));
        let mut pages: Vec<PathBuf> = Vec::new();
        for glob in &raw.pages {
            for page in found(folder, glob, log) {
                let page = base.join(page);
                if !pages.contains(&page) {
                    pages.push(page);
                }
            }
        }
        let sources = std::mem::take(&mut raw.sources);
        let sources = sources.into_iter().filter_map(|it| source(it, folder, base, log)).collect();
        let words = |texts: &[Text]| texts.iter().map(|text| text.value.clone()).collect();
        for service in &raw.services {
            is_service(service, services, log);
        }
        let severities = std::mem::take(&mut raw.severity);
        Team {
            file: place.name.clone(),
            pages,
            sources,
            selection: Selection {
                languages: words(&raw.languages),
                services: words(&raw.services),
                scenarios: words(&raw.scenarios),
            },
            allow_uncovered: words(&raw.allow_uncovered),
            baseline: raw
                .baseline
                .as_ref()
                .and_then(|text| Some(base.join(check::relative_path(log, text)?))),
            severities: severities.into_iter().filter_map(|(rule, it)| severity(&rule, it, log)).collect(),
        }
    }
}

/// The files that a text stands for, of which there is at least one, relative to the folder.
fn found(folder: &Path, text: &Text, log: &mut Log<'_>) -> Vec<PathBuf> {
    let path = Path::new(&text.value);
    match files(folder, path) {
        Ok(Some(found)) => {
            if found.is_empty() {
                log.at(text.span.clone(), format!("`{}` matches no file", text.value));
            }
            found
        }
        Ok(None) => {
            if !folder.join(path).is_file() {
                log.at(text.span.clone(), format!("there is no file `{}`", text.value));
            }
            vec![path.to_owned()]
        }
        Err(error) => {
            log.at(text.span.clone(), error.to_string());
            Vec::new()
        }
    }
}

fn source(raw: RawTeamSource, folder: &Path, base: &Path, log: &mut Log<'_>) -> Option<SourceFile> {
    let (service, language) = match raw.sample.value.split_once('/') {
        Some((service, language)) => match service.parse::<ServiceId>() {
            Ok(service) => (Some(service), language.to_owned()),
            Err(error) => {
                log.at(raw.sample.span, error.to_string());
                return None;
            }
        },
        None => (None, raw.sample.value.clone()),
    };
    found(folder, &raw.file, log);
    let tag = raw.tag.map(|tag| check::one_line(log, "tag", &tag));
    Some(SourceFile { service, language, path: base.join(&raw.file.value), tag })
}

fn is_service(text: &Text, services: &[ServiceId], log: &mut Log<'_>) {
    let is_glob = text.value.contains(['*', '?', '[', '{']);
    if !is_glob {
        check::service(log, text, services);
    }
}

/// The severity of a rule; none, with a note, where it cannot be.
fn severity(rule: &Text, severity: Severity, log: &mut Log<'_>) -> Option<(Rule, Severity)> {
    let found: Rule = rule.value.parse().map_err(|error: String| log.at(rule.span.clone(), error)).ok()?;
    if found == Rule::DoesNotBuild && severity != Severity::Error {
        let message = "`does-not-build` is always an error: not one case of such a sample can be run";
        log.at(rule.span.clone(), message);
        return None;
    }
    Some((found, severity))
}
