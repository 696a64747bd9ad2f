//! What a run is asked for.

use std::fmt;
use std::path::{Path, PathBuf};
use std::str::FromStr;
use std::time::SystemTime;

use rescind_model::{InvalidId, Partition, ServiceId};

use crate::choice::BlockChoice;

/// Which cases: globs, or names. Without any, all of them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Selection {
    /// The languages, by any name that they have.
    pub languages: Vec<String>,
    /// The services.
    pub services: Vec<String>,
    /// The scenarios.
    pub scenarios: Vec<String>,
}

impl Selection {
    /// True if nothing is left out.
    pub fn is_everything(&self) -> bool {
        self.languages.is_empty() && self.services.is_empty() && self.scenarios.is_empty()
    }
}

/// The file that has the code of a language.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SourceFile {
    /// The service of the sample; none where the language tells it, or the region in the file.
    pub service: Option<ServiceId>,
    /// The language of the sample.
    pub language: String,
    /// The file, or a glob that stands for files.
    pub path: PathBuf,
    /// The tag of the region in it; none for the one that the sample's manifest names.
    pub tag: Option<String>,
}

impl SourceFile {
    /// The same, its file named as results name it.
    pub(crate) fn in_repository(&self, places: &Places) -> SourceFile {
        SourceFile { path: places.name_of(&self.path).into(), ..self.clone() }
    }
}

impl FromStr for SourceFile {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let parts = text.split_once('=').filter(|(name, path)| !name.is_empty() && !path.is_empty());
        let (name, path) = parts.ok_or("expected LANGUAGE=FILE or SERVICE/LANGUAGE=FILE")?;
        let (path, tag) = match path.rsplit_once('#') {
            Some(("", _) | (_, "")) => return Err("expected FILE#TAG".to_owned()),
            Some((path, tag)) => (path, Some(tag.to_owned())),
            None => (path, None),
        };
        let (service, language) = match name.split_once('/') {
            Some((service, language)) => {
                (Some(service.parse().map_err(|error: InvalidId| error.to_string())?), language)
            }
            None => (None, name),
        };
        Ok(SourceFile { service, language: language.to_owned(), path: path.into(), tag })
    }
}

impl fmt::Display for SourceFile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(service) = &self.service {
            write!(f, "{service}/")?;
        }
        write!(f, "{}={}", self.language, self.path.display())?;
        self.tag.iter().try_for_each(|tag| write!(f, "#{tag}"))
    }
}

/// What a run is asked for.
#[derive(Clone, Debug, Default)]
pub struct RunRequest {
    /// Which cases.
    pub selection: Selection,
    /// The pages that have the samples' code.
    pub pages: Vec<PathBuf>,
    /// What is taken of a page, where a language has several blocks.
    pub block: Option<BlockChoice>,
    /// The languages whose published code need not be run: names and globs.
    pub allow_uncovered: Vec<String>,
    /// The files that have the samples' code; then only samples that have one are run.
    pub sources: Vec<SourceFile>,
    /// The list of known failures, in the place of the catalogue's.
    pub known_failures: Option<PathBuf>,
    /// Which part of the cases.
    pub partition: Option<Partition>,
}

/// Where a run is asked for, and when.
#[derive(Clone, Debug)]
pub struct Places {
    /// The folder of the catalogue.
    pub root: PathBuf,
    /// The current folder, which paths of a request are relative to.
    pub current: PathBuf,
    /// The folder that paths in reports are relative to.
    pub repository: PathBuf,
    /// The time of day, by which entries of the list of known failures expire.
    pub now: SystemTime,
}

impl Places {
    /// A path as annotations need it: relative to the root of the repository, with forward slashes; none outside it,
    /// where no line of a pull request can be.
    pub fn relative(&self, path: &Path) -> Option<String> {
        let path = self.current.join(path).canonicalize().ok()?;
        let parts: Option<Vec<&str>> =
            path.strip_prefix(&self.repository).ok()?.iter().map(|part| part.to_str()).collect();
        parts.map(|parts| parts.join("/"))
    }

    /// A file as the results name it: the same from whatever folder, where it lies in the repository.
    pub fn name_of(&self, path: &Path) -> String {
        self.relative(path).unwrap_or_else(|| path.display().to_string())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_source_has_a_language_and_a_file_and_may_have_a_service() {
        for text in ["go=a=b.go", "spanner/python=../x/cancel.py", "go=a/**/*.go#a_tag", "go=c#/x.go#t"] {
            assert_eq!(text.parse::<SourceFile>().unwrap().to_string(), text);
        }
        for bad in ["go", "go=", "=x.go", "/go=x.go", "Spanner/go=x.go", "go=#t", "go=x.go#"] {
            assert!(bad.parse::<SourceFile>().is_err(), "{bad}");
        }
    }
}
