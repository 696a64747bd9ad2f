//! What the samples of a service share, and what their manifests put in its place.

use rescind_catalog::Catalog;
use rescind_model::{Claim, Outcome};

use crate::{MANIFEST, SCENARIO, SERVICE, SPANNER, TOY, Tree, WINS, manifest, service};

/// The catalogue, with this text in the place of the manifest's claims and outputs.
fn promising(promises: &str) -> Catalog {
    let Some((before, _)) = MANIFEST.split_once("claims:") else { panic!("the manifest has claims") };
    let completes = SCENARIO.replace("outcome: cancelled", "outcome: completed");
    let shared = format!("{SERVICE}  cancelled: |\n    Cancelled.\n  also-completes: |\n    Also.\n");
    Tree::new()
        .write(TOY, format!("{before}{promises}"))
        .write(SPANNER, shared)
        .write("manifests/scenarios/completes.yaml", &completes)
        .write("manifests/scenarios/also-completes.yaml", &completes)
        .load()
        .unwrap_or_else(|diagnostics| panic!("{diagnostics}"))
}

/// What the sample is expected to print in a scenario.
fn printed(catalog: &Catalog, scenario: &str) -> Option<String> {
    let toy = &catalog.manifests[0];
    let Some(scenario) = catalog.scenario(scenario) else { panic!("there is no scenario {scenario}") };
    let outcome = toy.as_met(scenario).expect?.outcome;
    toy.bundled.expected_output(&scenario.name, outcome).map(str::to_owned)
}

fn claims(catalog: &Catalog) -> Vec<Claim> {
    catalog.manifests[0].bundled.claims.iter().map(|pattern| pattern.claim).collect()
}

#[test]
fn a_service_is_resolved() {
    let catalog = Tree::new().load().unwrap();
    let [spanner] = catalog.services.as_slice() else { panic!("{:?}", catalog.services) };
    assert_eq!((spanner.id.name(), spanner.title.as_str()), ("spanner", "Spanner"));
    assert_eq!(spanner.host, "spanner.example.com");
    assert_eq!(
        (&*spanner.aliases, &*spanner.besides),
        (&["operations.example.com".to_owned()][..], &["tokens.example.com".to_owned()][..])
    );
    let hosts: Vec<&str> = spanner.hosts().collect();
    assert_eq!(hosts, ["spanner.example.com", "operations.example.com", "tokens.example.com"]);
    assert_eq!(spanner.emulator_variable.as_deref(), Some("SPANNER_EMULATOR_HOST"));
    assert_eq!((spanner.instance.as_deref(), spanner.database.as_str()), (Some("i"), "d"));
    assert_eq!(catalog.manifests[0].service, *spanner);
}

#[test]
fn a_manifest_without_promises_has_those_of_its_service() {
    let catalog = promising("");
    assert_eq!(claims(&catalog), [Claim::Completed]);
    assert_eq!(printed(&catalog, "completes").as_deref(), Some("Completed.\n"));
    assert_eq!(printed(&catalog, "also-completes").as_deref(), Some("Also.\n"));
    assert_eq!(printed(&catalog, "cancel-wins").as_deref(), Some("Cancelled.\n"));
    assert!(catalog.manifests[0].published.claims.is_empty(), "published code is somebody else's");
}

#[test]
fn claims_take_the_place_of_all_that_the_service_has() {
    assert_eq!(claims(&promising("claims: [{ claim: failed, pattern: x }]\n")), [Claim::Failed]);
    assert_eq!(claims(&promising("claims: []\n")), []);
}

#[test]
fn an_output_takes_the_place_of_that_for_the_same_outcome_or_scenario() {
    let of_an_outcome = promising("outputs: { completed: own }\n");
    assert_eq!(printed(&of_an_outcome, "completes").as_deref(), Some("own"));
    // The service's text for a scenario says more than its own for the outcome, but not than the manifest's.
    assert_eq!(printed(&of_an_outcome, "also-completes").as_deref(), Some("own"));
    assert_eq!(printed(&of_an_outcome, "cancel-wins").as_deref(), Some("Cancelled.\n"));
    let of_a_scenario = promising("outputs: { also-completes: own }\n");
    assert_eq!(printed(&of_a_scenario, "completes").as_deref(), Some("Completed.\n"));
    assert_eq!(printed(&of_a_scenario, "also-completes").as_deref(), Some("own"));
}

#[test]
fn the_outcome_of_a_scenario_is_the_one_that_the_sample_meets() {
    let like = "expectations: { also-completes: { like: cancel-wins, reason: r } }\n";
    let catalog = promising(&format!("{like}outputs: {{ completed: own }}\n"));
    assert_eq!(printed(&catalog, "also-completes").as_deref(), Some("Also.\n"));
    let catalog = promising(&format!("{like}outputs: {{ cancelled: own }}\n"));
    assert_eq!(printed(&catalog, "also-completes").as_deref(), Some("own"));
    assert!(catalog.manifests[0].bundled.outputs.contains_key(&Outcome::Completed));
}

#[test]
fn another_service_makes_another_fingerprint() {
    let one = Tree::new().load().unwrap().fingerprint;
    assert_eq!(Tree::new().load().unwrap().fingerprint, one);
    let text = SERVICE.replace("    Completed.\n", "    It was completed.\n");
    assert_ne!(Tree::new().write(SPANNER, text).load().unwrap().fingerprint, one);
}

#[test]
fn a_folder_without_what_makes_it_a_service() {
    let tree = Tree::new().write("manifests/spaner/toy.yaml", MANIFEST.replace("{operation}", "{op}"));
    insta::assert_snapshot!(tree.diagnose(), @"
    error: there is no `service.yaml`, which makes `spaner` a service (did you mean `spanner`?)
    --> manifests/spaner/service.yaml
     = help: create it with the keys `title`, `hosts` and `placeholders`, and with what the samples of the service share

    error: unknown placeholder `{op}`; the placeholders are {project}, {instance}, {database}, {backup}, {operation}
      --> manifests/spaner/toy.yaml:28:16
       |
    28 |     Cancelling {op}.
       |                ^^^^
    ");
    // Nothing else is wrong with what names it.
    let tree = Tree::empty().write(WINS, SCENARIO).write("manifests/spanner/README.md", "");
    insta::assert_snapshot!(tree.diagnose(), @"
    error: there is no `service.yaml`, which makes `spanner` a service
    --> manifests/spanner/service.yaml
     = help: create it with the keys `title`, `hosts` and `placeholders`, and with what the samples of the service share
    ");
}

#[test]
fn keys_of_a_service() {
    insta::assert_snapshot!(service("besides:", "beside:"), @"
    error: unknown key `beside` (did you mean `besides`?)
     --> manifests/spanner/service.yaml:3:1
      |
    3 | beside: [tokens.example.com]
      | ^^^^^^
      |
      = help: the keys here are title, hosts, besides, emulator, placeholders, environment, claims, outputs
    ");
    insta::assert_snapshot!(service("placeholders: { instance: i, database: d }\n", ""), @"
    error: the key `placeholders` is missing here
     --> manifests/spanner/service.yaml:8:1
      |
    8 | outputs:
      | ^^^^^^^
    ");
    insta::assert_snapshot!(service("instance: i, database: d", "instances: i, database: d"), @"
    error: unknown key `instances` (did you mean `instance`?)
     --> manifests/spanner/service.yaml:5:17
      |
    5 | placeholders: { instances: i, database: d }
      |                 ^^^^^^^^^
      |
      = help: the keys here are instance, database
    ");
}

#[test]
fn hosts_and_ids() {
    insta::assert_snapshot!(service("[spanner.example.com, operations.example.com]", "[]"), @"
    error: a service has at least one host: its own
     --> manifests/spanner/service.yaml:2:8
      |
    2 | hosts: []
      |        ^
    ");
    insta::assert_snapshot!(service("operations.example.com", "Operations.example.com, 'a:1', example.com."), @"
    error: `Operations.example.com` is not a host name: lower-case letters, digits and hyphens, joined by dots, as in spanner.googleapis.com
     --> manifests/spanner/service.yaml:2:30
      |
    2 | hosts: [spanner.example.com, Operations.example.com, 'a:1', example.com.]
      |                              ^^^^^^^^^^^^^^^^^^^^^^

    error: `a:1` is not a host name: lower-case letters, digits and hyphens, joined by dots, as in spanner.googleapis.com
     --> manifests/spanner/service.yaml:2:54
      |
    2 | hosts: [spanner.example.com, Operations.example.com, 'a:1', example.com.]
      |                                                      ^^^^^

    error: `example.com.` is not a host name: lower-case letters, digits and hyphens, joined by dots, as in spanner.googleapis.com
     --> manifests/spanner/service.yaml:2:61
      |
    2 | hosts: [spanner.example.com, Operations.example.com, 'a:1', example.com.]
      |                                                             ^^^^^^^^^^^^
    ");
    insta::assert_snapshot!(service("tokens.example.com", "spanner.example.com"), @"
    error: the host `spanner.example.com` is listed twice
     --> manifests/spanner/service.yaml:3:11
      |
    3 | besides: [spanner.example.com]
      |           ^^^^^^^^^^^^^^^^^^^
    ");
    insta::assert_snapshot!(service("instance: i, database: d", "instance: a/b, database: ''"), @"
    error: `a/b` is no id: ids hold no `/` and no blank, and are not empty
     --> manifests/spanner/service.yaml:5:27
      |
    5 | placeholders: { instance: a/b, database: '' }
      |                           ^^^

    error: `` is no id: ids hold no `/` and no blank, and are not empty
     --> manifests/spanner/service.yaml:5:42
      |
    5 | placeholders: { instance: a/b, database: '' }
      |                                          ^^
    ");
    insta::assert_snapshot!(service("SPANNER_EMULATOR_HOST", "HOST=1"), @"
    error: `HOST=1` is not a name of an environment variable
     --> manifests/spanner/service.yaml:4:11
      |
    4 | emulator: HOST=1
      |           ^^^^^^
    ");
}

#[test]
fn what_is_shared_is_checked_where_it_is_written_and_once() {
    let tree = Tree::new()
        .write(SPANNER, SERVICE.replace("  completed: |", "  complete: |").replace("{database}", "{data}"))
        .write("manifests/spanner/second.yaml", MANIFEST);
    insta::assert_snapshot!(tree.diagnose(), @"
    error: unknown placeholder `{data}`; the placeholders are {work}, {cache}, {endpoint}, {emulator}, {project}, {instance}, {database}, {backup}
     --> manifests/spanner/service.yaml:6:35
      |
    6 | environment: { LEVEL: \"1\", LANG: \"{data}\" }
      |                                   ^^^^^^

    error: `complete` is neither an outcome nor a scenario (did you mean `completed`?)
      --> manifests/spanner/service.yaml:10:3
       |
    10 |   complete: |
       |   ^^^^^^^^
       |
       = help: the outcomes are cancelled, completed, cancel-refused, undeleted, failed, refused, reply-lost, unresolved
    ");
    insta::assert_snapshot!(service("^Completed", "^Completed("), @r"
    error: not a regular expression: unclosed group
     --> manifests/spanner/service.yaml:8:44
      |
    8 |   - { claim: completed, pattern: ^Completed(\.$ }
      |                                            ^
    ");
}

#[test]
fn a_service_without_instances_has_no_placeholder_for_one() {
    let text = SERVICE.replace("instance: i, ", "");
    let tree = Tree::new().write(SPANNER, &text);
    assert_eq!(tree.load().unwrap().services[0].instance, None);
    let tree = tree
        .write(TOY, MANIFEST.replace("\"{backup}\"", "\"{instance}\"").replace("{operation}", "{instance}"));
    insta::assert_snapshot!(tree.diagnose(), @r#"
    error: unknown placeholder `{instance}`; the placeholders are {work}, {cache}, {endpoint}, {emulator}, {project}, {database}, {backup}
      --> manifests/spanner/toy.yaml:21:29
       |
    21 |   command: [sh, sample.sh, "{instance}"]
       |                             ^^^^^^^^^^

    error: unknown placeholder `{instance}`; the placeholders are {project}, {database}, {backup}, {operation}
      --> manifests/spanner/toy.yaml:28:16
       |
    28 |     Cancelling {instance}.
       |                ^^^^^^^^^^
    "#);
}

#[test]
fn the_mistakes_of_manifests_are_found_beside_those_of_their_service() {
    let tree = Tree::new().write(SPANNER, "title: [").write(TOY, MANIFEST.replace("{cache}", "{cash}"));
    let shown = tree.diagnose();
    assert!(shown.contains("manifests/spanner/service.yaml:1:8"), "{shown}");
    assert!(shown.contains("manifests/spanner/toy.yaml:19:25"), "{shown}");
    assert_eq!(manifest("{backup}", "{instance}"), "no mistake");
}

#[test]
fn a_known_failure_of_a_service_that_there_is_not() {
    let entry = |case: &str| {
        let rest = "rule: crashed, reason: r, issue: 'https://example.com'";
        let list = format!("- {{ case: '{case}', {rest} }}\n");
        Tree::new().write("manifests/known-failures.yaml", list).diagnose()
    };
    for case in ["*/toy/*", "spanner/cobol/*", "{a,s}*/*/*"] {
        assert_eq!(entry(case), "no mistake");
    }
    insta::assert_snapshot!(entry("spaner/toy/*"), @"
    error: there is no service `spaner` (did you mean `spanner`?); the services are spanner
     --> manifests/known-failures.yaml:1:12
      |
    1 | - { case: 'spaner/toy/*', rule: crashed, reason: r, issue: 'https://example.com' }
      |            ^^^^^^
    ");
}
