//! A prefix of decisions, then defaults, noting what was legal: the decisions of an exploration.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use rescind_model::{Decision, RequestKind, Schedule};

use super::decision::{Decisions, Point};

/// A point that was met.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Met {
    /// The request.
    pub point: Point,
    /// The fault that befell it, if one did.
    pub fault: Option<Decision>,
    /// What was legal where a choice was left, the default first; empty where none was.
    pub legal: Vec<Decision>,
    /// What was chosen out of these.
    pub chosen: Option<Decision>,
}

/// The points that were met so far, in their order.
#[derive(Clone, Debug, Default)]
pub struct Points(Arc<Mutex<Vec<Met>>>);

impl Points {
    /// Those that were met since this was last asked.
    pub fn take(&self) -> Vec<Met> {
        std::mem::take(&mut *self.lock())
    }

    fn lock(&self) -> MutexGuard<'_, Vec<Met>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The decisions of a schedule, noted.
#[derive(Clone, Debug)]
pub struct Noting {
    schedule: Schedule,
    points: Points,
}

impl Noting {
    /// Decides by this schedule, and notes it there.
    pub fn new(schedule: Schedule, points: Points) -> Noting {
        Noting { schedule, points }
    }
}

impl Decisions for Noting {
    fn fault(&mut self, point: &Point) -> Option<Decision> {
        let fault = self.schedule.fault(point);
        let met = Met { point: point.clone(), fault, legal: Vec::new(), chosen: None };
        self.points.lock().push(met);
        fault
    }

    fn choose(&mut self, point: &Point, legal: &[Decision]) -> Decision {
        let chosen = self.schedule.choose(point, legal);
        let mut points = self.points.lock();
        match points.last_mut().filter(|met| met.point == *point && met.chosen.is_none()) {
            Some(met) => (met.legal, met.chosen) = (legal.to_vec(), Some(chosen)),
            // Whether a given backup has the wanted name is decided before all requests, as it were. And what settling
            // decides, no request asks for.
            None if point.request == RequestKind::Given => {}
            None => {
                let (legal, chosen) = (legal.to_vec(), Some(chosen));
                points.push(Met { point: point.clone(), fault: None, legal, chosen });
            }
        }
        chosen
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_request_is_noted_with_its_fault_and_its_choice() {
        let points = Points::default();
        let mut noting = Noting::new("cancel1:lost poll:running".parse().unwrap(), points.clone());
        let at = |request: RequestKind| Point { request, count: 1 };
        assert_eq!(noting.fault(&at(RequestKind::Cancel)), Some(Decision::Lost));
        let choose =
            |noting: &mut Noting| noting.choose(&at(RequestKind::Poll), &[Decision::Done, Decision::Running]);
        noting.fault(&at(RequestKind::Poll));
        assert_eq!(choose(&mut noting), Decision::Running);
        noting.choose(&at(RequestKind::Given), &[Decision::Serve, Decision::SameName]);
        // Without a request.
        choose(&mut noting);
        let met = points.take();
        let seen: Vec<_> = met.iter().map(|met| (met.fault, met.chosen, met.legal.len())).collect();
        let running = (None, Some(Decision::Running), 2);
        assert_eq!(seen, [(Some(Decision::Lost), None, 0), running, running]);
        assert!(points.take().is_empty());
    }
}
