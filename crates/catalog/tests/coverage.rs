//! What of a page no sample covers, with the manifests of this repository.

use std::path::{Path, PathBuf};

use rescind_catalog::{Catalog, Manifest, Page, Uncovered};

fn catalog() -> Catalog {
    let root: PathBuf = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    Catalog::load(&root).unwrap_or_else(|error| panic!("{error}"))
}

/// What is said of a page by these samples of Spanner: places, and mistakes.
fn uncovered(text: &str) -> (Vec<String>, String) {
    let catalog = catalog();
    let languages = ["curl", "go", "nodejs", "python"];
    let is_meant =
        |it: &&Manifest| it.id.service.name() == "spanner" && languages.contains(&it.id.language.as_str());
    let manifests: Vec<&Manifest> = catalog.manifests.iter().filter(is_meant).collect();
    let page = Page::parse("docs/page.md", text).unwrap_or_else(|error| panic!("{error}"));
    let found = page.uncovered(&manifests);
    let refused = page.refuse(&found).err().map(|error| error.to_string()).unwrap_or_default();
    (found.iter().map(Uncovered::place).collect(), refused)
}

const NOTHING: (Vec<String>, String) = (Vec::new(), String::new());

#[test]
fn a_page_whose_code_is_all_known_is_covered() {
    let page = "# Cancel\n## Go\n```go\nx\n```\n## NODEJS\n```js\nx\n```\n## Python 3\n```sh\npip\n```\n\
                ```py\nx\n```\n## Shell\n```bash\ncurl\n```\n";
    assert_eq!(uncovered(page), NOTHING);
    assert_eq!(uncovered("# Cancel\n## Perl\nno code\n"), NOTHING);
}

#[test]
fn output_and_data_are_no_code_unless_a_heading_names_a_language() {
    assert_eq!(uncovered("# Cancel\n```text\nBackup cancelled.\n```\n```json\n{}\n```\n"), NOTHING);
    assert_eq!(uncovered("# Ruby\n```text\nputs\n```\n").0, ["the page's code under `Ruby`"]);
    assert_eq!(uncovered("# Python\n```text\nprint\n```\n").0, ["the page's code under `Python`"]);
    assert_eq!(uncovered("# Perl\n```\nprint\n```\n").0, ["the page's code under `Perl`"]);
}

#[test]
fn each_heading_is_told_once_and_where_it_stands() {
    let page = "# Spanner\n\n## C\\#\n```cs\nx\n```\n```cs\ny\n```\n\n## Cobol\n```cobol\nx\n```\n";
    let (places, refused) = uncovered(page);
    assert_eq!(places, ["the page's code under `C#`", "the page's code under `Cobol`"]);
    insta::assert_snapshot!(refused, @r"
    error: no manifest covers the page's code under `C#`
     --> docs/page.md:3:1
      |
    3 | ## C\#
      | ^^^^^^
      |
      = help: write the manifest of `csharp` (docs/adding-a-language.md); `--allow-uncovered` runs the page without it

    error: no manifest covers the page's code under `Cobol`
      --> docs/page.md:11:1
       |
    11 | ## Cobol
       | ^^^^^^^^
       |
       = help: write a manifest for its language (docs/adding-a-language.md); `--allow-uncovered` runs the page without it
    ");
}

#[test]
fn a_heading_that_is_written_otherwise_is_told_with_those_that_are_looked_for() {
    insta::assert_snapshot!(uncovered("# Cancel\n## Pyhton\n```python\nx\n```\n").1, @"
    error: the page's code under `Pyhton` names no language in its heading, so that its `python` code would not be run (did you mean `Python`?)
     --> docs/page.md:2:1
      |
    2 | ## Pyhton
      | ^^^^^^^^^
      |
      = help: code is looked for of spanner/python under `Python`; `--allow-uncovered` runs the page without it
    ");
    insta::assert_snapshot!(uncovered("```go\nx\n```\n").1, @"
    error: the page's code in line 2, under no heading, names no language in its heading, so that its `go` code would not be run
     --> docs/page.md:1:1
      |
    1 | ```go
      | ^^^^^
      |
      = help: code is looked for of spanner/go under `Go` or `Golang`; `--allow-uncovered` runs the page without it
    ");
}

#[test]
fn a_fence_that_is_written_otherwise_is_told_with_those_that_are_looked_for() {
    insta::assert_snapshot!(uncovered("# Cancel\n## Python\n\n~~~ pyhton {x}\nx\n~~~\n").1, @"
    error: the page's code under `Python` is in no fence of spanner/python, so that it would not be run (did you mean `python`?)
     --> docs/page.md:4:1
      |
    4 | ~~~ pyhton {x}
      | ^^^^^^^^^^^^^^
      |
      = help: its fences are `python` or `py` or `python3`; `--allow-uncovered` runs the page without it
    ");
}

#[test]
fn what_the_page_calls_a_language_is_known_by_the_table() {
    let catalog = catalog();
    let manifests: Vec<&Manifest> = catalog.manifests.iter().filter(|it| it.id.language == "go").collect();
    let page = Page::parse("p", "# Cancel\n## .NET\n```c#\nx\n```\n").unwrap();
    let found = page.uncovered(&manifests);
    assert_eq!(found.len(), 1);
    assert_eq!(found[0].languages(), ["csharp", "cancel", "csharp"]);
    assert!(!found[0].is_of_a_sample());
}
