//! The requests with ids that were carried out.
//!
//! "The server will guarantee that for at least 60 minutes since the first request. ... The request ID must be a valid
//! UUID with the exception that zero UUID is not supported." (service.proto, `CreateBackupRequest.request_id`)

use std::collections::{HashMap, VecDeque};
use std::sync::Arc;

use uuid::Uuid;

use super::verb::Verb;
use crate::kernel::operation::Key;
use crate::kernel::{Span, Time};

/// How long an id is remembered.
const REMEMBERED_FOR: Span = Span::hours(1);

/// The requests with ids that were carried out in the last hour.
#[derive(Debug, Default)]
pub struct Requests {
    by_id: HashMap<Uuid, Carried>,
    by_time: VecDeque<(Time, Uuid)>,
}

/// A request that was carried out.
#[derive(Debug)]
pub struct Carried {
    /// What was done.
    pub verb: Verb,
    /// The full name of what it was done with.
    pub target: Arc<str>,
    /// The operation that it started.
    pub operation: Key,
}

impl Requests {
    /// The request with this id, if it is remembered still.
    pub fn find(&mut self, id: &Uuid, now: Time) -> Option<&Carried> {
        self.forget(now - REMEMBERED_FOR);
        self.by_id.get(id)
    }

    /// Remembers a request that is carried out now.
    pub fn remember(&mut self, id: Uuid, carried: Carried, now: Time) {
        self.by_id.insert(id, carried);
        self.by_time.push_back((now, id));
    }

    /// Forgets what came before a moment.
    fn forget(&mut self, before: Time) {
        while let Some((_, id)) = self.by_time.front().filter(|(time, _)| *time < before) {
            self.by_id.remove(id);
            self.by_time.pop_front();
        }
    }
}
