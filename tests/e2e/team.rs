//! `rescind.yaml`: what a team says of its own repository.

use rescind_model::{Rule, Verdict};
use rescind_tests::{BEGIN, Ran, TestCatalog, rescind, results, rules};

/// A page with the code of a sample that begins a backup, cancels it, and says so.
fn page(said: &str) -> String {
    format!("# Spanner\n\nTo cancel a backup:\n\n## Shell\n\n```sh\n{BEGIN}\necho '{said}'\n```\n")
}

/// A repository with one page, whose sample is played in three scenarios.
fn repository(said: &str) -> TestCatalog {
    let catalog = TestCatalog::new("exit 3");
    catalog.write(
        "manifests/scenarios/completes-first.yaml",
        "title: The backup is complete before the cancel.\nservices: [spanner]\n\
         schedule: create:running cancel:done-after\n",
    );
    catalog.write("docs/cancel.md", &page(said));
    catalog
}

fn written(catalog: &TestCatalog) -> String {
    std::fs::read_to_string(catalog.root().join("rescind.yaml")).unwrap()
}

#[test]
fn what_a_team_says_goes_before_what_is_built_in_and_the_command_line_before_that() {
    let catalog = repository("Cancelled.");
    catalog.write(
        "rescind.yaml",
        "pages: ['docs/*.md']\nscenarios: [cancel-wins]\nsamples:\n  spanner/shell:\n    run: { deadline: 7s }\n    \
         published:\n      claims:\n        - { claim: cancelled, pattern: ^Cancelled }\n      outputs: { cancelled: \"Cancelled.\\n\" }\n      \
         exits: { cancelled: 0 }\n",
    );
    // From a folder below, too.
    let (ran, found) = results(&catalog.root().join("docs"), &["run"]);
    ran.exits(0);
    assert_eq!(found.cases.len(), 1);
    assert_eq!(found.cases[0].observation.as_ref().unwrap().limits.deadline_ms, 7_000);
    assert_eq!(found.environment.source, "docs/cancel.md");
    let (_, both) = results(catalog.root(), &["run", "--scenario", "*"]);
    assert_eq!(both.cases.len(), 2, "the command line says which");
    // What the code prints otherwise is held against the promise, with its place.
    catalog.write("docs/cancel.md", &page("Cancelled it."));
    let (ran, found) = results(catalog.root(), &["run"]);
    ran.exits(1);
    assert_eq!(rules(&found.cases[0]), [Rule::OutputDiffers]);
    let diff = found.cases[0].findings[0].diff.as_deref().unwrap();
    assert!(diff.starts_with("--- expected (outputs.cancelled, rescind.yaml:9)\n"), "{diff}");
}

#[test]
fn a_rule_is_an_error_or_a_warning_or_off() {
    let catalog = repository("Cancelled.");
    let team = "pages: [docs/cancel.md]\nscenarios: [cancel-wins]\nsamples:\n  spanner/shell:\n    published:\n      \
                outputs: { cancelled: \"Other.\\n\" }\n";
    for (severity, verdict, is_told) in
        [("error", Verdict::Fail, false), ("warn", Verdict::Pass, true), ("off", Verdict::Pass, false)]
    {
        catalog.write("rescind.yaml", &format!("{team}severity: {{ output-differs: {severity} }}\n"));
        let (ran, found) = results(catalog.root(), &["run"]);
        ran.exits(if verdict == Verdict::Fail { 1 } else { 0 });
        assert_eq!(found.cases[0].verdict, verdict, "{severity}");
        let warning = "warning: spanner/shell breaks `output-differs` in cancel-wins: standard output differs from the \
                       expected one";
        assert_eq!(found.notices.iter().any(|notice| notice == warning), is_told, "{:?}", found.notices);
    }
    catalog.write("rescind.yaml", &format!("{team}severity: {{ does-not-build: off }}\n"));
    assert!(catalog.run(&[]).exits(2).stderr.contains("is always an error"));
}

#[test]
fn known_failures_and_the_baseline_are_the_teams_own() {
    let catalog = repository("Other.");
    let team = "pages: [docs/cancel.md]\nscenarios: [cancel-wins]\nbaseline: base.json\nsamples:\n  spanner/shell:\n    \
                published:\n      outputs: { cancelled: \"Cancelled.\\n\" }\n";
    catalog.write("rescind.yaml", team);
    let (ran, _) = results(catalog.root(), &["run"]);
    let ran = ran.exits(1);
    assert!(ran.stderr.contains("there is no baseline base.json yet"), "{}", ran.stderr);
    rescind(catalog.root(), &["run", "--results", "r.json"]).exits(1);
    rescind(catalog.root(), &["accept", "r.json", "--baseline", "base.json"]).exits(0);
    let ran = catalog.run(&[]).exits(0);
    assert!(ran.stdout.contains("base.json") || ran.stdout.contains("no change"), "{}", ran.stdout);
    catalog.write(
        "rescind.yaml",
        &format!(
            "{}known_failures:\n  - {{ case: spanner/shell/*, rule: output-differs, reason: It is old., issue: \
             'https://example.com/1' }}\n",
            team.replace("baseline: base.json\n", "")
        ),
    );
    let (ran, found) = results(catalog.root(), &["run"]);
    ran.exits(0);
    assert_eq!(found.cases[0].verdict, Verdict::KnownFailure);
}

#[test]
fn mistakes_are_shown_where_they_are() {
    let catalog = repository("Cancelled.");
    catalog.write(
        "rescind.yaml",
        "pages: [none/*.md]\nservices: [spaner]\nseverity: { false-clam: warn }\nsamples:\n  spanner/shel: {}\n  \
         spanner/shell:\n    published:\n      outputs: { cancelld: '' }\n      exits: { failed: 300 }\n",
    );
    let ran = catalog.run(&[]).exits(2);
    for (place, message) in [
        ("1:9", "none: No such file or directory"),
        ("2:12", "there is no service `spaner` (did you mean `spanner`?)"),
        ("3:13", "`false-clam` is not the id of a rule (did you mean `false-claim`?)"),
        ("5:3", "there is no sample `spanner/shel` (did you mean `spanner/shell`?)"),
        ("8:18", "`cancelld` is neither an outcome nor a scenario (did you mean `cancelled`?)"),
        ("9:24", "`300` is no exit code: they are 0 to 255"),
    ] {
        assert!(ran.stderr.contains(&format!("rescind.yaml:{place}")), "{place}: {}", ran.stderr);
        assert!(ran.stderr.contains(message), "{message}: {}", ran.stderr);
    }
    catalog.write("rescind.yaml", "page: x\n");
    let ran = catalog.run(&[]).exits(2);
    assert!(ran.stderr.contains("unknown key `page` (did you mean `pages`?)"), "{}", ran.stderr);
}

#[test]
fn config_says_what_holds_and_where_it_comes_from() {
    let catalog = repository("Cancelled.");
    catalog.write(
        "rescind.yaml",
        "pages: [docs/cancel.md]\nservice:\n  spanner: { environment: { A: '1' } }\nsamples:\n  spanner/shell:\n    \
         run: { processor_time: 9s }\n    published: { outputs: { refused: '' } }\n",
    );
    let ran = rescind(catalog.root(), &["config"]).exits(0);
    insta::assert_snapshot!(ran.stdout, @r#"
    # rescind.yaml
    pages: ["docs/cancel.md"]  # rescind.yaml:1
    samples:
      spanner/shell:
        claims: [{ claim: "failed", pattern: "^The backup failed$" }]  # manifests/spanner/shell.yaml:10
        page:
          fences: ["sh"]  # manifests/spanner/shell.yaml:3
          headings: ["Shell"]  # manifests/spanner/shell.yaml:3
        published:
          outputs:
            refused: ""  # rescind.yaml:7
        run:
          command: ["sh", "sample.sh", "{backup}"]  # manifests/spanner/shell.yaml:8
          deadline: "20s"  # manifests/spanner/shell.yaml:9
          endpoint: emulator  # default
          environment:
            A: "1"  # rescind.yaml:3
          processor_time: "9s"  # rescind.yaml:6
        source:
          file: "sample.sh"  # manifests/spanner/shell.yaml:2
          folder: "samples/spanner/shell"  # manifests/spanner/shell.yaml:2
          region: "demo"  # manifests/spanner/shell.yaml:2
        title: "Shell"  # manifests/spanner/shell.yaml:1
        toolchain: [{ program: "sh", version: { args: ["-c", "echo 1.0"], pattern: "(\\d+\\.\\d+)", minimum: "1.0" } }]  # manifests/spanner/shell.yaml:4
    "#);
}

fn init(catalog: &TestCatalog) -> Ran {
    rescind(catalog.root(), &["init"]).exits(0)
}

#[test]
fn init_finds_what_can_be_run_and_proposes_what_it_promises() {
    let catalog = repository("The backup was called off.");
    catalog.write("docs/other.md", "# Spanner\n\n## Shell\n\n```sh\necho hello\n```\n");
    catalog.write("node_modules/x/cancel.md", &page("Not ours."));
    let ran = init(&catalog);
    assert!(ran.stdout.contains("1 page, 0 sources, 1 claim of 1 sample proposed"), "{}", ran.stdout);
    insta::assert_snapshot!(written(&catalog), @"
    # What rescind checks in this repository. `rescind config` prints what holds and where it comes from.
    pages:
      - \"docs/cancel.md\"

    # Proposed from what the samples printed: confirm each claim, or say what it is instead (cancelled, completed,
    # deleted, failed). Where a claim is not true, its case fails with `false-claim`.

    samples:
      spanner/shell:
        published:
          claims:
            # Printed in 2 cases; not true in completes-first.
            - { claim: cancelled, pattern: '^The backup was called off\\.$' }
          outputs:
            cancelled: |
              The backup was called off.
    ");
    let (ran, found) = results(catalog.root(), &["run"]);
    ran.exits(1);
    let of = |name: &str| found.cases.iter().find(|case| case.id.scenario == name).unwrap();
    assert_eq!(of("cancel-wins").verdict, Verdict::Pass);
    assert!(rules(of("completes-first")).contains(&Rule::FalseClaim));
    assert!(rescind(catalog.root(), &["init"]).exits(2).stderr.contains("is there already"));
}

#[test]
fn a_reworded_line_is_told_with_its_promise_and_promises_are_brought_up_to_date() {
    let catalog = repository("The backup was cancelled.");
    init(&catalog);
    assert_eq!(rescind(catalog.root(), &["promises"]).exits(0).stdout, "the promises are what is printed\n");
    let before = written(&catalog);
    catalog.write("docs/cancel.md", &page("The backup has been stopped."));
    let (ran, found) = results(catalog.root(), &["run"]);
    ran.exits(1);
    let notice = "spanner/shell printed what no promise matches: `The backup has been stopped.` (in cancel-wins, \
                  completes-first). What it promises is at rescind.yaml:13 (`published.claims`)";
    assert!(found.notices.iter().any(|it| it == notice), "{:?}", found.notices);
    // Shown, and not written.
    let shown = rescind(catalog.root(), &["promises"]).exits(1);
    assert!(
        shown.stdout.contains("+        - { claim: cancelled, pattern: '^The backup has been stopped\\.$' }")
    );
    assert_eq!(written(&catalog), before);
    rescind(catalog.root(), &["promises", "--update"]).exits(0);
    let (_, found) = results(catalog.root(), &["run"]);
    let of = |name: &str| found.cases.iter().find(|case| case.id.scenario == name).unwrap();
    assert_eq!(of("cancel-wins").verdict, Verdict::Pass);
    // It says so where it is not true, and that is no better for being promised.
    assert!(rules(of("completes-first")).contains(&Rule::FalseClaim));
    assert!(!found.notices.iter().any(|it| it.contains("no promise matches")), "{:?}", found.notices);
}

#[test]
fn regions_of_a_repository_are_found_by_their_tags() {
    let catalog = repository("x");
    std::fs::remove_dir_all(catalog.root().join("docs")).unwrap();
    catalog.write("snippets/a/cancel.sh", &format!("{}\necho 'It was cancelled.'\n# [END demo]\n", BEGIN));
    // The catalogue's own samples lie below the same folder, and are no find.
    let ran = rescind(catalog.root(), &["init"]).exits(0);
    assert!(ran.stdout.contains("0 pages, 1 source"), "{}", ran.stdout);
    assert!(
        written(&catalog).contains("sources:\n  - { sample: spanner/shell, file: "),
        "{}",
        written(&catalog)
    );
}

#[test]
fn nothing_to_run_is_said() {
    let catalog = TestCatalog::new("exit 3");
    let empty = tempfile::tempdir().unwrap();
    let root = catalog.root().to_str().unwrap();
    let ran = rescind(empty.path(), &["init", "--root", root]).exits(4);
    assert!(ran.stderr.contains("no file has a region of one of these tags: demo"), "{}", ran.stderr);
    assert!(!empty.path().join("rescind.yaml").exists());
    let ran = rescind(empty.path(), &["promises", "--root", root]).exits(2);
    assert!(ran.stderr.contains("`rescind init` writes one"), "{}", ran.stderr);
}

#[test]
fn no_report_is_written_over_what_the_file_names_or_over_the_file() {
    let catalog = repository("Cancelled.");
    catalog.write("rescind.yaml", "pages: [docs/cancel.md]\nscenarios: [cancel-wins]\n");
    let before = written(&catalog);
    for place in ["docs/cancel.md", "rescind.yaml"] {
        for arguments in [&["run"][..], &["explore"], &["replay", "spanner/shell", "create:running"]] {
            let target = format!("html={place}");
            let ran = rescind(catalog.root(), &[arguments, &["--report", &target]].concat()).exits(2);
            assert!(ran.stderr.contains("which is read; name another file"), "{}", ran.stderr);
        }
    }
    assert_eq!(written(&catalog), before);
    assert_eq!(std::fs::read_to_string(catalog.root().join("docs/cancel.md")).unwrap(), page("Cancelled."));
}
