//! How worlds end, and what is said of it.

use std::fs;
use std::io::Read;
use std::os::fd::AsRawFd;
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use libtest_mimic::{Failed, Trial};
use rescind_world::{Command, SpawnError, TimeLimits, World, WorldEnd};

use crate::support::{alive, built, c, command, find, mark, run};
use crate::trial;

fn processes() -> Option<PathBuf> {
    c("processes", false)
}

fn in_processes(test: &'static str, world: World, end: WorldEnd) -> Trial {
    let program = processes();
    trial(format!("ends::{test}"), program.is_none(), move || {
        run(&world, command(&program.unwrap(), &[test]))?.expect(&end)
    })
}

fn limits(virtual_time: u64, processor_time: u64) -> TimeLimits {
    TimeLimits {
        virtual_time: Duration::from_secs(virtual_time),
        processor_time: Duration::from_millis(processor_time),
    }
}

pub fn trials() -> Vec<Trial> {
    let program = processes();
    let missing = program.is_none();
    let it = move || program.clone().unwrap();
    let (left, daemon, outside, dropped) = (it.clone(), it.clone(), it.clone(), it);
    vec![
        in_processes("exit-code", World::new(), WorldEnd::Exited(42)),
        in_processes("crash", World::new(), WorldEnd::Signaled(libc::SIGSEGV)),
        in_processes("stuck", World::new(), WorldEnd::Stuck),
        in_processes("busy", World::new().limits(limits(1_000, 300)), WorldEnd::ProcessorTime),
        in_processes("for-ever", World::new().limits(limits(7_200, 60_000)), WorldEnd::VirtualTime),
        trial("ends::fork-bomb", missing, || fork_bomb(&processes().unwrap())),
        trial("ends::left-behind", missing, move || left_behind(&left())),
        trial("ends::daemon", missing, move || daemonized(&daemon())),
        trial("ends::killed-from-outside", missing, move || killed_from_outside(&outside())),
        trial("ends::dropped", missing, move || dropped_world(&dropped())),
        trial("ends::killed-by-its-maker", missing, || killed_by_its_maker(&processes().unwrap())),
        trial("ends::lock-held-elsewhere", missing, || lock_held_elsewhere(&processes().unwrap())),
        trial("ends::no-such-program", false, no_such_program),
        trial("ends::32-bit-program", false, program_of_32_bits),
        trial("ends::under-strace", find("strace").is_none() || example().is_none(), under_strace),
    ]
}

/// The example `closed`, which Cargo builds with the tests.
pub fn example() -> Option<PathBuf> {
    let folder = std::env::current_exe().ok()?.parent()?.parent()?.to_owned();
    Some(folder.join("examples/closed")).filter(|path| path.is_file())
}

fn left_behind(program: &Path) -> Result<(), Failed> {
    let outcome = run(&World::new(), command(program, &["left-behind"]))?;
    let expected = vec![format!("{} left-behind", program.display()); 3];
    if outcome.report.end != WorldEnd::Exited(0) || outcome.report.left != expected {
        return Err(format!("{:?}", outcome.report).into());
    }
    Ok(())
}

/// Some hundred processes, of which the first one ends when it likes: none of the others is lost.
fn fork_bomb(program: &Path) -> Result<(), Failed> {
    let report = run(&World::new(), command(program, &["fork-bomb"]))?.report;
    let slept = report.virtual_time >= Duration::from_secs(1_000);
    if report.end == WorldEnd::Exited(0) && slept && report.stops > 1_000 {
        return Ok(());
    }
    Err(format!("{report:?}").into())
}

/// A process that did all it could to get away, and what became of it.
fn daemonized(program: &Path) -> Result<(), Failed> {
    let pids = built(&mark());
    let mut daemon = command(program, &["daemon"]);
    daemon.variable("PIDS", &pids);
    let outcome = run(&World::new(), daemon)?;
    let pid = fs::read_to_string(&pids)?;
    fs::remove_file(&pids)?;
    // What has ended and waits for the first process of the machine to notice is nothing that is left.
    let stat = fs::read_to_string(format!("/proc/{}/stat", pid.trim()));
    let lives = stat.is_ok_and(|stat| !stat.contains(") Z "));
    if outcome.report.left != ["hidden helper-pause"] || lives {
        return Err(format!("{:?}, {pid}", outcome.report).into());
    }
    Ok(())
}

/// Somebody outside kills a process of the tree: its parent is told, and the world goes on.
fn killed_from_outside(program: &Path) -> Result<(), Failed> {
    let mut running = World::new().spawn(command(program, &["wait-for-outside"]))?;
    let (stdout, _stderr) = running.streams().ok_or("its streams are taken")?;
    let mut reader = fs::File::from(stdout);
    let mut line = String::new();
    while !line.ends_with('\n') {
        let mut byte = [0];
        reader.read_exact(&mut byte)?;
        line.push(byte[0].into());
    }
    let killed = std::process::Command::new("/bin/kill").args(["-KILL", line.trim()]).status()?;
    let report = running.wait()?;
    if !killed.success()
        || report.end != WorldEnd::Exited(0)
        || report.virtual_time < Duration::from_secs(300)
    {
        return Err(format!("{report:?}").into());
    }
    Ok(())
}

fn dropped_world(program: &Path) -> Result<(), Failed> {
    let mark = mark();
    let mut busy = command(program, &["busy"]);
    busy.variable("WORLD_MARK", &mark);
    let running = World::new().spawn(busy)?;
    drop(running);
    let left = alive(&mark);
    if left.is_empty() { Ok(()) } else { Err(format!("{left:?}").into()) }
}

fn killed_by_its_maker(program: &Path) -> Result<(), Failed> {
    let running = World::new().spawn(command(program, &["busy"]))?;
    running.killer().kill();
    let report = running.wait()?;
    if report.end == WorldEnd::Killed { Ok(()) } else { Err(format!("{report:?}").into()) }
}

/// A lock that this process has comes to a program as soon as it is given up; until then, its world goes on.
fn lock_held_elsewhere(program: &Path) -> Result<(), Failed> {
    let path = built(&mark());
    let file = fs::File::create(&path)?;
    let inode = format!(":{} ", file.metadata()?.ino());
    for test in ["lock", "lock-record"] {
        lock(&file, test, libc::LOCK_EX, libc::F_WRLCK)?;
        let mut waiting = command(program, &[test]);
        waiting.variable("LOCK", &path);
        let running = World::new().spawn(waiting)?;
        // It waits, and is looked at many times meanwhile.
        let mut seen = 0;
        while seen < 200 {
            let table = fs::read_to_string("/proc/locks")?;
            seen += usize::from(table.lines().any(|line| line.contains("->") && line.contains(&inode)));
            std::thread::yield_now();
        }
        lock(&file, test, libc::LOCK_UN, libc::F_UNLCK)?;
        let report = running.wait()?;
        if report.end != WorldEnd::Exited(0) {
            return Err(format!("{test}: {report:?}").into());
        }
    }
    fs::remove_file(path)?;
    Ok(())
}

/// Locks a file by flock(2), or by fcntl(2).
fn lock(file: &fs::File, how: &str, operation: i32, kind: i32) -> std::io::Result<()> {
    let number = file.as_raw_fd();
    let result = if how == "lock" {
        // SAFETY: the call reads no memory.
        unsafe { libc::flock(number, operation) }
    } else {
        // SAFETY: all zeros is a valid `flock`: the whole file.
        let mut record: libc::flock = unsafe { std::mem::zeroed() };
        record.l_type = kind as libc::c_short;
        // SAFETY: the kernel reads the record, which outlives the call.
        unsafe { libc::fcntl(number, libc::F_SETLKW, &raw const record) }
    };
    if result == 0 { Ok(()) } else { Err(std::io::Error::last_os_error()) }
}

/// Whatever is to be run and is not there, or is none: it is said so, and nobody is left.
fn no_such_program() -> Result<(), Failed> {
    let text = built("text");
    fs::write(&text, "no program")?;
    fs::set_permissions(&text, fs::Permissions::from_mode(0o755))?;
    for (path, error) in [("/no/such/program", "No such file"), (text.to_str().unwrap(), "Exec format error")]
    {
        for _ in 0..20 {
            match World::new().spawn(Command::new(path)).and_then(rescind_world::Running::wait) {
                Err(SpawnError::Program { source, .. }) if source.to_string().contains(error) => {}
                other => return Err(format!("{other:?}").into()),
            }
        }
    }
    Ok(())
}

/// The smallest program of 32 bits, made by hand: it would end with 0.
fn program_of_32_bits() -> Result<(), Failed> {
    let begin: u32 = 0x0804_8000;
    let code = [0xb8, 1, 0, 0, 0, 0x31, 0xdb, 0xcd, 0x80];
    let size = 52 + 32 + code.len() as u32;
    let mut file = vec![0x7f, b'E', b'L', b'F', 1, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2, 0, 3, 0];
    for word in [1, begin + 84, 52, 0, 0] {
        file.extend_from_slice(&u32::to_le_bytes(word));
    }
    for half in [52, 32, 1, 0, 0, 0] {
        file.extend_from_slice(&u16::to_le_bytes(half));
    }
    for word in [1, 0, begin, begin, size, size, 5, 0x1000] {
        file.extend_from_slice(&u32::to_le_bytes(word));
    }
    file.extend_from_slice(&code);
    let path = built("program-of-32-bits");
    fs::write(&path, file)?;
    fs::set_permissions(&path, fs::Permissions::from_mode(0o755))?;
    let outcome = run(&World::new(), Command::new(&path));
    match outcome.map(|outcome| outcome.report.end) {
        Ok(WorldEnd::Unsupported(what))
            if what.contains("32 bits") && what.contains("program-of-32-bits") =>
        {
            Ok(())
        }
        // A kernel without them says so itself.
        Err(error) if format!("{error:?}").contains("Exec format error") => Ok(()),
        Ok(other) => Err(format!("{other:?}").into()),
        Err(error) => Err(error),
    }
}

/// Where somebody else traces already, that is said at once.
fn under_strace() -> Result<(), Failed> {
    let began = Instant::now();
    let output = std::process::Command::new("strace")
        .args(["-f", "-o", "/dev/null"])
        .arg(example().unwrap())
        .args(["sleep", "300"])
        .output()?;
    let text = String::from_utf8_lossy(&output.stderr);
    if !text.contains("Operation not permitted") || began.elapsed() > Duration::from_secs(20) {
        return Err(text.into_owned().into());
    }
    Ok(())
}
