//! The life of one request: it is counted, may meet a fault, takes effect, and is written down.

use rescind_model::{
    BackupState, Code, Decided, Decision, Entry, OperationView, Reply, RequestKind, Touched, Transport,
};

use super::alloydb::Resource;
use super::choices::Choices;
use super::decision::{Desk, Point};
use super::fault::{self, Delivery};
use super::geminidb;
use super::given;
use super::name;
use super::operation::{Cancel, End, Key, Operation, Task};
use super::project::Project;
use super::status::Status;
use super::time::{Time, without_moments};
use super::world::World;
use crate::proto::longrunning;

/// A request that has arrived.
#[derive(Clone, Debug)]
pub struct Arrival<'a> {
    /// How it came.
    pub transport: Transport,
    /// The name of its RPC.
    pub rpc: &'a str,
    /// What it names, in full.
    pub resource: &'a str,
    /// What it is counted as.
    pub kind: RequestKind,
}

/// A request that is being served: what it can see and change, and the decisions it can ask for.
pub struct Turn<'a> {
    /// What is there in the project.
    pub world: &'a mut World,
    /// When the request was received: later than every request before it in the project.
    pub now: Time,
    /// The table of choices.
    pub choices: &'a Choices,
    desk: &'a mut Desk,
    point: &'a Point,
    /// The reply will be lost: what is left to choose goes by default.
    lost: bool,
}

impl Turn<'_> {
    /// The kind of the request.
    pub fn kind(&self) -> &RequestKind {
        &self.point.request
    }

    /// Asks which of these is to be; the first is the default.
    pub fn choose(&mut self, legal: &'static [Decision]) -> Decision {
        match legal {
            [default, ..] if self.lost => *default,
            legal => self.desk.choose(self.point, legal),
        }
    }

    /// Ends an operation now.
    pub fn end(&mut self, key: Key, end: End) {
        self.world.end(key, end, self.now, self.choices);
    }

    /// Starts an operation.
    pub fn start(&mut self, parent: &str, task: impl Task + 'static) -> Key {
        self.world.start(Operation::new(parent, Box::new(task), self.now))
    }

    /// Lets an operation that no decision is about run: where operations take no time, it completes now.
    pub fn run(&mut self, key: Key) {
        if !self.world.is_timed() {
            self.end(key, End::Completed);
        }
    }

    /// Lets an operation that creates a backup run: how far it is in the reply is decided.
    pub fn run_as_decided(&mut self, key: Key) {
        use Decision::{Done, DoneAfter, FailedAfter, Running};
        match self.choose(&[Running, Done, DoneAfter, FailedAfter]) {
            Done => self.end(key, End::Completed),
            DoneAfter => self.world.end_later(key, End::Completed),
            FailedAfter => self.world.end_later(key, End::Failed),
            _ => {}
        }
    }

    /// What becomes of an operation that creates a backup and is asked to be cancelled is decided. True if the cancel
    /// takes effect at once, which is then left to do.
    pub fn decide_cancel(&mut self, key: Key) -> bool {
        use Decision::{DoneAfter, FailedAfter, Honoured, Ignored, Pending};
        match self.choose(&[Honoured, Pending, Ignored, DoneAfter, FailedAfter]) {
            Honoured => return true,
            Pending => {
                if let Some(operation) = self.world.operations.get_mut(key) {
                    operation.cancel = Cancel::Pending;
                }
            }
            DoneAfter => self.world.end_later(key, End::Completed),
            FailedAfter => self.world.end_later(key, End::Failed),
            _ => {}
        }
        false
    }

    /// Ends an operation as a cancel ends it.
    pub fn cancel(&mut self, key: Key) {
        self.world.cancel(key, self.now, self.choices);
    }

    /// An operation as the API shows it.
    ///
    /// # Errors
    /// INTERNAL if there is none, which would be a mistake in the engine.
    pub fn show(&self, key: Key) -> Result<longrunning::Operation, Status> {
        let operation = self.world.operations.get(key).map(|operation| operation.to_proto(key, self.now));
        operation.ok_or_else(|| Status::new(Code::Internal, format!("operation {key} is gone")))
    }

    /// A look at an own operation that creates a backup and still runs: this is where it progresses.
    pub fn look_at(&mut self, key: Key) {
        use Decision::{Cancelled, Done, Failed, Running};
        let Some(operation) = self.world.operations.get(key) else { return };
        let legal: &'static [Decision] = match operation.cancel {
            Cancel::Pending => &[Cancelled, Done, Running, Failed],
            Cancel::Received => &[Done, Running, Failed],
            Cancel::None if operation.looks + 1 >= self.choices.early_polls_until_done => {
                &[Done, Running, Failed]
            }
            Cancel::None => &[Running, Done, Failed],
        };
        match self.choose(legal) {
            Done => self.end(key, End::Completed),
            Cancelled => self.end(key, End::Cancelled),
            Failed => self.end(key, End::Failed),
            _ => {
                if let Some(operation) = self.world.operations.get_mut(key) {
                    operation.looks += 1;
                }
            }
        }
    }
}

impl Project {
    /// Serves a request: `effect` is what it does if no fault prevents it, and `shown` names the operation that the
    /// reply is, if it is one.
    ///
    /// # Errors
    /// What `effect` answers, or a fault.
    pub fn serve<T>(
        &mut self,
        arrival: &Arrival<'_>,
        clock: Time,
        effect: impl FnOnce(&mut Turn<'_>) -> Result<T, Status>,
        shown: impl FnOnce(&T) -> Option<&str>,
    ) -> Result<T, Status> {
        let now = self.world.tick(clock);
        self.world.end_due(now, &self.choices);
        let before =
            (self.observed || self.journal.is_some()).then(|| touched(&self.world, arrival.resource));
        if arrival.kind == RequestKind::Create {
            self.decide_given(arrival.resource);
        }
        let point = self.desk.arrive(arrival.kind.clone());
        let fault = self.desk.fault(&point);
        self.delivery = Delivery::of(fault);
        let reply = match fault {
            Some(Decision::Refused(code)) => Err(fault::refusal(code)),
            Some(Decision::Reset) => Err(fault::connection_reset()),
            _ => {
                let lost = fault == Some(Decision::Lost);
                let (world, desk) = (&mut self.world, &mut self.desk);
                let served =
                    effect(&mut Turn { world, now, choices: &self.choices, desk, point: &point, lost });
                match self.desk.divergence() {
                    Some(refusal) => Err(refusal),
                    None if lost => Err(fault::connection_reset()),
                    None => served,
                }
            }
        };
        let decided = self.desk.take_decided();
        if let Some(before) = before {
            let operation = reply.as_ref().ok().and_then(shown).and_then(|name| view(&self.world, name));
            let decisions: Vec<Decided> =
                decided.into_iter().map(|(term, legal)| Decided::of(term, legal)).collect();
            let diverged = !decisions.iter().all(Decided::is_legal);
            let number = self.journal.as_ref().map_or(0, Vec::len) + 1;
            let entry = Entry {
                seq: u32::try_from(number).unwrap_or(u32::MAX),
                transport: arrival.transport,
                rpc: arrival.rpc.to_owned(),
                resource: arrival.resource.to_owned(),
                decisions,
                reply: match &reply {
                    Ok(_) => Reply { code: Code::Ok, message: String::new(), operation },
                    Err(status) => {
                        Reply { code: status.code, message: without_moments(&status.message), operation }
                    }
                },
                fault: fault.is_some_and(Decision::replaces_reply) || diverged,
                before,
                after: touched(&self.world, arrival.resource),
            };
            self.latest = self.observed.then(|| entry.clone());
            self.journal.iter_mut().for_each(|journal| journal.push(entry.clone()));
        }
        reply
    }

    /// At the first create: decides whether the backup that was given as `{backup}` has the name that is asked for.
    fn decide_given(&mut self, wanted: &str) {
        let Some(given) = self.world.given_as_wanted.take() else { return };
        if self.desk.given_has_the_name() {
            given::rename(&mut self.world, &given, wanted);
        }
    }

    /// Lets every operation of the case run to its end, as the decisions say it at further looks that no client makes
    /// and no journal shows. What never ends by decision stays as it is; so does what was there before.
    pub fn settle(&mut self, clock: Time) {
        let now = self.world.tick(clock);
        self.world.end_due(now, &self.choices);
        // Whatever is a matter of time ends as if all of it had passed.
        self.world.end_due(Time::END, &self.choices);
        let own: Vec<Key> = (self.world.operations.iter())
            .filter(|(_, operation)| {
                operation.task.creates_backup() && operation.is_running() && !operation.foreign
            })
            .map(|(key, _)| key)
            .collect();
        for key in own {
            for _ in 0..self.choices.settle_polls {
                let Some(kind) = poll_kind(&self.world, key) else { break };
                let point = self.desk.arrive(kind);
                let (world, desk) = (&mut self.world, &mut self.desk);
                Turn { world, now, choices: &self.choices, desk, point: &point, lost: false }.look_at(key);
                if !self.world.operations.get(key).is_some_and(|operation| operation.is_running()) {
                    break;
                }
            }
        }
        // No client made these looks. What the schedule says and cannot be is nobody's to be told.
        self.desk.take_decided();
    }
}

/// What a look at this operation counts as, if it is one that the case's decisions are about.
pub fn poll_kind(world: &World, key: Key) -> Option<RequestKind> {
    let operation = world.operations.get(key)?;
    match operation.cancel {
        _ if operation.foreign || !operation.task.creates_backup() => None,
        Cancel::None => Some(RequestKind::EarlyPoll),
        Cancel::Received | Cancel::Pending => Some(RequestKind::Poll),
    }
}

fn view(world: &World, operation: &str) -> Option<OperationView> {
    let of_gemini = || world.geminidb.backup_of_job(operation);
    let key = world.operations.find(operation).ok().or_else(of_gemini)?;
    let found = world.operations.get(key)?;
    Some(OperationView { name: operation.to_owned(), state: found.state(), foreign: found.foreign })
}

/// The state of the backup that a name is about, and of the operation that it names or that creates the backup.
fn touched(world: &World, resource: &str) -> Touched {
    if let Some(key) = geminidb::backup_in(world, resource) {
        return Touched {
            backup: world.geminidb.get(key).map(|backup| backup.state),
            operation: world.operations.get(key).map(|job| job.state()),
        };
    }
    let operation = world.operations.find(resource).ok();
    let named = operation.and_then(|key| world.operations.get(key)).map(Operation::target);
    let target = named.unwrap_or_else(|| name::operation(resource).map_or(resource, |(parent, _)| parent));
    Touched {
        backup: backup_state(world, target),
        operation: operation
            .or_else(|| world.operations.creation_of(target))
            .and_then(|key| world.operations.get(key))
            .map(|found| found.state()),
    }
}

fn backup_state(world: &World, name: &str) -> Option<BackupState> {
    if let Some(managed) = world.alloydb.backups.get(name) {
        return Some(managed.about.stage());
    }
    let [_, instance, id] = name::backup(name).ok()?;
    Some(world.spanner.instances.get(instance)?.backups.get(id)?.state)
}
