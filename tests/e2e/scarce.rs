//! A machine that has no more to give: that is told, and is no fault of a sample.

use std::fs::{self, Permissions};
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _};
use std::process::{Command, Output, Stdio};

use rescind_model::exit;
use rescind_tests::{TestCatalog, binary, command};

/// Runs the one case from a shell that has done something before, with a cache of its own.
fn after(catalog: &TestCatalog, shell: &[&str], before: &str) -> Output {
    let script = format!("{before}; exec \"$0\" --cache-dir cd run");
    let mut run = Command::new(shell[0]);
    run.args(&shell[1..]).arg("-c").arg(script).arg(binary()).current_dir(catalog.root());
    run.stdin(Stdio::null()).output().unwrap()
}

fn told(output: &Output) -> String {
    let texts = [&output.stdout, &output.stderr].map(|stream| String::from_utf8_lossy(stream).into_owned());
    texts.concat()
}

#[test]
fn few_descriptors_are_told_and_nothing_is_to_be_installed() {
    let catalog = TestCatalog::new("true");
    let output = after(&catalog, &["sh"], "ulimit -n 16");
    let told = told(&output);
    assert_eq!(output.status.code(), Some(exit::SETUP.into()), "{told}");
    assert!(told.contains("error: only 16 files can be open at once here"), "{told}");
    assert!(!told.contains("install") && !told.contains("panicked"), "{told}");
}

#[test]
fn no_more_processes_are_told() {
    let catalog = TestCatalog::new("true");
    // Root has no limit; and some other user has no processes that would count.
    let other = ["setpriv", "--reuid", "64321", "--regid", "64321", "--clear-groups", "bash"];
    let is_root = fs::metadata(catalog.root()).unwrap().uid() == 0;
    let shell: &[&str] = if is_root { &other } else { &["bash"] };
    let readable =
        Command::new(shell[0]).args(&shell[1..]).args(["-c", "test -x \"$0\""]).arg(binary()).status();
    if !readable.is_ok_and(|status| status.success()) {
        eprintln!("skipped: no other user can run {}", binary().display());
        return;
    }
    fs::set_permissions(catalog.root(), Permissions::from_mode(0o777)).unwrap();
    let output = after(&catalog, shell, "ulimit -u 3");
    let told = told(&output);
    assert_eq!(output.status.code(), Some(exit::SETUP.into()), "{told}");
    assert!(told.contains("threads that rescind needs cannot be had here"), "{told}");
    assert!(!told.contains("panicked"), "{told}");
}

#[test]
fn the_environment_does_not_say_how_many_threads_there_are() {
    let catalog = TestCatalog::new("true");
    for number in ["0", "-1", "x"] {
        let mut run = command(catalog.root());
        let output = run.arg("run").env("TOKIO_WORKER_THREADS", number).output().unwrap();
        assert_eq!(output.status.code(), Some(0), "{}", told(&output));
    }
}

#[test]
fn a_full_folder_for_temporary_files_is_no_fault_of_a_sample() {
    let catalog = TestCatalog::new("echo x > \"$TMPDIR/file\"");
    let small = catalog.root().join("small");
    fs::create_dir(&small).unwrap();
    let shell = ["unshare", "--mount", "--map-root-user", "sh"];
    let mount =
        |size: &str| format!("mount -t tmpfs -o size={size} none small || exit 77; export TMPDIR=$PWD/small");
    let none = after(&catalog, &shell, &mount("64k"));
    if none.status.code() == Some(77) || told(&none).contains("unshare:") {
        eprintln!("skipped: nothing can be mounted here");
        return;
    }
    let text = told(&none);
    assert_eq!(none.status.code(), Some(exit::SETUP.into()), "{text}");
    assert!(text.contains("small, has") && text.contains("name another one by TMPDIR"), "{text}");

    // It fills up while the case is at it.
    let fill =
        "head -c 100000000 /dev/zero > \"$TMPDIR/file\" 2>/dev/null; test -s \"$TMPDIR/none\" || exit 3";
    catalog.edit("samples/spanner/shell/sample.sh", "echo x > \"$TMPDIR/file\"", fill);
    let filled = after(&catalog, &shell, &mount("10m"));
    let text = told(&filled);
    assert_eq!(filled.status.code(), Some(exit::SETUP.into()), "{text}");
    assert!(text.contains("was full when the case had ended"), "{text}");
}
