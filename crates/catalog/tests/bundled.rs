//! The bundled catalogue: it loads, and its parts fit each other.

use std::path::Path;

use rescind_catalog::{Catalog, Manifest};
use rescind_model::{Claim, Contract, Expectation, Outcome, Placeholders, Scenario, Stream};

fn bundled() -> Catalog {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    Catalog::load(&root).unwrap_or_else(|diagnostics| panic!("{diagnostics}"))
}

/// Every sample with every scenario of its service, as it meets it.
fn cases(catalog: &Catalog) -> impl Iterator<Item = (&Manifest, Scenario)> {
    catalog.manifests.iter().flat_map(|manifest| {
        let of_service = |scenario: &&Scenario| scenario.services.contains(&manifest.id.service);
        catalog.scenarios.iter().filter(of_service).map(move |scenario| (manifest, manifest.as_met(scenario)))
    })
}

/// The claims that a text on standard output makes.
fn claims(contract: &Contract, stdout: &str) -> Vec<Claim> {
    let made = contract.claims.iter().filter(|pattern| {
        pattern.stream == Stream::Stdout && stdout.lines().any(|line| pattern.pattern.is_match(line))
    });
    made.map(|pattern| pattern.claim).collect()
}

fn filled(text: &str) -> String {
    let placeholders = Placeholders {
        project: "my-project".into(),
        instance: "my-instance".into(),
        database: "my-database".into(),
        backup: "my-backup".into(),
        operation: "my-operation".into(),
    };
    placeholders.fill(text).unwrap_or_else(|error| panic!("{error}"))
}

#[test]
fn the_first_catalogue_is_complete() {
    let catalog = bundled();
    let names: Vec<&str> = catalog.scenarios.iter().map(|scenario| scenario.name.as_str()).collect();
    insta::assert_snapshot!(names.join("\n"), @"
    bad-token
    cancel-lags
    cancel-permission-denied
    cancel-reply-lost
    cancel-unavailable-once
    cancel-unimplemented
    cancel-wins
    completes-after-cancel
    completes-before-cancel
    completes-despite-cancel
    completes-with-create
    create-already-exists
    create-database-not-found
    create-pending-backup-exists
    create-reply-lost
    create-unavailable-already-exists
    delete-permission-denied
    delete-reply-lost
    delete-unavailable-once
    get-permission-denied
    never-ends
    operation-fails
    operation-fails-before-cancel
    poll-permission-denied
    poll-unavailable-once
    stop-already-completed
    stop-never-ends
    stop-not-cassandra
    stop-wrong-state
    ");
    for outcome in Outcome::ALL {
        let is_reached = catalog.scenarios.iter().any(|scenario| expect(scenario).outcome == outcome);
        assert!(is_reached, "no scenario ends in `{outcome}`");
    }
}

fn expect(scenario: &Scenario) -> &Expectation {
    scenario.expect.as_ref().unwrap_or_else(|| panic!("{} expects nothing", scenario.name))
}

/// What a sample is expected to print in a scenario that comes out as that expects.
fn expected_output<'a>(manifest: &'a Manifest, scenario: &Scenario) -> Option<&'a str> {
    manifest.bundled.expected_output(&scenario.name, expect(scenario).outcome)
}

#[test]
fn every_title_is_one_sentence() {
    for Scenario { name, title, .. } in bundled().scenarios {
        assert!(title.ends_with('.') && title.matches(". ").count() == 0, "{name}: {title}");
    }
}

#[test]
fn every_bundled_sample_has_an_expected_output_in_every_scenario() {
    let catalog = bundled();
    for (manifest, scenario) in cases(&catalog) {
        let expected = expected_output(manifest, &scenario);
        assert!(expected.is_some(), "{}/{}", manifest.id, scenario.name);
    }
}

#[test]
fn every_expected_output_makes_the_claims_of_its_scenario_and_no_others() {
    let catalog = bundled();
    for (manifest, scenario) in cases(&catalog) {
        let id = format!("{}/{}", manifest.id, scenario.name);
        let made = claims(&manifest.bundled, &filled(expected_output(manifest, &scenario).unwrap()));
        let wanted = &expect(&scenario).claims;
        if *wanted == [Claim::Failed] {
            // What failed is said on standard error. A lost reply's backup is found and deleted all the same; GeminiDB
            // deletes none that is still being made, so there it is stopped.
            let so: &[Claim] = match (expect(&scenario).outcome, manifest.id.service.name()) {
                (Outcome::ReplyLost, "geminidb") => &[Claim::Cancelled],
                (Outcome::ReplyLost, _) => &[Claim::Deleted],
                _ => &[],
            };
            assert_eq!(made, so, "{id}");
            let on_stderr = manifest
                .bundled
                .claims
                .iter()
                .any(|pattern| pattern.claim == Claim::Failed && pattern.stream == Stream::Stderr);
            assert!(on_stderr, "{id}");
        } else {
            assert_eq!(made, *wanted, "{id}");
        }
    }
}

/// Published code may say less than happened (some return an error instead), but an expected output that says what
/// is not so would make a false claim the expected one.
#[test]
fn what_published_code_is_expected_to_print_claims_nothing_false() {
    for manifest in bundled().manifests {
        for (outcome, text) in &manifest.published.outputs {
            let so: &[Claim] = match outcome {
                Outcome::Cancelled => &[Claim::Cancelled],
                Outcome::Completed | Outcome::CancelRefused => &[Claim::Completed, Claim::Deleted],
                Outcome::Undeleted => &[Claim::Completed],
                Outcome::Unresolved => &[Claim::Deleted],
                Outcome::Failed | Outcome::Refused | Outcome::ReplyLost => &[],
            };
            let made = claims(&manifest.published, &filled(text));
            let id = &manifest.id;
            assert!(made.iter().all(|claim| so.contains(claim)), "{id}: {outcome}: claims {made:?}");
        }
    }
}

#[test]
fn every_program_of_a_toolchain_says_how_it_is_installed() {
    for manifest in bundled().manifests {
        for tool in &manifest.toolchain {
            let systems: Vec<&String> = tool.install.keys().collect();
            assert_eq!(systems, ["debian", "fedora", "macos"], "{}: {}", manifest.id, tool.program);
        }
    }
}

#[test]
fn versions_are_found_in_what_the_programs_print() {
    let catalog = bundled();
    let found = |id: &str, tool: usize, printed: &str| {
        let manifest = catalog.manifest(&id.parse().unwrap()).unwrap();
        let captures = manifest.toolchain[tool].version_pattern.captures(printed).unwrap();
        captures[1].to_owned()
    };
    assert_eq!(found("spanner/python", 0, "Python 3.11.7\n"), "3.11.7");
    assert_eq!(found("spanner/nodejs", 0, "v20.20.2\n"), "20.20.2");
    assert_eq!(found("spanner/nodejs", 1, "11.19.1\n"), "11.19.1");
}
