//! Worlds of an ordinary user, and in a container.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::{self, Output};

use libtest_mimic::{Failed, Trial};
use rescind_world::{World, WorldEnd};

use crate::ends::example;
use crate::support::{built, c, command, find, mark, run};
use crate::trial;

pub fn trials() -> Vec<Trial> {
    let is_root = rustix::process::geteuid().is_root();
    let no_user =
        !is_root || find("setpriv").is_none() || example().is_none() || c("network", false).is_none();
    let mut trials = vec![
        trial("elsewhere::ordinary-user", no_user, ordinary_user),
        trial("elsewhere::hidden-folder", no_user, hidden_folder),
    ];
    let ways: [(&str, &[&str]); 3] = [
        ("container-as-root", &[]),
        ("container-as-a-user", &["--user", "1000:1000"]),
        ("container-without-privileges", &["--cap-drop", "ALL", "--security-opt", "no-new-privileges"]),
    ];
    let no_docker = !docker_runs() || example().is_none();
    for (name, options) in ways {
        trials.push(trial(format!("elsewhere::{name}"), no_docker, move || container(options)));
    }
    trials
}

fn docker_runs() -> bool {
    find("docker").is_some_and(|docker| {
        process::Command::new(docker).arg("info").output().is_ok_and(|output| output.status.success())
    })
}

fn slept(output: &Output) -> Result<(), Failed> {
    let text = String::from_utf8_lossy(&output.stderr);
    if output.status.success() && text.contains("virtual_time: 30.") && text.contains("jumps: 1") {
        return Ok(());
    }
    Err(format!("{output:?}").into())
}

/// A folder that everybody may read, with the example and what else is given in it.
fn folder(files: &[(&Path, &str)]) -> Result<tempfile::TempDir, Failed> {
    let folder = tempfile::tempdir()?;
    fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o755))?;
    for (file, name) in files {
        fs::copy(file, folder.path().join(name))?;
    }
    Ok(folder)
}

fn ordinary_user() -> Result<(), Failed> {
    let (closed, network) = (example().unwrap(), c("network", false).unwrap());
    let folder = folder(&[(&closed, "closed"), (&network, "network")])?;
    let as_nobody = |words: &[&str]| {
        process::Command::new("setpriv")
            .args(["--reuid", "65534", "--regid", "65534", "--clear-groups"])
            .arg(folder.path().join("closed"))
            .args(words)
            .env("TMPDIR", std::env::temp_dir())
            .env("PATH", format!("/usr/bin:/bin:{}", folder.path().display()))
            .current_dir("/")
            .output()
    };
    slept(&as_nobody(&["sleep", "30"])?)?;
    let refused = as_nobody(&["network", "open", "/proc/PPID/environ"])?;
    if !String::from_utf8_lossy(&refused.stdout).contains("No such file") {
        return Err(format!("{refused:?}").into());
    }
    Ok(())
}

/// A program that becomes somebody who may not read the clock is not left with another clock.
fn hidden_folder() -> Result<(), Failed> {
    let hidden = tempfile::tempdir()?;
    fs::set_permissions(hidden.path(), fs::Permissions::from_mode(0o700))?;
    let words = ["--reuid", "65534", "--clear-groups", "/bin/sleep", "300"];
    let world = World::new().temporary(hidden.path());
    let outcome = run(&world, command(&find("setpriv").ok_or("there is no setpriv")?, &words))?;
    match &outcome.report.end {
        WorldEnd::Unsupported(why) if why.contains("may not read the clock's file") => Ok(()),
        other => Err(format!("{other:?}").into()),
    }
}

/// An image with the example, the C library and `sleep` of this machine and nothing else.
fn container(options: &[&str]) -> Result<(), Failed> {
    let closed = example().unwrap();
    let sleep = find("sleep").ok_or("there is no sleep")?;
    let root = tempfile::tempdir()?;
    let put = |from: &Path, to: &str| -> Result<(), Failed> {
        let target = root.path().join(to.trim_start_matches('/'));
        fs::create_dir_all(target.parent().ok_or("no folder")?)?;
        fs::copy(from, target)?;
        Ok(())
    };
    for program in [&closed, &sleep] {
        let libraries = process::Command::new("ldd").arg(program).output()?;
        for word in
            String::from_utf8_lossy(&libraries.stdout).split_whitespace().filter(|it| it.starts_with('/'))
        {
            put(Path::new(word), word)?;
        }
    }
    put(&closed, "/bin/closed")?;
    put(&sleep, "/bin/sleep")?;
    fs::create_dir_all(root.path().join("tmp"))?;
    fs::set_permissions(root.path().join("tmp"), fs::Permissions::from_mode(0o1777))?;
    let image = mark();
    let archive = built(&format!("{image}.tar"));
    let packed =
        process::Command::new("tar").arg("-C").arg(root.path()).arg("-cf").arg(&archive).arg(".").status()?;
    let imported = process::Command::new("docker").arg("import").arg(&archive).arg(&image).output()?;
    fs::remove_file(&archive)?;
    if !packed.success() || !imported.status.success() {
        return Err(format!("{imported:?}").into());
    }
    let output = process::Command::new("docker")
        .args(["run", "--rm", "--network", "none", "--env", "PATH=/bin"])
        .args(options)
        .args([&image, "/bin/closed", "sleep", "30"])
        .output();
    // It is in the way of nobody, but of no use.
    let _ = process::Command::new("docker").args(["rmi", "--force", &image]).output();
    slept(&output?)
}
