//! A fourth service, made up and whole in this file: it is registered, served over HTTP and plays a case, and nothing of
//! what the services share knows of it.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::Arc;

use bytes::Bytes;
use http_body_util::{BodyExt, Full};
use hyper_util::client::legacy::Client;
use hyper_util::rt::TokioExecutor;
use prost_types::Any;
use rescind_emulator::{ControlError, Emulator, EmulatorOptions, Server, Setup};
use rescind_engine::kernel::operation::{Cancel, End, Ending, Key, Task, Timeline};
use rescind_engine::kernel::turn::poll_kind;
use rescind_engine::kernel::{self, Call, RestCall};
use rescind_engine::{
    Choices, Detail, InvalidSetup, RestReply, RestRequest, Service, Settings, Status, Time, services,
};
use rescind_model::{
    BackupState, BackupView, Captured, ClockKind, Code, Contract, Decision, Due, Ended, Given, Limits,
    Observation, Outcome, Placeholders, RequestKind, Scenario, Schedule, judge,
};
use serde_json::{Value, json};

use crate::cases::lines;

type Store = kernel::Store<Vault>;
type Turn<'a> = kernel::Turn<'a, Vault>;

/// A place that keeps copies of one thing: `/vault/PROJECT/copies/ID`.
#[derive(Default)]
struct Vault {
    copies: BTreeMap<String, (BackupState, Key)>,
}

impl Service for Vault {
    const NAME: &'static str = "vault";
    type Choices = ();
    const GIVEN: &'static [Decision] = &[];

    fn new((): ()) -> Vault {
        Vault::default()
    }

    fn has_operations(parent: &str) -> bool {
        parent.contains("/copies/")
    }

    fn rest(request: &RestRequest<'_>) -> Option<RestCall<Vault>> {
        let segments: Vec<&str> = request.head.uri.path().strip_prefix("/vault/")?.split('/').collect();
        let (verb, project, id) = match (request.head.method.as_str(), segments.as_slice()) {
            ("PUT", [project, "copies", id]) => (Verb::Make, project, id),
            ("GET", [project, "copies", id]) => (Verb::Look, project, id),
            ("POST", [project, "copies", id, "stop"]) => (Verb::Stop, project, id),
            ("DELETE", [project, "copies", id]) => (Verb::Delete, project, id),
            _ => return None,
        };
        Some(Box::new(Asked { verb, project: (*project).to_owned(), id: (*id).to_owned() }))
    }

    fn give(_: &mut Store, setup: &Setup, _: Time, _: &Choices) -> Result<(), InvalidSetup> {
        match setup.given.backups.as_slice() {
            [] => Ok(()),
            [given, ..] => Err(InvalidSetup::Given(format!("given backup `{}`: the vault is new", given.id))),
        }
    }

    fn backup_name(project: &str, _: &Setup, id: &str) -> String {
        name(project, id)
    }

    fn rename(_: &mut Store, _: &str, _: &str) {}

    fn backups(store: &Store) -> Vec<BackupView> {
        let view = |(id, (state, _)): (&String, &(BackupState, Key))| BackupView {
            name: name(&store.id, id),
            state: *state,
            foreign: false,
        };
        store.state.copies.iter().map(view).collect()
    }

    fn backup_state(store: &Store, name: &str) -> Option<BackupState> {
        store.state.copies.get(name.rsplit('/').next()?).map(|(state, _)| *state)
    }

    fn is_foreign(_: &Store, _: &str) -> bool {
        false
    }
}

fn name(project: &str, id: &str) -> String {
    format!("projects/{project}/copies/{id}")
}

/// The operation that makes a copy.
#[derive(Debug)]
struct Making(String);

impl Task<Store> for Making {
    fn metadata(&self, _: &str, _: &Timeline) -> Any {
        Any::default()
    }

    fn response(&self, _: &str) -> Option<Any> {
        Some(Any::default())
    }

    fn end(&mut self, store: &mut Store, _: &str, ending: &Ending<'_>) {
        if ending.end != End::Completed {
            store.state.copies.remove(&self.0);
        } else if let Some((state, _)) = store.state.copies.get_mut(&self.0) {
            *state = BackupState::Ready;
        }
    }

    fn creates_backup(&self) -> bool {
        true
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Verb {
    Make,
    Look,
    Stop,
    Delete,
}

struct Asked {
    verb: Verb,
    project: String,
    id: String,
}

impl Asked {
    fn key(&self, store: &Store) -> Option<Key> {
        store.state.copies.get(&self.id).map(|(_, key)| *key)
    }
}

impl Call<Vault> for Asked {
    type Reply = RestReply;

    fn rpc(&self) -> &str {
        match self.verb {
            Verb::Make => "MakeCopy",
            Verb::Look => "LookAtCopy",
            Verb::Stop => "StopCopy",
            Verb::Delete => "DeleteCopy",
        }
    }

    fn resource(&self) -> Cow<'_, str> {
        name(&self.project, &self.id).into()
    }

    fn arrive(&self, store: &mut Store) -> RequestKind {
        let key = self.key(store);
        match self.verb {
            Verb::Make => RequestKind::Create,
            Verb::Delete => RequestKind::Delete,
            Verb::Look => key.and_then(|key| poll_kind(store, key)).unwrap_or(RequestKind::Get),
            Verb::Stop => {
                if let Some(operation) = key.and_then(|key| store.operations.get_mut(key)) {
                    operation.cancel = Cancel::Received;
                }
                RequestKind::Cancel
            }
        }
    }

    fn serve(self: Box<Self>, turn: &mut Turn<'_>) -> Result<RestReply, Status> {
        let missing = || Status::new(Code::NotFound, "There is no such copy.").with(Detail::Reason("GONE"));
        if self.verb == Verb::Make {
            let key = turn.start(&name(&self.project, &self.id), Making(self.id.clone()));
            turn.store.state.copies.insert(self.id.clone(), (BackupState::Creating, key));
            turn.run_as_decided(key);
            turn.shows(key);
        } else {
            let key = self.key(turn.store).ok_or_else(missing)?;
            match self.verb {
                Verb::Look if matches!(turn.kind(), RequestKind::Poll | RequestKind::EarlyPoll) => {
                    turn.look_at(key);
                    turn.shows(key);
                }
                Verb::Stop if turn.decide_cancel(key) => {
                    turn.cancel(key);
                    turn.shows(key);
                }
                Verb::Delete => drop(turn.store.state.copies.remove(&self.id)),
                _ => {}
            }
        }
        let state = turn.store.state.copies.get(&self.id).map(|(state, _)| state.to_string());
        Ok(RestReply::json(200, &json!({ "state": state })))
    }
}

fn emulator() -> Emulator {
    Emulator::with(EmulatorOptions {
        clock: Arc::new(std::time::SystemTime::now),
        operation_time: None,
        services: services().and::<Vault>(),
        observer: None,
    })
}

fn setup(schedule: &str) -> Setup {
    Setup {
        service: "vault".parse().unwrap(),
        instance: String::new(),
        database: "thing".into(),
        backup: "copy".into(),
        given: Given::default(),
        bystanders: false,
        schedule: schedule.parse().unwrap(),
        choices: Settings::default(),
    }
}

/// What a client does over HTTP, request by request: the status of each reply, and its body.
async fn ask(emulator: &Emulator, requests: &[(&str, &str)]) -> Vec<(u16, Value)> {
    let server = Server::bind(emulator.clone(), SocketAddr::from(([127, 0, 0, 1], 0))).await.unwrap();
    let client = Client::builder(TokioExecutor::new()).build_http();
    let mut replies = Vec::new();
    for (method, path) in requests {
        let uri = format!("http://{}{path}", server.address());
        let request =
            http::Request::builder().method(*method).uri(uri).body(Full::new(Bytes::new())).unwrap();
        let response = client.request(request).await.unwrap();
        let status = response.status().as_u16();
        let body = response.into_body().collect().await.unwrap().to_bytes();
        replies.push((status, serde_json::from_slice(&body).unwrap()));
    }
    replies
}

/// The life of a copy that is stopped.
const STOPPED: [(&str, &str); 4] = [
    ("PUT", "/vault/p/copies/copy"),
    ("GET", "/vault/p/copies/copy"),
    ("POST", "/vault/p/copies/copy/stop"),
    ("GET", "/vault/p/copies/copy"),
];

#[tokio::test]
async fn it_is_served_and_plays_a_case_that_can_be_judged() {
    let schedule = "create:running early-poll1:running cancel:honoured";
    let emulator = emulator();
    emulator.prepare("p", &setup(schedule)).unwrap();
    let given = emulator.snapshot("p").unwrap();
    let replies = ask(&emulator, &STOPPED).await;
    assert_eq!(replies[0], (200, json!({ "state": "CREATING" })));
    assert_eq!(replies[3].0, 404, "{:?}", replies[3]);
    insta::assert_snapshot!(lines(&emulator.journal("p").unwrap()), @"
    1 MakeCopy [create1:running] OK shows running -/- -> CREATING/running
    2 LookAtCopy [early-poll1:running] OK shows running CREATING/running -> CREATING/running
    3 StopCopy [cancel1:honoured] OK shows CANCELLED CREATING/running -> -/CANCELLED
    4 LookAtCopy [] NOT_FOUND -/CANCELLED -> -/CANCELLED
    ");

    let at_exit = emulator.snapshot("p").unwrap();
    emulator.settle("p").unwrap();
    let observation = Observation {
        ended: Ended::Code(0),
        limits: Limits { deadline_ms: 1000, processor_ms: 1000, clock: ClockKind::Virtual },
        stdout: Captured::default(),
        stderr: Captured::default(),
        leaked_processes: Vec::new(),
        out_of_reach: Vec::new(),
        leaked_credentials: Vec::new(),
        given,
        journal: emulator.journal("p").unwrap(),
        at_exit,
        settled: emulator.snapshot("p").unwrap(),
        changes: emulator.changes("p").unwrap(),
    };
    let scenario = Scenario {
        name: "stopped".into(),
        title: "A copy is stopped.".into(),
        services: vec!["vault".parse().unwrap()],
        given: Given::default(),
        schedule: schedule.parse().unwrap(),
        optional: Schedule::default(),
        expect: None,
    };
    let names = Placeholders {
        project: "p".into(),
        instance: String::new(),
        database: "thing".into(),
        backup: "copy".into(),
        operation: String::new(),
    };
    assert_eq!(Due::of(&observation).outcome, Outcome::Cancelled);
    let findings = |observation: &Observation| judge(&scenario, &Contract::default(), observation, &names);
    assert_eq!(findings(&observation), []);
    let failing = Observation { ended: Ended::Code(1), ..observation };
    assert_eq!(findings(&failing)[0].rule.id(), "wrong-exit");
}

#[tokio::test]
async fn it_meets_faults_and_leaves_the_other_services_as_they_are() {
    let emulator = emulator();
    emulator.prepare("p", &setup("create1:unavailable")).unwrap();
    let replies =
        ask(&emulator, &[STOPPED[0], ("GET", "/v1/projects/p/instances/test"), ("GET", "/vault/p")]).await;
    assert_eq!(replies[0].0, 503, "{:?}", replies[0]);
    assert_eq!(replies[0].1["error"]["status"], "UNAVAILABLE");
    assert_eq!(
        (replies[1].0, replies[2].0),
        (404, 404),
        "an instance that is not there, and a path that is not"
    );
}

#[test]
fn a_set_up_for_a_service_that_is_not_registered_is_refused_with_those_that_are() {
    let emulator = crate::grpc::emulator();
    let error = emulator.prepare("p", &setup("")).unwrap_err();
    let ControlError::InvalidSetup { source, .. } = &error else { panic!("{error}") };
    insta::assert_snapshot!(source, @"there is no service `vault`; the services are spanner, alloydb, geminidb");
}
