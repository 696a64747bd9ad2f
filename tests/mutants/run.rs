//! A changed sample is run, and what is found is held against what its patch says.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::process::Command;

use libtest_mimic::Completion;
use rescind_catalog::Catalog;
use rescind_model::{CaseResult, Results, Rule, SampleId, ServiceId, Verdict};
use rescind_tests::{repository, results};
use tempfile::TempDir;

use crate::mutant::Mutant;

/// Runs the sample that the patch in this file changes.
///
/// Only the sample is changed, and is run as the bundled one is: what it prints is held against what the bundled sample
/// promises. Published code has a contract of its own (`published` in manifests), which says less.
pub fn check(file: &Path, sample: &SampleId, catalog: &Catalog) -> Completion {
    let name = || file.strip_prefix(repository()).unwrap_or(file).display();
    let text = std::fs::read_to_string(file).unwrap();
    let mutant = Mutant::parse(&text, sample).unwrap_or_else(|error| panic!("{}: {error}", name()));
    for scenario in &mutant.scenarios {
        let known = catalog.scenario(scenario).is_some_and(|it| it.services.contains(&sample.service));
        assert!(known, "{}: {} has no scenario `{scenario}`", name(), sample.service);
    }
    let root = catalogue_of(sample, catalog);
    mutant.apply(root.path()).unwrap_or_else(|error| panic!("{}: {error}", name()));
    let arguments = arguments(&mutant, sample);
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let (ran, results) = results(root.path(), &arguments);
    if let Some(reason) = unsupported(&results) {
        return Completion::ignored_with(reason);
    }
    let complaints = complaints(&mutant, &results);
    assert!(
        complaints.is_empty(),
        "{}: {}\n{}\n\n{}\n{}",
        name(),
        mutant.title,
        complaints.join("\n"),
        ran.stdout,
        ran.stderr
    );
    Completion::Completed
}

/// A catalogue with this sample alone, and all scenarios.
fn catalogue_of(sample: &SampleId, catalog: &Catalog) -> TempDir {
    let root = TempDir::new().unwrap();
    let copy = |path: &str| {
        let to = root.path().join(path);
        std::fs::create_dir_all(to.parent().unwrap()).unwrap();
        let copied = Command::new("cp").arg("-r").arg(repository().join(path)).arg(to).status();
        assert!(copied.unwrap().success(), "{path} cannot be copied");
    };
    copy("manifests/scenarios");
    // Scenarios name services, which are all to be there.
    let services: BTreeSet<&ServiceId> =
        catalog.manifests.iter().map(|manifest| &manifest.id.service).collect();
    services.iter().for_each(|service| copy(&format!("manifests/{service}/service.yaml")));
    copy(&format!("manifests/{sample}.yaml"));
    copy(&format!("samples/{sample}"));
    root
}

/// What to do with it.
fn arguments(mutant: &Mutant, sample: &SampleId) -> Vec<String> {
    if let Some(schedule) = &mutant.schedule {
        return vec!["replay".to_owned(), sample.to_string(), schedule.to_string()];
    }
    if let Some(faults) = mutant.faults {
        return vec!["explore".to_owned(), "--faults".to_owned(), faults.to_string()];
    }
    let scenarios = mutant.scenarios.iter().flat_map(|scenario| ["--scenario".to_owned(), scenario.clone()]);
    ["run".to_owned()].into_iter().chain(scenarios).collect()
}

/// Why no case could be run: a toolchain or a package is missing. Whether it should be there is the samples' tests' to say.
fn unsupported(results: &Results) -> Option<&str> {
    let missing = |case: &CaseResult| case.verdict == Verdict::Unsupported;
    results.cases.first().filter(|_| results.cases.iter().all(missing))?.reason.as_deref()
}

/// In what the findings are others than the patch says.
fn complaints(mutant: &Mutant, results: &Results) -> Vec<String> {
    let mut found: BTreeMap<Rule, Vec<String>> = BTreeMap::new();
    for case in &results.cases {
        for finding in &case.findings {
            found.entry(finding.rule).or_default().push(format!("{}: {}", case.id, finding.message));
        }
    }
    let rules: BTreeSet<Rule> = found.keys().copied().collect();
    let missed = mutant.rules.difference(&rules).map(|rule| format!("`{rule}` has not caught it"));
    let besides = rules.difference(&mutant.rules).map(|rule| {
        let of = if mutant.is_harmless() { "is harmless, and" } else { "does not list what" };
        format!("it {of} `{rule}` has found:\n  {}", found[rule].join("\n  "))
    });
    // A case that was not run to its end, or not as its schedule has it, says nothing.
    let told = |verdict| match verdict {
        Verdict::Pass => true,
        Verdict::Fail | Verdict::NotPlayed => !mutant.is_harmless(),
        _ => false,
    };
    let untold = results.cases.iter().filter(|case| !told(case.verdict)).map(|case| {
        format!("{} is {}: {}", case.id, case.verdict, case.reason.as_deref().unwrap_or("see the findings"))
    });
    let none = results.cases.is_empty().then(|| "no case was run".to_owned());
    none.into_iter().chain(missed).chain(besides).chain(untold).collect()
}
