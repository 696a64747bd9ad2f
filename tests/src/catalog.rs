//! A project of its own for each test.

use std::path::Path;

use rescind_model::CaseResult;
use tempfile::TempDir;

use crate::{Ran, rescind, results};

const MANIFEST: &str = r#"title: Shell
source: { folder: samples/spanner/shell, file: sample.sh, region: demo }
page: { headings: [Shell], fences: [sh] }
toolchain:
  - program: sh
    version: { args: [-c, "echo 1.0"], pattern: '(\d+\.\d+)', minimum: "1.0" }
run:
  command: [sh, sample.sh, "{backup}"]
  deadline: 20s
claims:
  - { claim: failed, pattern: ^The backup failed$ }
"#;

const SCENARIO: &str = "title: The cancel takes effect at once.
services: [spanner]
schedule: create:running cancel:honoured
expect: { outcome: cancelled, exit: zero }
";

/// A service whose samples share nothing.
const SERVICE: &str = "title: Spanner
hosts: [spanner.googleapis.com]
emulator: SPANNER_EMULATOR_HOST
placeholders: { instance: test-instance, database: test-db }
";

/// The line above the region of a script that runs after a backup was begun and cancelled.
pub const BEGIN: &str = "bash begin.bash \"$1\" # [START demo]";

/// A root with one sample, a shell script, and one scenario.
pub struct TestCatalog {
    folder: TempDir,
}

impl TestCatalog {
    /// The script is the region's content. Before it begins, a backup is begun and cancelled.
    pub fn new(script: &str) -> TestCatalog {
        let catalog = TestCatalog::idle(script);
        catalog.edit("samples/spanner/shell/sample.sh", "# [START demo]\n", &format!("{BEGIN}\n"));
        catalog
    }

    /// The same, where nothing but the script happens.
    pub fn idle(script: &str) -> TestCatalog {
        let catalog = TestCatalog { folder: TempDir::new().unwrap() };
        catalog
            .write("samples/spanner/shell/sample.sh", &format!("# [START demo]\n{script}\n# [END demo]\n"));
        catalog.write("samples/spanner/shell/begin.bash", include_str!("begin.bash"));
        catalog.write("samples/spanner/shell/ask.bash", include_str!("ask.bash"));
        catalog.write("manifests/spanner/shell.yaml", MANIFEST);
        catalog.write("manifests/scenarios/cancel-wins.yaml", SCENARIO);
        catalog.write("manifests/spanner/service.yaml", SERVICE);
        catalog
    }

    /// Its folder.
    pub fn root(&self) -> &Path {
        self.folder.path()
    }

    /// Writes a file, and the folders above it.
    pub fn write(&self, path: &str, content: &str) {
        let path = self.root().join(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, content).unwrap();
    }

    /// Makes a folder of manifests one of a service.
    pub fn add_service(&self, name: &str) {
        let text = SERVICE.replace("Spanner", name).replace("spanner.", &format!("{name}."));
        self.write(&format!("manifests/{name}/service.yaml"), &text);
    }

    /// Copies a file.
    pub fn copy(&self, from: &str, to: &str) {
        let text = std::fs::read_to_string(self.root().join(from)).unwrap();
        self.write(to, &text);
    }

    /// Replaces a part of the manifest, which must be there.
    pub fn edit_manifest(&self, from: &str, to: &str) {
        self.edit("manifests/spanner/shell.yaml", from, to);
    }

    /// Replaces a part of a file, which must be there.
    pub fn edit(&self, path: &str, from: &str, to: &str) {
        let text = std::fs::read_to_string(self.root().join(path)).unwrap();
        assert!(text.contains(from), "{path} has no `{from}`");
        self.write(path, &text.replace(from, to));
    }

    /// Runs what the arguments select, by default all.
    pub fn run(&self, arguments: &[&str]) -> Ran {
        rescind(self.root(), &[&["run"], arguments].concat())
    }

    /// Runs the one case and gives its result.
    pub fn case(&self, arguments: &[&str]) -> (Ran, CaseResult) {
        let (ran, mut results) = results(self.root(), &[&["run"], arguments].concat());
        assert_eq!(results.cases.len(), 1);
        (ran, results.cases.remove(0))
    }
}
