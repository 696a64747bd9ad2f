//! `rescind emulator`, with a client that speaks HTTP.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::process::{Child, Command, Stdio};

use rescind_tests::{binary, repository, rescind};

struct Emulator {
    child: Child,
    rest: String,
    control: String,
    token: String,
}

impl Emulator {
    fn start(options: &[&str]) -> Emulator {
        let mut child = Command::new(binary())
            .args(["emulator", "--grpc-port", "0", "--rest-port", "0", "--control", "127.0.0.1:0"])
            .args(options)
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines().map(Result::unwrap);
        let value = |line: String, name: &str| {
            line.strip_prefix(name).map(|value| value.trim_end_matches('/').to_owned())
        };
        let mut told = |name: &str| lines.find_map(|line| value(line, name)).unwrap();
        let rest = told("export CLOUDSDK_API_ENDPOINT_OVERRIDES_SPANNER=http://");
        let control = told("export RESCIND_CONTROL=");
        let token = told("export RESCIND_CONTROL_TOKEN=");
        Emulator { child, rest, control, token }
    }

    /// The answer to a request, head and body.
    fn ask(&self, method: &str, path: &str) -> String {
        let address = if path.starts_with("/rescind/") { &self.control } else { &self.rest };
        let mut stream = TcpStream::connect(address).unwrap();
        write!(
            stream,
            "{method} {path} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {}\r\n\
             X-Auth-Token: any\r\nConnection: close\r\nContent-Length: 0\r\n\r\n",
            self.token
        )
        .unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        answer
    }

    /// How it ended, and what it had written to standard error.
    fn stop(mut self, signal: &str) -> (Option<i32>, String) {
        Command::new("kill").arg(signal).arg(self.child.id().to_string()).status().unwrap();
        self.ended()
    }

    fn ended(&mut self) -> (Option<i32>, String) {
        let mut errors = String::new();
        self.child.stderr.take().unwrap().read_to_string(&mut errors).unwrap();
        (self.child.wait().unwrap().code(), errors)
    }
}

impl Drop for Emulator {
    fn drop(&mut self) {
        // Gone already, if the test went as it should.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[test]
fn it_says_where_it_listens_answers_there_and_stops_on_term() {
    let emulator = Emulator::start(&["--database", "p/test-instance/test-db"]);
    let answer = emulator.ask("GET", "/v1/projects/p/instanceConfigs");
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    assert!(answer.contains("projects/p/instanceConfigs/"), "{answer}");
    let answer = emulator.ask("GET", "/v1/projects/p/instances/test-instance/databases/test-db");
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    let answer = emulator.ask("GET", "/v1/projects/p/instances/nope");
    assert!(answer.starts_with("HTTP/1.1 404"), "{answer}");
    assert!(answer.contains("NOT_FOUND"), "{answer}");
    let (rest, (code, errors)) = (emulator.rest.clone(), emulator.stop("-TERM"));
    assert_eq!(code, Some(0));
    // What Testcontainers' modules wait for, and where some of them do.
    let ready = ["Cloud Spanner emulator running.", &format!("REST server listening at {rest}")];
    assert_eq!(errors.lines().take(2).collect::<Vec<_>>(), ready, "{errors}");
    assert!(
        errors.lines().nth(2).is_some_and(|line| line.starts_with("gRPC server listening at 127.0.0.1:"))
    );
    assert_eq!(errors.lines().count(), 3, "{errors}");
}

#[test]
fn it_listens_where_localhost_leads_and_at_addresses_with_brackets() {
    let emulator = Emulator::start(&["--host", "localhost"]);
    let port = emulator.rest.strip_prefix("localhost:").unwrap();
    for host in ["localhost", "127.0.0.1"] {
        TcpStream::connect(format!("{host}:{port}")).unwrap();
    }
    let folder = tempfile::tempdir().unwrap();
    rescind(folder.path(), &["emulator", "--check", &format!("http://{}/", emulator.rest)]).exits(0);
    drop(emulator);
    if std::net::TcpListener::bind("[::1]:0").is_err() {
        println!("skipped: this machine has no IPv6");
        return;
    }
    let emulator = Emulator::start(&["--host", "[::1]"]);
    assert!(emulator.rest.starts_with("[::1]:"), "{}", emulator.rest);
    let answer = emulator.ask("GET", "/v1/projects/p/instanceConfigs");
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
}

#[test]
fn a_time_says_its_unit() {
    let folder = tempfile::tempdir().unwrap();
    let ran = rescind(folder.path(), &["emulator", "--operation-time", "5"]).exits(2);
    assert!(ran.stderr.contains("write `5s` for seconds or `5m` for minutes"), "{}", ran.stderr);
}

#[test]
fn it_stops_cleanly_on_ctrl_c_and_when_nobody_asks_anything() {
    assert_eq!(Emulator::start(&[]).stop("-INT").0, Some(0));
    let mut idle = Emulator::start(&["--stop-when-idle", "0.2"]);
    idle.ask("GET", "/v1/projects/p/instanceConfigs");
    assert_eq!(idle.ended().0, Some(0));
}

#[test]
fn it_can_be_asked_whether_it_is_well() {
    let emulator = Emulator::start(&[]);
    let folder = tempfile::tempdir().unwrap();
    rescind(folder.path(), &["emulator", "--check", &emulator.rest]).exits(0);
    let address = emulator.rest.clone();
    assert_eq!(emulator.stop("-TERM").0, Some(0));
    let ran = rescind(folder.path(), &["emulator", "--check", &address]).exits(3);
    assert!(ran.stderr.contains(&format!("no emulator answers at {address}")), "{}", ran.stderr);
}

#[test]
fn it_begins_with_what_a_file_says() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("seed.yaml");
    let file = file.to_str().unwrap();
    std::fs::write(
        file,
        "projects:
  p:
    - { service: spanner, instance: test, database: db1, backups: [{ id: b1, state: READY }] }
    - { service: spanner, instance: test, database: db2, backups: [{ id: b2, state: READY }] }
    - { service: spanner, instance: empty }
    - { service: alloydb, instance: us-central1, database: c, backups: [{ id: b3, state: READY }] }
    - { service: geminidb, database: g, backups: [{ id: backup4, state: READY }] }
",
    )
    .unwrap();
    let emulator = Emulator::start(&["--seed", file]);
    for (path, expected) in [
        ("/v1/projects/p/instances/test/backups/b1", "/databases/db1"),
        ("/v1/projects/p/instances/test/backups/b2", "/databases/db2"),
        ("/v1/projects/p/instances/empty", "\"READY\""),
        ("/v1/projects/p/locations/us-central1/backups/b3", "/clusters/c"),
        ("/rescind/v1/projects/p/snapshot", "backup4"),
    ] {
        let answer = emulator.ask("GET", path);
        assert!(answer.starts_with("HTTP/1.1 200") && answer.contains(expected), "{path}: {answer}");
    }
    emulator.ask("DELETE", "/v1/projects/p/instances/test/backups/b1");
    emulator.ask("POST", "/rescind/v1/reset");
    let answer = emulator.ask("GET", "/v1/projects/p/instances/test/backups/b1");
    assert!(answer.starts_with("HTTP/1.1 200"), "a reset returns to the file: {answer}");
    drop(emulator);

    let text = std::fs::read_to_string(file).unwrap();
    std::fs::write(file, text.replace("database: db2", "database: db1")).unwrap();
    let ran = rescind(folder.path(), &["emulator", "--seed", "seed.yaml"]).exits(2);
    insta::assert_snapshot!(ran.stderr, @"
    error: database `db1`: given twice
     --> seed.yaml:4:7
      |
    4 |     - { service: spanner, instance: test, database: db1, backups: [{ id: b2, state: READY }] }
      |       ^
    ");
    std::fs::write(file, text.replace("state: READY", "stat: READY")).unwrap();
    let ran = rescind(folder.path(), &["emulator", "--seed", "seed.yaml"]).exits(2);
    assert!(ran.stderr.contains("unknown key `stat` (did you mean `state`?)"), "{}", ran.stderr);
    std::fs::write(file, text.replace("database: db1", "database: d")).unwrap();
    let ran = rescind(folder.path(), &["emulator", "--seed", "seed.yaml"]).exits(2);
    assert!(
        ran.stderr.contains("`d` is no id of a database in Spanner") && ran.stderr.contains("seed.yaml:3:7")
    );
    let ran = rescind(folder.path(), &["emulator", "--seed", "none.yaml"]).exits(2);
    assert!(ran.stderr.contains("cannot be read: No such file"), "{}", ran.stderr);
}

#[test]
fn the_seed_of_the_documentation_is_one() {
    let document = std::fs::read_to_string(repository().join("docs/emulator.md")).unwrap();
    let seed = document.split("```yaml\n").nth(1).and_then(|rest| rest.split("```").next()).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("seed.yaml");
    std::fs::write(&file, seed).unwrap();
    let emulator = Emulator::start(&["--operation-time", "1ms", "--seed", file.to_str().unwrap()]);
    for (path, expected) in [
        ("/v1/projects/my-project/instances/my-instance/backups/last-night", "\"READY\""),
        ("/v1/projects/my-project/instances/an-empty-instance", "\"READY\""),
        ("/v1alpha/projects/my-project/locations/us-central1/backups/weekly", "/clusters/my-cluster"),
        ("/v3/0549b4a43100d4f32f51c01c2fe4acdb/backups", "2f4ddb93b8994d31994a3e5ed93a0acbbr06"),
        // Begun a second before the emulator was, with a millisecond to go.
        ("/v1/projects/my-project/instances/my-instance/backups/tonight", "\"READY\""),
    ] {
        let answer = emulator.ask("GET", path);
        assert!(answer.starts_with("HTTP/1.1 200") && answer.contains(expected), "{path}: {answer}");
    }
}

#[test]
fn it_writes_a_line_for_each_request() {
    let emulator = Emulator::start(&["--database", "p/test/db", "--log", "json"]);
    emulator.ask("GET", "/v1/projects/p/instances/test/databases/db");
    emulator.ask("DELETE", "/v1/projects/p/instances/none");
    emulator.ask("GET", "/rescind/v1/health");
    emulator.ask("GET", "/v1/nonsense");
    let (code, errors) = emulator.stop("-TERM");
    assert_eq!(code, Some(0));
    let lines: Vec<serde_json::Value> =
        errors.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let (ready, lines) = lines.split_at(3);
    assert_eq!(ready[0], serde_json::json!({ "message": "Cloud Spanner emulator running." }));
    let seen: Vec<_> = (lines.iter())
        .map(|line| ["transport", "rpc", "resource", "code"].map(|key| line[key].as_str().unwrap()))
        .collect();
    assert_eq!(
        seen,
        [
            ["rest", "GetDatabase", "projects/p/instances/test/databases/db", "OK"],
            ["rest", "DeleteInstance", "projects/p/instances/none", "OK"],
            ["rest", "GET /v1/nonsense", "nonsense", "NOT_FOUND"],
        ]
    );
    for line in lines {
        assert!(line["time"].as_str().unwrap().ends_with('Z'), "{line}");
        assert!(line["duration_us"].is_u64(), "{line}");
    }
    let emulator = Emulator::start(&["--log", "pretty"]);
    emulator.ask("GET", "/v1/projects/p/instanceConfigs");
    emulator.ask("GET", "/v1/nonsense");
    emulator.ask("GET", "/v3/p/jobs?limit=1");
    let (_, errors) = emulator.stop("-TERM");
    for line in [
        "Z REST ListInstanceConfigs projects/p OK in ",
        "Z REST GET /v1/nonsense NOT_FOUND in ",
        "GET /v1/nonsense: there is no such method.",
        "Z REST ListJobs projects/p/jobs INVALID_ARGUMENT DBS.280439 in ",
    ] {
        assert!(errors.contains(line), "{line}\n{errors}");
    }
}

#[test]
fn what_nobody_has_published_can_be_chosen() {
    let emulator = Emulator::start(&["--choice", "bad-id=NOT_FOUND"]);
    let answer = emulator.ask("POST", "/v1/projects/p/instances/i/backups?backupId=B!");
    assert!(answer.contains("NOT_FOUND"), "{answer}");
    drop(emulator);
    let folder = tempfile::tempdir().unwrap();
    let ran = rescind(folder.path(), &["emulator", "--choice", "bad-idd=NOT_FOUND"]).exits(2);
    assert!(ran.stderr.contains("bad-id"), "{}", ran.stderr);
    let ran = rescind(folder.path(), &["emulator", "--help"]).exits(0);
    assert!(ran.stdout.contains("bad-id=INVALID_ARGUMENT: "), "{}", ran.stdout);
    assert!(ran.stdout.contains("POST   projects/PROJECT/settle"), "{}", ran.stdout);
}

#[test]
fn it_does_not_listen_to_other_machines_unless_it_is_told_to() {
    let folder = tempfile::tempdir().unwrap();
    for place in [["--host", "0.0.0.0"], ["--control", "0.0.0.0:0"]] {
        let ran = rescind(folder.path(), &[&["emulator"], &place[..]].concat()).exits(2);
        assert!(ran.stderr.contains("--allow-remote"), "{}", ran.stderr);
    }
}

#[test]
fn it_takes_orders_on_their_own_port_from_whoever_has_its_token() {
    let mut emulator = Emulator::start(&[]);
    assert_ne!(emulator.token, Emulator::start(&[]).token, "each has a token of its own");
    let answer = emulator.ask("GET", "/rescind/v1/health");
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    emulator.token.push('x');
    let answer = emulator.ask("GET", "/rescind/v1/health");
    assert!(answer.starts_with("HTTP/1.1 401"), "{answer}");
    emulator.control.clone_from(&emulator.rest);
    let answer = emulator.ask("GET", "/rescind/v1/health");
    assert!(answer.starts_with("HTTP/1.1 404"), "the services have no such path: {answer}");
}
