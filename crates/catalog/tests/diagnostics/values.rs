//! Values that say the wrong thing.

use crate::{MANIFEST, SCENARIO, SERVICE, TOY, Tree, manifest, scenario};

#[test]
fn schedules() {
    insta::assert_snapshot!(scenario("cancel:honoured", "cancell:honoured"), @"
    error: unknown request `cancell` (did you mean `cancel`?); a request is one of create, cancel, poll, early-poll, get, delete, list, given, or the name of an RPC such as UpdateBackup
     --> manifests/scenarios/cancel-wins.yaml:3:26
      |
    3 | schedule: create:running cancell:honoured
      |                          ^^^^^^^
    ");
    insta::assert_snapshot!(scenario("cancel:honoured", "poll2:honoured"), @"
    error: `honoured` cannot be decided at `poll`; it can be done, running, cancelled, failed, lost, reset, delayed-250ms, or an error code such as permission-denied
     --> manifests/scenarios/cancel-wins.yaml:3:32
      |
    3 | schedule: create:running poll2:honoured
      |                                ^^^^^^^^
    ");
    insta::assert_snapshot!(scenario("create:running cancel:honoured", "\"create:running cancel:honored\""), @r#"
    error: `honored` cannot be decided at `cancel` (did you mean `honoured`?); it can be honoured, pending, ignored, done-after, failed-after, lost, reset, delayed-250ms, or an error code such as permission-denied
     --> manifests/scenarios/cancel-wins.yaml:3:34
      |
    3 | schedule: "create:running cancel:honored"
      |                                  ^^^^^^^
    "#);
    insta::assert_snapshot!(
        scenario("create:running cancel:honoured", "|\n  create:running\n  cancel:honoured create:done"), @"
    error: `create` is decided twice in this schedule
     --> manifests/scenarios/cancel-wins.yaml:5:19
      |
    5 |   cancel:honoured create:done
      |                   ^^^^^^^^^^^
    ");
}

#[test]
fn optional_terms() {
    insta::assert_snapshot!(scenario("expect:", "optional: create:running cancel\nexpect:"), @"
    error: `cancel` is not a term of a schedule; a term is REQUEST[COUNT[+]]:DECISION, as in poll2:done
     --> manifests/scenarios/cancel-wins.yaml:4:26
      |
    4 | optional: create:running cancel
      |                          ^^^^^^
    ");
    insta::assert_snapshot!(
        scenario("expect:", "optional: create:running cancel:ignored cancel1:honoured\nexpect:"), @"
    error: `cancel:ignored` is not a term of the schedule, which is `create:running cancel:honoured`
     --> manifests/scenarios/cancel-wins.yaml:4:26
      |
    4 | optional: create:running cancel:ignored cancel1:honoured
      |                          ^^^^^^^^^^^^^^

    error: `cancel1:honoured` is not a term of the schedule, which is `create:running cancel:honoured`
     --> manifests/scenarios/cancel-wins.yaml:4:41
      |
    4 | optional: create:running cancel:ignored cancel1:honoured
      |                                         ^^^^^^^^^^^^^^^^
    ");
    insta::assert_snapshot!(scenario("expect:", "optional: ''\nexpect:"), @"
    error: `optional` names at least one term of the schedule; leave it out otherwise
     --> manifests/scenarios/cancel-wins.yaml:4:11
      |
    4 | optional: ''
      |           ^^
    ");
    insta::assert_snapshot!(
        scenario("schedule: create:running cancel:honoured", "optional: create:running"), @"
    error: `create:running` is not a term of the schedule, which is empty
     --> manifests/scenarios/cancel-wins.yaml:3:11
      |
    3 | optional: create:running
      |           ^^^^^^^^^^^^^^
    ");
}

#[test]
fn what_is_given_as_the_wanted_backup() {
    insta::assert_snapshot!(
        scenario("schedule: create:running", "schedule: create:running given:same-name"), @r#"
    error: `given:same-name` needs `- { id: "{backup}", state: READY }` in `given.backups`
     --> manifests/scenarios/cancel-wins.yaml:3:26
      |
    3 | schedule: create:running given:same-name cancel:honoured
      |                          ^^^^^^^^^^^^^^^
    "#);
    insta::assert_snapshot!(
        scenario("schedule: create:running", "given: { backups: [{ id: \"{backup}\", state: CREATING }] }\nschedule: given:same-name"), @r#"
    error: `given:same-name` needs `- { id: "{backup}", state: READY }` in `given.backups`
     --> manifests/scenarios/cancel-wins.yaml:4:11
      |
    4 | schedule: given:same-name cancel:honoured
      |           ^^^^^^^^^^^^^^^
    "#);
    assert_eq!(
        scenario(
            "schedule: create:running",
            "given: { backups: [{ id: \"{backup}\", state: READY }] }\nschedule: given:same-name"
        ),
        "no mistake"
    );
}

#[test]
fn variables() {
    insta::assert_snapshot!(manifest("prepare:", "variables: [PIP_*, A-B, GOOGLE_CLOUD_PROJECT, PIP_*]\nprepare:"), @"
    error: `A-B` is not a name of an environment variable, nor the beginning of names such as `PIP_*`
      --> manifests/spanner/toy.yaml:16:20
       |
    16 | variables: [PIP_*, A-B, GOOGLE_CLOUD_PROJECT, PIP_*]
       |                    ^^^

    error: `GOOGLE_CLOUD_PROJECT` never reaches a toolchain: it can be a key to a real service
      --> manifests/spanner/toy.yaml:16:25
       |
    16 | variables: [PIP_*, A-B, GOOGLE_CLOUD_PROJECT, PIP_*]
       |                         ^^^^^^^^^^^^^^^^^^^^

    error: the variable `PIP_*` is listed twice
      --> manifests/spanner/toy.yaml:16:47
       |
    16 | variables: [PIP_*, A-B, GOOGLE_CLOUD_PROJECT, PIP_*]
       |                                               ^^^^^
    ");
}

#[test]
fn scenarios() {
    insta::assert_snapshot!(scenario("[spanner]", "[]"), @"
    error: a scenario is for at least one service
     --> manifests/scenarios/cancel-wins.yaml:2:11
      |
    2 | services: []
      |           ^
    ");
    insta::assert_snapshot!(scenario("[spanner]", "[spanner, spanner]"), @"
    error: the service `spanner` is listed twice
     --> manifests/scenarios/cancel-wins.yaml:2:21
      |
    2 | services: [spanner, spanner]
      |                     ^^^^^^^
    ");
    insta::assert_snapshot!(scenario("The cancel takes effect at once.", "''"), @"
    error: `title` must be one line that is not empty
     --> manifests/scenarios/cancel-wins.yaml:1:8
      |
    1 | title: ''
      |        ^^
    ");
    let given = "expect:";
    let bad_id = "given: { backups: [{ id: '{bakup}', state: READY }] }\nexpect:";
    insta::assert_snapshot!(scenario(given, bad_id), @"
    error: unknown placeholder `{bakup}` (did you mean `backup`?); the placeholders are {backup}
     --> manifests/scenarios/cancel-wins.yaml:4:27
      |
    4 | given: { backups: [{ id: '{bakup}', state: READY }] }
      |                           ^^^^^^^
    ");
    let twice =
        "given:\n  backups:\n    - { id: b, state: READY }\n    - { id: b, state: CREATING }\nexpect:";
    insta::assert_snapshot!(scenario(given, twice), @"
    error: the backup `b` is given twice
     --> manifests/scenarios/cancel-wins.yaml:7:13
      |
    7 |     - { id: b, state: CREATING }
      |             ^
    ");
}

#[test]
fn outputs() {
    insta::assert_snapshot!(manifest("  cancelled: |", "  canceled: |"), @"
    error: `canceled` is neither an outcome nor a scenario (did you mean `cancelled`?)
      --> manifests/spanner/toy.yaml:27:3
       |
    27 |   canceled: |
       |   ^^^^^^^^
       |
       = help: the outcomes are cancelled, completed, cancel-refused, undeleted, failed, refused, reply-lost, unresolved
    ");
    insta::assert_snapshot!(manifest("  cancelled: |", "  cancel-win: |"), @"
    error: `cancel-win` is neither an outcome nor a scenario (did you mean `cancel-wins`?)
      --> manifests/spanner/toy.yaml:27:3
       |
    27 |   cancel-win: |
       |   ^^^^^^^^^^
       |
       = help: the outcomes are cancelled, completed, cancel-refused, undeleted, failed, refused, reply-lost, unresolved
    ");
    insta::assert_snapshot!(manifest("{operation}", "{operaton}"), @"
    error: unknown placeholder `{operaton}` (did you mean `operation`?); the placeholders are {project}, {instance}, {database}, {backup}, {operation}
      --> manifests/spanner/toy.yaml:28:16
       |
    28 |     Cancelling {operaton}.
       |                ^^^^^^^^^^
    ");
    let elsewhere = SCENARIO.replace("[spanner]", "[alloydb]");
    let text = MANIFEST.replace("  cancelled: |", "  cancel-elsewhere: |");
    let tree = Tree::new()
        .write("manifests/alloydb/service.yaml", SERVICE)
        .write("manifests/scenarios/cancel-elsewhere.yaml", elsewhere)
        .write(TOY, text);
    insta::assert_snapshot!(tree.diagnose(), @"
    error: the scenario `cancel-elsewhere` is not one of spanner
      --> manifests/spanner/toy.yaml:27:3
       |
    27 |   cancel-elsewhere: |
       |   ^^^^^^^^^^^^^^^^
    ");
}

#[test]
fn expectations() {
    let with = |name: &str, like: &str| {
        let expectations = format!("expectations: {{ {name}: {{ like: {like}, reason: r }} }}\noutputs:");
        manifest("outputs:", &expectations)
    };
    insta::assert_snapshot!(with("cancel-win", "cancel-wins"), @"
    error: there is no scenario `cancel-win` (did you mean `cancel-wins`?)
      --> manifests/spanner/toy.yaml:26:17
       |
    26 | expectations: { cancel-win: { like: cancel-wins, reason: r } }
       |                 ^^^^^^^^^^
    ");
    insta::assert_snapshot!(with("cancel-wins", "cancelled"), @"
    error: there is no scenario `cancelled`
      --> manifests/spanner/toy.yaml:26:38
       |
    26 | expectations: { cancel-wins: { like: cancelled, reason: r } }
       |                                      ^^^^^^^^^
    ");
    insta::assert_snapshot!(manifest("outputs:", "expectations: { cancel-wins: cancel-wins }\noutputs:"), @"
    error: expected keys with values (`key: value`)
      --> manifests/spanner/toy.yaml:26:30
       |
    26 | expectations: { cancel-wins: cancel-wins }
       |                              ^^^^^^^^^^^
    ");
}

#[test]
fn commands() {
    insta::assert_snapshot!(manifest("\"{cache}\"", "\"{cash}\""), @r#"
    error: unknown placeholder `{cash}` (did you mean `cache`?); the placeholders are {work}, {cache}
      --> manifests/spanner/toy.yaml:19:25
       |
    19 |     - [sh, install.sh, "{cash}"]
       |                         ^^^^^^
    "#);
    insta::assert_snapshot!(manifest("\"{cache}\"", "\"{backup}\""), @r#"
    error: unknown placeholder `{backup}`; the placeholders are {work}, {cache}
      --> manifests/spanner/toy.yaml:19:25
       |
    19 |     - [sh, install.sh, "{backup}"]
       |                         ^^^^^^^^
    "#);
    insta::assert_snapshot!(manifest("[sh, sample.sh, \"{backup}\"]", "[]"), @"
    error: a command begins with a program
      --> manifests/spanner/toy.yaml:21:12
       |
    21 |   command: []
       |            ^
    ");
    insta::assert_snapshot!(manifest("[sh, sample.sh, \"{backup}\"]", "['', sample.sh]"), @"
    error: a command begins with a program
      --> manifests/spanner/toy.yaml:21:13
       |
    21 |   command: ['', sample.sh]
       |             ^^
    ");
    insta::assert_snapshot!(manifest("LANG: C", "LANG=C: ''"), @"
    error: `LANG=C` is not a name of an environment variable
      --> manifests/spanner/toy.yaml:22:18
       |
    22 |   environment: { LANG=C: '' }
       |                  ^^^^^^
    ");
    insta::assert_snapshot!(manifest("LANG: C", "HOME: '{work'"), @"
    error: a brace without its partner; write `{{` or `}}` for a brace itself
      --> manifests/spanner/toy.yaml:22:25
       |
    22 |   environment: { HOME: '{work' }
       |                         ^
    ");
}

#[test]
fn patterns_versions_and_durations() {
    insta::assert_snapshot!(manifest(r"'sh (\d+(?:\.\d+)*)'", r#""sh (\\d+(?:\\.\\d+)*""#), @r#"
    error: not a regular expression: unclosed group
      --> manifests/spanner/toy.yaml:13:20
       |
    13 |       pattern: "sh (\\d+(?:\\.\\d+)*"
       |                    ^
    "#);
    insta::assert_snapshot!(manifest(r"'sh (\d+(?:\.\d+)*)'", r"sh \d+"), @r"
    error: the pattern has no group for the version: put it in parentheses
      --> manifests/spanner/toy.yaml:13:16
       |
    13 |       pattern: sh \d+
       |                ^^^^^^
    ");
    insta::assert_snapshot!(manifest(r"^Cancelled\.$", r"'^Cancelled[z-a]'"), @"
    error: not a regular expression: invalid character class range, the start must be <= the end
      --> manifests/spanner/toy.yaml:25:46
       |
    25 |   - { claim: cancelled, pattern: '^Cancelled[z-a]' }
       |                                              ^^^
    ");
    insta::assert_snapshot!(manifest("\"1.2\"", "1.2.x"), @r#"
    error: `1.2.x` is not a version: dotted numbers, as in "3.10"
      --> manifests/spanner/toy.yaml:14:20
       |
    14 |       minimum: 1.2.x
       |                    ^
    "#);
    insta::assert_snapshot!(manifest("2m 30s", "2m 30sex"), @r#"
    error: `2m 30sex` is not a duration such as "60s" or "2m 30s": unknown unit `sex`; the units are ms, s, m, h
      --> manifests/spanner/toy.yaml:23:18
       |
    23 |   deadline: 2m 30sex
       |                  ^^^
    "#);
    insta::assert_snapshot!(manifest("2m 30s", "soon"), @r#"
    error: `soon` is not a duration such as "60s" or "2m 30s": a number is missing here
      --> manifests/spanner/toy.yaml:23:13
       |
    23 |   deadline: soon
       |             ^
    "#);
    insta::assert_snapshot!(manifest("2m 30s", "'60'"), @r#"
    error: `60` is not a duration such as "60s" or "2m 30s": a unit is missing: ms, s, m, h
      --> manifests/spanner/toy.yaml:23:16
       |
    23 |   deadline: '60'
       |                ^
    "#);
    insta::assert_snapshot!(manifest("2m 30s", "0s"), @r#"
    error: `0s` is not a duration such as "60s" or "2m 30s": it must be above zero
      --> manifests/spanner/toy.yaml:23:13
       |
    23 |   deadline: 0s
       |             ^^
    "#);
}

#[test]
fn limits_and_the_way_to_the_service() {
    let deadline = "  deadline: 2m 30s\n";
    insta::assert_snapshot!(manifest(deadline, "  processor_time: none\n"), @r#"
    error: `none` is not a duration such as "60s" or "2m 30s": a number is missing here
      --> manifests/spanner/toy.yaml:23:19
       |
    23 |   processor_time: none
       |                   ^
    "#);
    insta::assert_snapshot!(manifest(deadline, "  endpoint: proxy\n"), @"
    error: unknown value `proxy`
      --> manifests/spanner/toy.yaml:23:13
       |
    23 |   endpoint: proxy
       |             ^^^^^
       |
       = help: the values here are emulator, service
    ");
    let service = "  service:\n    environment: { HOST: '{emulator}' }\n";
    insta::assert_snapshot!(manifest(deadline, service), @"
    error: unknown placeholder `{emulator}`; the placeholders are {work}, {cache}, {endpoint}, {project}, {instance}, {database}, {backup}
      --> manifests/spanner/toy.yaml:24:27
       |
    24 |     environment: { HOST: '{emulator}' }
       |                           ^^^^^^^^^^
    ");
    let emulator = "  emulator:\n    environment: { HOST: '{emulator}', URL: '{endpoint}' }\n";
    insta::assert_snapshot!(manifest(deadline, emulator), @"no mistake");
}
