//! Every mistake that the loader knows, with the message that it makes.

mod files;
mod form;
mod services;
mod values;

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use proptest::prelude::*;
use rescind_catalog::{Catalog, Diagnostics};
use rescind_model::Endpoint;
use tempfile::TempDir;

const SCENARIO: &str = r"title: The cancel takes effect at once.
services: [spanner]
schedule: create:running cancel:honoured
expect:
  outcome: cancelled
  exit: zero
  claims: [cancelled]
";

const MANIFEST: &str = r#"title: Toy
source:
  folder: samples/spanner/toy
  file: sample.sh
  region: cancel_backup
page:
  headings: [Toy]
  fences: [sh]
toolchain:
  - program: sh
    version:
      args: [--version]
      pattern: 'sh (\d+(?:\.\d+)*)'
      minimum: "1.2"
    install: { debian: apt-get install dash }
prepare:
  inputs: [requirements.txt]
  steps:
    - [sh, install.sh, "{cache}"]
run:
  command: [sh, sample.sh, "{backup}"]
  environment: { LANG: C }
  deadline: 2m 30s
claims:
  - { claim: cancelled, pattern: ^Cancelled\.$ }
outputs:
  cancelled: |
    Cancelling {operation}.
    Cancelled.
"#;

const SERVICE: &str = r#"title: Spanner
hosts: [spanner.example.com, operations.example.com]
besides: [tokens.example.com]
emulator: SPANNER_EMULATOR_HOST
placeholders: { instance: i, database: d }
environment: { LEVEL: "1", LANG: "{database}" }
claims:
  - { claim: completed, pattern: ^Completed\.$ }
outputs:
  completed: |
    Completed.
"#;

/// A small catalogue without mistakes, in a folder of its own.
struct Tree(TempDir);

const TOY: &str = "manifests/spanner/toy.yaml";
const SPANNER: &str = "manifests/spanner/service.yaml";
const WINS: &str = "manifests/scenarios/cancel-wins.yaml";

impl Tree {
    fn empty() -> Tree {
        Tree(tempfile::tempdir().unwrap_or_else(|error| panic!("{error}")))
    }

    fn new() -> Tree {
        let tree = Tree::empty();
        tree.write(WINS, SCENARIO)
            .write(SPANNER, SERVICE)
            .write(TOY, MANIFEST)
            .write("samples/spanner/toy/sample.sh", "# [START cancel_backup]\n# [END cancel_backup]\n")
            .write("samples/spanner/toy/requirements.txt", "")
    }

    fn write(self, path: &str, content: impl AsRef<[u8]>) -> Tree {
        let path = self.0.path().join(path);
        let written =
            path.parent().map_or(Ok(()), fs::create_dir_all).and_then(|()| fs::write(&path, content));
        written.unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        self
    }

    fn load(&self) -> Result<Catalog, Diagnostics> {
        Catalog::load(self.0.path())
    }

    fn diagnose(&self) -> String {
        match self.load() {
            Ok(_) => "no mistake".to_owned(),
            Err(diagnostics) => diagnostics.to_string(),
        }
    }
}

/// What is said when a part of the scenario is written otherwise.
fn scenario(from: &str, to: &str) -> String {
    assert_eq!(SCENARIO.matches(from).count(), 1, "{from}");
    Tree::new().write(WINS, SCENARIO.replace(from, to)).diagnose()
}

/// What is said when a part of the manifest is written otherwise.
fn manifest(from: &str, to: &str) -> String {
    assert_eq!(MANIFEST.matches(from).count(), 1, "{from}");
    Tree::new().write(TOY, MANIFEST.replace(from, to)).diagnose()
}

/// What is said when a part of the service is written otherwise.
fn service(from: &str, to: &str) -> String {
    assert_eq!(SERVICE.matches(from).count(), 1, "{from}");
    Tree::new().write(SPANNER, SERVICE.replace(from, to)).diagnose()
}

#[test]
fn a_catalogue_without_mistakes_is_resolved() {
    let tree = Tree::new();
    let catalog = tree.load().unwrap();
    let toy = catalog.manifest(&"spanner/toy".parse().unwrap()).unwrap();
    assert_eq!(toy.file, tree.0.path().join(TOY));
    assert_eq!(toy.source.folder, tree.0.path().join("samples/spanner/toy"));
    assert_eq!(toy.source.file, Path::new("sample.sh"));
    assert_eq!(toy.toolchain[0].minimum, [1, 2]);
    assert_eq!(toy.run.deadline.as_secs(), 150);
    assert_eq!(toy.prepare.steps, [["sh", "install.sh", "{cache}"]]);
    let wins = catalog.scenario("cancel-wins").unwrap();
    assert_eq!(wins.schedule.to_string(), "create:running cancel:honoured");
    assert_eq!(
        toy.bundled.expected_output(&wins.name, wins.expect.as_ref().unwrap().outcome),
        Some("Cancelling {operation}.\nCancelled.\n")
    );
}

#[test]
fn each_way_to_the_service_has_variables_of_its_own_which_win() {
    let further = "  deadline: 2m 30s
  processor_time: 20s
  endpoint: service
  emulator: { environment: { HOST: '{emulator}', LANG: C.UTF-8 } }
  service: { environment: { TOKEN: any } }
";
    let text = MANIFEST.replace("  deadline: 2m 30s\n", further);
    let catalog = Tree::new().write(TOY, text).load().unwrap();
    let run = &catalog.manifests[0].run;
    assert_eq!((run.endpoint, run.processor_time.as_secs()), (Endpoint::Service, 20));
    let variables = |endpoint| run.variables(endpoint).collect::<BTreeMap<_, _>>();
    let [lang, utf8] = [("LANG", "C"), ("LANG", "C.UTF-8")];
    let level = ("LEVEL", "1");
    assert_eq!(variables(Endpoint::Emulator), [("HOST", "{emulator}"), utf8, level].into());
    assert_eq!(variables(Endpoint::Service), [lang, level, ("TOKEN", "any")].into());
}

#[test]
fn what_is_left_out_has_its_default() {
    let text = MANIFEST.replace("  deadline: 2m 30s\n", "");
    let catalog = Tree::new().write(TOY, text).load().unwrap();
    let toy = &catalog.manifests[0];
    assert_eq!((toy.run.deadline.as_secs(), toy.run.processor_time.as_secs()), (7200, 60));
    assert_eq!((toy.run.endpoint, toy.run.jobs), (Endpoint::Emulator, None));
    assert!(toy.build.steps.is_empty() && toy.published.claims.is_empty());
    let text = SCENARIO.replace("schedule: create:running cancel:honoured\n", "");
    let catalog = Tree::new().write(WINS, text).load().unwrap();
    assert!(catalog.scenarios[0].schedule.terms().is_empty());
}

#[test]
fn every_mistake_in_every_file_is_found_at_once() {
    let text = MANIFEST
        .replace("\"1.2\"", "one")
        .replace("{cache}", "{cash}")
        .replace("[requirements.txt]", "[requirement.txt]")
        .replace("region: cancel_backup", "region: cancel")
        .replace("2m 30s", "soon")
        .replace("{operation}", "{op}");
    let tree = Tree::new()
        .write(TOY, text)
        .write(WINS, SCENARIO.replace("cancel:honoured", "cancel:honored"))
        .write("manifests/scenarios/broken.yaml", "title: [\n");
    insta::assert_snapshot!(tree.diagnose(), @r#"
    error: expected a text
     --> manifests/scenarios/broken.yaml:1:8
      |
    1 | title: [
      |        ^

    error: `honored` cannot be decided at `cancel` (did you mean `honoured`?); it can be honoured, pending, ignored, done-after, failed-after, lost, reset, delayed-250ms, or an error code such as permission-denied
     --> manifests/scenarios/cancel-wins.yaml:3:33
      |
    3 | schedule: create:running cancel:honored
      |                                 ^^^^^^^

    error: in `sample.sh`: no line holds `[START cancel]`
     --> manifests/spanner/toy.yaml:5:11
      |
    5 |   region: cancel
      |           ^^^^^^

    error: `one` is not a version: dotted numbers, as in "3.10"
      --> manifests/spanner/toy.yaml:14:16
       |
    14 |       minimum: one
       |                ^^^

    error: there is no file `requirement.txt` in the sample's folder (did you mean `requirements.txt`?)
      --> manifests/spanner/toy.yaml:17:12
       |
    17 |   inputs: [requirement.txt]
       |            ^^^^^^^^^^^^^^^

    error: unknown placeholder `{cash}` (did you mean `cache`?); the placeholders are {work}, {cache}
      --> manifests/spanner/toy.yaml:19:25
       |
    19 |     - [sh, install.sh, "{cash}"]
       |                         ^^^^^^

    error: `soon` is not a duration such as "60s" or "2m 30s": a number is missing here
      --> manifests/spanner/toy.yaml:23:13
       |
    23 |   deadline: soon
       |             ^

    error: unknown placeholder `{op}`; the placeholders are {project}, {instance}, {database}, {backup}, {operation}
      --> manifests/spanner/toy.yaml:28:16
       |
    28 |     Cancelling {op}.
       |                ^^^^
    "#);
    let diagnostics = tree.load().unwrap_err();
    let places: Vec<String> = diagnostics
        .iter()
        .map(|diagnostic| {
            let place = diagnostic.place.as_ref().unwrap();
            format!("{}:{}:{}", diagnostic.file.display(), place.line, place.column)
        })
        .collect();
    let shown = diagnostics.to_string();
    assert!(places.iter().all(|place| shown.contains(place)), "{places:?}");
}

/// A text with some of its bytes cut out and others put in their place.
fn damaged(text: &'static str) -> impl Strategy<Value = Vec<u8>> {
    let damage = (
        0..text.len(),
        0..40usize,
        prop_oneof![any::<Vec<u8>>(), "[\\[\\]{}:'\"|>&*!%@\t\r\n# -]{0,6}".prop_map(String::into_bytes)],
    );
    prop::collection::vec(damage, 1..4).prop_map(|damages| {
        let mut bytes = text.as_bytes().to_vec();
        for (at, length, other) in damages {
            let at = at.min(bytes.len());
            let end = (at + length).min(bytes.len());
            bytes.splice(at..end, other);
        }
        bytes
    })
}

proptest! {
    #[test]
    fn a_damaged_file_is_read_or_every_mistake_has_a_place(
        manifest in damaged(MANIFEST), scenario in damaged(SCENARIO), service in damaged(SERVICE),
    ) {
        let tree = Tree::new().write(TOY, manifest).write(WINS, scenario).write(SPANNER, service);
        if let Err(diagnostics) = tree.load() {
            let shown = diagnostics.to_string();
            for diagnostic in diagnostics.iter() {
                let place = diagnostic.place.as_ref().map(|place| (place.line, place.column));
                let (line, column) = place.unwrap_or_default();
                prop_assert!(line > 0 && column > 0, "{}", diagnostic);
                let shown_place = format!("{}:{line}:{column}", diagnostic.file.display());
                prop_assert!(shown.contains(&shown_place), "{shown_place} is not in\n{}", diagnostic);
            }
        }
    }
}
