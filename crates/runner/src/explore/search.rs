//! Which schedules are there to be played, breadth first: the fewer decisions a schedule says, the earlier it comes.

use std::collections::VecDeque;
use std::sync::Arc;

use rescind_engine::{Recording, Services, Setup};
use rescind_model::Schedule;

use super::alternatives::{Bounds, Candidate};
use super::tree::{Frontier, HistoryTree, Play, Walk};

/// A schedule that was played.
pub(super) struct Seen {
    pub(super) schedule: Schedule,
    /// By how many decisions it differs from what goes by default.
    pub(super) length: usize,
    pub(super) play: Play,
}

/// A schedule for which the sample is to be run.
#[derive(Clone, Debug)]
pub(super) struct Errand {
    candidate: Candidate,
    frontier: Frontier,
}

impl Errand {
    pub(super) fn schedule(&self) -> Schedule {
        self.candidate.schedule()
    }
}

/// A search through the schedules of a sample.
pub(super) struct Search {
    tree: HistoryTree,
    services: Arc<Services>,
    service: String,
    bounds: Bounds,
    queue: VecDeque<Candidate>,
    /// Where the sample is being asked.
    asking: Vec<Frontier>,
    /// What leads to where it is being asked.
    waiting: Vec<Candidate>,
    seen: Vec<Seen>,
    schedules: usize,
}

impl Search {
    /// A search from nothing that is given, and from each thing that a service can be given.
    pub(super) fn new(services: Arc<Services>, project: String, setup: Setup, bounds: Bounds) -> Search {
        let service = setup.service.name().to_owned();
        let given = services.given(&service).iter().map(|decision| Candidate::given(*decision));
        let queue = [Candidate::default()].into_iter().chain(given).collect();
        let tree = HistoryTree::new(Arc::clone(&services), project, setup);
        Search {
            tree,
            services,
            service,
            bounds,
            queue,
            asking: Vec::new(),
            waiting: Vec::new(),
            seen: Vec::new(),
            schedules: 0,
        }
    }

    /// The next schedule for which the sample must be run; none while there is none, or until others are [told](Self::tell).
    ///
    /// # Errors
    /// What a schedule gives is nothing that the service could have: a mistake in the table of what it can be given.
    pub(super) fn next(&mut self) -> Result<Option<Errand>, String> {
        while let Some(candidate) = self.queue.pop_front() {
            match self.tree.walk(&candidate.schedule()).map_err(|error| error.to_string())? {
                Walk::Known(play) => self.note(candidate, *play),
                Walk::Unknown(frontier) if self.asking.contains(&frontier) => self.waiting.push(candidate),
                Walk::Unknown(frontier) => {
                    self.asking.push(frontier.clone());
                    return Ok(Some(Errand { candidate, frontier }));
                }
            }
        }
        Ok(None)
    }

    /// Takes up what the sample did; the number of its history.
    ///
    /// # Errors
    /// It has done otherwise before where it was told the same, in words. The schedule is then given up.
    pub(super) fn tell(&mut self, errand: Errand, recording: Recording) -> Result<usize, String> {
        self.leave(&errand);
        let play = self.tree.insert(&errand.schedule(), recording)?;
        let history = play.history;
        self.note(errand.candidate, play);
        Ok(history)
    }

    /// Gives up a schedule: the sample could not be run. What leads to the same place is tried anew.
    pub(super) fn leave(&mut self, errand: &Errand) {
        self.asking.retain(|frontier| *frontier != errand.frontier);
        for candidate in std::mem::take(&mut self.waiting).into_iter().rev() {
            self.queue.push_front(candidate);
        }
    }

    fn note(&mut self, candidate: Candidate, play: Play) {
        let Play { points, requests, .. } = &play;
        let more = candidate.alternatives(&self.services, &self.service, points, *requests, self.bounds);
        self.queue.extend(more);
        self.schedules += 1;
        let (schedule, length) = (candidate.schedule(), candidate.length());
        self.seen.push(Seen { schedule, length, play });
    }

    /// What was played since this was last asked for.
    pub(super) fn take_seen(&mut self) -> Vec<Seen> {
        std::mem::take(&mut self.seen)
    }

    /// How many schedules were played.
    pub(super) fn schedules(&self) -> usize {
        self.schedules
    }

    /// How many histories there are.
    pub(super) fn histories(&self) -> usize {
        self.tree.histories()
    }

    /// How many schedules are known of and were not played.
    pub(super) fn left(&self) -> usize {
        self.queue.len() + self.waiting.len() + self.asking.len()
    }
}
