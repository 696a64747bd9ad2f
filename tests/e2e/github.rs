//! The action and the workflows: of the right form, without room for injection, and their scripts do what they say.

use std::collections::BTreeSet;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use regex::Regex;
use rescind_tests::{TestCatalog, binary, cache, repository};
use serde_json::Value;
use tempfile::TempDir;

fn text(path: &str) -> String {
    fs::read_to_string(repository().join(path)).unwrap()
}

fn yaml(path: &str) -> Value {
    serde_saphyr::from_str(&text(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

fn files(folder: &str) -> Vec<String> {
    let entries = fs::read_dir(repository().join(folder)).unwrap();
    let mut names: Vec<_> =
        entries.map(|entry| format!("{folder}/{}", entry.unwrap().file_name().to_str().unwrap())).collect();
    names.sort();
    assert!(!names.is_empty());
    names
}

fn steps(document: &Value) -> Vec<&Value> {
    let of_jobs = document["jobs"].as_object().into_iter().flatten().map(|(_, job)| &job["steps"]);
    of_jobs.chain([&document["runs"]["steps"]]).filter_map(Value::as_array).flatten().collect()
}

#[test]
fn they_follow_the_schemas_of_github() {
    let check = |path: &str, schema: &str| {
        let schema: Value = serde_json::from_str(&text(schema)).unwrap();
        let validator = jsonschema::validator_for(&schema).unwrap();
        let document = yaml(path);
        let errors: Vec<_> = validator
            .iter_errors(&document)
            .map(|error| format!("{path}: {}: {error}", error.instance_path()))
            .collect();
        assert!(errors.is_empty(), "{}", errors.join("\n"));
    };
    check("action.yml", "tests/schema/github-action.json");
    for workflow in files(".github/workflows") {
        check(&workflow, "tests/schema/github-workflow.json");
    }
}

#[test]
fn other_actions_are_pinned_and_scripts_take_nothing_from_expressions() {
    let pinned = Regex::new(r"^[\w.-]+/[\w./-]+@[0-9a-f]{40}$").unwrap();
    for path in files(".github/workflows").into_iter().chain(["action.yml".to_owned()]) {
        let document = yaml(&path);
        for step in steps(&document) {
            if let Some(uses) = step["uses"].as_str() {
                assert!(uses == "./" || pinned.is_match(uses), "{path}: `{uses}` is not pinned to a commit");
                assert!(
                    uses == "./" || text(&path).contains(&format!("{uses} # v")),
                    "{path}: no comment says which version {uses} is"
                );
            }
            // What an expression holds would become part of the script; the environment is only ever data.
            let run = step["run"].as_str().unwrap_or_default();
            assert!(!run.contains("${{"), "{path}: an expression in a script: {run}");
            let in_action = path == "action.yml" && step["run"].is_string();
            assert!(!in_action || step["shell"] == "bash", "{path}: a step without a shell: {step}");
        }
    }
}

#[test]
fn every_input_is_declared_described_and_used() {
    let action = yaml("action.yml");
    let declared: BTreeSet<&str> = action["inputs"].as_object().unwrap().keys().map(String::as_str).collect();
    let source = text("action.yml");
    let used: BTreeSet<&str> = Regex::new(r"\binputs\.([\w-]+)")
        .unwrap()
        .captures_iter(&source)
        .map(|found| found.get(1).unwrap().as_str())
        .collect();
    assert_eq!(declared, used);
    let given = yaml(".github/workflows/verify-samples.yml");
    for step in steps(&given).into_iter().filter(|step| step["uses"] == "./") {
        for input in step["with"].as_object().unwrap().keys() {
            assert!(declared.contains(input.as_str()), "the action has no input `{input}`");
        }
    }
}

/// The languages in a workflow, a job for each.
fn languages(path: &str) -> BTreeSet<String> {
    let workflow = yaml(path);
    let matrix = workflow["jobs"]["language"]["strategy"]["matrix"]["language"].as_array().unwrap();
    matrix.iter().map(|language| language.as_str().unwrap().to_owned()).collect()
}

#[test]
fn the_workflow_has_the_languages_that_have_a_manifest() {
    let catalog = rescind_catalog::Catalog::load(&repository()).unwrap();
    let of_catalog: BTreeSet<String> = catalog.manifests.iter().map(|it| it.id.language.clone()).collect();
    assert_eq!(languages(".github/workflows/verify-samples.yml"), of_catalog);
}

#[test]
fn each_night_has_the_languages_whose_changed_samples_are_not_always_run() {
    let folders = files("tests/mutants/spanner");
    let name = |folder: String| folder.rsplit('/').next().unwrap().to_owned();
    let changed: BTreeSet<String> = folders.into_iter().map(name).filter(|it| it != "curl").collect();
    assert_eq!(languages(".github/workflows/mutants.yml"), changed);
}

#[test]
fn the_last_job_of_the_workflow_takes_nothing_that_only_a_run_looks_at() {
    let workflow = yaml(".github/workflows/verify-samples.yml");
    let inputs = |job: &str| {
        let steps = workflow["jobs"][job]["steps"].as_array().unwrap();
        steps.iter().find(|step| step["uses"] == "./").unwrap()["with"].clone()
    };
    assert_eq!(inputs("language")["fail-on"], "never");
    assert_eq!(inputs("language")["results"], Value::Null);
    let last = inputs("verdict");
    assert_eq!(last["results"], "results");
    for input in ["page", "languages", "services", "scenarios", "partition", "known-failures", "catalogue"] {
        assert_eq!(last[input], Value::Null, "{input}");
    }
}

#[test]
fn scripts_are_shell_and_can_be_run() {
    for path in files(".github/action") {
        let file = repository().join(&path);
        assert!(fs::metadata(&file).unwrap().permissions().mode() & 0o111 != 0, "{path} is not executable");
        let checked = Command::new("bash").arg("-n").arg(&file).output().unwrap();
        assert!(checked.status.success(), "{path}: {}", String::from_utf8_lossy(&checked.stderr));
    }
}

/// A job's machine: folders that the runner has, and programs of our own first on its PATH.
struct Job {
    folder: TempDir,
}

impl Job {
    fn new() -> Job {
        let job = Job { folder: TempDir::new().unwrap() };
        fs::create_dir(job.path("bin")).unwrap();
        job
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn read(&self, name: &str) -> String {
        fs::read_to_string(self.path(name)).unwrap_or_default()
    }

    /// Puts a program onto the PATH.
    fn program(&self, name: &str, script: &str) {
        let path = self.path("bin").join(name);
        fs::write(&path, format!("#!/usr/bin/env bash\n{script}\n")).unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
    }

    fn run(&self, script: &str, folder: &Path, variables: &[(&str, &str)]) -> Output {
        let path = format!("{}:/usr/local/bin:/usr/bin:/bin", self.path("bin").display());
        Command::new(repository().join(".github/action").join(script))
            .current_dir(folder)
            .env_clear()
            .env("PATH", path)
            .env("HOME", self.folder.path())
            .env("RUNNER_TEMP", self.folder.path())
            .env("GITHUB_ACTION_PATH", repository())
            .env("GITHUB_OUTPUT", self.path("output"))
            .env("GITHUB_PATH", self.path("path"))
            .env("GITHUB_STEP_SUMMARY", self.path("summary"))
            .env("GITHUB_REPOSITORY", "example/docs")
            .envs(variables.iter().copied())
            .output()
            .unwrap()
    }
}

/// A `gh` that takes down its arguments, finds these ids of comments, and exits so when it is to write.
fn gh(job: &Job, ids: &str, writing: u8) {
    let script = format!(
        "echo \"$*\" >> {calls}\ncase $* in *\"--method P\"*) exit {writing};; esac\nprintf '{ids}'",
        calls = job.path("calls").display()
    );
    job.program("gh", &script);
}

fn comment(job: &Job, token: &str) -> Output {
    comment_about(job, token, "<!-- rescind -->")
}

/// Comments with a report that begins with this mark.
fn comment_about(job: &Job, token: &str, marker: &str) -> Output {
    fs::write(job.path("comment.md"), format!("{marker}\n## rescind: no changes\n")).unwrap();
    let comment = job.path("comment.md").display().to_string();
    let variables = [("GH_TOKEN", token), ("PULL_REQUEST", "7"), ("COMMENT", &comment)];
    job.run("comment.sh", job.folder.path(), &variables)
}

#[test]
fn a_comment_is_written_once_and_then_updated() {
    let job = Job::new();
    gh(&job, "", 0);
    assert!(comment(&job, "token").status.success());
    let calls = job.read("calls");
    let body = format!("--field body=@{}", job.path("comment.md").display());
    assert!(calls.contains(r#"startswith("<!-- rescind -->")"#), "{calls}");
    assert!(calls.contains(&format!("--method POST repos/example/docs/issues/7/comments {body}")), "{calls}");

    let job = Job::new();
    gh(&job, "101\\n102\\n", 0);
    assert!(comment(&job, "token").status.success());
    let calls = job.read("calls");
    assert!(calls.contains("--method PATCH repos/example/docs/issues/comments/101 "), "{calls}");
    assert!(!calls.contains("POST"), "{calls}");
}

#[test]
fn without_a_token_that_may_comment_nothing_fails() {
    let job = Job::new();
    gh(&job, "", 1);
    let output = comment(&job, "token");
    assert!(output.status.success() && String::from_utf8_lossy(&output.stdout).contains("may not comment"));
    let job = Job::new();
    gh(&job, "", 0);
    assert!(comment(&job, "").status.success());
    assert_eq!(job.read("calls"), "");
}

#[test]
fn each_page_has_a_comment_of_its_own_and_no_text_becomes_part_of_the_query() {
    let job = Job::new();
    gh(&job, "", 0);
    let marker = rescind_report::markdown::marker("docs/a.md");
    assert!(comment_about(&job, "token", &marker).status.success());
    assert!(job.read("calls").contains(r#"startswith("<!-- rescind: docs/a.md -->")"#));
    // The mark of one page begins no other.
    assert_ne!(marker, rescind_report::markdown::marker("docs/a.mdx"));
    assert_eq!(rescind_report::markdown::marker("a\"--> <b>"), "<!-- rescind: a?-?? ?b? -->");
    for hostile in [r#"<!-- rescind: ") or true | ("x -->"#, "<!-- other -->", "", "<!-- rescind -->x"] {
        let job = Job::new();
        gh(&job, "", 0);
        assert!(!comment_about(&job, "token", hostile).status.success(), "{hostile}");
        assert_eq!(job.read("calls"), "", "{hostile}");
    }
}

#[test]
fn the_pull_request_of_a_fork_is_looked_up_by_its_head() {
    let variables = [
        ("GH_TOKEN", "token"),
        ("HEAD_SHA", "0123abc"),
        ("HEAD_BRANCH", "@fix"),
        ("HEAD_REPOSITORY", "somebody/docs"),
    ];
    let looked_up = |numbers: &str| {
        let job = Job::new();
        gh(&job, numbers, 0);
        let output = job.run("pull.sh", job.folder.path(), &variables);
        (output.status.success(), job.read("output"), job.read("calls"))
    };
    let (found, output, calls) = looked_up("7\\n");
    assert!(found && output == "number=7\n", "{output}");
    assert!(calls.contains("repos/example/docs/pulls --raw-field state=open --raw-field head=somebody:@fix"));
    assert!(calls.contains(r#"select(.head.sha == "0123abc" and .head.repo.full_name == "somebody/docs")"#));
    let (found, output, _) = looked_up("");
    assert!(found && output == "number=\n", "{output}");
    assert!(!looked_up("7; x\\n").0);
    // The workflow passes on nothing of the fork's but the text of the report.
    let workflow = yaml(".github/workflows/comment.yml");
    let all = steps(&workflow);
    assert!(all.iter().all(|step| step["uses"] != "./"), "nothing is run for the fork");
    assert_eq!(all.last().unwrap()["env"]["PULL_REQUEST"], "${{ steps.pull.outputs.number }}");
}

#[test]
fn a_run_that_could_not_begin_says_so_on_the_pull_request() {
    let (job, catalog) = (Job::new(), TestCatalog::new("exit 1"));
    let (stdout, _) = run(&job, &catalog, &[("PAGE", "none.md")]);
    assert!(stdout.contains("::error title=rescind could not run (exit code 2)::"), "{stdout}");
    assert!(stdout.contains("none.md"), "{stdout}");
    assert!(job.read("summary").contains("rescind could not run"), "{}", job.read("summary"));
    let output = job.read("output");
    assert!(output.contains("exit-code=2\n") && output.contains("sarif=\n"), "{output}");
    assert!(output.contains("results=\n") && output.contains("junit=\n"), "{output}");
}

#[test]
fn several_pages_or_sources_are_run_each_by_its_line() {
    let (job, catalog) = (Job::new(), TestCatalog::new("exit 3"));
    let page = |service: &str| format!("# {service}\n\n## Shell\n\n```sh\ntrue\n```\n");
    catalog.write("docs/a page.md", &page("Spanner"));
    catalog.write("docs/b.md", &page("Other"));
    let (_, stderr) = run(&job, &catalog, &[("PAGE", "docs/a page.md\n docs/b.md \n\n"), ("FAIL_ON", "any")]);
    assert!(job.read("output").contains("exit-code=2\n"), "{stderr}");
    assert!(stderr.contains("code in two of the pages") || stderr.contains("b.md"), "{stderr}");
    catalog.write("x.sh", "# [START demo]\ntrue\n# [END demo]\n");
    let (stdout, stderr) = run(&job, &catalog, &[("SOURCES", "shell=x.sh")]);
    assert!(stdout.contains("1 of 1") || stdout.contains("1 case"), "{stdout}{stderr}");
}

/// Runs the samples of a catalogue as the action does, with the real binary.
fn run(job: &Job, catalog: &TestCatalog, variables: &[(&str, &str)]) -> (String, String) {
    let (binary, cache) = (binary().display(), cache());
    job.program("rescind", &format!("exec '{binary}' --cache-dir '{}' \"$@\"", cache.display()));
    let root = catalog.root().display().to_string();
    let fixed = [("CATALOGUE", root.as_str()), ("REPORTS", "reports")];
    let output = job.run("run.sh", catalog.root(), &[&fixed, variables].concat());
    let stderr = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.success(), "{stderr}");
    (String::from_utf8_lossy(&output.stdout).into_owned(), stderr)
}

#[test]
fn a_job_writes_every_report_and_says_what_rescind_exited_with() {
    let (job, catalog) = (Job::new(), TestCatalog::new("exit 1"));
    let (stdout, _) =
        run(&job, &catalog, &[("LANGUAGES", "shell perl"), ("SCENARIOS", "cancel-*"), ("RETRIES", "1")]);
    assert!(stdout.contains("\n::error file=samples/spanner/shell/sample.sh,line="), "{stdout}");
    assert!(stdout.contains("tried 2 times, alike each time"), "{stdout}");
    assert!(job.read("summary").contains("## rescind: 1 of 1 case not as expected"));
    assert!(job.read("output").contains("exit-code=1\n"));
    for report in ["comment.md", "junit.xml", "rescind.sarif", "results.json", "report.html"] {
        let written = fs::read_to_string(catalog.root().join("reports").join(report)).unwrap();
        assert!(written.contains("wrong-exit"), "{report}");
    }
}

#[test]
fn what_a_workflow_passes_is_never_run() {
    let (job, catalog) = (Job::new(), TestCatalog::new("true"));
    let hostile = "$(touch pwned) `touch pwned` ; touch pwned";
    run(&job, &catalog, &[("PAGE", hostile), ("LANGUAGES", hostile), ("SCENARIOS", "*")]);
    assert!(job.read("output").contains("exit-code=2\n") || job.read("output").contains("exit-code=4\n"));
    assert!(!catalog.root().join("pwned").exists());
}

#[test]
fn the_last_job_puts_the_results_together_and_compares_them() {
    let (job, catalog) =
        (Job::new(), TestCatalog::new("case $GOOGLE_CLOUD_PROJECT in *-lags) exit 1;; esac"));
    catalog.copy("manifests/scenarios/cancel-wins.yaml", "manifests/scenarios/cancel-lags.yaml");
    for part in ["wins", "lags"] {
        let reports = format!("shards/{part}");
        let (stdout, _) = run(
            &job,
            &catalog,
            &[("SCENARIOS", &format!("cancel-{part}")), ("FAIL_ON", "never"), ("REPORTS", &reports)],
        );
        assert!(!stdout.contains("::error "), "{stdout}");
    }
    assert_eq!(job.read("output").matches("exit-code=0\n").count(), 2);
    // There was one to write: the last job does it, and then it is there once.
    let left = fs::read_to_string(catalog.root().join("shards/lags/annotations.txt")).unwrap();
    assert_eq!(left.matches("::error ").count(), 1, "{left}");
    let (job, merged) = (Job::new(), [("RESULTS", "shards")]);
    let (stdout, _) = run(&job, &catalog, &merged);
    assert!(stdout.contains("2 cases: 1 pass, 1 fail"), "{stdout}");
    assert_eq!(stdout.matches("::error ").count(), 1, "{stdout}");
    assert!(job.read("output").contains("exit-code=1\n"));

    // The last job may never fail, too, and has nothing to do with a page.
    let job = Job::new();
    let (stdout, _) = run(&job, &catalog, &[merged[0], ("FAIL_ON", "never"), ("PAGE", "no-such.md")]);
    assert_eq!(stdout.matches("::error ").count(), 1, "{stdout}");
    assert!(job.read("output").contains("exit-code=0\n"));

    let accepted = rescind_tests::rescind(catalog.root(), &["accept", "reports/results.json"]);
    accepted.exits(0);
    let job = Job::new();
    let (stdout, _) = run(&job, &catalog, &[merged[0], ("BASELINE", "rescind-baseline.json")]);
    assert!(stdout.contains("no changes in 2 cases"), "{stdout}");
    assert!(job.read("output").contains("exit-code=0\n"));
    let job = Job::new();
    run(&job, &catalog, &[("RESULTS", "samples")]);
    assert!(job.read("output").contains("exit-code=2\n"));
}

#[test]
fn the_executable_is_only_downloaded_with_a_digest_and_only_used_if_it_has_it() {
    let job = Job::new();
    job.program("curl", "while [ $# -gt 2 ]; do shift; done; printf 'not rescind' > \"$1\"");
    job.program("sudo", "exit 1");
    let url = ("BINARY_URL", "https://example.com/rescind");
    let without = job.run("install.sh", job.folder.path(), &[url]);
    assert_eq!(without.status.code(), Some(2));
    let other = "0".repeat(64);
    let wrong = job.run("install.sh", job.folder.path(), &[url, ("BINARY_SHA256", &other)]);
    assert!(!wrong.status.success() && job.read("path").is_empty());
    // printf 'not rescind' | sha256sum
    let right = "91ceeec216f653d94ffd313093011cd54cdeb586373a8b824276a1591c7617e6";
    let output = job.run("install.sh", job.folder.path(), &[url, ("BINARY_SHA256", right)]);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    assert_eq!(job.read("path").trim_end(), job.path("rescind-bin").to_str().unwrap());
}

#[test]
fn the_caches_are_named_by_content() {
    let keys = |job: &Job| {
        assert!(job.run("keys.sh", job.folder.path(), &[]).status.success());
        job.read("output")
    };
    let first = keys(&Job::new());
    let form = Regex::new(r"^source=[0-9a-f]{20}\nsamples=[0-9a-f]{20}\n$").unwrap();
    assert!(form.is_match(&first), "{first}");
}
