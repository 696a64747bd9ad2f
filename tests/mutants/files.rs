//! Where the patches lie: in a folder for each sample.

use std::path::{Path, PathBuf};

use rescind_catalog::Catalog;
use rescind_model::SampleId;
use rescind_tests::repository;

/// A patch in the folder of its sample.
pub struct PatchFile {
    /// The sample that it changes.
    pub sample: SampleId,
    /// The file.
    pub path: PathBuf,
}

/// All patches, in the order of their names.
pub fn patches(catalog: &Catalog) -> Vec<PatchFile> {
    let folder = repository().join("tests/mutants");
    let mut found = Vec::new();
    for service in folders(&folder) {
        for language in folders(&service) {
            let id = language.strip_prefix(&folder).unwrap().display().to_string();
            let sample: SampleId = id.parse().unwrap();
            let known = catalog.manifests.iter().any(|manifest| manifest.id == sample);
            assert!(known, "tests/mutants/{id}: there is no such sample");
            for path in entries(&language) {
                assert!(path.extension().is_some_and(|it| it == "patch"), "{} is no patch", path.display());
                found.push(PatchFile { sample: sample.clone(), path });
            }
        }
    }
    found
}

fn folders(folder: &Path) -> Vec<PathBuf> {
    entries(folder).into_iter().filter(|path| path.is_dir()).collect()
}

/// What lies in a folder, in the order of its names.
fn entries(folder: &Path) -> Vec<PathBuf> {
    let mut paths: Vec<PathBuf> =
        std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    paths
}
