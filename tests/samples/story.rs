//! Pull requests against a repository of documentation, as its CI sees them: only what a change has broken fails it.

use std::fs;
use std::path::Path;
use std::process::Command;

use rescind_model::{Baseline, Rule, Verdict};
use rescind_tests::{Ran, repository, rescind};
use tempfile::TempDir;

const PAGE: &str = "docs/cancel-backup.md";
const BASELINE: &str = "docs/baseline.json";

/// A repository with a page and, on `main`, a baseline in which the page's findings are accepted.
struct Docs(TempDir);

impl Docs {
    fn new() -> Docs {
        let docs = Docs(TempDir::new().unwrap());
        let page = fs::read_to_string(repository().join("tests/pages/story.md")).unwrap();
        docs.write(PAGE, &page);
        docs.write(".gitignore", "/reports/\n/results.json\n");
        docs.git(&["init", "--quiet", "--initial-branch=main"]);
        docs.run(&["--results", "results.json"]).exits(1);
        docs.rescind(&["accept", "results.json", "--baseline", BASELINE]).exits(0);
        docs.commit("A page, and what is known of it");
        docs
    }

    fn path(&self, path: &str) -> std::path::PathBuf {
        self.0.path().join(path)
    }

    fn write(&self, path: &str, text: &str) {
        let path = self.path(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    fn read(&self, path: impl AsRef<Path>) -> String {
        fs::read_to_string(self.0.path().join(path)).unwrap()
    }

    fn git(&self, arguments: &[&str]) {
        let identity =
            ["-c", "user.name=docs", "-c", "user.email=docs@example.com", "-c", "commit.gpgsign=false"];
        let ran =
            Command::new("git").current_dir(self.0.path()).args(identity).args(arguments).output().unwrap();
        assert!(ran.status.success(), "{}", String::from_utf8_lossy(&ran.stderr));
    }

    fn commit(&self, message: &str) {
        self.git(&["add", "--all"]);
        self.git(&["commit", "--quiet", "--message", message]);
    }

    fn rescind(&self, arguments: &[&str]) -> Ran {
        rescind(self.0.path(), arguments)
    }

    /// The page's samples in two scenarios: in the one the backup is completed, in the other there is none to delete.
    fn run(&self, more: &[&str]) -> Ran {
        let root = repository().display().to_string();
        let arguments = [
            &["run", "--root", &root, "--page", PAGE, "--service", "spanner"][..],
            &["--language", "go", "--language", "python"],
            &["--scenario", "completes-before-cancel", "--scenario", "operation-fails"][..],
            more,
        ];
        self.rescind(&arguments.concat())
    }

    /// What CI does for a pull request with this change of the page.
    fn pull_request(&self, branch: &str, from: &str, to: &str) -> Ran {
        self.git(&["checkout", "--quiet", "-b", branch, "main"]);
        let page = self.read(PAGE);
        assert_eq!(page.matches(from).count(), 1, "{from}");
        self.write(PAGE, &page.replace(from, to));
        self.commit(branch);
        let formats = ["markdown", "junit", "sarif", "github"];
        let reports = formats.map(|format| format!("{format}=reports/{format}"));
        fs::create_dir_all(self.path("reports")).unwrap();
        let reports: Vec<&str> = reports.iter().flat_map(|report| ["--report", report]).collect();
        self.run(&[&["--baseline", BASELINE][..], &reports].concat())
    }

    fn report(&self, format: &str) -> String {
        self.read(Path::new("reports").join(format))
    }
}

pub fn pull_requests() {
    let docs = Docs::new();
    let baseline: Baseline = serde_json::from_str(&docs.read(BASELINE)).unwrap();
    let accepted: Vec<_> = baseline
        .cases
        .iter()
        .map(|case| {
            (case.id.to_string(), case.verdict, case.findings.iter().any(|it| it.rule == Rule::FalseClaim))
        })
        .collect();
    let case = |id: &str, verdict, false_claim| (format!("spanner/{id}"), verdict, false_claim);
    assert_eq!(
        accepted,
        [
            case("go/completes-before-cancel", Verdict::Fail, true),
            case("go/operation-fails", Verdict::Pass, false),
            case("python/completes-before-cancel", Verdict::Pass, false),
            case("python/operation-fails", Verdict::Fail, true),
        ]
    );
    breaks_the_clean_up_of_go(&docs);
    mends_the_false_claim_of_python(&docs);
    touches_prose_only(&docs);
}

fn breaks_the_clean_up_of_go(docs: &Docs) {
    let clean_up = "err = client.DeleteBackup(ctx, &adminpb.DeleteBackupRequest{Name: name})";
    let ran = docs.pull_request("tidy-go", clean_up, "_ = name");
    let ran = ran.exits(1);
    let id = "spanner/go/completes-before-cancel";
    assert!(ran.stdout.contains("1 regressed"), "{}", ran.stdout);

    // The lines of the block, as the page has them in this change.
    let page = docs.read(PAGE);
    let line = |text: &str| page.lines().position(|line| line == text).unwrap() + 1;
    let (first, last) = (line("```go") + 1, line("### Python") - 3);

    let markdown = docs.report("markdown");
    assert!(
        markdown.starts_with(&format!("<!-- rescind: {PAGE} -->\n## rescind: 1 regression\n")),
        "{markdown}"
    );
    assert!(markdown.contains(&format!("<b>fail</b> <code>{id}</code>: leaked-backup")), "{markdown}");
    assert!(markdown.contains(&format!("{PAGE}:{first}-{last}")), "{markdown}");

    let junit = docs.report("junit");
    assert!(junit.contains("tests=\"4\" failures=\"1\" errors=\"0\""), "{junit}");
    let failed = junit.split("<testcase ").find(|case| case.contains("<failure ")).unwrap();
    assert!(failed.starts_with("name=\"completes-before-cancel\" classname=\"spanner.go\""), "{failed}");

    let sarif: serde_json::Value = serde_json::from_str(&docs.report("sarif")).unwrap();
    let results = sarif["runs"][0]["results"].as_array().unwrap();
    // What it leaves is one broken rule, and that it says nothing of it is another one of the same case.
    let rules: Vec<_> = results.iter().map(|result| result["ruleId"].as_str().unwrap()).collect();
    assert_eq!(rules, ["leaked-backup", "wrong-exit"]);
    for result in results {
        let location = &result["locations"][0];
        assert_eq!(location["logicalLocations"][0]["fullyQualifiedName"], id);
        let place = &location["physicalLocation"];
        assert_eq!(place["artifactLocation"]["uri"], PAGE);
        assert_eq!(
            (&place["region"]["startLine"], &place["region"]["endLine"]),
            (&first.into(), &first.into())
        );
    }

    let annotations = docs.report("github");
    let title = format!("regressed {id}%3A leaked-backup%2C wrong-exit");
    let expected = format!("::error file={PAGE},line={first},endLine={first},title={title}::");
    assert!(annotations.starts_with(&expected), "{annotations}");
    assert_eq!(annotations.lines().count(), 1, "{annotations}");
}

fn mends_the_false_claim_of_python(docs: &Docs) {
    let claim = "    except NotFound:\n        print(\"Backup creation was successfully cancelled.\")";
    let truth = "    except NotFound:\n        if started.exception().code != 499:\n            raise started.exception()\n        \
                 print(\"Backup creation was successfully cancelled.\")";
    let ran = docs.pull_request("mend-python", claim, truth);
    let ran = ran.exits(0);
    assert!(ran.stdout.contains("1 fixed"), "{}", ran.stdout);
    assert!(ran.stdout.contains("spanner/python/operation-fails: fail → pass"), "{}", ran.stdout);
    let markdown = docs.report("markdown");
    assert!(
        markdown.contains("## rescind: no regressions") && markdown.contains("### Fixed (1)"),
        "{markdown}"
    );
    assert!(docs.report("junit").contains("failures=\"0\""));
    assert_eq!(docs.report("github"), "");
}

fn touches_prose_only(docs: &Docs) {
    let ran =
        docs.pull_request("prose", "A page whose flaws", "A longer introduction.\n\nA page whose flaws");
    let ran = ran.exits(0);
    assert!(ran.stdout.contains("no changes in 4 cases: 2 still failing, 2 unchanged"), "{}", ran.stdout);
    assert!(docs.report("markdown").contains("## rescind: no changes"));
    assert_eq!(docs.report("github"), "");
}
