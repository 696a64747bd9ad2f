//! What a case costs beyond its process, and how soon the embedded emulator is ready.
//!
//! `cargo bench -p rescind-runner` runs `/bin/true` as 200 cases, and 200 times alone, as many at once. The median of
//! some rounds counts. The exit code is 1 if a target is missed.

use std::collections::BTreeMap;
use std::error::Error;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode, Stdio};
use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant, SystemTime};

use rescind_catalog::{
    Manifest, PageNames, Plan, PlannedSample, Run, SampleCode, ServiceProfile, Source, Stage, Variables,
};
use rescind_model::{
    CaseResult, Contract, Endpoint, Expectation, ExpectedExit, Given, Outcome, Rule, Scenario, Schedule,
    Verdict,
};
use rescind_runner::{Context, Embedded, MonotonicClock, RunOptions, run};
use tokio_util::sync::CancellationToken;

const PROGRAM: &str = "/bin/true";
const CASES: usize = 200;
const ROUNDS: usize = 7;
/// The most that a case may cost beyond its process.
const CASE_TARGET: Duration = Duration::from_millis(5);
/// The most that the emulator may take until clients can connect.
const READY_TARGET: Duration = Duration::from_millis(20);

type Result<T> = std::result::Result<T, Box<dyn Error>>;

fn main() -> Result<ExitCode> {
    let folder = tempfile::tempdir()?;
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    let mut met = true;

    let ready = runtime.block_on(async {
        let mut times = Vec::new();
        for _ in 0..ROUNDS {
            let started = Instant::now();
            let embedded = Embedded::new(Arc::new(SystemTime::now));
            times.push(started.elapsed());
            drop(embedded);
        }
        Result::Ok(median(times))
    })?;
    met &= tell("embedded emulator ready", ready, READY_TARGET);

    for jobs in [1, 2] {
        let mut alone = Vec::new();
        let mut cases = Vec::new();
        // In turns, so that a busy moment of the machine meets both.
        for _ in 0..ROUNDS {
            alone.push(processes(jobs)?);
            cases.push(runtime.block_on(whole_run(folder.path(), jobs))?);
        }
        let each = |total: Duration| total / CASES as u32;
        let (alone, case) = (each(median(alone)), each(median(cases)));
        println!(
            "{CASES} cases of {PROGRAM}, {jobs} at once: process {:.3} ms, case {:.3} ms, ratio {:.2}",
            milliseconds(alone),
            milliseconds(case),
            case.as_secs_f64() / alone.as_secs_f64(),
        );
        met &= tell("  a case beyond its process", case.saturating_sub(alone), CASE_TARGET);
    }
    Ok(if met { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn tell(what: &str, time: Duration, target: Duration) -> bool {
    let met = time <= target;
    let verdict = if met { "met" } else { "MISSED" };
    println!("{what}: {:.3} ms (target {:.0} ms: {verdict})", milliseconds(time), milliseconds(target));
    met
}

fn milliseconds(time: Duration) -> f64 {
    time.as_secs_f64() * 1000.0
}

fn median(mut times: Vec<Duration>) -> Duration {
    times.sort_unstable();
    times[times.len() / 2]
}

/// The time that the processes take alone.
fn processes(jobs: usize) -> Result<Duration> {
    let started = Instant::now();
    thread::scope(|scope| {
        let threads: Vec<_> = (0..jobs)
            .map(|_| {
                scope.spawn(move || -> std::io::Result<()> {
                    for _ in 0..CASES / jobs {
                        let mut command = Command::new(PROGRAM);
                        command.env_clear().stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
                        command.status()?;
                    }
                    Ok(())
                })
            })
            .collect();
        for thread in threads {
            thread.join().map_err(|_| "a thread panicked")??;
        }
        Result::Ok(())
    })?;
    Ok(started.elapsed())
}

/// The time that a run takes whose cases are these processes, from the start of the emulator to the results.
async fn whole_run(folder: &Path, jobs: usize) -> Result<Duration> {
    let home = ("HOME".into(), folder.as_os_str().to_owned());
    let context = Arc::new(Context::detect([home], None, MonotonicClock::new(Instant::now))?);
    let sample = PlannedSample {
        manifest: Arc::new(manifest(folder)?),
        code: SampleCode::Bundled,
        location: None,
        scenarios: (0..CASES).map(|number| Ok(Arc::new(scenario(number)?))).collect::<Result<_>>()?,
    };
    let plan = Plan { samples: vec![sample], source: "bundled".to_owned(), ..Plan::default() };
    let options = RunOptions { jobs: Some(jobs), ..RunOptions::default() };
    let (events, _) = tokio::sync::mpsc::unbounded_channel();
    let started = Instant::now();
    let backend = Arc::new(Embedded::new(Arc::new(SystemTime::now)));
    let finished = run(context, backend, plan, options, "bench", events, CancellationToken::new()).await;
    let time = started.elapsed();
    match finished.results.cases.iter().find(|case| !began_nothing(case)) {
        Some(case) => {
            Err(format!("{}: {} {:?} {:?}", case.id, case.verdict, case.reason, case.findings).into())
        }
        None => Ok(time),
    }
}

/// True if a case ran as it should: the program makes no request, and that is all that is wrong.
fn began_nothing(case: &CaseResult) -> bool {
    let rules: Vec<Rule> = case.findings.iter().map(|finding| finding.rule).collect();
    case.verdict == Verdict::Fail && rules == [Rule::NothingHappened]
}

fn manifest(folder: &Path) -> Result<Manifest> {
    let sample = folder.join("sample");
    std::fs::create_dir_all(&sample)?;
    Ok(Manifest {
        id: "spanner/true".parse()?,
        service: Arc::new(service()?),
        title: "true".to_owned(),
        file: PathBuf::from("true.yaml"),
        source: Source { folder: sample, file: "none".into(), region: "none".to_owned() },
        page: PageNames { headings: Vec::new(), fences: Vec::new(), blocks: None },
        toolchain: Vec::new(),
        variables: Variables::default(),
        prepare: Stage::default(),
        unavailable: Vec::new(),
        build: Stage::default(),
        run: Run {
            command: vec![PROGRAM.to_owned()],
            environment: BTreeMap::new(),
            endpoint: Endpoint::Emulator,
            emulator_environment: BTreeMap::new(),
            service_environment: BTreeMap::new(),
            deadline: Duration::from_secs(60),
            processor_time: Duration::from_secs(60),
            jobs: None,
        },
        bundled: Contract::default(),
        published: Contract::default(),
        expectations: BTreeMap::new(),
    })
}

fn service() -> Result<ServiceProfile> {
    Ok(ServiceProfile {
        id: "spanner".parse()?,
        title: "Spanner".to_owned(),
        host: "spanner.googleapis.com".to_owned(),
        aliases: Vec::new(),
        besides: Vec::new(),
        emulator_variable: Some("SPANNER_EMULATOR_HOST".to_owned()),
        instance: Some("test-instance".to_owned()),
        database: "test-db".to_owned(),
    })
}

fn scenario(number: usize) -> Result<Scenario> {
    Ok(Scenario {
        name: format!("case-{number}"),
        title: "Nothing happens.".to_owned(),
        services: vec!["spanner".parse()?],
        given: Given::default(),
        schedule: Schedule::default(),
        optional: Schedule::default(),
        expect: Some(Expectation {
            outcome: Outcome::Refused,
            exit: ExpectedExit::Zero,
            claims: Vec::new(),
            may_leave_backup: false,
        }),
    })
}
