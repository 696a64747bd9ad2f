use rescind_model::ClockKind;
use rescind_report::terminal::{TerminalOptions, render};

use crate::every;

#[test]
fn golden_at_80_columns() {
    insta::assert_snapshot!(render(&every::results(), &TerminalOptions { width: 80, color: false }));
}

#[test]
fn golden_at_140_columns_in_colour() {
    insta::assert_snapshot!(render(&every::results(), &TerminalOptions { width: 140, color: true }));
}

/// The matrix alone: nothing failed, so no case is shown in full.
fn matrix(languages: &[&str], scenarios: &[&str], width: usize) -> String {
    let mut results = every::results();
    let pass = results
        .cases
        .iter()
        .find(|case| case.id.to_string() == "spanner/python/cancel-wins")
        .cloned()
        .unwrap();
    results.cases.clear();
    results.notices.clear();
    results.environment.clock = ClockKind::Virtual;
    results.interrupted = false;
    for language in languages {
        for scenario in scenarios {
            let mut case = pass.clone();
            case.id = format!("spanner/{language}/{scenario}").parse().unwrap();
            results.cases.push(case);
        }
    }
    render(&results, &TerminalOptions { width, color: false })
}

const LANGUAGES: [&str; 10] =
    ["cpp", "csharp", "curl", "go", "java", "nodejs", "php", "python", "ruby", "rust"];

#[test]
fn words_give_way_to_signs_and_signs_to_a_second_table() {
    let scenarios = [
        "cancel-wins",
        "cancel-lags",
        "never-ends",
        "create-pending-backup-exists",
        "poll-unavailable-once",
        "delete-permission-denied",
        "completes-despite-cancel",
        "operation-fails",
        "get-permission-denied",
        "create-reply-lost",
        "cancel-unimplemented",
    ];
    insta::assert_snapshot!(matrix(&LANGUAGES, &scenarios, 100), @"
    spanner                       cpp   csharp  curl  go    java  nodejs  php   python  ruby  rust
    cancel-lags                   pass  pass    pass  pass  pass  pass    pass  pass    pass  pass
    cancel-unimplemented          pass  pass    pass  pass  pass  pass    pass  pass    pass  pass
    cancel-wins                   pass  pass    pass  pass  pass  pass    pass  pass    pass  pass
    completes-despite-cancel      pass  pass    pass  pass  pass  pass    pass  pass    pass  pass
    create-pending-backup-exists  pass  pass    pass  pass  pass  pass    pass  pass    pass  pass
    create-reply-lost             pass  pass    pass  pass  pass  pass    pass  pass    pass  pass
    delete-permission-denied      pass  pass    pass  pass  pass  pass    pass  pass    pass  pass
    get-permission-denied         pass  pass    pass  pass  pass  pass    pass  pass    pass  pass
    never-ends                    pass  pass    pass  pass  pass  pass    pass  pass    pass  pass
    operation-fails               pass  pass    pass  pass  pass  pass    pass  pass    pass  pass
    poll-unavailable-once         pass  pass    pass  pass  pass  pass    pass  pass    pass  pass

    110 cases: 110 pass

    stale: manifests/known-failures.yaml:3:9: the known failure of `spanner/nodejs/never-ends` with
      `timed-out` expired on 2025-06-30: mend the sample, or give the entry another day
    stale: manifests/known-failures.yaml:8:9: the known failure of `spanner/python/create-*` with
      `false-claim` matches nothing: no case that it names breaks that rule; take it off the list
    ");
    insta::assert_snapshot!(matrix(&LANGUAGES, &scenarios, 80), @"
    spanner                      cpp csharp curl go java nodejs php python ruby rust
    cancel-lags                  ✓   ✓      ✓    ✓  ✓    ✓      ✓   ✓      ✓    ✓
    cancel-unimplemented         ✓   ✓      ✓    ✓  ✓    ✓      ✓   ✓      ✓    ✓
    cancel-wins                  ✓   ✓      ✓    ✓  ✓    ✓      ✓   ✓      ✓    ✓
    completes-despite-cancel     ✓   ✓      ✓    ✓  ✓    ✓      ✓   ✓      ✓    ✓
    create-pending-backup-exists ✓   ✓      ✓    ✓  ✓    ✓      ✓   ✓      ✓    ✓
    create-reply-lost            ✓   ✓      ✓    ✓  ✓    ✓      ✓   ✓      ✓    ✓
    delete-permission-denied     ✓   ✓      ✓    ✓  ✓    ✓      ✓   ✓      ✓    ✓
    get-permission-denied        ✓   ✓      ✓    ✓  ✓    ✓      ✓   ✓      ✓    ✓
    never-ends                   ✓   ✓      ✓    ✓  ✓    ✓      ✓   ✓      ✓    ✓
    operation-fails              ✓   ✓      ✓    ✓  ✓    ✓      ✓   ✓      ✓    ✓
    poll-unavailable-once        ✓   ✓      ✓    ✓  ✓    ✓      ✓   ✓      ✓    ✓

    ✓ pass

    110 cases: 110 pass

    stale: manifests/known-failures.yaml:3:9: the known failure of
      `spanner/nodejs/never-ends` with `timed-out` expired on 2025-06-30: mend the
      sample, or give the entry another day
    stale: manifests/known-failures.yaml:8:9: the known failure of
      `spanner/python/create-*` with `false-claim` matches nothing: no case that it
      names breaks that rule; take it off the list
    ");
    insta::assert_snapshot!(matrix(&LANGUAGES, &scenarios, 60), @"
    spanner                      cpp csharp curl go java nodejs
    cancel-lags                  ✓   ✓      ✓    ✓  ✓    ✓
    cancel-unimplemented         ✓   ✓      ✓    ✓  ✓    ✓
    cancel-wins                  ✓   ✓      ✓    ✓  ✓    ✓
    completes-despite-cancel     ✓   ✓      ✓    ✓  ✓    ✓
    create-pending-backup-exists ✓   ✓      ✓    ✓  ✓    ✓
    create-reply-lost            ✓   ✓      ✓    ✓  ✓    ✓
    delete-permission-denied     ✓   ✓      ✓    ✓  ✓    ✓
    get-permission-denied        ✓   ✓      ✓    ✓  ✓    ✓
    never-ends                   ✓   ✓      ✓    ✓  ✓    ✓
    operation-fails              ✓   ✓      ✓    ✓  ✓    ✓
    poll-unavailable-once        ✓   ✓      ✓    ✓  ✓    ✓

    spanner                      php python ruby rust
    cancel-lags                  ✓   ✓      ✓    ✓
    cancel-unimplemented         ✓   ✓      ✓    ✓
    cancel-wins                  ✓   ✓      ✓    ✓
    completes-despite-cancel     ✓   ✓      ✓    ✓
    create-pending-backup-exists ✓   ✓      ✓    ✓
    create-reply-lost            ✓   ✓      ✓    ✓
    delete-permission-denied     ✓   ✓      ✓    ✓
    get-permission-denied        ✓   ✓      ✓    ✓
    never-ends                   ✓   ✓      ✓    ✓
    operation-fails              ✓   ✓      ✓    ✓
    poll-unavailable-once        ✓   ✓      ✓    ✓

    ✓ pass

    110 cases: 110 pass

    stale: manifests/known-failures.yaml:3:9: the known failure
      of `spanner/nodejs/never-ends` with `timed-out` expired on
      2025-06-30: mend the sample, or give the entry another day
    stale: manifests/known-failures.yaml:8:9: the known failure
      of `spanner/python/create-*` with `false-claim` matches
      nothing: no case that it names breaks that rule; take it
      off the list
    ");
}

#[test]
fn more_languages_than_scenarios_go_down() {
    insta::assert_snapshot!(matrix(&LANGUAGES, &["cancel-wins"], 40), @"
    spanner  cancel-wins
    cpp      pass
    csharp   pass
    curl     pass
    go       pass
    java     pass
    nodejs   pass
    php      pass
    python   pass
    ruby     pass
    rust     pass

    10 cases: 10 pass

    stale:
      manifests/known-failures.yaml:3:9: the
      known failure of
      `spanner/nodejs/never-ends` with
      `timed-out` expired on 2025-06-30:
      mend the sample, or give the entry
      another day
    stale:
      manifests/known-failures.yaml:8:9: the
      known failure of
      `spanner/python/create-*` with
      `false-claim` matches nothing: no case
      that it names breaks that rule; take
      it off the list
    ");
}

#[test]
fn colour_changes_nothing_but_colour() {
    let plain = render(&every::results(), &TerminalOptions { width: 90, color: false });
    let colored = render(&every::results(), &TerminalOptions { width: 90, color: true });
    assert!(!plain.contains('\u{1b}'));
    let mut stripped = String::new();
    let mut rest = colored.as_str();
    while let Some((before, after)) = rest.split_once("\u{1b}[") {
        stripped.push_str(before);
        rest = after.split_once('m').unwrap().1;
    }
    stripped.push_str(rest);
    assert_eq!(stripped, plain);
}
