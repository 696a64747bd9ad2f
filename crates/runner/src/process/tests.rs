//! Real processes with every bad habit, each a few lines of shell.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use rescind_model::Captured;

use super::*;

use crate::clock::MonotonicClock;

fn supervisor() -> Supervisor {
    Supervisor::new(MonotonicClock::new(std::time::Instant::now)).unwrap()
}

fn shell(script: &str) -> Invocation {
    Invocation {
        program: "/bin/sh".into(),
        arguments: vec!["-c".into(), script.into()],
        folder: "/".into(),
        environment: BTreeMap::from([("PATH".into(), "/usr/bin:/bin".into())]),
        deadline: Duration::from_secs(60),
    }
}

async fn run(invocation: &Invocation) -> FinishedProcess {
    supervisor().run(invocation, &CancellationToken::new()).await.unwrap()
}

/// True while a process with this id lives; a zombie does not.
fn lives(pid: &str) -> bool {
    let pid = pid.trim().parse::<i32>().unwrap();
    Path::new(&format!("/proc/{pid}")).exists() && !stray::is_dead(pid)
}

#[tokio::test]
async fn streams_are_kept_apart_and_the_exit_code_is_seen() {
    let finished = run(&shell("echo out; echo err >&2; exit 7")).await;
    assert_eq!(finished.ended, Ended::Code(7));
    assert_eq!(finished.stdout, Captured::whole("out\n"));
    assert_eq!(finished.stderr, Captured::whole("err\n"));
    assert!(finished.leaked.is_empty());
}

#[tokio::test]
async fn nothing_is_inherited_but_what_is_given() {
    let mut invocation = shell("env; cat; echo end of input");
    invocation.environment.insert("LANG".into(), "C.UTF-8".into());
    let finished = run(&invocation).await;
    let text = finished.stdout.text.strip_suffix("end of input\n").unwrap();
    let names: Vec<&str> =
        text.lines().filter_map(|line| line.split_once('=')).map(|(name, _)| name).collect();
    for name in &names {
        // PWD is the shell's own.
        assert!(["PATH", "LANG", "PWD", "OLDPWD", "SHLVL", "_", stray::MARKER].contains(name), "{name}");
    }
    assert!(names.contains(&"LANG"));
}

#[tokio::test]
async fn a_flood_is_read_to_its_end_and_kept_within_bounds() {
    const FLOOD: u64 = 100 * 1024 * 1024;
    let finished = run(&shell("head -c 104857600 /dev/zero | tr '\\0' x; echo end")).await;
    assert_eq!(finished.ended, Ended::Code(0));
    assert_eq!(finished.stdout.bytes, FLOOD + 4);
    assert_eq!(finished.stdout.dropped, FLOOD + 4 - (capture::HEAD + capture::TAIL) as u64);
    assert!(finished.stdout.text.starts_with("xxx") && finished.stdout.text.ends_with("xend\n"));
    assert!(finished.stdout.text.len() < capture::HEAD + capture::TAIL + 100);
}

#[tokio::test]
async fn bytes_that_are_not_utf8_are_replaced_and_flagged() {
    let finished = run(&shell("printf 'a\\377b'")).await;
    assert_eq!(finished.stdout.text, "a\u{fffd}b");
    assert!(finished.stdout.invalid_utf8 && !finished.stderr.invalid_utf8);
}

#[tokio::test]
async fn a_signal_is_told_from_an_exit() {
    assert_eq!(run(&shell("kill -SEGV $$")).await.ended, Ended::Signal(11));
    assert_eq!(run(&shell("exit 139")).await.ended, Ended::Code(139));
}

#[tokio::test]
async fn the_deadline_ends_a_process_that_never_does() {
    let mut invocation = shell("echo started; exec sleep 1000");
    invocation.deadline = Duration::from_millis(200);
    let finished = run(&invocation).await;
    assert_eq!(finished.ended, Ended::Deadline);
    assert_eq!(finished.stdout.text, "started\n");
    assert!(finished.wall < GRACE, "SIGTERM was enough: {:?}", finished.wall);
}

#[tokio::test]
async fn the_deadline_ends_a_process_that_ignores_sigterm_and_its_grandchildren() {
    let script = "trap '' TERM; sh -c 'sleep 1000 & echo $!; wait' & setsid sleep 1000 & echo $!; sleep 1000";
    let mut invocation = shell(script);
    invocation.deadline = Duration::from_millis(300);
    let finished = run(&invocation).await;
    assert_eq!(finished.ended, Ended::Deadline);
    assert!(finished.wall >= GRACE, "SIGKILL came too early: {:?}", finished.wall);
    assert!(finished.leaked.is_empty(), "it did not end by itself, so it left nothing behind");
    let started: Vec<&str> = finished.stdout.text.lines().collect();
    assert_eq!(started.len(), 2, "{started:?}");
    assert!(!started.into_iter().any(lives));
}

#[tokio::test]
async fn a_child_that_stays_in_the_group_is_reported_and_killed() {
    // It holds both pipes open, too.
    let finished = run(&shell("sleep 1000 & echo $!")).await;
    assert_eq!(finished.ended, Ended::Code(0));
    assert_eq!(finished.leaked, [LeakedProcess { command: "sleep 1000".to_owned() }]);
    assert!(!lives(&finished.stdout.text));
    assert!(finished.wall < Duration::from_secs(30));
}

#[cfg(target_os = "linux")]
#[tokio::test]
async fn a_child_that_leaves_the_group_is_reported_and_killed() {
    let finished = run(&shell("setsid sleep 1001 >/dev/null 2>&1 & echo $!; exit 3")).await;
    assert_eq!(finished.ended, Ended::Code(3));
    assert_eq!(finished.leaked, [LeakedProcess { command: "sleep 1001".to_owned() }]);
    assert!(!lives(&finished.stdout.text));
}

#[cfg(target_os = "linux")]
#[tokio::test]
async fn a_child_that_hides_does_not_block_the_case() {
    let finished = run(&shell("env -i setsid sleep 2 & echo done")).await;
    assert_eq!(finished.stdout.text, "done\n");
    insta::assert_debug_snapshot!(finished.leaked, @r#"
    [
        LeakedProcess {
            command: "a process that hides from rescind and holds its output open",
        },
    ]
    "#);
}

#[tokio::test]
async fn a_child_that_is_about_to_end_is_no_leak() {
    let finished = run(&shell("sleep 0.02 &")).await;
    assert!(finished.leaked.is_empty(), "{:?}", finished.leaked);
}

#[tokio::test]
async fn cases_side_by_side_do_not_take_each_others_children() {
    let supervisor = supervisor();
    let cancel = CancellationToken::new();
    let leaving = shell("setsid sleep 1002 >/dev/null 2>&1 &");
    let staying = shell("setsid sleep 0.3; echo alive");
    let (leaving, staying) =
        tokio::join!(supervisor.run(&leaving, &cancel), supervisor.run(&staying, &cancel));
    assert_eq!(leaving.unwrap().leaked.len(), 1);
    let staying = staying.unwrap();
    assert_eq!((staying.stdout.text.as_str(), staying.leaked.len()), ("alive\n", 0));
}

#[tokio::test]
async fn a_program_that_is_not_there_is_named() {
    let invocation = Invocation { program: "/no/such/python3".into(), ..shell("") };
    let error = supervisor().run(&invocation, &CancellationToken::new()).await.unwrap_err();
    insta::assert_snapshot!(error, @"cannot start /no/such/python3: No such file or directory (os error 2)");
}

#[tokio::test]
async fn cancelling_kills_the_group_at_once() {
    let folder = tempfile::tempdir().unwrap();
    let fifo = folder.path().join("started");
    nix::unistd::mkfifo(&fifo, nix::sys::stat::Mode::S_IRWXU).unwrap();
    let script = format!("trap '' TERM; sleep 1000 & echo $! > {}; wait", fifo.display());
    let cancel = CancellationToken::new();
    let started = std::time::Instant::now();
    let supervisor = supervisor();
    let invocation = shell(&script);
    let (error, child) = tokio::join!(supervisor.run(&invocation, &cancel), async {
        let child =
            tokio::task::spawn_blocking(move || std::fs::read_to_string(fifo)).await.unwrap().unwrap();
        cancel.cancel();
        child
    });
    assert!(matches!(error, Err(ProcessError::Cancelled)));
    assert!(!lives(&child));
    assert!(started.elapsed() < Duration::from_secs(30));
}

#[tokio::test]
async fn dropping_the_future_kills_the_group() {
    let folder = tempfile::tempdir().unwrap();
    let fifo = folder.path().join("started");
    nix::unistd::mkfifo(&fifo, nix::sys::stat::Mode::S_IRWXU).unwrap();
    let supervisor = supervisor();
    let invocation = shell(&format!("echo $$ > {}; exec sleep 1000", fifo.display()));
    let cancel = CancellationToken::new();
    let pid = tokio::select! {
        _ = supervisor.run(&invocation, &cancel) => None,
        pid = tokio::task::spawn_blocking(move || std::fs::read_to_string(fifo)) => Some(pid.unwrap().unwrap()),
    };
    assert!(!lives(&pid.unwrap()));
}

#[tokio::test]
async fn processor_time_is_the_processs_own() {
    let supervisor = supervisor();
    let cancel = CancellationToken::new();
    let busy = shell("i=0; while [ $i -lt 200000 ]; do i=$((i+1)); done");
    let idle = shell("sleep 0.2");
    let (busy, idle) = tokio::join!(supervisor.run(&busy, &cancel), supervisor.run(&idle, &cancel));
    let (busy, idle) = (busy.unwrap(), idle.unwrap());
    assert!(busy.cpu > Duration::from_millis(20), "{:?}", busy.cpu);
    assert!(busy.cpu <= busy.wall + Duration::from_millis(20), "{:?} of {:?}", busy.cpu, busy.wall);
    assert!(idle.cpu < Duration::from_millis(100), "{:?}", idle.cpu);
}

#[tokio::test]
async fn a_time_in_which_rescind_did_not_run_is_no_time_of_a_process() {
    // Between any two looks at the clock, an hour passes.
    let looks = Arc::new(AtomicU64::new(0));
    let (counted, began) = (Arc::clone(&looks), std::time::Instant::now());
    let clock = MonotonicClock::new(move || {
        began + Duration::from_secs(3600) * u32::try_from(counted.fetch_add(1, Ordering::Relaxed)).unwrap()
    });
    Supervisor::new(clock).unwrap().deadline(4 * TICK).await;
    assert_eq!(looks.load(Ordering::Relaxed), 4, "two looks for each of two waits");
}
