//! Files that are missing or lie in the wrong place.

use crate::{MANIFEST, SCENARIO, Tree, manifest};

#[test]
fn sources() {
    insta::assert_snapshot!(manifest("samples/spanner/toy", "samples/spanner/tou"), @"
    error: there is no folder `samples/spanner/tou` (did you mean `toy`?)
     --> manifests/spanner/toy.yaml:3:11
      |
    3 |   folder: samples/spanner/tou
      |           ^^^^^^^^^^^^^^^^^^^
    ");
    insta::assert_snapshot!(manifest("file: sample.sh", "file: samples.sh"), @"
    error: there is no file `samples.sh` in the sample's folder (did you mean `sample.sh`?)
     --> manifests/spanner/toy.yaml:4:9
      |
    4 |   file: samples.sh
      |         ^^^^^^^^^^
    ");
    insta::assert_snapshot!(manifest("[requirements.txt]", "[requirements.txt, setup.cfg]"), @"
    error: there is no file `setup.cfg` in the sample's folder
      --> manifests/spanner/toy.yaml:17:30
       |
    17 |   inputs: [requirements.txt, setup.cfg]
       |                              ^^^^^^^^^
    ");
    insta::assert_snapshot!(manifest("region: cancel_backup", "region: cancel_backups"), @"
    error: in `sample.sh`: no line holds `[START cancel_backups]` (did you mean `cancel_backup`?)
     --> manifests/spanner/toy.yaml:5:11
      |
    5 |   region: cancel_backups
      |           ^^^^^^^^^^^^^^
    ");
    insta::assert_snapshot!(manifest("folder: samples", "folder: ../samples"), @"
    error: `../samples/spanner/toy` must be a relative path without `.` and `..`
     --> manifests/spanner/toy.yaml:3:11
      |
    3 |   folder: ../samples/spanner/toy
      |           ^^^^^^^^^^^^^^^^^^^^^^
    ");
    insta::assert_snapshot!(manifest("file: sample.sh", "file: /etc/passwd"), @"
    error: `/etc/passwd` must be a relative path without `.` and `..`
     --> manifests/spanner/toy.yaml:4:9
      |
    4 |   file: /etc/passwd
      |         ^^^^^^^^^^^
    ");
}

#[test]
fn two_cases_that_would_share_a_project() {
    let tree = Tree::new()
        .write("manifests/spanner/toy-cancel.yaml", MANIFEST)
        .write("manifests/scenarios/wins.yaml", SCENARIO);
    insta::assert_snapshot!(tree.diagnose(), @"
    error: spanner/toy/cancel-wins and spanner/toy-cancel/wins would share the project `spanner-toy-cancel-wins`: rename one
    --> manifests/scenarios/wins.yaml
    ");
}

#[test]
fn places_of_files() {
    let stray = |path: &str| Tree::new().write(path, SCENARIO).diagnose();
    insta::assert_snapshot!(stray("manifests/Spanner/README.md"), @"
    error: `Spanner` is not a name of a service: lower-case letters and digits, words joined by hyphens, as in spanner
    --> manifests/Spanner
    ");
    insta::assert_snapshot!(stray("manifests/go.yaml"), @"
    error: a manifest lies in the folder of its service: manifests/spanner/go.yaml
    --> manifests/go.yaml
    ");
    insta::assert_snapshot!(stray("manifests/spanner/go.yml"), @"
    error: a file here ends in .yaml, not in .yml; it would not be seen
    --> manifests/spanner/go.yml
    ");
    insta::assert_snapshot!(stray("manifests/spanner/visual basic.yaml"), @"
    error: `spanner/visual basic` is not a sample id: SERVICE/LANGUAGE, as in spanner/go
    --> manifests/spanner/visual basic.yaml
    ");
    insta::assert_snapshot!(stray("manifests/scenarios/Cancel_Wins.yaml"), @"
    error: `Cancel_Wins` is not a name of a scenario: lower-case words, joined by hyphens
    --> manifests/scenarios/Cancel_Wins.yaml
    ");
    insta::assert_snapshot!(stray("manifests/scenarios/cancel-refused.yaml"), @"
    error: `cancel-refused` is the name of an outcome; as a key of `outputs` it would mean two things
    --> manifests/scenarios/cancel-refused.yaml
    ");
    assert_eq!(stray("manifests/spanner/.toy.yaml.swp"), "no mistake");
    assert_eq!(stray("manifests/README.md"), "no mistake");
    let nothing = Tree::empty();
    insta::assert_snapshot!(nothing.diagnose(), @"
    error: there is no such folder
    --> manifests
     = help: the root of a catalogue holds the folders `manifests` and `samples`
    ");
}
