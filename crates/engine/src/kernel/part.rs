//! A service's part in a project, whichever service it is.

use rescind_model::{
    Code, Decision, OperationView, RequestKind, ResourceChange, Snapshot, Touched, Transport,
};

use super::addressed::Addressed;
use super::call::Call;
use super::choices::Choices;
use super::decision::Desk;
use super::fault;
use super::inventory::{Described, Inventory};
use super::journal::{Admitted, Arrival, Journal};
use super::operation::Operation;
use super::rest::{RestReply, RestRequest};
use super::service::Service;
use super::setup::{InvalidSetup, Setup};
use super::status::Status;
use super::store::Store;
use super::time::{Span, Time};
use super::turn::{self, Turn};

/// How a project has received a request, and what it lends a part to serve it.
pub struct Reception<'a> {
    /// For whom it is: this part.
    pub addressed: &'a Addressed,
    /// When the request was received: later than every request before it in the project.
    pub now: Time,
    /// How it came.
    pub transport: Transport,
    /// The choices that concern every service.
    pub choices: &'a Choices,
    /// Takes the decisions.
    pub desk: &'a mut Desk,
    /// Takes the request down.
    pub journal: &'a mut Journal,
}

/// What there is of a service in a project.
pub trait Part: Send {
    /// Serves a request of an RPC.
    ///
    /// # Errors
    /// What the rules of the service answer, or a fault.
    fn call(&mut self, request: &[u8], reception: Reception<'_>) -> Result<Vec<u8>, Status>;

    /// Serves a request to the service's own REST API.
    ///
    /// # Errors
    /// What the rules of the service answer, or a fault.
    fn rest(&mut self, request: &RestRequest<'_>, reception: Reception<'_>) -> Result<RestReply, Status>;

    /// Ends the operations that were to end before this moment.
    fn end_due(&mut self, now: Time, choices: &Choices);

    /// Adds what a set-up says that is there before a case begins.
    ///
    /// # Errors
    /// The set-up asks for what the service could not be in.
    fn give(&mut self, setup: &Setup, clock: Time, choices: &Choices) -> Result<(), InvalidSetup>;

    /// From now on operations that are started take this time.
    fn set_pace(&mut self, pace: Option<Span>);

    /// The state of what a name is about, as far as this part has it.
    fn touched(&self, resource: &str) -> Touched;

    /// Notes what is there now, so that [changes](Part::changes) can be told.
    fn note_given(&mut self);

    /// How what is there differs from what was [noted](Part::note_given), in any order.
    fn changes(&self) -> Vec<ResourceChange>;

    /// Adds the backups, and the operations that create them.
    fn add_to(&self, snapshot: &mut Snapshot);

    /// Lets the operations of the case run to their end.
    fn settle(&mut self, now: Time, choices: &Choices, desk: &mut Desk);
}

impl<S: Service> Part for Store<S> {
    fn call(&mut self, request: &[u8], reception: Reception<'_>) -> Result<Vec<u8>, Status> {
        // It was decoded before, to find the project: neither fails.
        let method = S::METHODS.get(reception.addressed.target.method);
        let call = method.and_then(|method| method.decode(request).ok());
        serve(self, call, reception)
    }

    fn rest(&mut self, request: &RestRequest<'_>, reception: Reception<'_>) -> Result<RestReply, Status> {
        serve(self, S::rest(request), reception)
    }

    fn end_due(&mut self, now: Time, choices: &Choices) {
        Store::end_due(self, now, choices);
    }

    fn give(&mut self, setup: &Setup, clock: Time, choices: &Choices) -> Result<(), InvalidSetup> {
        let given = setup.given.backups.iter().any(|given| given.may_take_the_name());
        let decides = setup.schedule.gives(Decision::SameName);
        if decides && !given {
            let message = "`given:same-name` needs a given backup `{backup}` that is READY";
            return Err(InvalidSetup::Given(message.to_owned()));
        }
        let extended = Setup { given: setup.given.clone().extended_by(&setup.schedule), ..setup.clone() };
        S::give(self, &extended, clock, choices)?;
        self.given_as_wanted = given.then(|| S::backup_name(&self.id, setup, &setup.backup).into());
        Ok(())
    }

    fn set_pace(&mut self, pace: Option<Span>) {
        Store::set_pace(self, pace);
    }

    fn touched(&self, resource: &str) -> Touched {
        S::touched(self, resource)
    }

    fn note_given(&mut self) {
        self.given = Some(inventory(self));
    }

    fn changes(&self) -> Vec<ResourceChange> {
        self.given.as_ref().map(|given| given.changes(&inventory(self))).unwrap_or_default()
    }

    fn add_to(&self, snapshot: &mut Snapshot) {
        snapshot.backups.extend(S::backups(self));
        let creations = self.operations.iter().filter(|(_, operation)| operation.task.creates_backup());
        snapshot.operations.extend(creations.map(|(key, operation)| view(operation, key)));
    }

    fn settle(&mut self, now: Time, choices: &Choices, desk: &mut Desk) {
        turn::settle(self, now, choices, desk);
    }
}

/// All that is there; of operations, those that were there before the case began: each request may leave another.
fn inventory<S: Service>(store: &Store<S>) -> Inventory {
    let given = store.operations.iter().filter(|(_, operation)| operation.foreign);
    let operations = given.map(|(key, operation)| Described::new("operation", &operation.name(key)));
    S::resources(store).into_iter().chain(operations).collect()
}

fn view<T>(operation: &Operation<T>, key: u64) -> OperationView {
    OperationView { name: operation.name(key), state: operation.state(), foreign: operation.foreign }
}

/// The life of one request: it is counted, may meet a fault, takes effect, and is written down.
fn serve<S: Service, C: Call<S> + ?Sized>(
    store: &mut Store<S>,
    call: Option<Box<C>>,
    reception: Reception<'_>,
) -> Result<C::Reply, Status> {
    let call = call.ok_or_else(|| fault::refusal(Code::Unimplemented))?;
    let Reception { addressed: Addressed { rpc, resource, .. }, now, transport, choices, desk, journal } =
        reception;
    let kind = call.arrive(store);
    store.end_due(now, choices);
    let before = journal.is_wanted().then(|| S::touched(store, resource));
    // At the first create: does the backup that was given as `{backup}` have the name that is asked for?
    if kind == RequestKind::Create
        && let Some(given) = store.given_as_wanted.take()
        && desk.given_has_the_name()
    {
        rename(store, &given, resource);
    }
    let admitted = Admitted::new(desk, journal, &kind, before);
    let mut shown = None;
    let reply = match admitted.refusal() {
        Some(refusal) if refusal.code == Code::PermissionDenied => {
            Err(S::denial(rpc, resource).map_or(refusal, |text| Status::new(Code::PermissionDenied, text)))
        }
        Some(refusal) => Err(refusal),
        None => {
            let lost = admitted.is_lost();
            let mut turn = Turn::new(store, now, choices, desk, &admitted.point, lost);
            let served = call.serve(&mut turn);
            shown = turn.shown();
            match desk.divergence() {
                Some(refusal) => Err(refusal),
                None if lost => Err(fault::connection_reset()),
                None => served,
            }
        }
    };
    let arrival = Arrival { transport, rpc, resource, kind };
    let answer = match &reply {
        Ok(_) => Ok(shown.and_then(|key| Some(view(store.operations.get(key)?, key)))),
        Err(status) => Err(status),
    };
    admitted.write(desk, journal, &arrival, answer, || S::touched(store, resource));
    reply
}

/// Gives the given backup the name that a create asks for. It stays as it is if that name is taken, or is no name beside
/// its own.
fn rename<S: Service>(store: &mut Store<S>, given: &str, wanted: &str) {
    let (Some((parent, _)), Some((wanted_parent, id))) = (given.rsplit_once('/'), wanted.rsplit_once('/'))
    else {
        return;
    };
    if parent == wanted_parent && !id.is_empty() && S::backup_state(store, wanted).is_none() {
        S::rename(store, given, wanted);
        if let Some(noted) = &mut store.given {
            noted.rename(given, wanted);
        }
    }
}
