//! Whole runs of samples of a few lines of shell, against an emulator that emulates nothing.

use std::fs;
use std::time::Duration;

use rescind_catalog::{LineOrigins, Lines, Manifest, PlannedSample, SampleCode, Substitute};
use rescind_model::{
    Claim, Ended, Endpoint, Expectation, Finding, KnownFailure, ListPlace, Location, Results, Rule, exit,
};
use tokio::sync::mpsc;

use super::*;
use crate::Event;
use crate::testing::{self, Fake, scenario, tool};

mod time;
mod tries;

struct Fixture {
    folder: tempfile::TempDir,
    context: Context,
    backend: Arc<Fake>,
    options: RunOptions,
    known_failures: Vec<KnownFailure>,
    cancel: CancellationToken,
    /// Where cases can leave something for each other.
    common: tempfile::TempDir,
}

struct Seen {
    results: Results,
    events: Vec<Event>,
}

impl Fixture {
    fn new() -> Fixture {
        let folder = tempfile::tempdir().unwrap();
        Fixture {
            context: testing::context(folder.path()),
            backend: Arc::default(),
            options: RunOptions { jobs: Some(2), ..RunOptions::default() },
            known_failures: Vec::new(),
            cancel: CancellationToken::new(),
            common: testing::common_folder(),
            folder,
        }
    }

    fn manifest(&self, language: &str, script: &str) -> Manifest {
        testing::manifest(self.folder.path(), language, script)
    }

    /// A FIFO, by which a script tells that it has come so far.
    fn fifo(&self) -> std::path::PathBuf {
        let fifo = self.common.path().join("fifo");
        nix::unistd::mkfifo(&fifo, nix::sys::stat::Mode::S_IRWXU).unwrap();
        fifo
    }

    async fn run(&self, manifests: Vec<Manifest>, scenarios: &[&str]) -> Seen {
        self.run_with(SampleCode::Bundled, manifests, scenarios).await
    }

    async fn run_with(&self, code: SampleCode, manifests: Vec<Manifest>, scenarios: &[&str]) -> Seen {
        let (events, mut received) = mpsc::unbounded_channel();
        let plan = Plan {
            samples: manifests
                .into_iter()
                .map(|manifest| PlannedSample {
                    manifest: Arc::new(manifest),
                    code: code.clone(),
                    location: match &code {
                        SampleCode::Published { origin, .. } => Some(Location::of_line(origin, 40)),
                        SampleCode::Bundled => None,
                    },
                    scenarios: scenarios.iter().map(|name| scenario(name)).collect(),
                })
                .collect(),
            source: "bundled".to_owned(),
            replay_options: vec!["--page".to_owned(), "my page.md".to_owned()],
            known_failures: self.known_failures.clone(),
            ..Plan::default()
        };
        let backend: Arc<dyn Backend> = Arc::<Fake>::clone(&self.backend);
        let context = Arc::new(self.context.clone());
        let (options, cancel) = (self.options.clone(), self.cancel.clone());
        let finished = run(context, backend, plan, options, "1.2.3", events, cancel).await;
        let mut events = Vec::new();
        while let Some(event) = received.recv().await {
            events.push(event);
        }
        assert_eq!(fs::read_dir(self.folder.path().join("tmp")).unwrap().count(), 0, "nothing stays behind");
        Seen { results: finished.results, events }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_case_has_a_project_of_its_own_and_a_clean_environment() {
    let fixture = Fixture::new();
    let script = "echo $1 $2; env; find \"$HOME\" \"$TMPDIR\" -mindepth 1; touch \"$HOME/x\" \"$TMPDIR/y\"";
    let mut manifest = fixture.manifest("sh", script);
    manifest.run.environment.insert("CACHE".to_owned(), "{cache}".to_owned());
    let seen = fixture.run(vec![manifest], &["two", "one"]).await;
    let ids: Vec<String> = seen.results.cases.iter().map(|case| case.id.to_string()).collect();
    assert_eq!(ids, ["spanner/sh/one", "spanner/sh/two"]);
    let chance = regex::Regex::new("(rescind|sh)-[0-9a-zA-Z]+").unwrap();
    for case in &seen.results.cases {
        let project = case.id.project();
        assert_eq!(case.verdict, Verdict::Pass, "{:?}", case.findings);
        let observation = case.observation.as_ref().unwrap();
        let mut lines = observation.stdout.text.lines();
        let (name, address) = lines.next().unwrap().split_once(' ').unwrap();
        assert_eq!(name, project);
        assert!(address.starts_with("127.0.0.1:"), "the front of the case: {address}");
        let mut environment: Vec<&str> = lines
            .filter(|line| !line.starts_with("PWD=") && !line.starts_with("RESCIND_INVOCATION="))
            .collect();
        environment.sort_unstable();
        let places = fixture.folder.path().display().to_string();
        let text = environment.join("\n").replace(&places, "FOLDER").replace(&project, "PROJECT");
        let text = text.replace(address, "ADDRESS");
        let text = chance.replace_all(&text, "$1-X").into_owned();
        insta::allow_duplicates! { insta::assert_snapshot!(text, @"
        CACHE=FOLDER/cache/deps/spanner-sh-X/cache
        GOOGLE_CLOUD_PROJECT=PROJECT
        HOME=FOLDER/tmp/rescind-X/PROJECT/home
        LANG=C.UTF-8
        NO_PROXY=*
        PATH=/usr/bin:/bin
        RESCIND_EMULATOR=http://ADDRESS
        SPANNER_EMULATOR_HOST=ADDRESS
        TMPDIR=FOLDER/tmp/rescind-X/PROJECT/tmp
        TZ=UTC
        no_proxy=*
        "); }
        let calls = fixture.backend.calls.lock().unwrap()[&project].clone();
        assert_eq!(
            calls,
            ["prepare", "snapshot", "snapshot", "settle", "snapshot", "changes", "journal", "remove"]
        );
    }
    let replay = &seen.results.cases[0].replay;
    insta::assert_snapshot!(replay, @"rescind run --service spanner --language sh --scenario one --page 'my page.md'");
    assert_eq!(seen.results.environment.rescind, "1.2.3");
    insta::assert_debug_snapshot!(&seen.events[..2], @r#"
    [
        Preparing {
            sample: SampleId {
                service: ServiceId(spanner),
                language: "sh",
            },
        },
        Prepared {
            sample: SampleId {
                service: ServiceId(spanner),
                language: "sh",
            },
            cached: false,
        },
    ]
    "#);
    assert_eq!(seen.events.len(), 2 + 2 * 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sample_is_told_of_the_service_in_its_manifests_way_or_in_the_one_that_was_asked_for() {
    let mut fixture = Fixture::new();
    let mut manifest = fixture.manifest("sh", "echo $URL $SPANNER_EMULATOR_HOST $MORE");
    let variable = |name: &str, value: &str| BTreeMap::from([(name.to_owned(), value.to_owned())]);
    manifest.run.environment = variable("URL", "{endpoint}");
    manifest.run.emulator_environment = variable("MORE", "to {emulator}");
    let seen = fixture.run(vec![manifest.clone()], &["a"]).await;
    let observation = seen.results.cases[0].observation.as_ref().unwrap();
    let address = observation.stdout.text.trim_end().rsplit_once(' ').unwrap().1;
    assert_eq!(observation.stdout.text, format!("http://{address} {address} to {address}\n"));
    // Its own names lead nowhere in real time, which says nothing about the sample.
    fixture.options.clock = Some(rescind_model::ClockKind::Real);
    fixture.options.endpoint = Some(Endpoint::Service);
    let case = fixture.run(vec![manifest], &["a"]).await.results.cases.remove(0);
    assert_eq!(case.verdict, Verdict::SetupError);
    assert!(case.reason.as_ref().unwrap().ends_with("run it with --endpoint emulator"), "{case:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn each_fault_is_the_verdict_of_the_cases_it_concerns() {
    let mut fixture = Fixture::new();
    fixture.backend = Arc::new(Fake { broken: Some("spanner-good-b".to_owned()), ..Fake::default() });
    let mut old = fixture.manifest("old", "");
    old.toolchain = vec![tool("echo", "1.0", &[2])];
    let mut setup = fixture.manifest("setup", "");
    setup.prepare.steps = vec![vec!["false".to_owned()]];
    let mut gone = fixture.manifest("gone", "");
    gone.run.command = vec!["no-such-interpreter".to_owned()];
    let manifests = vec![old, setup, gone, fixture.manifest("good", ""), fixture.manifest("bad", "exit 9")];
    let seen = fixture.run(manifests, &["a", "b"]).await;
    let lines: Vec<String> = seen
        .results
        .cases
        .iter()
        .map(|case| format!("{} {} {}", case.id, case.verdict, case.reason.as_deref().unwrap_or_default()))
        .collect();
    insta::assert_snapshot!(lines.join("\n"), @"
    spanner/bad/a fail 
    spanner/bad/b fail 
    spanner/gone/a setup-error manifests/spanner/gone.yaml: run: no-such-interpreter is not there
    spanner/gone/b setup-error manifests/spanner/gone.yaml: run: no-such-interpreter is not there
    spanner/good/a pass 
    spanner/good/b setup-error the emulator cannot prepare spanner-good-b: it is broken
    spanner/old/a unsupported echo 1.0 is too old: 2 or later is needed; install it with: apt-get install echo
    spanner/old/b unsupported echo 1.0 is too old: 2 or later is needed; install it with: apt-get install echo
    spanner/setup/a setup-error spanner/setup: prepare: `false` failed (exit 1)
    spanner/setup/b setup-error spanner/setup: prepare: `false` failed (exit 1)
    ");
    let finished = seen.events.iter().filter(|event| matches!(event, Event::CaseFinished { .. })).count();
    assert_eq!(finished, 10, "every case has its verdict, once");
    assert!(!seen.results.interrupted);
    let bad = &seen.results.cases[0];
    assert_eq!(bad.findings[0].rule, Rule::WrongExit);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_manifests_expectation_takes_the_place_of_the_scenarios() {
    let fixture = Fixture::new();
    let run = async |script| {
        let mut manifest = fixture.manifest("sh", script);
        let expect =
            scenario("b").expect.clone().map(|it| Expectation { claims: vec![Claim::Cancelled], ..it });
        let reason = "it looks first".to_owned();
        manifest.expectations.insert("a".to_owned(), Substitute { like: "b".to_owned(), expect, reason });
        let seen = fixture.run(vec![manifest], &["a", "b"]).await;
        assert_eq!(seen.results.notices, ["spanner/sh/a is expected as in b: it looks first"]);
        seen.results.cases.into_iter().map(|case| (case.verdict, case.reason)).collect::<Vec<_>>()
    };
    let reason = Some("expected as in b: it looks first".to_owned());
    // Where claims are expected, something has to be said.
    assert_eq!(run("true").await, [(Verdict::Fail, reason), (Verdict::Pass, None)]);
}

#[tokio::test(flavor = "multi_thread")]
async fn published_code_that_does_not_build_fails_in_every_case() {
    let fixture = Fixture::new();
    let mut manifest = fixture.manifest("sh", "true");
    let build = "! grep -n published main.sh | sed s/^/main.sh:/ | grep .";
    manifest.build.steps = vec![["sh", "-c", build].map(str::to_owned).to_vec()];
    let code = SampleCode::Published {
        file_content: b"true\npublished\n".to_vec(),
        lines: LineOrigins::of_block(Lines { first: 2, last: 2 }, 40),
        origin: "page.md".to_owned(),
    };
    let seen = fixture.run_with(code, vec![manifest], &["a", "b"]).await;
    for case in &seen.results.cases {
        assert_eq!(case.verdict, Verdict::Fail);
        let finding = Finding::new(Rule::DoesNotBuild, "page.md:40: published");
        let place = Some(Location::of_line("page.md", 40));
        assert_eq!(case.findings, [Finding { place, ..finding }]);
        let reason = case.reason.as_deref().unwrap();
        assert!(reason.ends_with("failed (exit 1):\nmain.sh:2:published"), "{reason}");
    }
    assert_eq!(seen.results.cases.len(), 2);
    assert_eq!(seen.results.exit_code(), exit::FINDINGS);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_interrupted_run_keeps_what_is_known() {
    let mut fixture = Fixture::new();
    fixture.options.jobs = Some(1);
    let fifo = fixture.fifo();
    let script = format!("case $1 in *-b) echo > {}; exec sleep 1000;; esac", fifo.display());
    let manifest = fixture.manifest("sh", &script);
    let cancel = fixture.cancel.clone();
    let (seen, ()) = tokio::join!(fixture.run(vec![manifest], &["a", "b", "c"]), async {
        tokio::task::spawn_blocking(|| fs::read(fifo)).await.unwrap().unwrap();
        cancel.cancel();
    });
    assert!(seen.results.interrupted);
    let blocked = "spanner/sh/b".parse::<CaseId>().unwrap();
    for case in &seen.results.cases {
        // Whether the others came before it is chance.
        match (case.verdict, &case.observation, case.reason.as_deref()) {
            (Verdict::Pass, Some(_), None) => assert_ne!(case.id, blocked),
            (Verdict::Skipped, None, Some("interrupted")) => {}
            other => panic!("{}: {other:?}", case.id),
        }
    }
    assert_eq!(seen.results.cases.len(), 3);
    assert_eq!(fixture.backend.calls.lock().unwrap()["spanner-sh-b"].last(), Some(&"remove"));
}

#[tokio::test(flavor = "multi_thread")]
async fn no_more_cases_run_at_once_than_the_manifest_allows() {
    let mut fixture = Fixture::new();
    fixture.options.jobs = Some(8);
    // A folder can be made by one process only.
    let lock = fixture.common.path().join("lock").display().to_string();
    let mut manifest = fixture.manifest("sh", &format!("mkdir {lock} && sleep 0.02 && rmdir {lock}"));
    manifest.run.jobs = Some(1);
    let seen = fixture.run(vec![manifest], &["a", "b", "c", "d"]).await;
    assert!(seen.results.cases.iter().all(|case| case.verdict == Verdict::Pass), "{:?}", seen.results.cases);
}
