//! Files of the wrong form: no YAML, keys, types, words.

use crate::{SCENARIO, Tree, WINS, manifest, scenario};

#[test]
fn keys() {
    insta::assert_snapshot!(manifest("fences:", "fenses:"), @"
    error: unknown key `fenses` (did you mean `fences`?)
     --> manifests/spanner/toy.yaml:8:3
      |
    8 |   fenses: [sh]
      |   ^^^^^^
      |
      = help: the keys here are headings, fences, blocks
    ");
    insta::assert_snapshot!(scenario("expect:", "given: { owner: me }\nexpect:"), @"
    error: unknown key `owner`
     --> manifests/scenarios/cancel-wins.yaml:4:10
      |
    4 | given: { owner: me }
      |          ^^^^^
      |
      = help: the keys here are database_missing, not_cassandra, backups
    ");
    insta::assert_snapshot!(manifest("  file: sample.sh\n", ""), @"
    error: the key `file` is missing here
     --> manifests/spanner/toy.yaml:4:3
      |
    4 |   region: cancel_backup
      |   ^^^^^^
    ");
    insta::assert_snapshot!(scenario("services: [spanner]", "services: [spanner]\ntitle: Once more."), @"
    error: the key `title` is here twice
     --> manifests/scenarios/cancel-wins.yaml:3:1
      |
    3 | title: Once more.
      | ^^^^^
    ");
}

#[test]
fn types() {
    insta::assert_snapshot!(manifest("[Toy]", "Toy"), @"
    error: expected a list (`[a, b]`, or lines that begin with `- `)
     --> manifests/spanner/toy.yaml:7:13
      |
    7 |   headings: Toy
      |             ^^^
    ");
    insta::assert_snapshot!(manifest("title: Toy", "title: [Toy]"), @"
    error: expected a text
     --> manifests/spanner/toy.yaml:1:8
      |
    1 | title: [Toy]
      |        ^
    ");
    insta::assert_snapshot!(manifest("title: Toy", "title:"), @"
    error: expected a text, found nothing
     --> manifests/spanner/toy.yaml:1:6
      |
    1 | title:
      |      ^
    ");
    insta::assert_snapshot!(manifest("{ LANG: C }", "[LANG]"), @"
    error: expected keys with values (`key: value`)
      --> manifests/spanner/toy.yaml:22:16
       |
    22 |   environment: [LANG]
       |                ^
    ");
    insta::assert_snapshot!(manifest("  deadline: 2m 30s", "  jobs: many"), @"
    error: expected a whole number
      --> manifests/spanner/toy.yaml:23:9
       |
    23 |   jobs: many
       |         ^^^^
    ");
    insta::assert_snapshot!(manifest("  deadline: 2m 30s", "  jobs: 0"), @"
    error: expected a whole number above zero, found integer `0`
      --> manifests/spanner/toy.yaml:23:3
       |
    23 |   jobs: 0
       |   ^^^^
    ");
    insta::assert_snapshot!(scenario("exit: zero", "exit: zero\n  may_leave_backup: perhaps"), @"
    error: expected `true` or `false`
     --> manifests/scenarios/cancel-wins.yaml:7:21
      |
    7 |   may_leave_backup: perhaps
      |                     ^^^^^^^
    ");
}

#[test]
fn words() {
    insta::assert_snapshot!(scenario("exit: zero", "exit: nonzero"), @"
    error: unknown value `nonzero` (did you mean `non-zero`?)
     --> manifests/scenarios/cancel-wins.yaml:6:9
      |
    6 |   exit: nonzero
      |         ^^^^^^^
      |
      = help: the values here are zero, non-zero
    ");
    insta::assert_snapshot!(scenario("[spanner]", "[spaner]"), @"
    error: there is no service `spaner` (did you mean `spanner`?); the services are spanner
     --> manifests/scenarios/cancel-wins.yaml:2:12
      |
    2 | services: [spaner]
      |            ^^^^^^
    ");
    insta::assert_snapshot!(scenario("claims: [cancelled]", "claims: [[cancelled]]"), @"
    error: expected one word
     --> manifests/scenarios/cancel-wins.yaml:7:12
      |
    7 |   claims: [[cancelled]]
      |            ^
    ");
}

#[test]
fn yaml() {
    insta::assert_snapshot!(scenario("[spanner]", "[spanner"), @"
    error: not YAML: illegal placement of ':' indicator
     --> manifests/scenarios/cancel-wins.yaml:3:9
      |
    3 | schedule: create:running cancel:honoured
      |         ^
    ");
    insta::assert_snapshot!(scenario("title: The", "title: \"The"), @"
    error: not YAML: invalid indentation in multiline quoted scalar
     --> manifests/scenarios/cancel-wins.yaml:2:1
      |
    2 | services: [spanner]
      | ^
    ");
    insta::assert_snapshot!(scenario("  outcome:", "\toutcome:"), @"
    error: not YAML: tabs disallowed within this context (block indentation)
     --> manifests/scenarios/cancel-wins.yaml:5:2
      |
    5 |     outcome: cancelled
      |     ^
    ");
    insta::assert_snapshot!(scenario("title: The", "title: Note: the"), @"
    error: not YAML: mapping values are not allowed in this context
     --> manifests/scenarios/cancel-wins.yaml:1:12
      |
    1 | title: Note: the cancel takes effect at once.
      |            ^
      |
      = help: a text with `: ` in it stands in quotes
    ");
    insta::assert_snapshot!(Tree::new().write(WINS, "%!PS-Adobe-3.0\n").diagnose(), @"
    error: not YAML: did not find expected <document start>
     --> manifests/scenarios/cancel-wins.yaml:1:15
      |
    1 | %!PS-Adobe-3.0
      |               ^
    ");
    insta::assert_snapshot!(Tree::new().write(WINS, "just a text\n").diagnose(), @"
    error: expected keys with values (`key: value`)
     --> manifests/scenarios/cancel-wins.yaml:1:1
      |
    1 | just a text
      | ^^^^^^^^^^^
    ");
    insta::assert_snapshot!(Tree::new().write(WINS, "- a list\n").diagnose(), @"
    error: expected keys with values (`key: value`)
     --> manifests/scenarios/cancel-wins.yaml:1:1
      |
    1 | - a list
      | ^
    ");
    insta::assert_snapshot!(Tree::new().write(WINS, format!("{SCENARIO}---\n{SCENARIO}")).diagnose(), @"
    error: the file holds more than one document; a file is one scenario or one manifest
     --> manifests/scenarios/cancel-wins.yaml:9:1
      |
    9 | title: The cancel takes effect at once.
      | ^
    ");
}

#[test]
fn files_without_a_document() {
    insta::assert_snapshot!(Tree::new().write(WINS, "").diagnose(), @"
    error: the file holds no document
     --> manifests/scenarios/cancel-wins.yaml:1:1
      |
    1 |
      | ^
    ");
    insta::assert_snapshot!(Tree::new().write(WINS, "# Nothing yet.\n").diagnose(), @"
    error: the file holds no document
     --> manifests/scenarios/cancel-wins.yaml:1:15
      |
    1 | # Nothing yet.
      |               ^
    ");
    insta::assert_snapshot!(Tree::new().write(WINS, b"title: caf\xe9\n").diagnose(), @"
    error: the file is not UTF-8 from here on
     --> manifests/scenarios/cancel-wins.yaml:1:11
      |
    1 | title: caf�
      |           ^
    ");
}
