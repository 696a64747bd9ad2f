//! A request's turn: what it can see and change, and the decisions it can ask for.

use rescind_model::{Code, Decision, RequestKind};

use super::choices::Choices;
use super::decision::{Desk, Point};
use super::operation::{Cancel, End, Key, Operation, Task};
use super::status::Status;
use super::store::Store;
use super::time::Time;
use crate::proto::longrunning;

/// A request that is being served: what it can see and change, and the decisions it can ask for.
pub struct Turn<'a, S> {
    /// What is there in the project.
    pub store: &'a mut Store<S>,
    /// When the request was received: later than every request before it in the project.
    pub now: Time,
    /// The choices that concern every service; those of its own are in its state.
    pub choices: &'a Choices,
    desk: &'a mut Desk,
    point: &'a Point,
    /// The reply will be lost: what is left to choose goes by default.
    lost: bool,
    /// The operation that the reply is.
    shown: Option<Key>,
}

impl<'a, S> Turn<'a, S> {
    /// The turn of a request, received now; its reply may be going to be lost.
    pub(super) fn new(
        store: &'a mut Store<S>,
        now: Time,
        choices: &'a Choices,
        desk: &'a mut Desk,
        point: &'a Point,
        lost: bool,
    ) -> Turn<'a, S> {
        Turn { store, now, choices, desk, point, lost, shown: None }
    }

    /// The operation that was shown last.
    pub(super) fn shown(&self) -> Option<Key> {
        self.shown
    }

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
        self.store.end(key, end, self.now, self.choices);
    }

    /// Starts an operation.
    pub fn start(&mut self, parent: &str, task: impl Task<Store<S>> + 'static) -> Key {
        self.store.start(Operation::new(parent, Box::new(task), self.now))
    }

    /// Lets an operation that no decision is about run: where operations take no time, it completes now.
    pub fn run(&mut self, key: Key) {
        if !self.store.is_timed() {
            self.end(key, End::Completed);
        }
    }

    /// Lets an operation that creates a backup run: how far it is in the reply is decided.
    pub fn run_as_decided(&mut self, key: Key) {
        use Decision::{Done, DoneAfter, FailedAfter, Running};
        match self.choose(&[Running, Done, DoneAfter, FailedAfter]) {
            Done => self.end(key, End::Completed),
            DoneAfter => self.store.end_later(key, End::Completed),
            FailedAfter => self.store.end_later(key, End::Failed),
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
                if let Some(operation) = self.store.operations.get_mut(key) {
                    operation.cancel = Cancel::Pending;
                }
            }
            DoneAfter => self.store.end_later(key, End::Completed),
            FailedAfter => self.store.end_later(key, End::Failed),
            _ => {}
        }
        false
    }

    /// Ends an operation as a cancel ends it.
    pub fn cancel(&mut self, key: Key) {
        self.store.cancel(key, self.now, self.choices);
    }

    /// Notes that the reply is this operation, as services show it that have an API of their own for operations.
    pub fn shows(&mut self, key: Key) {
        self.shown = Some(key);
    }

    /// An operation as google.longrunning shows it, to be the reply.
    ///
    /// # Errors
    /// INTERNAL if there is none, which would be a mistake in the engine.
    pub fn show(&mut self, key: Key) -> Result<longrunning::Operation, Status> {
        self.shows(key);
        let operation = self.store.operations.get(key).map(|operation| operation.to_proto(key, self.now));
        operation.ok_or_else(|| Status::new(Code::Internal, format!("operation {key} is gone")))
    }

    /// A look at an own operation that creates a backup and still runs: this is where it progresses.
    pub fn look_at(&mut self, key: Key) {
        use Decision::{Cancelled, Done, Failed, Running};
        let Some(operation) = self.store.operations.get(key) else { return };
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
                if let Some(operation) = self.store.operations.get_mut(key) {
                    operation.looks += 1;
                }
            }
        }
    }
}

/// What a look at this operation counts as, if it is one that the case's decisions are about.
pub fn poll_kind<S>(store: &Store<S>, key: Key) -> Option<RequestKind> {
    let operation = store.operations.get(key)?;
    match operation.cancel {
        _ if operation.foreign || !operation.task.creates_backup() => None,
        Cancel::None => Some(RequestKind::EarlyPoll),
        Cancel::Received | Cancel::Pending => Some(RequestKind::Poll),
    }
}

/// Lets every operation of the case run to its end, as the decisions say it at further looks that no client makes and no
/// journal shows. What never ends by decision stays as it is; so does what was there before.
pub(super) fn settle<S>(store: &mut Store<S>, now: Time, choices: &Choices, desk: &mut Desk) {
    store.end_due(now, choices);
    // Whatever is a matter of time ends as if all of it had passed.
    store.end_due(Time::END, choices);
    let own: Vec<Key> = (store.operations.iter())
        .filter(|(_, operation)| {
            operation.task.creates_backup() && operation.is_running() && !operation.foreign
        })
        .map(|(key, _)| key)
        .collect();
    for key in own {
        for _ in 0..choices.settle_polls {
            let Some(kind) = poll_kind(store, key) else { break };
            let point = desk.arrive(kind);
            Turn::new(store, now, choices, desk, &point, false).look_at(key);
            if !store.operations.get(key).is_some_and(Operation::is_running) {
                break;
            }
        }
    }
    // No client made these looks. What the schedule says and cannot be is nobody's to be told.
    desk.take_decided();
}
