//! A project: what there is of each service in it, its decisions, its journal. Projects share nothing.

use std::ops::RangeInclusive;
use std::sync::Arc;

use rescind_model::{Entry, ResourceChange, Schedule, Snapshot, Touched, Transport, suggestion};

use super::addressed::Addressed;
use super::decision::{Decisions, Desk};
use super::fault::Delivery;
use super::journal::{Admitted, Arrival, Journal};
use super::part::{Part, Reception};
use super::recording::{Recorded, Recording};
use super::rest::{RestReply, RestRequest};
use super::rpc::Rpc;
use super::services::Services;
use super::setup::{InvalidSetup, Setup};
use super::status::Status;
use super::time::{Span, Time};

/// A project.
pub struct Project {
    services: Arc<Services>,
    /// What there is of each of them, in the same order.
    parts: Vec<Box<dyn Part>>,
    desk: Desk,
    journal: Journal,
    /// When it was set up last.
    began: Time,
    /// The latest moment that was given out.
    latest: Time,
    /// The requests as they came, if they are recorded.
    recording: Option<Recording>,
}

impl Project {
    /// A project without contents, whose decisions are taken by `decisions`. It keeps a journal if told to.
    pub fn new(services: Arc<Services>, id: &str, decisions: Box<dyn Decisions>, journal: bool) -> Project {
        let parts = services.open(id);
        let (desk, journal) = (Desk::new(decisions), Journal::new(journal));
        Project {
            services,
            parts,
            desk,
            journal,
            began: Time::default(),
            latest: Time::default(),
            recording: None,
        }
    }

    /// Adds what is there before a case begins.
    ///
    /// # Errors
    /// The set-up asks for what its service could not be in, or for what is there already. The project is then of no use
    /// any more.
    pub fn give(&mut self, setup: &Setup, clock: Time) -> Result<(), InvalidSetup> {
        let name = setup.service.name();
        let Some(part) = self.services.names().position(|known| known == name) else {
            let known = self.services.names().collect::<Vec<_>>().join(", ");
            let close = suggestion(name, self.services.names());
            return Err(InvalidSetup::Service { service: name.to_owned(), close, known });
        };
        self.parts[part].give(setup, clock, self.services.choices())?;
        self.began = clock;
        if self.keeps_journal() {
            self.parts[part].note_given();
        }
        Ok(())
    }

    /// The same project, in which operations that are started from now on take this time; none where decisions end them.
    #[must_use]
    pub fn at_pace(mut self, pace: Option<Span>) -> Project {
        self.parts.iter_mut().for_each(|part| part.set_pace(pace));
        self
    }

    /// Records requests from now on, of a project that was set up when the clock said `began`.
    pub fn record(&mut self, began: Time) {
        self.recording = Some(Recording { began, requests: Vec::new() });
    }

    /// What was recorded; nothing if it was not.
    pub fn recording(&self) -> Option<&Recording> {
        self.recording.as_ref()
    }

    fn take_down(&mut self, request: impl FnOnce() -> Recorded) {
        if let Some(recording) = &mut self.recording {
            recording.requests.push(request());
        }
    }

    /// The services that there are.
    pub(super) fn services(&self) -> &Services {
        &self.services
    }

    /// From when it was set up to the latest request.
    pub(super) fn duration(&self) -> RangeInclusive<Time> {
        self.began..=self.latest
    }

    /// Keeps the latest request for [`take_latest`](Self::take_latest) from now on, even without a journal.
    pub fn observe(&mut self) {
        self.journal.observe();
    }

    /// The latest request, if it was observed and not taken yet.
    pub fn take_latest(&mut self) -> Option<Entry> {
        self.journal.take_latest()
    }

    /// Lets requests meet faults from now on, in the place of those that were put before. Of the schedule only the
    /// faults count, and requests are counted anew.
    pub fn put_faults(&mut self, faults: Schedule) {
        self.desk.put_faults(faults);
    }

    /// How the reply to the latest request is delivered.
    pub fn delivery(&self) -> Delivery {
        self.journal.delivery
    }

    /// The requests since the project was prepared; empty if it keeps no journal.
    pub fn journal(&self) -> &[Entry] {
        self.journal.entries().unwrap_or_default()
    }

    /// True if it keeps a journal.
    pub fn keeps_journal(&self) -> bool {
        self.journal.entries().is_some()
    }

    /// The moment of a request: what the clock says, and later than the moment of every request before.
    fn tick(&mut self, clock: Time) -> Time {
        self.latest = clock.max(self.latest + Span::MICROSECOND);
        self.latest
    }

    /// Serves a request of an RPC, received when the clock said `clock`.
    ///
    /// # Errors
    /// What the rules of the service answer, or a fault.
    pub fn call(
        &mut self,
        addressed: &Addressed,
        request: &[u8],
        transport: Transport,
        clock: Time,
    ) -> Result<Vec<u8>, Status> {
        let now = self.tick(clock);
        self.take_down(|| Recorded::call(addressed, request, transport, clock));
        let Project { services, parts, desk, journal, .. } = self;
        let reception = Reception { addressed, now, transport, choices: services.choices(), desk, journal };
        parts[addressed.target.service].call(request, reception)
    }

    /// Serves a request to a service's own REST API, received when the clock said `clock`.
    ///
    /// # Errors
    /// What the rules of the service answer, or a fault.
    pub fn rest(
        &mut self,
        addressed: &Addressed,
        request: &RestRequest<'_>,
        clock: Time,
    ) -> Result<RestReply, Status> {
        let now = self.tick(clock);
        self.take_down(|| Recorded::rest(addressed, request, clock));
        let Project { services, parts, desk, journal, .. } = self;
        let reception = Reception {
            addressed,
            now,
            transport: Transport::Rest,
            choices: services.choices(),
            desk,
            journal,
        };
        parts[addressed.target.service].rest(request, reception)
    }

    /// As [`call`](Self::call), with the messages themselves.
    ///
    /// # Errors
    /// As [`call`](Self::call).
    pub fn handle<R: Rpc>(
        &mut self,
        request: &R::Request,
        transport: Transport,
        clock: Time,
    ) -> Result<R::Reply, Status> {
        use prost::Message;
        let internal = |what: String| Status::new(rescind_model::Code::Internal, what);
        let request = request.encode_to_vec();
        let addressed = self.services.address(R::PATH, &request);
        let addressed = addressed.ok_or_else(|| internal(format!("nobody serves {}", R::PATH)))??;
        let reply = self.call(&addressed, &request, transport, clock)?;
        R::Reply::decode(&*reply).map_err(|error| internal(format!("{}: {error}", R::PATH)))
    }

    /// As [`rest`](Self::rest), whichever service the request is for; none if it is for none.
    pub fn handle_rest(&mut self, request: &RestRequest<'_>, clock: Time) -> Option<RestReply> {
        let addressed = self.services.address_rest(request)?;
        let reply = self.rest(&addressed, request, clock);
        Some(reply.unwrap_or_else(|status| self.services.rest_error(&addressed, &status)))
    }

    /// Refuses a request that is none of any service, unless it meets a fault, and takes it down.
    pub fn refuse(&mut self, arrival: &Arrival<'_>, refusal: Status, clock: Time) -> Status {
        let now = self.tick(clock);
        self.take_down(|| Recorded::refused(arrival, &refusal, clock));
        let Project { services, parts, desk, journal, .. } = self;
        parts.iter_mut().for_each(|part| part.end_due(now, services.choices()));
        let touched = || {
            let found = parts.iter().map(|part| part.touched(arrival.resource));
            found.into_iter().find(|found| *found != Touched::default()).unwrap_or_default()
        };
        let before = journal.is_wanted().then(touched);
        let admitted = Admitted::new(desk, journal, &arrival.kind, before);
        let refusal = admitted.refusal().unwrap_or(refusal);
        admitted.write(desk, journal, arrival, Err(&refusal), touched);
        refusal
    }

    /// The backups and the operations that create them, as they are now.
    pub fn snapshot(&self) -> Snapshot {
        let mut snapshot = Snapshot { backups: Vec::new(), operations: Vec::new() };
        self.parts.iter().for_each(|part| part.add_to(&mut snapshot));
        snapshot.backups.sort_by(|a, b| a.name.cmp(&b.name));
        snapshot.operations.sort_by(|a, b| a.name.cmp(&b.name));
        snapshot
    }

    /// What is not as it was when the project was set up, own backups and given ones among it, in the order of the names;
    /// nothing if it keeps no journal.
    pub fn changes(&self) -> Vec<ResourceChange> {
        let mut changes: Vec<ResourceChange> = self.parts.iter().flat_map(|part| part.changes()).collect();
        changes.sort();
        changes
    }

    /// Lets every operation of the case run to its end, as the decisions say it at further looks that no client makes
    /// and no journal shows. What never ends by decision stays as it is; so does what was there before.
    pub fn settle(&mut self, clock: Time) {
        let now = self.tick(clock);
        for part in &mut self.parts {
            part.settle(now, self.services.choices(), &mut self.desk);
        }
    }
}
