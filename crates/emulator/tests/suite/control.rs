//! The control API: every call of its documentation, and the faults that it puts, as clients see them.

use std::io::{ErrorKind, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant, UNIX_EPOCH};

use pulldown_cmark::{CodeBlockKind, Event, Parser, Tag, TagEnd};
use rescind_emulator::control::{ControlAddress, ControlServer, Guard, PREFIX};
use rescind_emulator::{Emulator, Server, WallClock};
use rescind_model::{BackupState, Code};
use serde_json::Value;
use tonic::transport::Endpoint;

use crate::support::{clock, setup};

/// An emulator's two listeners: that of the services, and that of the control API, which wants a token.
struct Served {
    services: Server,
    control: ControlServer,
}

const TOKEN: &str = "5e6";

async fn serve(emulator: &Emulator) -> Served {
    let anywhere = SocketAddr::from(([127, 0, 0, 1], 0));
    let guard = Guard { token: Some(TOKEN.to_owned()), any_host: false };
    Served {
        services: Server::bind(emulator.clone(), anywhere).await.unwrap(),
        control: ControlServer::bind(emulator.clone(), ControlAddress::Tcp(anywhere), guard).await.unwrap(),
    }
}

impl Served {
    /// Asks whoever has the path, who it is that may give orders.
    fn ask(&self, method: &str, path: &str, body: &str) -> std::io::Result<(u16, Value)> {
        let token = format!("Authorization: Bearer {TOKEN}\r\n");
        self.ask_with(&token, method, path, body)
    }

    /// Asks with these headers alone.
    fn ask_with(&self, headers: &str, method: &str, path: &str, body: &str) -> std::io::Result<(u16, Value)> {
        let address = match self.control.place() {
            ControlAddress::Tcp(address) if path.starts_with(PREFIX) => *address,
            _ => self.services.address(),
        };
        ask(address, headers, method, path, body)
    }
}

fn still_clock() -> Arc<dyn WallClock> {
    let now = UNIX_EPOCH + Duration::from_micros(clock().micros().unsigned_abs());
    Arc::new(move || now)
}

fn free_running() -> Emulator {
    Emulator::free_running(still_clock(), Duration::from_secs(10))
}

/// Sends a request over a connection of its own: the status and the JSON of the answer.
fn ask(
    address: SocketAddr,
    headers: &str,
    method: &str,
    path: &str,
    body: &str,
) -> std::io::Result<(u16, Value)> {
    let mut stream = TcpStream::connect(address)?;
    let length = body.len();
    let host = if headers.contains("Host:") { "" } else { "Host: localhost\r\n" };
    write!(
        stream,
        "{method} {path} HTTP/1.1\r\n{host}{headers}Connection: close\r\nContent-Length: {length}\r\n\r\n{body}"
    )?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer)?;
    let (head, body) = answer.split_once("\r\n\r\n").unwrap_or_else(|| panic!("{answer:?}"));
    let status = head.split(' ').nth(1).unwrap().parse().unwrap();
    Ok((status, serde_json::from_str(body).unwrap_or_else(|error| panic!("{error}: {body}"))))
}

/// The code blocks of a page: what stands behind the fence, and the text.
fn blocks(page: &str) -> Vec<(String, String)> {
    let mut blocks = Vec::new();
    let mut open: Option<(String, String)> = None;
    for event in Parser::new(page) {
        match event {
            Event::Start(Tag::CodeBlock(CodeBlockKind::Fenced(info))) => {
                open = Some((info.to_string(), String::new()));
            }
            Event::Text(text) => {
                if let Some((_, block)) = &mut open {
                    block.push_str(&text);
                }
            }
            Event::End(TagEnd::CodeBlock) => blocks.extend(open.take()),
            _ => {}
        }
    }
    blocks
}

#[tokio::test(flavor = "multi_thread")]
async fn the_documentation_shows_what_happens() {
    let server = serve(&free_running()).await;
    let page = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/control-api.md");
    let blocks = blocks(&std::fs::read_to_string(page).unwrap());
    let mut checked = 0;
    for (index, (info, request)) in blocks.iter().enumerate().filter(|(_, (info, _))| info == "http") {
        assert_eq!(info, "http");
        let (head, body) = request.split_once("\n\n").unwrap_or((request.trim_end(), ""));
        let (line, headers) = head.split_once('\n').unwrap_or((head, ""));
        let (method, path) = line.split_once(' ').unwrap();
        let headers: String =
            headers.lines().map(|header| format!("{}\r\n", header.replace("$TOKEN", TOKEN))).collect();
        let (status, reply) = match headers.as_str() {
            "" => server.ask(method, path, body).unwrap(),
            headers => server.ask_with(headers, method, path, body).unwrap(),
        };
        match blocks.get(index + 1).and_then(|(info, reply)| Some((info.strip_prefix("json ")?, reply))) {
            Some((expected_status, expected)) => {
                assert_eq!(status.to_string(), expected_status, "{head}: {reply}");
                let expected: Value = serde_json::from_str(expected).unwrap();
                assert_eq!(reply, expected, "{head}: {reply:#}");
                checked += 1;
            }
            None => assert_eq!(status, 200, "{head}: {reply}"),
        }
    }
    assert_eq!(checked, blocks.iter().filter(|(info, _)| info.starts_with("json")).count());
    assert!(checked >= 14, "{checked} replies");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_wrong_with_a_call_is_told() {
    let emulator = free_running();
    let server = serve(&emulator).await;
    let ask = |method, path: &str, body: &str| server.ask(method, path, body).unwrap();
    let error = |(status, reply): (u16, Value)| {
        let error = &reply["error"];
        assert_eq!(error["code"], status);
        let path = error["path"].as_str().map_or(String::new(), |path| format!(" at {path}"));
        format!("{status}{path}: {}", error["message"].as_str().unwrap())
    };
    let put = |setup: &str| {
        let rest = r#""instance": "i", "database": "d""#;
        let body = format!(r#"{{ "setup": {{ "service": "spanner", {rest}, {setup} }} }}"#);
        error(ask("PUT", "/rescind/v1/projects/p", &body))
    };
    insta::assert_snapshot!(put(r#""shedule": """#), @"400 at setup.shedule: unknown field `shedule`, expected one of `service`, `instance`, `database`, `backup`, `given`, `bystanders`, `schedule`, `choices` at line 1 column 78");
    insta::assert_snapshot!(put(r#""schedule": "polll:done""#), @"400 at setup.schedule: unknown request `polll` (did you mean `poll`?); a request is one of create, cancel, poll, early-poll, get, delete, list, given, or the name of an RPC such as UpdateBackup at line 1 column 95");
    insta::assert_snapshot!(put(r#""given": { "backups": [{ "id": "B!", "state": "READY" }] }"#), @"400 at setup.given: given backup `B!`: no id of a backup in Spanner");
    insta::assert_snapshot!(error(ask("PUT", "/rescind/v1/projects/p", "{} x")), @"400 at .: missing field `setup` at line 1 column 2");
    insta::assert_snapshot!(error(ask("PUT", "/rescind/v1/projects/p", "")), @"400 at .: EOF while parsing a value at line 1 column 0");
    insta::assert_snapshot!(error(ask("POST", "/rescind/v1/projects/p", "")), @"405: /rescind/v1/projects/p takes PUT, DELETE, not POST");
    insta::assert_snapshot!(error(ask("GET", "/rescind/v1/reset", "")), @"405: /rescind/v1/reset takes POST, not GET");
    insta::assert_snapshot!(error(ask("GET", "/rescind/v1/projects/", "")), @"404: the control API has no path /rescind/v1/projects/");
    insta::assert_snapshot!(error(ask("DELETE", "/rescind/v1/projects/p", "")), @"404: the emulator has no project `p`; prepare it first");
    assert!(emulator.projects().is_empty(), "nothing was changed");
    // A project that a request opened keeps no journal.
    ask("GET", "/v1/projects/opened/instanceConfigs", "");
    insta::assert_snapshot!(error(ask("GET", "/rescind/v1/projects/opened/journal", "")), @"409: project `opened` keeps no journal; put it through the control API to have one");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_emulator_of_cases_lets_no_project_run_free_and_opens_none() {
    let emulator = Emulator::new(still_clock());
    let server = serve(&emulator).await;
    let free = r#"{ "setup": { "service": "spanner", "instance": "i", "database": "d" }, "progress": "free-running" }"#;
    let (status, reply) = server.ask("PUT", "/rescind/v1/projects/p", free).unwrap();
    assert_eq!((status, &reply["error"]["path"]), (400, &Value::from("progress")));
    let faults = r#"{ "faults": "get:lost" }"#;
    let (status, _) = server.ask("PUT", "/rescind/v1/projects/p/faults", faults).unwrap();
    assert_eq!(status, 404);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reset_returns_to_what_the_emulator_began_with() {
    let emulator = free_running();
    emulator.seed(vec![("seeded".to_owned(), setup("", &[("b1", BackupState::Ready)]))]).unwrap();
    let server = serve(&emulator).await;
    let ask = |method, path: &str| server.ask(method, path, "").unwrap();
    let begin = ask("GET", "/rescind/v1/projects/seeded/snapshot");
    assert_eq!(begin.1["backups"].as_array().unwrap().len(), 1);
    assert_eq!(ask("DELETE", "/v1/projects/seeded/instances/test/backups/b1").0, 200);
    ask("GET", "/v1/projects/other/instanceConfigs");
    assert_eq!(emulator.projects(), ["other", "seeded"]);
    assert_eq!(ask("POST", "/rescind/v1/reset").0, 200);
    assert_eq!(emulator.projects(), ["seeded"]);
    assert_eq!(ask("GET", "/rescind/v1/projects/seeded/snapshot"), begin);
}

#[tokio::test(flavor = "multi_thread")]
async fn orders_are_taken_on_their_own_listener_only_and_services_are_served_on_theirs() {
    let emulator = free_running();
    emulator.prepare("p", &setup("", &[])).unwrap();
    let server = serve(&emulator).await;
    let ControlAddress::Tcp(control) = *server.control.place() else { panic!("it listens on a port") };
    let token = format!("Authorization: Bearer {TOKEN}\r\n");
    let (status, reply) = ask(server.services.address(), &token, "POST", "/rescind/v1/reset", "").unwrap();
    assert_eq!((status, &reply["error"]["status"]), (404, &Value::from("NOT_FOUND")));
    assert_eq!(emulator.projects(), ["p"], "nothing was reset");
    let (status, reply) = ask(control, &token, "GET", "/v1/projects/p/instances", "").unwrap();
    assert_eq!(status, 404, "{reply}");
    insta::assert_snapshot!(reply["error"]["message"].as_str().unwrap(), @"the control API lies below /rescind/v1/, and /v1/projects/p/instances does not; services have other ports");
    // Before anything else: who does not hold the token is not even told which paths there are.
    let (status, reply) = ask(control, "", "GET", "/rescind/v1/nothing", "").unwrap();
    assert_eq!(status, 401, "{reply}");
}

#[cfg(unix)]
#[tokio::test(flavor = "multi_thread")]
async fn a_unix_socket_is_its_owner_s_alone_and_wants_no_token() {
    use std::os::unix::fs::PermissionsExt;
    let folder = std::env::temp_dir().join(format!("rescind-control-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let path = folder.join("socket");
    let place = ControlAddress::Unix(path.clone());
    let server = ControlServer::bind(free_running(), place, Guard::default()).await.unwrap();
    let mode = std::fs::metadata(&path).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    let mut stream = std::os::unix::net::UnixStream::connect(&path).unwrap();
    stream
        .write_all(b"GET /rescind/v1/health HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
        .unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    drop(server);
    std::fs::remove_dir(&folder).expect("the socket is gone, and nothing else was made");
}

const DATABASE: &str = "/v1/projects/p/instances/test/databases/db";

#[tokio::test(flavor = "multi_thread")]
async fn a_reset_connection_is_reset_over_rest_and_has_no_effect() {
    let emulator = free_running();
    emulator.prepare("p", &setup("DropDatabase1:reset", &[])).unwrap();
    let server = serve(&emulator).await;
    let error = server.ask("DELETE", DATABASE, "").unwrap_err();
    assert_eq!(error.kind(), ErrorKind::ConnectionReset, "{error}");
    assert_eq!(server.ask("GET", DATABASE, "").unwrap().0, 200);
    let journal = emulator.journal("p").unwrap();
    assert_eq!((journal[0].reply.code, journal[0].fault), (Code::Unavailable, true));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reset_connection_is_unavailable_over_grpc_and_a_new_one_serves() {
    use rescind_engine::proto::database as pb;
    let emulator = free_running();
    emulator.prepare("p", &setup("GetDatabase1:reset", &[])).unwrap();
    let server = serve(&emulator).await;
    // Each call has a connection of its own: a client may still hold a broken one for the next.
    let get = async || {
        let endpoint = Endpoint::from_shared(format!("http://{}", server.services.address())).unwrap();
        let mut client = tonic::client::Grpc::new(endpoint.connect().await.unwrap());
        client.ready().await.unwrap();
        let name = DATABASE.trim_start_matches("/v1/").to_owned();
        let path = "/google.spanner.admin.database.v1.DatabaseAdmin/GetDatabase".parse().unwrap();
        let codec = tonic_prost::ProstCodec::<pb::GetDatabaseRequest, pb::Database>::default();
        client.unary(tonic::Request::new(pb::GetDatabaseRequest { name }), path, codec).await
    };
    let refused = get().await.unwrap_err();
    assert!(matches!(refused.code(), tonic::Code::Unavailable | tonic::Code::Unknown), "{refused:?}");
    assert!(get().await.is_ok());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_delayed_request_takes_effect_at_once_and_its_reply_comes_later() {
    let emulator = free_running();
    emulator.prepare("p", &setup("GetDatabase1:delayed-60ms", &[])).unwrap();
    let server = serve(&emulator).await;
    let begin = Instant::now();
    assert_eq!(server.ask("GET", DATABASE, "").unwrap().0, 200);
    assert!(begin.elapsed() >= Duration::from_millis(60), "{:?}", begin.elapsed());
    let journal = emulator.journal("p").unwrap();
    assert_eq!((journal[0].reply.code, journal[0].fault), (Code::Ok, false));
    let terms: Vec<String> = journal[0].terms().map(ToString::to_string).collect();
    assert_eq!(terms, ["GetDatabase1:delayed-60ms"]);
}
