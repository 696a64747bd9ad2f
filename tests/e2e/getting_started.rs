//! `docs/getting-started.md` is run as it is written, command by command.

use std::os::unix::fs::symlink;
use std::process::Command;

use rescind_tests::{BEGIN, TestCatalog, binary, repository};

/// The blocks of a document that are commands, in order.
fn commands(document: &str) -> Vec<String> {
    let mut blocks = Vec::new();
    let mut lines = document.lines();
    while lines.by_ref().any(|line| line == "```sh") {
        let block: Vec<&str> = lines.by_ref().take_while(|line| *line != "```").collect();
        blocks.push(block.join("\n"));
    }
    blocks
}

#[test]
fn each_command_does_what_the_document_says() {
    let document = std::fs::read_to_string(repository().join("docs/getting-started.md")).unwrap();
    let blocks = commands(&document);
    assert!(blocks.len() >= 7, "{blocks:?}");
    let catalog = TestCatalog::new("exit 3");
    catalog.write(
        "manifests/scenarios/completes-first.yaml",
        "title: The backup is complete before the cancel.\nservices: [spanner]\n\
         schedule: create:running cancel:done-after\n",
    );
    let page = format!("# Spanner\n\n## Shell\n\n```sh\n{BEGIN}\necho 'The backup was cancelled.'\n```\n");
    catalog.write("docs/cancel.md", &page);
    let programs = tempfile::tempdir().unwrap();
    symlink(binary(), programs.path().join("rescind")).unwrap();
    let path = format!("{}:{}", programs.path().display(), std::env::var("PATH").unwrap());
    let mut printed = String::new();
    for block in &blocks {
        let mut bash = Command::new("bash");
        bash.args(["-euo", "pipefail", "-c", block]).current_dir(catalog.root()).env("PATH", &path);
        bash.env("RESCIND_CACHE", rescind_tests::cache());
        let output = bash.output().unwrap();
        let shown =
            format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
        assert!(output.status.success(), "{block}\n{shown}");
        printed += &shown;
    }
    for said in [
        "1 claim of 1 sample proposed",
        "# rescind.yaml:",
        "printed what no promise matches: `The backup has been cancelled.`",
        "+        - { claim: cancelled, pattern: '^The backup has been cancelled\\.$' }",
        "rescind-baseline.json is written: 2 cases",
    ] {
        assert!(printed.contains(said), "{said}\n{printed}");
    }
}
