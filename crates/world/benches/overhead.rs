//! What a world costs: programs alone and in a world, beside what they may cost. Ends with 1 if one costs more.
//!
//! `cargo bench -p rescind-world`, on a machine that is otherwise quiet. Of several runs the median counts.

use std::error::Error;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{self, ExitCode, Stdio};
use std::time::{Duration, Instant};

use rescind_world::{Command, World};

/// What a program may cost.
enum Target {
    /// So much more than alone.
    More(Duration),
    /// So much in all: alone, it would take minutes.
    InAll(Duration),
    /// Nothing is asked for.
    None,
}

struct Program {
    name: &'static str,
    path: Option<PathBuf>,
    arguments: Vec<String>,
    runs: usize,
    target: Target,
}

fn find(name: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    std::env::split_paths(&path).map(|folder| folder.join(name)).find(|file| file.is_file())
}

/// The interpreter itself, and not what a version manager puts before it.
fn python() -> Option<PathBuf> {
    let script = ["-c", "import sys; print(sys.executable)"];
    let output = process::Command::new(find("python3")?).args(script).output().ok()?;
    Some(PathBuf::from(String::from_utf8(output.stdout).ok()?.trim())).filter(|path| path.is_file())
}

/// A class that sleeps for five minutes.
fn java(folder: &Path) -> Option<(PathBuf, Vec<String>)> {
    let source = folder.join("Sleep.java");
    let text =
        "class Sleep { public static void main(String[] words) throws Exception { Thread.sleep(300_000); } }";
    fs::write(&source, text).ok()?;
    let built = process::Command::new(find("javac")?).arg("-d").arg(folder).arg(&source).status().ok()?;
    let arguments = vec!["-cp".to_owned(), folder.to_str()?.to_owned(), "Sleep".to_owned()];
    Some((find("java")?, arguments)).filter(|_| built.success())
}

fn programs(folder: &Path) -> Vec<Program> {
    let words = |words: &[&str]| words.iter().map(|word| (*word).to_owned()).collect::<Vec<_>>();
    let milliseconds = Duration::from_millis;
    let (java, sleep) = java(folder).unzip();
    let program = |name, path, arguments, runs, target| Program { name, path, arguments, runs, target };
    vec![
        program("no-op", find("true"), vec![], 200, Target::More(milliseconds(5))),
        program("sleep 300", find("sleep"), words(&["300"]), 100, Target::InAll(milliseconds(10))),
        program("python, no-op", python(), words(&["-c", ""]), 20, Target::None),
        program("node, no-op", find("node"), words(&["-e", "0"]), 20, Target::None),
        program("java, -version", find("java"), words(&["-version"]), 10, Target::None),
        program(
            "java, sleeps for 300 s",
            java,
            sleep.unwrap_or_default(),
            10,
            Target::InAll(milliseconds(600)),
        ),
    ]
}

fn median(mut times: Vec<Duration>) -> Duration {
    times.sort_unstable();
    times.get(times.len() / 2).copied().unwrap_or_default()
}

fn alone(program: &Path, arguments: &[String]) -> Result<Duration, Box<dyn Error>> {
    let began = Instant::now();
    let status = process::Command::new(program)
        .args(arguments)
        .env_clear()
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()?;
    if status.success() { Ok(began.elapsed()) } else { Err(format!("{status}").into()) }
}

fn in_world(program: &Path, arguments: &[String]) -> Result<(Duration, u64, u64), Box<dyn Error>> {
    let began = Instant::now();
    let mut command = Command::new(program);
    for argument in arguments {
        command.argument(argument);
    }
    let report = World::new().spawn(command)?.wait()?;
    Ok((began.elapsed(), report.stops, report.jumps))
}

fn main() -> Result<ExitCode, Box<dyn Error>> {
    let folder = tempfile::tempdir()?;
    let mut missed = false;
    println!(
        "{:<24} {:>10} {:>10} {:>8} {:>6} {:>6}  target",
        "median of", "alone", "in a world", "more", "stops", "jumps"
    );
    for Program { name, path, arguments, runs, target } in programs(folder.path()) {
        let Some(path) = path else {
            println!("{name:<24} is not here");
            continue;
        };
        let (mut worlds, mut stops, mut jumps) = (Vec::new(), 0, 0);
        let mut alones = Vec::new();
        for _ in 0..runs {
            if !matches!(target, Target::InAll(_)) {
                alones.push(alone(&path, &arguments)?);
            }
            let (time, stopped, jumped) = in_world(&path, &arguments)?;
            worlds.push(time);
            (stops, jumps) = (stopped, jumped);
        }
        let (alone, world) = (median(alones), median(worlds));
        let more = world.saturating_sub(alone);
        let (took, most, word) = match target {
            Target::More(most) => (more, Some(most), "more"),
            Target::InAll(most) => (world, Some(most), "in all"),
            Target::None => (world, None, ""),
        };
        let verdict = match most {
            Some(most) if took > most => {
                missed = true;
                format!("at most {most:.1?} {word}: MISSED")
            }
            Some(most) => format!("at most {most:.1?} {word}: met"),
            None => String::new(),
        };
        let (alone, more) = match alone.is_zero() {
            true => ("-".to_owned(), "-".to_owned()),
            false => (format!("{alone:.2?}"), format!("{more:.2?}")),
        };
        println!(
            "{name:<24} {alone:>10} {:>10} {more:>8} {stops:>6} {jumps:>6}  {verdict}",
            format!("{world:.2?}")
        );
    }
    Ok(if missed { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}
