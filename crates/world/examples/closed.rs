//! Runs a command in a closed world, and says what came of it: `cargo run -p rescind-world --example closed -- sleep 300`.
//!
//! The program is looked for in the folders of `PATH`, and gets the environment of this process.

use std::error::Error;
use std::io;
use std::thread;

use rescind_world::{Command, World};

fn main() -> Result<(), Box<dyn Error>> {
    let mut words = std::env::args_os().skip(1);
    let name = words.next().ok_or("which command?")?;
    let path = std::env::var_os("PATH").unwrap_or_default();
    let program = std::env::split_paths(&path).map(|folder| folder.join(&name)).find(|file| file.is_file());
    let mut command = Command::new(program.unwrap_or_else(|| name.into()));
    for word in words {
        command.argument(word);
    }
    for (name, value) in std::env::vars_os() {
        command.variable(name, value);
    }
    command.folder(std::env::current_dir()?);
    let mut running = World::new().spawn(command)?;
    let streams = running.streams().ok_or("its streams are taken")?;
    let stdout = thread::spawn(move || io::copy(&mut std::fs::File::from(streams.0), &mut io::stdout()));
    let stderr = thread::spawn(move || io::copy(&mut std::fs::File::from(streams.1), &mut io::stderr()));
    let report = running.wait()?;
    stdout.join().map_err(|_| "the thread that reads panicked")??;
    stderr.join().map_err(|_| "the thread that reads panicked")??;
    eprintln!("{report:#?}");
    Ok(())
}
