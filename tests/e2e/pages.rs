//! What publishers write: a run is never green with less in it than the page has.

use rescind_model::{Results, Rule};
use rescind_tests::{Ran, TestCatalog, results, rules};

/// A catalogue with a sample for Shell and one for Node.js, both of which are scripts of a shell.
fn catalog() -> TestCatalog {
    let catalog = TestCatalog::new("exit 3");
    let manifest = std::fs::read_to_string(catalog.root().join("manifests/spanner/shell.yaml")).unwrap();
    let names = "page: { headings: [Node.js], fences: [js] }";
    let manifest = manifest.replace("page: { headings: [Shell], fences: [sh] }", names);
    catalog.write("manifests/spanner/nodejs.yaml", &manifest);
    catalog
}

/// What each language's code on a page printed: `nodejs: a`, and what the program did.
fn printed(catalog: &TestCatalog, name: &str, page: &str, options: &[&str]) -> (Vec<String>, Ran, Results) {
    catalog.write(name, page);
    let (ran, results) = results(catalog.root(), &[&["run", "--page", name], options].concat());
    let line = |case: &rescind_model::CaseResult| {
        let text = case.observation.as_ref().map(|seen| seen.stdout.text.trim_end().replace('\n', " "));
        format!("{}: {}", case.id.sample.language, text.unwrap_or_else(|| "not run".to_owned()))
    };
    (results.cases.iter().map(line).collect(), ran, results)
}

const BOTH: [&str; 2] = ["nodejs: a", "shell: b"];

#[test]
fn code_is_found_wherever_a_reader_sees_it() {
    let catalog = catalog();
    let shell = "\n## Shell\n\n```sh\necho b\n```\n";
    for (name, page) in [
        ("page.md", "=== \"Node.js\"\n\n    ```js\n    echo a\n    ```\n"),
        ("page.md", "## Node.js\n\n!!! example\n\n    ```js\n    echo a\n    ```\n"),
        ("page.md", "???+ note \"Node.js\"\n    Text.\n\n    ```js\n    echo a\n    ```\n"),
        ("page.md", "<details>\n<summary>Node.js</summary>\n\n```js\necho a\n```\n\n</details>\n"),
        ("page.md", "::::{tab-set}\n:::{tab-item} Node.js\n```js\necho a\n```\n:::\n::::\n"),
        (
            "page.md",
            "````{tab-item} Node.js\n:sync: js\n\n```{code-block} js\n:linenos:\n\necho a\n```\n````\n",
        ),
        ("page.md", ":::tip Node.js\n\n```js\necho a\n```\n\n:::\n"),
        (
            "page.md",
            "{{< tabs >}}\n{{< tab \"Node.js\" >}}\n```js\necho a\n```\n{{< /tab >}}\n{{< /tabs >}}\n",
        ),
        ("page.md", "## Node.js\n\n{{< highlight js >}}\necho a\n{{< /highlight >}}\n"),
        ("page.md", "## Node.js\n\n<pre><code class=\"language-js\">echo a\n</code></pre>\n"),
        (
            "page.md",
            "<Tabs>\n<TabItem value=\"js\" label=\"Node.js\">\n```js\necho a\n```\n</TabItem>\n</Tabs>\n",
        ),
        (
            "page.mdx",
            "<Tabs>\n  <TabItem value=\"js\" label=\"Node.js\">\n\n    ```js\n    echo a\n    ```\n\n  </TabItem>\n</Tabs>\n",
        ),
    ] {
        let (lines, ran, _) = printed(&catalog, name, &format!("# Spanner\n\n{page}{shell}"), &[]);
        assert_eq!(lines, BOTH, "{page}");
        ran.exits(0);
    }
}

#[test]
fn info_strings_are_of_many_kinds() {
    let catalog = catalog();
    for info in
        ["js title=\"x\"", "js:cancel.js", "{code-block} js", "{.js}", "mjs", "js {1,2}", "language-js"]
    {
        let page = format!("# Spanner\n## Node.js\n```{info}\necho a\n```\n## Shell\n```sh\necho b\n```\n");
        let (lines, ran, _) = printed(&catalog, "page.md", &page, &[]);
        assert_eq!(lines, BOTH, "{info}");
        ran.exits(0);
    }
}

#[test]
fn pages_of_other_formats_are_read() {
    let catalog = catalog();
    for (name, page) in [
        (
            "page.html",
            "<h1>Spanner</h1><devsite-selector><section><h3>Node.js</h3><pre class=\"lang-js\">echo a</pre></section>\
             <section><h3>Shell</h3><devsite-code><pre syntax=\"Bash\">echo &#98;</pre></devsite-code></section></devsite-selector>",
        ),
        (
            "page.rst",
            "Spanner\n=======\n\nNode.js\n-------\n\n.. code-block:: js\n   :linenos:\n\n   echo a\n\n.. tabs::\n\n   .. code-tab:: bash Shell\n\n      echo b\n",
        ),
        (
            "page.adoc",
            "= Spanner\n\n== Node.js\n\n[source,js]\n----\necho a # <1>\n----\n\n== Shell\n\n[source,sh]\necho b\n",
        ),
    ] {
        let (lines, ran, _) = printed(&catalog, name, page, &[]);
        assert_eq!(lines, BOTH, "{name}");
        ran.exits(0);
    }
}

/// What is run of a page that has less than it seems to, with the coverage that every report tells.
fn less(name: &str, page: &str) -> (Ran, String) {
    let catalog = catalog();
    let (lines, ran, results) = printed(&catalog, name, page, &[]);
    assert_eq!(lines, ["shell: b"], "{page}");
    let ran = ran.exits(1);
    let coverage = results.notices.iter().find(|notice| notice.starts_with("coverage: ")).unwrap();
    assert!(ran.stdout.contains("coverage: 1 of 2 languages"), "{}", ran.stdout);
    (ran, coverage.clone())
}

#[test]
fn a_page_with_less_in_it_is_never_green() {
    let shell = "\n## Shell\n\n```sh\necho b\n```\n";
    for (name, page, place, coverage) in [
        (
            "page.md",
            "## Node\n\n## NodeJS sample\n\n```js\na\n```\n",
            "page.md:5:1",
            "no title names the language of the code in line 8",
        ),
        (
            "page.md",
            "=== \"Sample\"\n\n    ```js\n    a\n    ```\n",
            "page.md:3:1",
            "no title names the language of the code in line 6",
        ),
        (
            "page.md",
            "## Node.js\n\n```jss\na\n```\n",
            "page.md:5:1",
            "the page's code under `Node.js` is in no fence of the language",
        ),
        ("page.md", "## Node.js\n\nNo code.\n", "page.md:3:1", "there is no code under `Node.js` in line 3"),
        (
            "page.md",
            "## Node.js\n\n<!--\n```js\na\n```\n-->\n",
            "page.md:6:1",
            "the code in a comment in line 6 is not read",
        ),
        (
            "page.mdx",
            "## Node.js\n\n{/*\n```js\na\n```\n*/}\n",
            "page.mdx:6:1",
            "the code in a comment in line 6 is not read",
        ),
        (
            "page.md",
            "## Node.js\n\n<div>\n```js\na\n```\n</div>\n",
            "page.md:6:1",
            "the fence in raw HTML in line 6 is not read",
        ),
        (
            "page.md",
            "## Node.js\n\n```js reference\nhttps://example.com/a.js\n```\n",
            "page.md:5:1",
            "the inclusion of a file in line 5 is not read",
        ),
        (
            "page.md",
            "## Node.js\n\n    ```js\n    a\n    ```\n",
            "page.md:5:",
            "the fence in an indented block in line 5 is not read",
        ),
    ] {
        let (ran, said) = less(name, &format!("# Spanner\n\n{page}{shell}"));
        assert!(ran.stderr.contains(&format!("--> {place}")), "{place}:\n{}", ran.stderr);
        assert_eq!(said, format!("coverage: 1 of 2 languages; nodejs: {coverage}"), "{page}");
    }
}

#[test]
fn a_toolchain_that_is_missing_is_a_gap() {
    let catalog = catalog();
    let manifest = std::fs::read_to_string(catalog.root().join("manifests/spanner/nodejs.yaml")).unwrap();
    catalog
        .write("manifests/spanner/nodejs.yaml", &manifest.replace("program: sh", "program: no-such-program"));
    let page = "# Spanner\n## Node.js\n```js\necho a\n```\n## Shell\n```sh\necho b\n```\n";
    let (lines, ran, results) = printed(&catalog, "page.md", page, &[]);
    assert_eq!(lines, ["nodejs: not run", "shell: b"]);
    ran.exits(1);
    let coverage = results.notices.last().unwrap();
    assert!(
        coverage.starts_with("coverage: 1 of 2 languages; nodejs: ") && coverage.contains("no-such-program"),
        "{coverage}"
    );
    for (allowed, code) in
        [("--allow-uncovered=Node.js", 0), ("--allow-uncovered", 0), ("--allow-uncovered=shell", 1)]
    {
        let (_, ran, results) = printed(&catalog, "page.md", page, &[allowed]);
        ran.exits(code);
        assert!(results.notices.last().unwrap().starts_with("coverage: 1 of 2"), "{:?}", results.notices);
    }
    // The same of files of another repository.
    catalog.write("a.js", "# [START demo]\necho a\n# [END demo]\n");
    catalog.run(&["--source", "js=a.js", "--source", "shell=a.js"]).exits(1);
    catalog.run(&["--source", "js=a.js", "--source", "shell=a.js", "--allow-uncovered=js"]).exits(0);
}

#[test]
fn several_blocks_are_one_where_the_team_says_so() {
    let catalog = catalog();
    let page = "# Spanner\n## Shell\nFirst:\n```sh\nx=b\n```\nThen:\n```sh\necho $x\n```\n";
    catalog.write("page.md", page);
    let ran = catalog.run(&["--page", "page.md"]).exits(2);
    assert!(ran.stderr.contains("has 2 blocks for spanner/shell"), "{}", ran.stderr);
    let (lines, ran, _) = printed(&catalog, "page.md", page, &["--block", "joined"]);
    assert_eq!(lines, ["shell: b"]);
    ran.exits(0);
    catalog.edit_manifest("fences: [sh] }", "fences: [sh], blocks: joined }");
    let (lines, _, results) = printed(&catalog, "page.md", page, &[]);
    assert_eq!(lines, ["shell: b"]);
    let location = results.cases[0].location.as_ref().unwrap();
    assert_eq!((location.first_line, location.last_line), (5, 9));
}

#[test]
fn commands_of_a_session_are_run_and_its_output_is_not() {
    let page = "# Spanner\n## Shell\n```console\n$ echo \\\n    b\nb\n$ echo c\nc\n```\n";
    let (lines, ran, _) = printed(&catalog(), "page.md", page, &[]);
    assert_eq!(lines, ["shell: b c"]);
    ran.exits(0);
}

#[test]
fn a_region_is_joined_and_what_is_excluded_is_left_out() {
    let catalog = TestCatalog::new("exit 3");
    catalog.write(
        "theirs/a/cancel.sh",
        "# [START demo]\nx=b\n# [END demo]\nexit 4\n# [START demo]\n# [START_EXCLUDE silent]\nexit 5\n# [END_EXCLUDE]\necho $x\n# [END demo]\n",
    );
    catalog.write("theirs/b/other.sh", "exit 6\n");
    for source in
        ["shell=theirs/a/cancel.sh", "shell=theirs/**/*.sh", "spanner/shell=theirs/*/cancel.sh#demo"]
    {
        let (_, case) = catalog.case(&["--source", source]);
        assert_eq!(case.observation.unwrap().stdout.text, "b\n", "{source}");
        assert!(case.replay.contains("theirs/a/cancel.sh"), "{}", case.replay);
    }
    catalog.edit("theirs/a/cancel.sh", "demo]", "other]");
    let (_, case) = catalog.case(&["--source", "shell=theirs/a/cancel.sh#other"]);
    assert_eq!(case.observation.unwrap().stdout.text, "b\n");
    let stderr = catalog.run(&["--source", "shell=theirs/**/*.sh"]).exits(2).stderr;
    assert!(stderr.contains("the glob has no file with the region"), "{stderr}");
    let stderr = catalog.run(&["--source", "shell=theirs/**/*.go"]).exits(2).stderr;
    assert!(stderr.contains("the glob matches no file"), "{stderr}");
}

#[test]
fn code_that_does_not_fit_its_project_is_told_with_its_line_in_the_page() {
    let catalog = TestCatalog::new("true");
    let check = "build: { steps: [[sh, -c, 'grep -q wanted sample.sh || (echo main.sh:1: wanted is not there; exit 1)']] }";
    catalog.edit_manifest("run:\n", &format!("{check}\nrun:\n"));
    catalog.edit("samples/spanner/shell/sample.sh", "true", "wanted=1");
    catalog.write("page.md", "# Spanner\n\n## Shell\n\n```sh\ntrue\n```\n");
    let (_, case) = catalog.case(&["--page", "page.md"]);
    assert_eq!(rules(&case), [Rule::DoesNotBuild]);
    assert_eq!(
        case.findings[0].message,
        "page.md:6: the published code does not fit the project around it: wanted is not there (main.sh:1)"
    );
}

#[test]
fn several_pages_are_run_at_once_each_with_its_coverage() {
    let catalog = catalog();
    catalog.write("a.md", "# Spanner\n## Node.js\n```js\necho a\n```\n");
    catalog.write("b.md", "# Spanner\n## Shell\n```sh\necho b\n```\n## C#\n```cs\nx\n```\n");
    let pages = ["--page", "a.md", "--page", "b.md"];
    let (ran, results) = results(catalog.root(), &[&["run"], &pages[..]].concat());
    let ran = ran.exits(1);
    assert_eq!(results.cases.len(), 2);
    assert_eq!(results.environment.source, "a.md, b.md");
    assert!(ran.stderr.contains("coverage of a.md: 1 of 1 language\n"), "{}", ran.stderr);
    assert!(ran.stdout.contains("coverage of b.md: 1 of 2 languages; csharp: "), "{}", ran.stdout);
    // The command that repeats a case finds it on its page.
    for case in &results.cases {
        let words = shlex::split(&case.replay).unwrap();
        let words: Vec<&str> = words.iter().skip(1).map(String::as_str).collect();
        let (ran, again) = rescind_tests::results(catalog.root(), &words);
        ran.exits(0);
        assert_eq!((again.cases.len(), &again.cases[0].id), (1, &case.id));
    }
    let stderr = catalog.run(&["--page", "a.md", "--page", "a.md"]).exits(2).stderr;
    assert!(stderr.contains("spanner/nodejs has code in two of the pages"), "{stderr}");
}

#[test]
fn list_shows_what_of_a_page_would_be_run() {
    let catalog = catalog();
    let page = "# Spanner\n## Node.js\n```js\na\nb\n```\n## Shell\n```sh\nc\n```\n## Go\n```go\nx\n```\n";
    catalog.write("page.md", page);
    let ran = rescind_tests::rescind(catalog.root(), &["list", "--page", "page.md"]).exits(1);
    insta::assert_snapshot!(ran.stdout, @r"
    page.md
      spanner/nodejs: lines 4-5, in 1 scenario
      spanner/shell: line 9, in 1 scenario
      go: not run: no manifest covers the page's code under `Go`
    note: the page's code under `Go` was not run: no manifest covers it
    coverage: 2 of 3 languages; go: no manifest covers the page's code under `Go`
    ");
    assert!(ran.stderr.contains("--> page.md:11:1"), "{}", ran.stderr);
    rescind_tests::rescind(catalog.root(), &["list", "--page", "page.md", "--language", "shell"]).exits(0);
}
