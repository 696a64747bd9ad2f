//! Which decisions were taken in an exploration, and which never could be.

use std::collections::BTreeSet;

use rescind_engine::{Met, Services};
use rescind_model::{Decision, RequestKind, Term};

use super::alternatives::Bounds;

/// The decisions that were taken, by kind of request.
#[derive(Debug, Default)]
pub(super) struct Coverage {
    taken: BTreeSet<(RequestKind, Decision)>,
}

impl Coverage {
    pub(super) fn note(&mut self, points: &[Met]) {
        for met in points {
            let decisions = met.fault.into_iter().chain(met.chosen);
            self.taken.extend(decisions.map(|decision| (met.point.request.clone(), decision)));
        }
    }

    /// The decisions that were taken, and those within bounds that never were.
    pub(super) fn end(self, services: &Services, service: &str, bounds: Bounds) -> (Vec<Term>, Vec<Term>) {
        let requests = RequestKind::NAMED.iter().filter(|kind| **kind != RequestKind::Given);
        let possible = requests.flat_map(|kind| {
            let choices = kind.decisions().iter().copied().filter(|decision| *decision != Decision::Serve);
            let hazards = services.hazards(service, kind).iter().map(|hazard| hazard.fault);
            let hazards = hazards.filter(|_| bounds.faults > 0);
            choices.chain(hazards).map(|decision| (kind.clone(), decision)).collect::<Vec<_>>()
        });
        let never: BTreeSet<_> = possible.filter(|it| !self.taken.contains(it)).collect();
        let terms = |decisions: BTreeSet<(RequestKind, Decision)>| {
            let term = |(request, decision)| Term { request, count: None, lasting: false, decision };
            decisions.into_iter().map(term).collect()
        };
        (terms(self.taken), terms(never))
    }
}
