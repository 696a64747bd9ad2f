//! The histories of a sample, as a tree: at each node the request that the sample makes, below it a node for each reply.
//!
//! A sample that is deterministic makes the same request wherever it was told the same. So a schedule is played by the engine
//! alone, along the requests that are known, as far as its replies are known; only beyond must the sample be asked, that is,
//! run. Where it was asked before and now makes another request, it has chance or time in it.

use std::sync::Arc;

use rescind_engine::{
    InvalidSetup, Met, Noting, Points, Project, Recorded, Recording, Replied, Services, Setup, Time,
};
use rescind_model::{Entry, ResourceChange, Schedule, Snapshot};

/// How the sample goes on at a node.
#[derive(Debug)]
enum Next {
    /// Nobody knows yet.
    Unknown,
    /// By this request.
    Request(Recorded),
    /// It does not: a history ends here, the one of this number.
    Ended(usize),
}

#[derive(Debug)]
struct Node {
    next: Next,
    replies: Vec<(Replied, usize)>,
}

/// A place in the tree of which nobody knows yet how the sample goes on: the reply that it is told, at a node.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Frontier {
    node: usize,
    reply: Option<Replied>,
}

/// What came of a schedule, by the engine's account.
#[derive(Clone, Debug)]
pub(super) struct Play {
    /// The number of its history.
    pub(super) history: usize,
    pub(super) journal: Vec<Entry>,
    pub(super) given: Snapshot,
    pub(super) at_exit: Snapshot,
    pub(super) settled: Snapshot,
    pub(super) changes: Vec<ResourceChange>,
    /// The points that were met: the requests, then what settling decided.
    pub(super) points: Vec<Met>,
    /// How many of these were requests.
    pub(super) requests: usize,
}

/// Where a schedule leads.
#[derive(Debug)]
pub(super) enum Walk {
    /// Along a history that is known, to its end.
    Known(Box<Play>),
    /// To where the sample must be asked.
    Unknown(Frontier),
}

/// The histories of a sample.
pub(super) struct HistoryTree {
    services: Arc<Services>,
    project: String,
    /// How a project is set up, but for the schedule.
    setup: Setup,
    began: Option<Time>,
    nodes: Vec<Node>,
    histories: usize,
}

/// A project in which a schedule is played, and where it has led so far.
struct Played {
    project: Project,
    points: Points,
    given: Snapshot,
    node: usize,
}

impl HistoryTree {
    pub(super) fn new(services: Arc<Services>, project: String, setup: Setup) -> HistoryTree {
        let root = Node { next: Next::Unknown, replies: Vec::new() };
        HistoryTree { services, project, setup, began: None, nodes: vec![root], histories: 0 }
    }

    /// How many histories there are.
    pub(super) fn histories(&self) -> usize {
        self.histories
    }

    /// Plays a schedule as far as it is known how the sample goes on.
    ///
    /// # Errors
    /// What the schedule gives is nothing that the service could have.
    pub(super) fn walk(&self, schedule: &Schedule) -> Result<Walk, InvalidSetup> {
        let Some(began) = self.began else {
            return Ok(Walk::Unknown(Frontier { node: 0, reply: None }));
        };
        let mut played = self.begin(schedule, began)?;
        loop {
            match &self.nodes[played.node].next {
                Next::Unknown => {
                    return Ok(Walk::Unknown(Frontier { node: played.node, reply: None }));
                }
                Next::Ended(history) => {
                    let play = played.end(*history, self.began.unwrap_or_default());
                    return Ok(Walk::Known(Box::new(play)));
                }
                Next::Request(request) => {
                    let reply = played.project.play(request);
                    match self.child(played.node, &reply) {
                        Some(child) => played.node = child,
                        None => {
                            return Ok(Walk::Unknown(Frontier { node: played.node, reply: Some(reply) }));
                        }
                    }
                }
            }
        }
    }

    /// Takes up what a sample did when it was run by a schedule.
    ///
    /// # Errors
    /// It has done otherwise before where it was told the same: which request differs, in words.
    pub(super) fn insert(&mut self, schedule: &Schedule, recording: Recording) -> Result<Play, String> {
        let began = *self.began.get_or_insert(recording.began);
        let mut played = self.begin(schedule, began).map_err(|error| error.to_string())?;
        for (index, request) in recording.requests.into_iter().enumerate() {
            let number = index + 1;
            let node = &mut self.nodes[played.node];
            match &node.next {
                Next::Unknown => node.next = Next::Request(request),
                Next::Request(known) if known.names() == request.names() => {}
                Next::Request(known) => {
                    let (was, is) = (words(known), words(&request));
                    return Err(format!("request {number} was {was} and is now {is}, told the same"));
                }
                Next::Ended(_) => {
                    let is = words(&request);
                    return Err(format!("it ended before, told the same, and now request {number} is {is}"));
                }
            }
            let Next::Request(known) = &self.nodes[played.node].next else { continue };
            let reply = played.project.play(known);
            played.node = match self.child(played.node, &reply) {
                Some(child) => child,
                None => self.add(played.node, reply),
            };
        }
        let node = &mut self.nodes[played.node];
        let history = match &node.next {
            Next::Ended(history) => *history,
            Next::Unknown => {
                node.next = Next::Ended(self.histories);
                self.histories += 1;
                self.histories - 1
            }
            Next::Request(known) => {
                return Err(format!(
                    "it ended now, told the same, and the next request was {}",
                    words(known)
                ));
            }
        };
        Ok(played.end(history, began))
    }

    fn begin(&self, schedule: &Schedule, began: Time) -> Result<Played, InvalidSetup> {
        let points = Points::default();
        let decisions = Box::new(Noting::new(schedule.clone(), points.clone()));
        let mut project = Project::new(Arc::clone(&self.services), &self.project, decisions, true);
        project.give(
            &Setup {
                given: self.setup.given.clone().extended_by(schedule),
                schedule: schedule.clone(),
                ..self.setup.clone()
            },
            began,
        )?;
        let given = project.snapshot();
        Ok(Played { project, points, given, node: 0 })
    }

    fn child(&self, node: usize, reply: &Replied) -> Option<usize> {
        self.nodes[node].replies.iter().find(|(known, _)| known == reply).map(|(_, child)| *child)
    }

    fn add(&mut self, node: usize, reply: Replied) -> usize {
        let child = self.nodes.len();
        self.nodes.push(Node { next: Next::Unknown, replies: Vec::new() });
        self.nodes[node].replies.push((reply, child));
        child
    }
}

impl Played {
    fn end(mut self, history: usize, began: Time) -> Play {
        let journal = self.project.journal().to_vec();
        let at_exit = self.project.snapshot();
        let mut points = self.points.take();
        let requests = points.len();
        self.project.settle(began);
        points.extend(self.points.take());
        let settled = self.project.snapshot();
        let changes = self.project.changes();
        Play { history, journal, given: self.given, at_exit, settled, changes, points, requests }
    }
}

fn words(request: &Recorded) -> String {
    let (rpc, resource) = request.names();
    format!("{rpc} of {resource}")
}
