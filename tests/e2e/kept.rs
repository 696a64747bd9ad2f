//! What is kept between runs: nobody's case changes it, and what was changed is not used.

use std::ffi::OsStr;
use std::fs::{self, File, Permissions};
use std::io::{BufRead as _, BufReader};
use std::os::unix::ffi::OsStrExt as _;
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _, symlink};
use std::path::Path;
use std::process::{Command, Stdio};

use nix::sys::stat::Mode;
use nix::unistd::mkfifo;
use rescind_model::Verdict;
use rescind_tests::{TestCatalog, command, rules};

/// Runs the one case, kills rescind as soon as the case has told by the FIFO that it is there, and waits until nobody is
/// left who could write to it.
fn run_and_kill(root: &Path, arguments: &[&str]) {
    let fifo = root.join("fifo");
    mkfifo(&fifo, Mode::S_IRWXU).unwrap();
    let mut run = command(root);
    fs::create_dir(root.join("tmp")).unwrap();
    let run = run
        .arg("run")
        .args(arguments)
        .env("TMPDIR", root.join("tmp"))
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    let mut run = run.spawn().unwrap();
    let mut held = BufReader::new(File::open(&fifo).unwrap());
    let mut told = String::new();
    held.read_line(&mut told).unwrap();
    assert_eq!(told, "started\n");
    assert_eq!(left(root), 1, "it has no folder for its cases");
    run.kill().unwrap();
    run.wait().unwrap();
    // It ends when all who could write have.
    while held.read_line(&mut told).unwrap() > 0 {}
    fs::remove_file(fifo).unwrap();
}

/// How many folders of runs there are among the temporary files of a test.
fn left(root: &Path) -> usize {
    root.join("tmp").read_dir().unwrap().count()
}

/// A script that tells that it is there and waits, with a child in a session of its own that does, too; only while there
/// is a FIFO.
fn waits(root: &Path) -> String {
    let fifo = root.join("fifo");
    let fifo = fifo.display();
    format!(
        "if test -p {fifo}; then exec 3> {fifo}; echo started >&3; setsid sleep 987648 & sleep 987647; fi"
    )
}

#[test]
fn a_copy_that_a_killed_run_has_changed_is_not_used_again() {
    let catalog = TestCatalog::new("true");
    let script = format!(
        "test ! -e state || exit 3; touch -r sample.sh time; echo '# more' >> begin.bash; touch -r time begin.bash\n\
         touch state; rm time; {}",
        waits(catalog.root())
    );
    catalog.edit("samples/spanner/shell/sample.sh", "\ntrue\n", &format!("\n{script}\n"));
    run_and_kill(catalog.root(), &["--clock", "real"]);
    let (_, results) = rescind_tests::results(catalog.root(), &["run", "--clock", "real"]);
    assert_eq!(rules(&results.cases[0]), []);
    let anew =
        |notice: &&String| notice.contains("had been changed since it was prepared, and was made anew");
    let notice = results.notices.iter().find(anew);
    let notice = notice.unwrap_or_else(|| panic!("{:?}", results.notices));
    assert!(notice.contains("(project/begin.bash and 1 more)"), "{notice}");
}

#[test]
fn a_killed_run_leaves_nothing_running_and_the_next_one_is_not_disturbed() {
    let catalog = TestCatalog::new("true");
    let step = waits(catalog.root());
    let yaml = format!("prepare:\n  steps:\n    - [sh, -c, {step:?}]\nrun:\n");
    catalog.edit_manifest("run:\n", &yaml);
    run_and_kill(catalog.root(), &[]);
    let mut again = command(catalog.root());
    let again = again.arg("run").env("TMPDIR", catalog.root().join("tmp")).output().unwrap();
    assert_eq!(again.status.code(), Some(0), "{}", String::from_utf8_lossy(&again.stderr));
    assert_eq!(left(catalog.root()), 0, "what the killed run has left is still there");
}

#[test]
fn no_case_in_a_closed_world_writes_into_what_is_kept_or_anywhere_but_where_it_may() {
    let catalog = TestCatalog::new("true");
    catalog.edit_manifest(
        "run:\n",
        "prepare:\n  steps:\n    - [sh, -c, 'echo lib > {cache}/lib']\nrun:\n  environment: { LIB: '{cache}/lib' }\n",
    );
    let outside = catalog.root().join("outside");
    fs::write(&outside, "").unwrap();
    let script = format!(
        "exec 2>/dev/null; echo x > /dev/null || exit 1; touch \"$HOME/a\" \"$TMPDIR/a\" || exit 2\n\
         mv \"$HOME/a\" \"$TMPDIR/b\" || exit 3; mkfifo \"$TMPDIR/c\" || exit 4\n\
         bash -c 'echo y > /dev/stderr' || exit 5\n\
         (echo y > \"$LIB\") && exit 6; rm \"$LIB\" && exit 7; (: > \"${{LIB%/*}}/more\") && exit 8\n\
         (: > state) && exit 9; rm sample.sh && exit 10; (echo y > {0}) && exit 11; ln {0} \"$HOME/d\" && exit 12\n\
         :",
        outside.display()
    );
    catalog.edit("samples/spanner/shell/sample.sh", "\ntrue\n", &format!("\n{script}\n"));
    let (_, results) = rescind_tests::results(catalog.root(), &["run"]);
    let case = &results.cases[0];
    if results.environment.clock == rescind_model::ClockKind::Real {
        eprintln!("skipped: there is no closed world here");
        return;
    }
    assert_eq!((case.verdict, rules(case)), (Verdict::Pass, vec![]), "{:?}", case.observation);
    assert!(results.notices.is_empty(), "{:?}", results.notices);
}

#[test]
fn dependencies_that_a_case_could_change_are_installed_anew() {
    let catalog = TestCatalog::new("grep -q ok \"$LIB\" || exit 3; echo bad > \"$LIB\"");
    catalog.edit_manifest(
        "run:\n",
        "prepare:\n  steps:\n    - [sh, -c, 'echo ok > {cache}/lib']\nrun:\n  environment: { LIB: '{cache}/lib' }\n",
    );
    for _ in 0..2 {
        let (_, results) = rescind_tests::results(catalog.root(), &["run", "--clock", "real"]);
        assert_eq!(rules(&results.cases[0]), []);
        assert!(results.notices.iter().any(|notice| notice.contains("(cache/lib)")), "{:?}", results.notices);
    }
}

#[test]
fn nothing_outside_the_copy_is_written_through_a_link() {
    let catalog = TestCatalog::new("exit 3");
    let elsewhere = tempfile::tempdir().unwrap();
    let original = elsewhere.path().join("sample.sh");
    fs::rename(catalog.root().join("samples/spanner/shell/sample.sh"), &original).unwrap();
    let before = fs::read_to_string(&original).unwrap();
    symlink(elsewhere.path(), catalog.root().join("samples/spanner/shell/code")).unwrap();
    catalog.edit_manifest("file: sample.sh", "file: code/sample.sh");
    catalog.edit_manifest("[sh, sample.sh", "[sh, code/sample.sh");
    catalog.write("page.md", "# Shell\n\n```sh\ntrue\n```\n");
    let ran = catalog.run(&["--page", "page.md"]);
    assert_eq!(fs::read_to_string(&original).unwrap(), before);
    assert!(ran.code == Some(0) || ran.stderr.contains("code/sample.sh"), "{}{}", ran.stdout, ran.stderr);
}

#[test]
fn a_folder_of_the_users_in_the_place_of_the_cache_is_never_removed() {
    let catalog = TestCatalog::new("true");
    catalog.write("cd/work/spanner-shell-mine/notes", "mine");
    for number in 0..7 {
        catalog.write("page.md", &format!("# Shell\n\n```sh\ntrue {number}\n```\n"));
        let mut run = std::process::Command::new(rescind_tests::binary());
        run.current_dir(catalog.root()).args(["run", "--cache-dir", "cd", "--page", "page.md"]);
        assert!(run.output().unwrap().status.success());
    }
    assert_eq!(fs::read_to_string(catalog.root().join("cd/work/spanner-shell-mine/notes")).unwrap(), "mine");
}

/// A sample with dependencies and a build, so that a cache has something of each kind.
fn prepared() -> TestCatalog {
    let catalog = TestCatalog::new("exit 3");
    catalog.edit_manifest(
        "run:\n",
        "prepare:\n  inputs: [ask.bash]\n  steps: [[cp, ask.bash, \"{cache}/ask\"]]\nbuild:\n  steps: [[cp, sample.sh, \
         built.sh]]\nrun:\n",
    );
    catalog.edit_manifest("[sh, sample.sh,", "[sh, built.sh,");
    catalog
}

#[test]
fn a_filled_cache_need_not_be_written_to() {
    let catalog = prepared();
    fs::create_dir(catalog.root().join("cache")).unwrap();
    let run = |before: &str| {
        let script = format!("{before}\nexec \"$0\" run --cache-dir cache");
        let mut shell = Command::new("unshare");
        shell.args(["--mount", "--map-root-user", "sh", "-c", &script]).arg(rescind_tests::binary());
        shell.current_dir(catalog.root()).output().unwrap()
    };
    let first = run("");
    assert_eq!(first.status.code(), Some(1), "{}", String::from_utf8_lossy(&first.stderr));
    let second =
        run("mount --bind cache cache && mount -o remount,bind,ro cache && ! touch cache/x || exit 77");
    assert_eq!(second.status.code(), Some(1), "{}", String::from_utf8_lossy(&second.stderr));
    let stdout = String::from_utf8_lossy(&second.stdout);
    assert!(stdout.contains("wrong-exit: exited with 3 although nothing is left"), "{stdout}");
    let told = String::from_utf8_lossy(&second.stderr);
    assert!(!told.contains("prepared"), "{told}");
}

#[test]
fn a_cache_that_was_changed_and_cannot_be_made_anew_is_said() {
    let catalog = prepared();
    // Whoever is root may write whatever the permissions say, so somebody else runs it.
    let top = rescind_tests::common_folder();
    for folder in [top.path(), catalog.root()] {
        fs::set_permissions(folder, Permissions::from_mode(0o777)).unwrap();
    }
    let is_root = fs::metadata(catalog.root()).unwrap().uid() == 0;
    let other = ["setpriv", "--reuid", "64321", "--regid", "64321", "--clear-groups"];
    let other: &[&str] = if is_root { &other } else { &["env"] };
    let program = top.path().join("rescind");
    fs::copy(rescind_tests::binary(), &program).unwrap();
    let cache = top.path().join("cache");
    let run = || {
        let mut run = Command::new(other[0]);
        run.args(&other[1..]).arg(&program).arg("run").arg("--cache-dir").arg(&cache);
        run.current_dir(catalog.root()).env("HOME", top.path()).output().unwrap()
    };
    let first = run();
    assert_eq!(first.status.code(), Some(1), "{}", String::from_utf8_lossy(&first.stderr));
    let chmod = |mode: &str| {
        assert!(Command::new("chmod").args(["-R", mode]).arg(&cache).status().unwrap().success());
    };
    chmod("a-w");
    let second = run();
    chmod("u+w");
    let told = String::from_utf8_lossy(&second.stdout);
    assert_eq!(second.status.code(), Some(3), "{told}");
    let why = told.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(why.contains("was changed since it was prepared, and cannot be made anew"), "{told}");
}

#[test]
fn the_name_of_the_cache_need_not_be_text() {
    let catalog = TestCatalog::new("exit 3");
    let top = tempfile::tempdir().unwrap();
    let cache = top.path().join(OsStr::from_bytes(b"cache-\xff"));
    let mut run = Command::new(rescind_tests::binary());
    let output = run.current_dir(catalog.root()).arg("run").arg("--cache-dir").arg(&cache).output().unwrap();
    assert_eq!(output.status.code(), Some(1), "{}", String::from_utf8_lossy(&output.stderr));
    assert!(cache.is_dir());
}
