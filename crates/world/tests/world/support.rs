//! What the trials share: programs that are built once, and runs of them.

use std::fs;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::process;
use std::sync::atomic::{AtomicU32, Ordering};
use std::thread;
use std::time::Duration;

use libtest_mimic::Failed;
use rescind_world::{Command, World, WorldEnd, WorldReport};

/// How long a trial may take in real time, where what it waits for is all virtual: the machine may be busy.
pub const SOON: Duration = Duration::from_secs(30);

/// A file of the programs.
pub fn source(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/programs").join(path)
}

/// Where programs are built.
pub fn built(name: &str) -> PathBuf {
    Path::new(env!("CARGO_TARGET_TMPDIR")).join(name)
}

/// A program of the search path.
pub fn find(name: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    std::env::split_paths(&path).map(|folder| folder.join(name)).find(|file| file.is_file())
}

/// The Python interpreter itself, and not what a version manager puts before it.
pub fn python() -> Option<PathBuf> {
    let output = process::Command::new(find("python3")?)
        .args(["-c", "import sys; print(sys.executable)"])
        .output()
        .ok()?;
    Some(PathBuf::from(String::from_utf8(output.stdout).ok()?.trim())).filter(|path| path.is_file())
}

/// Builds a program by a compiler, with these options and then the path of its first source, unless it is newer than its
/// sources. None if the compiler is missing or cannot.
fn build(target: &Path, sources: &[&str], compiler: &str, options: &[&str]) -> Option<()> {
    let time = |path: &Path| fs::metadata(path).and_then(|file| file.modified()).ok();
    let newest = sources.iter().filter_map(|path| time(&source(path))).max();
    if time(target).is_some_and(|it| Some(it) > newest) {
        return Some(());
    }
    let output =
        process::Command::new(find(compiler)?).args(options).arg(source(sources[0])).output().ok()?;
    if !output.status.success() {
        eprintln!("{}: {}", sources[0], String::from_utf8_lossy(&output.stderr));
        return None;
    }
    Some(())
}

/// A program in Go.
pub fn go(name: &str) -> Option<PathBuf> {
    let target = built(&format!("go-{name}"));
    let options = ["build", "-o", target.to_str()?];
    build(&target, &[&format!("go/{name}.go")], "go", &options)?;
    Some(target)
}

/// A class in Java: the program, and the arguments that start it.
pub fn java(class: &str) -> Option<(PathBuf, Vec<String>)> {
    let folder = built("java");
    fs::create_dir_all(&folder).ok()?;
    let file = folder.join(format!("{class}.class"));
    build(&file, &[&format!("java/{class}.java")], "javac", &["-d", folder.to_str()?])?;
    Some((find("java")?, vec!["-cp".to_owned(), folder.to_str()?.to_owned(), class.to_owned()]))
}

/// A program in C.
pub fn c(name: &str, statically: bool) -> Option<PathBuf> {
    let target = built(&format!("{name}{}", if statically { "-static" } else { "" }));
    let file = format!("c/{name}.c");
    let mut options = vec!["-O1", "-Wall", "-pthread", "-o", target.to_str()?];
    if statically {
        options.push("-static");
    }
    if name == "raw" {
        options.extend(["-nostdlib", "-fno-stack-protector"]);
    }
    build(&target, &[&file, "c/check.h"], "gcc", &options)?;
    Some(target)
}

/// The names that a program of tests gives without an argument.
pub fn names(program: &Path, arguments: &[&str]) -> Vec<String> {
    let output = process::Command::new(program).args(arguments).output();
    let text = output.map(|output| String::from_utf8_lossy(&output.stdout).into_owned()).unwrap_or_default();
    text.lines().map(str::to_owned).collect()
}

/// What a run has come to.
pub struct Outcome {
    pub report: WorldReport,
    pub stdout: String,
    pub stderr: String,
}

impl Outcome {
    /// Fails unless the first process ended with 0, soon, and left nobody.
    pub fn expect_success(&self) -> Result<(), Failed> {
        self.expect(&WorldEnd::Exited(0))
    }

    /// Fails unless it ended like this, soon, and left nobody.
    pub fn expect(&self, end: &WorldEnd) -> Result<(), Failed> {
        let Outcome { report, stdout, stderr } = self;
        if report.end == *end && report.left.is_empty() && report.wall < SOON {
            return Ok(());
        }
        Err(format!("{report:#?}\n{stdout}\n{stderr}").into())
    }
}

/// A command with the little that programs may count on.
pub fn command(program: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(program);
    for argument in arguments {
        command.argument(argument);
    }
    command.variable("PATH", "/usr/local/bin:/usr/bin:/bin").variable("HOME", "/nonexistent");
    command.folder(env!("CARGO_TARGET_TMPDIR"));
    if let Some(many) = std::env::var_os("MANY") {
        command.variable("MANY", many);
    }
    command
}

/// Runs a command in a world, and reads what it writes. Nothing of it is left then, which is looked at.
pub fn run(world: &World, mut command: Command) -> Result<Outcome, Failed> {
    let mark = mark();
    command.variable("WORLD_MARK", &mark);
    let mut running = world.spawn(command)?;
    let (stdout, stderr) = running.streams().ok_or("its streams are taken")?;
    let read = |stream| {
        thread::spawn(move || {
            let mut bytes = Vec::new();
            fs::File::from(stream)
                .read_to_end(&mut bytes)
                .map(|_| String::from_utf8_lossy(&bytes).into_owned())
        })
    };
    let (stdout, stderr) = (read(stdout), read(stderr));
    let report = running.wait()?;
    let stdout = stdout.join().map_err(|_| "a reader panicked")??;
    let stderr = stderr.join().map_err(|_| "a reader panicked")??;
    let left = alive(&mark);
    if !left.is_empty() {
        return Err(format!("processes are left: {left:?}").into());
    }
    Ok(Outcome { report, stdout, stderr })
}

/// A text that no other run has.
pub fn mark() -> String {
    static COUNT: AtomicU32 = AtomicU32::new(0);
    format!("world-{}-{}", process::id(), COUNT.fetch_add(1, Ordering::Relaxed))
}

/// The processes that have this mark in their environment.
pub fn alive(mark: &str) -> Vec<String> {
    let marked = format!("WORLD_MARK={mark}\0");
    let folders = fs::read_dir("/proc").into_iter().flatten().flatten();
    let with_mark = folders.filter(|folder| {
        fs::read(folder.path().join("environ"))
            .is_ok_and(|bytes| bytes.windows(marked.len()).any(|part| part == marked.as_bytes()))
    });
    with_mark.map(|folder| folder.file_name().to_string_lossy().into_owned()).collect()
}
