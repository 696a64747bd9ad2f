//! The emulator: projects by id, each behind a lock of its own.

mod control;
mod scope;

pub use control::ControlError;
pub use scope::Scope;

use std::collections::HashMap;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use parking_lot::{Mutex, RwLock};
use rescind_model::{Code, Entry, RequestKind, Schedule, Transport};
use tokio::sync::watch;

use self::scope::Named;
use crate::clock::WallClock;
use crate::wire::{Introspection, Router};
use rescind_engine::{
    Addressed, Arrival, Decisions, Delivery, FreeRunning, InvalidSetting, Project, RestReply, RestRequest,
    Services, Settings, Setup, Span, Status, Time,
};

/// An emulator. Clones are the same emulator.
#[derive(Clone)]
pub struct Emulator {
    shared: Arc<Shared>,
    /// Whose requests are served through this clone; everybody's if there is none.
    scope: Option<Arc<Scope>>,
}

type Projects = HashMap<String, Arc<Mutex<Project>>>;

struct Shared {
    clock: Arc<dyn WallClock>,
    services: Arc<Services>,
    /// How paths lead to their RPCs, once somebody has asked for one.
    router: OnceLock<Router>,
    introspection: Introspection,
    observer: Option<Observer>,
    /// How long operations take in projects that were not prepared; none if those are not kept.
    pace: Option<Span>,
    projects: RwLock<Projects>,
    /// What it began with, to which a reset returns.
    seeds: Mutex<Vec<(String, Setup)>>,
    /// How many requests its servers have received.
    requests: watch::Sender<u64>,
}

/// What an emulator is made of.
pub struct EmulatorOptions {
    /// Tells the time.
    pub clock: Arc<dyn WallClock>,
    /// How long operations take in projects that nobody prepared. None for an emulator of cases, which keeps no such
    /// projects.
    pub operation_time: Option<Duration>,
    /// The services, with what is decided where nobody has published what a service does.
    pub services: Services,
    /// Sees every request once it has been served.
    pub observer: Option<Observer>,
}

/// Sees a request once it has been served.
pub type Observer = Arc<dyn Fn(&Observed) + Send + Sync>;

/// A request that has been served.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Observed {
    /// When it was received.
    pub received: Time,
    /// How long it took to serve, without its way through the network.
    pub took: Duration,
    /// The number that the service's own API has for the error that it was answered with, where it numbers them.
    pub own_code: Option<&'static str>,
    /// As journals have it. It is not numbered where no journal is kept.
    pub entry: Entry,
}

/// What a request comes to.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Answer<T> {
    pub reply: Result<T, Status>,
    pub delivery: Delivery,
}

impl Emulator {
    /// An emulator of cases, to which `clock` tells the time: it knows the projects that were prepared, and answers for
    /// every other as for an empty one.
    pub fn new(clock: Arc<dyn WallClock>) -> Emulator {
        Emulator::with(EmulatorOptions {
            clock,
            operation_time: None,
            services: rescind_engine::services(),
            observer: None,
        })
    }

    /// A free-running emulator: every project is there, empty at first, and an operation takes `operation_time`. A cancel
    /// takes effect at once. Projects can be prepared for cases beside.
    pub fn free_running(clock: Arc<dyn WallClock>, operation_time: Duration) -> Emulator {
        let operation_time = Some(operation_time);
        Emulator::with(EmulatorOptions {
            clock,
            operation_time,
            services: rescind_engine::services(),
            observer: None,
        })
    }

    /// An emulator of this kind.
    pub fn with(options: EmulatorOptions) -> Emulator {
        let shared = Shared {
            clock: options.clock,
            services: Arc::new(options.services),
            router: OnceLock::new(),
            introspection: Introspection::default(),
            pace: options.operation_time.map(Span::from),
            observer: options.observer,
            projects: RwLock::default(),
            seeds: Mutex::default(),
            requests: watch::Sender::new(0),
        };
        Emulator { shared: Arc::new(shared), scope: None }
    }

    /// The same emulator for those who may use one project alone. Its server then refuses every request for another,
    /// and the scope takes down what was asked for.
    pub fn within(&self, scope: Arc<Scope>) -> Emulator {
        Emulator { shared: Arc::clone(&self.shared), scope: Some(scope) }
    }

    /// Its services.
    pub fn services(&self) -> &Services {
        &self.shared.services
    }

    /// How paths lead to the RPCs of its services.
    pub(crate) fn router(&self) -> &Router {
        self.shared.router.get_or_init(|| Router::of(&self.shared.services))
    }

    /// What tells about its server.
    pub(crate) fn introspection(&self) -> &Introspection {
        &self.shared.introspection
    }

    /// The services of a project: those of the emulator, but for what its set-ups choose.
    fn services_of<'a>(
        &self,
        setups: impl IntoIterator<Item = &'a Setup>,
    ) -> Result<Arc<Services>, InvalidSetting> {
        let mut settings = Settings::default();
        setups.into_iter().for_each(|setup| settings.extend(&setup.choices));
        if settings.is_empty() {
            return Ok(Arc::clone(&self.shared.services));
        }
        self.shared.services.with(&settings).map(Arc::new)
    }

    /// How many requests its servers have received, of services and of the control API; tells of each new one.
    pub fn requests(&self) -> watch::Receiver<u64> {
        self.shared.requests.subscribe()
    }

    /// Counts a request that a server has received.
    pub(crate) fn count_request(&self) {
        self.shared.requests.send_modify(|requests| *requests += 1);
    }

    /// Serves the RPC at a gRPC path, `/package.Service/Method`: decodes the request, finds its project, encodes the
    /// reply. A project that was never prepared answers as an empty one, and keeps nothing.
    ///
    /// # Errors
    /// What the rules of the service answer, or a fault; UNIMPLEMENTED, with its name, for an RPC that is not served;
    /// INTERNAL for bytes that are no such request, as gRPC servers answer it.
    pub fn call(&self, path: &str, transport: Transport, request: &[u8]) -> Result<Vec<u8>, Status> {
        self.answer(path, transport, request).reply
    }

    /// As [`call`](Self::call), with how the reply is to be delivered.
    pub(crate) fn answer(&self, path: &str, transport: Transport, request: &[u8]) -> Answer<Vec<u8>> {
        match self.shared.services.address(path, request) {
            Some(Ok(addressed)) => self.in_project(Named::of(transport, &addressed), |project, clock| {
                project.call(&addressed, request, transport, clock)
            }),
            Some(Err(refusal)) => {
                let rpc = path.rsplit('/').next().unwrap_or(path);
                self.refuse(transport, rpc, "", refusal)
            }
            None => self.unserved(path, transport, request),
        }
    }

    /// Serves a request to a service's own REST API. The reply is what the rules of the service answer, or a fault.
    pub(crate) fn answer_rest(
        &self,
        addressed: &Addressed,
        request: &RestRequest<'_>,
    ) -> (RestReply, Delivery) {
        let named = Named::of(Transport::Rest, addressed);
        let Answer { reply, delivery } =
            self.in_project(named, |project, clock| project.rest(addressed, request, clock));
        (reply.unwrap_or_else(|status| self.shared.services.rest_error(addressed, &status)), delivery)
    }

    /// Refuses a request that is no request of an RPC, or of one that is not served, and has it journaled.
    pub(crate) fn refuse<T>(
        &self,
        transport: Transport,
        rpc: &str,
        resource: &str,
        refusal: Status,
    ) -> Answer<T> {
        let arrival = Arrival { transport, rpc, resource, kind: RequestKind::Rpc(rpc.to_owned()) };
        let request = Named { transport, rpc, resource, addressed: None };
        self.in_project(request, |project, clock| Err(project.refuse(&arrival, refusal, clock)))
    }

    fn unserved(&self, path: &str, transport: Transport, request: &[u8]) -> Answer<Vec<u8>> {
        let name = path.trim_start_matches('/').replace('/', ".");
        let status = Status::new(Code::Unimplemented, format!("{name} is not implemented."));
        match rescind_engine::describe(path, request) {
            Some((rpc, resource)) => self.refuse(transport, &rpc, &resource, status),
            None => self.refuse(transport, path, "", status),
        }
    }

    fn in_project<T>(
        &self,
        request: Named<'_>,
        serve: impl FnOnce(&mut Project, Time) -> Result<T, Status>,
    ) -> Answer<T> {
        let id = rescind_engine::project_of(request.resource).unwrap_or_default();
        if let Some(Err(refusal)) = self.scope.as_ref().map(|scope| scope.admit(id, &request)) {
            return Answer { reply: Err(refusal), delivery: Delivery::AtOnce };
        }
        let found = self.shared.projects.read().get(id).cloned();
        let project = found.or_else(|| self.open(id));
        let clock = self.now();
        let serve = |project: &mut Project| {
            if self.shared.observer.is_some() {
                project.observe();
            }
            let answer = Answer { reply: serve(project, clock), delivery: project.delivery() };
            (answer, project.take_latest())
        };
        let (answer, entry) = match project {
            Some(project) => serve(&mut project.lock()),
            None => serve(&mut self.empty_project(id, Box::new(Schedule::default()))),
        };
        if let (Some(observer), Some(entry)) = (&self.shared.observer, entry) {
            let micros = self.now().micros().saturating_sub(clock.micros());
            let took = Duration::from_micros(u64::try_from(micros).unwrap_or_default());
            let own_code = answer
                .reply
                .as_ref()
                .err()
                .and_then(|status| self.shared.services.own_code(request.addressed?, status));
            observer(&Observed { received: clock, took, own_code, entry });
        }
        answer
    }

    /// The project of a free-running emulator that is asked for the first time.
    fn open(&self, id: &str) -> Option<Arc<Mutex<Project>>> {
        // A name without a project is malformed, and the rules of the RPC say so.
        self.shared.pace.filter(|_| !id.is_empty())?;
        let mut projects = self.shared.projects.write();
        let open = || Arc::new(Mutex::new(self.empty_project(id, Box::new(FreeRunning))));
        Some(projects.entry(id.to_owned()).or_insert_with(open).clone())
    }

    fn empty_project(&self, id: &str, decisions: Box<dyn Decisions>) -> Project {
        Project::new(Arc::clone(&self.shared.services), id, decisions, false).at_pace(self.shared.pace)
    }

    fn now(&self) -> Time {
        self.shared.clock.now().into()
    }
}
