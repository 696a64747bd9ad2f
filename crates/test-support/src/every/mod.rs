//! One fixed results object that holds every verdict and every rule, as real runs would have them.

mod build;
mod go;
mod limits;
mod nodejs;
mod python;
mod unplayed;

use rescind_model::{
    CaseResult, ClockKind, Ended, Environment, Finding, ListPlace, Location, PublishedSource, Results, Rule,
    SCHEMA_VERSION, SourcePiece, StaleEntry, Verdict,
};

use self::build::{JournalBuilder, NOTHING, case, location, observed};

fn not_run() -> Vec<CaseResult> {
    let titles = [
        ("cancel-wins", "The cancel takes effect at once."),
        ("operation-fails", "The operation ends with INTERNAL although a cancel was acknowledged."),
    ];
    let mut cases = Vec::new();
    for (scenario, title) in titles {
        cases.push(CaseResult {
            reason: Some("needs javac 17 or newer, found none\ninstall it with: apt-get install openjdk-17-jdk-headless".to_owned()),
            ..case(&format!("spanner/java/{scenario}"), title, "create:running", Verdict::Unsupported)
        });
        cases.push(CaseResult {
            reason: Some("prepare failed: `bundle install` exited with 5\nCould not find gem 'google-cloud-spanner (= 2.99)'".to_owned()),
            ..case(&format!("spanner/ruby/{scenario}"), title, "create:running", Verdict::SetupError)
        });
    }
    cases.push(case("geminidb/curl/cancel-wins", titles[0].1, "create:running", Verdict::Skipped));
    cases.push(CaseResult {
        reason: Some("`cargo build --locked` failed (exit 101):\nerror[E0425]: cannot find value `backup` in this scope\n  --> src/cancel_backup.rs:31:9".to_owned()),
        findings: vec![Finding {
            place: Some(Location::of_line("docs/cancel-backup-create.md", 187)),
            ..Finding::new(
                Rule::DoesNotBuild,
                "docs/cancel-backup-create.md:187: error[E0425]: cannot find value `backup` in this scope",
            )
        }],
        location: location("docs/cancel-backup-create.md", 180, 204),
        ..case("spanner/rust/cancel-wins", titles[0].1, "create:running", Verdict::Fail)
    });
    cases.push(CaseResult {
        observation: Some(observed(Ended::Code(0), "Stopped.\n", "", JournalBuilder::from(NOTHING))),
        wall_ms: 44,
        ..case("geminidb/curl/operation-fails", titles[1].1, "create:running", Verdict::Pass)
    });
    cases
}

/// Every verdict and every rule, as the parts of a run on several machines have them, of which one has no closed world.
pub fn results() -> Results {
    let mut cases: Vec<CaseResult> =
        [python::cases(), nodejs::cases(), go::cases(), limits::cases(), unplayed::cases(), not_run()]
            .into_iter()
            .flatten()
            .collect();
    cases.sort_by(|a, b| a.id.cmp(&b.id));
    let toolchains = [("go", "1.24.1"), ("nodejs", "22.11.0"), ("python", "3.12.3")];
    Results {
        schema_version: SCHEMA_VERSION,
        environment: Environment {
            rescind: "0.1.0".to_owned(),
            platform: "linux/x86_64".to_owned(),
            emulator: "embedded".to_owned(),
            clock: ClockKind::Real,
            clock_reason: Some("this system has no closed world".to_owned()),
            source: "docs/cancel-backup-create.md".to_owned(),
            catalogue: "8f0c1b7a52d94e63a1b0".to_owned(),
            toolchains: toolchains.map(|(name, version)| (name.to_owned(), version.to_owned())).into(),
        },
        interrupted: true,
        filtered: false,
        shard: None,
        notices: vec![
            "docs/cancel-backup-create.md:210: the block for `PowerShell` has no manifest and was not checked".to_owned(),
        ],
        explorations: Vec::new(),
        sources: vec![PublishedSource {
            sample: "spanner/rust".parse().unwrap(),
            file: "docs/cancel-backup-create.md".to_owned(),
            pieces: vec![
                SourcePiece { first_line: 180, text: "let backup = create().await?;\n".to_owned() },
                SourcePiece {
                    first_line: 186,
                    text: "// A vector: Vec<&str>.\nprintln!(\"{backup}\");\n".to_owned(),
                },
            ],
        }],
        stale_entries: stale(),
        cases,
    }
}

/// One entry of the list of known failures that expired, one that matches nothing, and one that nothing is known of.
fn stale() -> Vec<StaleEntry> {
    let entry = |line, pattern: &str, rule| StaleEntry {
        place: ListPlace { file: "manifests/known-failures.yaml".to_owned(), line, column: 9 },
        pattern: pattern.to_owned(),
        rule,
        expired: None,
        not_run: Vec::new(),
    };
    let java = "spanner/java/cancel-wins".parse().unwrap();
    vec![
        StaleEntry {
            expired: Some("2025-06-30".to_owned()),
            ..entry(3, "spanner/nodejs/never-ends", Rule::TimedOut)
        },
        entry(8, "spanner/python/create-*", Rule::FalseClaim),
        StaleEntry { not_run: vec![java], ..entry(13, "spanner/java/*", Rule::LeakedBackup) },
    ]
}
