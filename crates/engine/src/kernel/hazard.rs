//! Hazards: the faults that an exploration lets requests meet, with the reason why each of them happens to clients.
//!
//! Sources: google/longrunning/operations.proto; the retry configurations and permissions of the services; AIP-151, AIP-194.

use rescind_model::{Code, Decision, RequestKind};

/// How long a fault befalls requests.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Spell {
    /// One request.
    Once,
    /// That request and all later ones of its kind.
    Lasting,
}

/// A fault that a kind of request may meet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Hazard {
    /// The fault.
    pub fault: Decision,
    /// For how long.
    pub spell: Spell,
    /// Why it happens.
    pub because: &'static str,
}

const fn once(fault: Decision, because: &'static str) -> Hazard {
    Hazard { fault, spell: Spell::Once, because }
}

const fn lasting(code: Code, because: &'static str) -> Hazard {
    Hazard { fault: Decision::Refused(code), spell: Spell::Lasting, because }
}

/// A service that is too busy or is being changed: the one code that the published retry configurations have in common.
const UNAVAILABLE: Hazard = once(
    Decision::Refused(Code::Unavailable),
    "AIP-194: UNAVAILABLE is the code that clients are to retry, since it comes and goes by itself",
);
/// A connection that breaks between the effect and the reply.
const LOST: Hazard = once(
    Decision::Lost,
    "a connection may break after the request has taken effect: no client can tell this from a request that has not",
);
const DENIED: Hazard = lasting(
    Code::PermissionDenied,
    "each RPC has a permission of its own, and the caller's role may lack just this one",
);
/// Only for a cancel.
const UNIMPLEMENTED: Hazard = lasting(
    Code::Unimplemented,
    "google/longrunning/operations.proto: a server that does not support cancelling answers UNIMPLEMENTED",
);

/// What befalls requests that change something.
const OF_CHANGES: &[Hazard] = &[UNAVAILABLE, LOST, DENIED];
/// What befalls requests that only look: that a reply was lost is to them as if the service had not been there.
const OF_LOOKS: &[Hazard] = &[UNAVAILABLE, DENIED];

/// What a kind of request may meet with a service whose cancel is one of `google.longrunning`.
pub fn of_longrunning(kind: &RequestKind) -> &'static [Hazard] {
    const OF_CANCELS: &[Hazard] = &[UNAVAILABLE, LOST, DENIED, UNIMPLEMENTED];
    match kind {
        RequestKind::Cancel => OF_CANCELS,
        kind => of_any(kind),
    }
}

/// What a kind of request may meet with any service.
pub fn of_any(kind: &RequestKind) -> &'static [Hazard] {
    match kind {
        RequestKind::Create | RequestKind::Cancel | RequestKind::Delete => OF_CHANGES,
        RequestKind::Poll | RequestKind::EarlyPoll | RequestKind::Get | RequestKind::List => OF_LOOKS,
        RequestKind::Rpc(_) => OF_LOOKS,
        RequestKind::Given => &[],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_hazard_takes_the_place_of_a_choice_and_each_is_there_once() {
        for kind in RequestKind::NAMED {
            for hazards in [of_any(kind), of_longrunning(kind)] {
                for (index, hazard) in hazards.iter().enumerate() {
                    assert!(hazard.fault.replaces_reply() && !hazard.because.is_empty());
                    assert!(hazards[..index].iter().all(|other| other.fault != hazard.fault));
                }
            }
        }
        assert_eq!(of_any(&RequestKind::Given), []);
    }

    #[test]
    fn only_a_cancel_may_not_be_implemented() {
        let has = |kind: &&RequestKind| of_longrunning(kind).contains(&UNIMPLEMENTED);
        assert_eq!(RequestKind::NAMED.iter().filter(has).collect::<Vec<_>>(), [&RequestKind::Cancel]);
    }
}
