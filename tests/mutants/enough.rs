//! That there are enough of them to prove anything.

use std::collections::{BTreeMap, BTreeSet};

use rescind_catalog::Catalog;
use rescind_model::{Rule, SampleId};

use crate::files::PatchFile;
use crate::mutant::Mutant;

/// The service whose samples are changed in every language; the rules are the same for all services.
const SERVICE: &str = "spanner";
/// The languages with more changes than others: they start fast, or are the most used.
const MANY: [&str; 3] = ["curl", "nodejs", "python"];
/// The languages that do not have enough yet.
const FEW_YET: [&str; 5] = ["cpp", "csharp", "gcloud", "java", "rust"];

/// Each language has enough of both kinds, and each rule catches one of them.
pub fn enough(patches: &[PatchFile], catalog: &Catalog) {
    let mut count: BTreeMap<&SampleId, (usize, usize)> = BTreeMap::new();
    let mut caught: BTreeSet<Rule> = BTreeSet::new();
    for PatchFile { sample, path } in patches {
        let text = std::fs::read_to_string(path).unwrap();
        let mutant =
            Mutant::parse(&text, sample).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        let (wrong, harmless) = count.entry(sample).or_default();
        *(if mutant.is_harmless() { harmless } else { wrong }) += 1;
        caught.extend(mutant.rules);
    }
    for manifest in catalog.manifests.iter().filter(|manifest| manifest.id.service.name() == SERVICE) {
        let language = manifest.id.language.as_str();
        let (wrong, harmless) = count.get(&manifest.id).copied().unwrap_or_default();
        let wanted = if MANY.contains(&language) { 12 } else { 6 };
        let is_enough = wrong >= wanted && harmless >= 5;
        assert_eq!(
            is_enough,
            !FEW_YET.contains(&language),
            "{}: {wrong} changes to be caught and {harmless} harmless ones; enough are {wanted} and 5, and those that do not \
             have them stand in FEW_YET",
            manifest.id
        );
    }
    // A bundled sample that does not build is none that could be run, and so no rule's: `tests/samples/mistakes.rs`.
    let none = Rule::ALL.iter().filter(|rule| **rule != Rule::DoesNotBuild && !caught.contains(*rule));
    let none: Vec<&str> = none.map(|rule| rule.id()).collect();
    assert!(none.is_empty(), "no change is caught by {}", none.join(", "));
}
