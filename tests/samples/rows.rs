//! The rows of the catalogue, a language of a service each: the bundled samples are true, they pass every scenario.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, OnceLock};

use libtest_mimic::{Completion, Trial};
use rescind_catalog::Catalog;
use rescind_model::{CaseResult, Claim, ClockKind, Due, Results, Verdict};
use rescind_test_support::{Need, trial};
use rescind_tests::{Ran, repository, rescind, results};

use crate::needs::Needs;

/// A language of a service, and what it takes to run its sample.
struct Row<'a> {
    service: &'static str,
    language: &'static str,
    needs: Vec<&'a Need>,
}

/// One for each manifest. What takes the longest to prepare comes first.
fn rows(needs: &Needs) -> Vec<Row<'_>> {
    let row = |service, language, needs: &[_]| Row { service, language, needs: needs.to_vec() };
    let Needs { python, curl, jq, world, .. } = needs;
    vec![
        row("spanner", "rust", &[&needs.cargo]),
        row("spanner", "go", &[&needs.go]),
        row("spanner", "ruby", &[&needs.ruby, &needs.bundle]),
        row("spanner", "cpp", &[&needs.cmake, &needs.cxx, &needs.pkg_config, &needs.google_cloud_cpp]),
        row("spanner", "java", &[&needs.java, &needs.maven]),
        row("spanner", "csharp", &[&needs.dotnet, world]),
        row("spanner", "php", &[&needs.php_curl, &needs.php_bcmath, &needs.composer, world]),
        row("spanner", "python", &[python]),
        row("spanner", "nodejs", &[&needs.node, &needs.npm]),
        row("spanner", "gcloud", &[&needs.gcloud]),
        row("spanner", "curl", &[curl, jq]),
        row("alloydb", "python", &[python]),
        row("alloydb", "curl", &[curl, jq]),
        row("geminidb", "python", &[python]),
        row("geminidb", "curl", &[curl, jq]),
    ]
}

/// A test for each row, and one that no row is missing.
pub fn trials(needs: &Needs) -> Vec<Trial> {
    let rows = rows(needs);
    let ids: BTreeSet<String> = rows.iter().map(|row| format!("{}/{}", row.service, row.language)).collect();
    let each = rows.iter().map(|&Row { service, language, ref needs }| {
        let name = format!("{service}/{language}_passes_every_scenario");
        trial(&name, needs, move || passes(service, language))
    });
    let guard = trial("every_manifest_has_a_row_here", &[], move || are_those_of_the_catalogue(&ids));
    each.chain([guard]).collect()
}

fn are_those_of_the_catalogue(rows: &BTreeSet<String>) {
    let listed = rescind(&repository(), &["list"]).exits(0);
    let row = |case: &str| case.rsplit_once('/').map(|(row, _)| row.to_owned());
    assert_eq!(*rows, listed.stdout.lines().filter_map(row).collect());
}

/// What came of a row.
type Outcome = (Ran, Results);

/// Runs a row in all scenarios; once, however many tests look at it.
pub fn run(service: &str, language: &str) -> Arc<Outcome> {
    type Runs = BTreeMap<String, Arc<OnceLock<Arc<Outcome>>>>;
    static RUNS: Mutex<Runs> = Mutex::new(BTreeMap::new());
    let run = RUNS.lock().unwrap().entry(format!("{service}/{language}")).or_default().clone();
    run.get_or_init(|| Arc::new(run_anew(service, language))).clone()
}

/// Runs a row in all scenarios.
pub fn run_anew(service: &str, language: &str) -> Outcome {
    results(&repository(), &["run", "--service", service, "--language", language])
}

/// What the package manager says where the packages of all these cases' sample cannot be had. That its programs are
/// there is known, so any other reason why they could not be run is a failure.
pub fn unavailable(cases: &[CaseResult]) -> Option<&str> {
    let said = |case: &CaseResult| {
        let sample = case.id.to_string();
        let sample = sample.rsplit_once('/').map_or("", |(sample, _)| sample);
        let reason = case.reason.as_deref().unwrap_or_default();
        case.verdict == Verdict::Unsupported
            && reason.starts_with(&format!("the packages of {sample} cannot be had here: "))
    };
    cases.first().filter(|_| cases.iter().all(said))?.reason.as_deref()
}

/// A row passes all scenarios, as far as its waiting can be waited for.
fn passes(service: &str, language: &str) -> Completion {
    let outcome = run(service, language);
    let (ran, results) = &*outcome;
    if let Some(reason) = unavailable(&results.cases) {
        return Completion::ignored_with(reason);
    }
    let ran = ran.clone().exits(0);
    let catalog = Catalog::load(&repository()).unwrap_or_else(|diagnostics| panic!("{diagnostics}"));
    let mut passed = 0;
    let undecided = results.summary().count(Verdict::Undecided);
    assert!(undecided == 0 || results.environment.clock == ClockKind::Real, "{}", ran.stdout);
    for case in results.cases.iter().filter(|case| case.verdict != Verdict::Undecided) {
        assert_eq!(case.verdict, Verdict::Pass, "{}: {:?}\n{}", case.id, case.findings, ran.stdout);
        assert!(!case.observation.as_ref().unwrap().journal.is_empty(), "{} made no request", case.id);
        agrees(&catalog, case);
        passed += 1;
    }
    assert_eq!(passed + undecided, results.cases.len(), "{}", ran.stdout);
    assert!(passed > undecided, "{}", ran.stdout);
    Completion::Completed
}

/// What a scenario expects is what follows from what happened, if the sample is correct.
fn agrees(catalog: &Catalog, case: &CaseResult) {
    let manifest = catalog.manifests.iter().find(|manifest| manifest.id == case.id.sample).unwrap();
    let scenario = manifest.as_met(catalog.scenario(&case.id.scenario).unwrap());
    let Some(expect) = &scenario.expect else { panic!("{} expects nothing", case.id) };
    let due = Due::of(case.observation.as_ref().unwrap());
    assert_eq!(due.outcome, expect.outcome, "{}: {}", case.id, due.because);
    assert!(due.exit.is_none_or(|exit| exit == expect.exit), "{}: {}", case.id, due.because);
    let is_due = |claim: &Claim| due.claims.is_empty() || due.claims.contains(claim);
    assert!(expect.claims.iter().all(is_due), "{}: {:?}", case.id, due.claims);
}
