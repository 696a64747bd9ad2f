//! What programs reach for, what comes of it, and what is said of it.

use std::fs;
use std::net::{TcpListener, UdpSocket};
use std::os::unix::net::{UnixDatagram, UnixListener};
use std::path::{Path, PathBuf};

use libtest_mimic::{Failed, Trial};
use rescind_world::World;

use crate::server::SlowServer;
use crate::support::{self, Outcome, built, c, command, find, mark, run, source};
use crate::trial;

const UNREACHABLE: &str = "Network is unreachable";
const REFUSED: &str = "Connection refused";
const NOT_THERE: &str = "No such file or directory";
const FORBIDDEN: &str = "Operation not permitted";

/// An operation of `c/network.c`, what it says, and what is noted. PPID in the latter stands for the number of the parent.
const OPERATIONS: &[(&[&str], &str, &[&str])] = &[
    (&["connect", "192.0.2.1", "80"], UNREACHABLE, &["connect to 192.0.2.1:80"]),
    (&["connect", "2001:db8::1", "80"], UNREACHABLE, &["connect to [2001:db8::1]:80"]),
    (&["connect", "::ffff:192.0.2.1", "80"], UNREACHABLE, &["connect to 192.0.2.1:80"]),
    (&["connect", "169.254.169.254", "80"], UNREACHABLE, &["connect to 169.254.169.254:80"]),
    (&["connect", "127.0.0.1", "22"], REFUSED, &["connect to 127.0.0.1:22"]),
    (&["connect", "::1", "22"], REFUSED, &["connect to [::1]:22"]),
    (&["connect-datagrams", "8.8.8.8", "53"], UNREACHABLE, &["connect to 8.8.8.8:53"]),
    (&["sendto", "8.8.8.8", "53"], UNREACHABLE, &["send to 8.8.8.8:53"]),
    (&["sendto", "127.0.0.1", "53"], REFUSED, &["send to 127.0.0.1:53"]),
    (&["sendto-unspecified", "8.8.8.8", "53"], UNREACHABLE, &["send to 8.8.8.8:53"]),
    (&["sendmsg", "8.8.8.8", "53"], UNREACHABLE, &["send to 8.8.8.8:53"]),
    (&["sendmmsg", "8.8.8.8", "53"], UNREACHABLE, &["send to 8.8.8.8:53"]),
    (&["fast-open", "192.0.2.1", "80"], UNREACHABLE, &["send to 192.0.2.1:80"]),
    (&["request", "elsewhere.example", "80"], "Name or service not known", &["the name elsewhere.example"]),
    (&["bind", "0.0.0.0", "0"], "127.0.0.1", &[]),
    (&["bind", "::", "0"], "::ffff:127.0.0.1", &[]),
    (&["bind", "192.0.2.1", "80"], "Cannot assign requested address", &["listen on 192.0.2.1:80"]),
    (&["bind-unspecified", "0.0.0.0", "0"], "ok", &[]),
    (&["listen", "127.0.0.1", "127.0.0.1"], "ok", &[]),
    (&["listen", "0.0.0.0", "127.0.0.1", "0.0.0.0"], "ok", &[]),
    (&["listen", "::", "::1", "127.0.0.1", "::ffff:127.0.0.1"], "ok", &[]),
    (&["listen", "::1", "::1"], "ok", &[]),
    (&["unix", "/run/x/sock"], REFUSED, &["connect to the socket /run/x/sock"]),
    (&["unix", "/var/run/nscd/socket"], REFUSED, &[]),
    (&["unix-pair"], "ok", &[]),
    (
        &["unix-bind", "/tmp/x-sock"],
        "Permission denied\nConnection refused",
        &["listen on /tmp/x-sock", "connect to the socket /tmp/x-sock"],
    ),
    (&["open", "/proc/self/environ"], "ok", &[]),
    (&["open", "/proc/PPID/environ"], NOT_THERE, &["/proc/PPID/environ"]),
    (&["open", "/etc/../proc/PPID/environ"], NOT_THERE, &["/proc/PPID/environ"]),
    (&["openat", "/proc", "PPID/environ"], NOT_THERE, &["/proc/PPID/environ"]),
    (&["openat", "/proc/PPID", "environ"], NOT_THERE, &["/proc/PPID"]),
    (&["open-in", "/proc/PPID", "environ"], NOT_THERE, &["/proc/PPID/environ"]),
    (&["open-in", "/proc", "PPID/environ"], NOT_THERE, &["/proc/PPID/environ"]),
    (&["kill", "PPID", "9"], FORBIDDEN, &["signal 9 to process PPID"]),
    (&["kill", "PPID", "28"], FORBIDDEN, &["signal 28 to process PPID"]),
    // To ask whether a process is there is no finding.
    (&["kill", "PPID", "0"], FORBIDDEN, &[]),
    (&["kill", "-1", "9"], FORBIDDEN, &["signal 9 to every process"]),
];

/// What the kernel alone keeps from programs.
const CONFINED: &[(&[&str], &str)] = &[
    (&["open-by-link", "/proc/PPID/environ"], "Permission denied"),
    (&["readlink", "/proc/PPID/exe"], "Permission denied"),
    (&["look-into"], FORBIDDEN),
];

fn check(outcome: &Outcome, said: &str, noted: &[&str]) -> Result<(), Failed> {
    outcome.expect_success()?;
    let parent = std::process::id().to_string();
    let noted: Vec<String> = noted.iter().map(|text| text.replace("PPID", &parent)).collect();
    if outcome.stdout.trim_end() != said || outcome.report.asked != noted {
        return Err(format!("{:?}, {:?}", outcome.stdout, outcome.report.asked).into());
    }
    Ok(())
}

pub fn trials() -> Vec<Trial> {
    let mut trials = Vec::new();
    for statically in [false, true] {
        let program = c("network", statically);
        for (words, said, noted) in OPERATIONS {
            // Static programs look up names by shared libraries, which they have to be built for.
            if statically && words[0] == "request" {
                continue;
            }
            let it = program.clone();
            let language = if statically { "c-static" } else { "c" };
            trials.push(trial(
                format!("{language}::network::{}", words.join("-")),
                it.is_none(),
                move || check(&run(&World::new(), command(&it.unwrap(), words))?, said, noted),
            ));
        }
    }
    let program = c("network", false);
    let missing = program.is_none();
    let it = move || program.clone().unwrap();
    let unconfined = landlock_is_missing();
    for (words, said) in CONFINED {
        let it = it.clone();
        trials.push(trial(format!("confined::{}", words.join("-")), missing || unconfined, move || {
            let outcome = run(&World::new(), command(&it(), words))?;
            outcome.expect_success()?;
            if outcome.stdout.trim_end() == *said { Ok(()) } else { Err(outcome.stdout.into()) }
        }));
    }
    let (unix, neighbours) = (it.clone(), it.clone());
    trials.push(trial("network::unix-sockets", missing, move || unix_sockets(&unix())));
    trials.push(trial("network::neighbours", missing, move || others(&neighbours())));
    trials.push(trial("network::served-name-and-address", missing, move || address(&it())));
    trials.extend(requests());
    trials
}

fn landlock_is_missing() -> bool {
    // Version 1 of what it can do came with Linux 5.13; what is needed here, with 5.19.
    // SAFETY: the call asks for a number, and reads no memory.
    unsafe { libc::syscall(libc::SYS_landlock_create_ruleset, 0, 0, 1) < 2 }
}

/// Sockets in a folder of the world are its own; those elsewhere are not, whatever links lead to them.
fn unix_sockets(program: &Path) -> Result<(), Failed> {
    let (own, other) = (built(&mark()), built(&mark()));
    fs::create_dir_all(&own)?;
    fs::create_dir_all(&other)?;
    let foreign = other.join("sock");
    let _listener = UnixListener::bind(&foreign)?;
    std::os::unix::fs::symlink(&foreign, own.join("link"))?;
    std::os::unix::fs::symlink(&other, own.join("folder"))?;
    let world = World::new().folder(&own);
    let text = |path: PathBuf| path.to_string_lossy().into_owned();
    let inside = text(own.join("sock"));
    check(&run(&world, command(program, &["unix-bind", &inside]))?, "ok", &[])?;
    let ways = [foreign, own.join("link"), own.join("folder/sock"), own.join("..").join(&other).join("sock")];
    for way in ways.map(text) {
        let noted = format!("connect to the socket {way}");
        check(&run(&world, command(program, &["unix", &way]))?, REFUSED, &[&noted])?;
    }
    fs::remove_dir_all(own)?;
    fs::remove_dir_all(other)?;
    Ok(())
}

/// What other processes of the machine listen on is out of reach: none of it ever hears anything.
fn others(program: &Path) -> Result<(), Failed> {
    let name = mark();
    let (tcp, udp) = (TcpListener::bind("127.0.0.1:0")?, UdpSocket::bind("127.0.0.1:0")?);
    let address =
        <std::os::unix::net::SocketAddr as std::os::linux::net::SocketAddrExt>::from_abstract_name(&name)?;
    let (stream, datagrams) = (UnixListener::bind_addr(&address)?, UnixDatagram::unbound()?);
    drop(datagrams);
    tcp.set_nonblocking(true)?;
    udp.set_nonblocking(true)?;
    stream.set_nonblocking(true)?;
    let world = World::new();
    let port = tcp.local_addr()?.port().to_string();
    for ip in ["127.0.0.1", "::ffff:127.0.0.1", "0.0.0.0"] {
        let noted = format!("connect to {}:{port}", ip.trim_start_matches("::ffff:"));
        check(&run(&world, command(program, &["connect", ip, &port]))?, REFUSED, &[&noted])?;
    }
    let to_udp = udp.local_addr()?.port().to_string();
    let noted = format!("send to 127.0.0.1:{to_udp}");
    for how in ["sendto", "sendmsg", "sendmmsg", "sendto-unspecified"] {
        check(&run(&world, command(program, &[how, "127.0.0.1", &to_udp]))?, REFUSED, &[&noted])?;
    }
    let at = format!("@{name}");
    let noted = format!("connect to the socket {at}");
    check(&run(&world, command(program, &["unix", &at]))?, REFUSED, &[&noted])?;
    // Nor after an attempt to have the name oneself.
    let outcome = run(&world, command(program, &["unix-bind", &at]))?;
    check(&outcome, "Address already in use\nConnection refused", &[&noted])?;
    let heard = tcp.accept().is_ok() || udp.recv(&mut [0]).is_ok() || stream.accept().is_ok();
    if heard { Err("somebody was reached".into()) } else { Ok(()) }
}

/// The server answers at its own address, too, and a served name at its two ports alone.
fn address(program: &Path) -> Result<(), Failed> {
    let server = SlowServer::start()?;
    let port = rescind_world::WorldServer::address(&*server).port().to_string();
    let world = World::new().serve(["api.example"], server.clone());
    for (host, port) in [
        ("127.0.0.1", port.as_str()),
        ("::1", &port),
        ("localhost", &port),
        ("api.example", "443"),
        ("api.example", "80"),
    ] {
        check(&run(&world, command(program, &["request", host, port]))?, "took 0", &[])?;
    }
    let outcome = run(&world, command(program, &["request", "api.example", "8080"]))?;
    check(&outcome, REFUSED, &["connect to api.example:8080"])?;
    if server.counts() == (5, 5) { Ok(()) } else { Err(format!("{:?}", server.counts()).into()) }
}

/// A program, and the arguments that make it ask a server.
type Client = (PathBuf, Vec<String>);

/// The programs that ask a server, by language.
fn clients() -> Vec<(&'static str, Option<Client>)> {
    let script = |program: Option<PathBuf>, path: &str| {
        program.map(|program| (program, vec![source(path).to_string_lossy().into_owned()]))
    };
    vec![
        ("c", c("network", false).map(|program| (program, vec!["request".to_owned()]))),
        ("go", support::go("request").map(|program| (program, Vec::new()))),
        ("python", script(support::python(), "python/request.py")),
        ("nodejs", script(find("node"), "nodejs/request.js")),
        ("java", support::java("Request")),
    ]
}

fn requests() -> Vec<Trial> {
    let mut trials = Vec::new();
    for (language, client) in clients() {
        let missing = client.is_none();
        let ask = move |words: &[&str]| {
            let (program, arguments) = client.clone().unwrap();
            let words: Vec<&str> =
                arguments.iter().map(String::as_str).chain(words.iter().copied()).collect();
            command(&program, &words)
        };
        let (served, unknown) = (ask.clone(), ask);
        // It takes its time, but not long enough for a client that gives up after five seconds.
        trials.push(trial(format!("{language}::network::served-name"), missing, move || {
            let server = SlowServer::start()?;
            let world = World::new().serve(["other.example", "api.example"], server.clone());
            check(&run(&world, served(&["api.example", "443", "300"]))?, "took 300", &[])?;
            if server.counts() == (1, 1) { Ok(()) } else { Err(format!("{:?}", server.counts()).into()) }
        }));
        trials.push(trial(format!("{language}::network::unknown-name"), missing, move || {
            let outcome = run(&World::new(), unknown(&["elsewhere.example", "443", "0"]))?;
            outcome.expect_success()?;
            let answered = outcome.stdout.contains("took");
            if answered || outcome.report.asked != ["the name elsewhere.example"] {
                return Err(format!("{:?} {:?}", outcome.stdout, outcome.report).into());
            }
            Ok(())
        }));
    }
    // The resolver of Node.js that asks name servers itself, as gRPC does.
    let node = find("node");
    trials.push(trial("nodejs::network::c-ares", node.is_none(), move || {
        let script = source("nodejs/request.js");
        let words = [script.to_str().unwrap(), "elsewhere.example", "443", "0", "--resolve"];
        let outcome = run(&World::new(), command(&node.unwrap(), &words))?;
        check(&outcome, "ENOTFOUND", &["the name elsewhere.example"])
    }));
    trials
}
