//! Request ids: a request that comes again with the id of an earlier one is not carried out again.

use std::sync::Arc;

use rescind_model::Code;
use uuid::Uuid;

use super::errors;
use super::requests::Carried;
use super::state::Turn;
use super::verb::Verb;
use crate::kernel::Status;
use crate::kernel::operation::Key;
use crate::proto::longrunning;

/// The id that a request has, if it has one.
pub struct RequestId(Option<Uuid>);

impl RequestId {
    /// Reads the field `request_id`.
    ///
    /// # Errors
    /// INVALID_ARGUMENT for what is no UUID, and for the zero UUID.
    pub fn read(text: &str) -> Result<RequestId, Status> {
        if text.is_empty() {
            return Ok(RequestId(None));
        }
        let id = Uuid::try_parse(text).ok().filter(|id| !id.is_nil());
        let why = format!("'{text}' is no UUID, or the zero UUID");
        id.map(|id| RequestId(Some(id)))
            .ok_or_else(|| errors::invalid(Code::InvalidArgument, "request_id", why))
    }

    /// The operation of the earlier request with this id, as it is now.
    ///
    /// # Errors
    /// The earlier request was another one; or its operation has been deleted.
    pub fn repeated(
        &self,
        turn: &mut Turn<'_>,
        verb: Verb,
        target: &str,
    ) -> Result<Option<longrunning::Operation>, Status> {
        let Some(id) = &self.0 else { return Ok(None) };
        let requests = &mut turn.store.state.requests;
        let Some(carried) = requests.find(id, turn.now) else { return Ok(None) };
        if carried.verb != verb || *carried.target != *target {
            let why = format!("'{id}' is the id of an earlier request, which was another one");
            return Err(errors::invalid(turn.store.state.choices.request_id_reused, "request_id", why));
        }
        let key = carried.operation;
        if turn.store.operations.get(key).is_none() {
            let message = format!("The operation of the earlier request '{id}' has been deleted.");
            return Err(Status::new(Code::NotFound, message));
        }
        turn.show(key).map(Some)
    }

    /// Remembers that the request was carried out.
    pub fn remember(&self, turn: &mut Turn<'_>, verb: Verb, target: Arc<str>, operation: Key) {
        if let Some(id) = self.0 {
            turn.store.state.requests.remember(id, Carried { verb, target, operation }, turn.now);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_is_a_uuid_and_not_the_zero_one() {
        assert!(RequestId::read("").is_ok());
        assert!(RequestId::read("6f1a2b3c-0000-4000-8000-00000000000F").is_ok());
        for text in ["1", "00000000-0000-0000-0000-000000000000", "6f1a2b3c-0000-4000-8000-00000000000g", "-"]
        {
            assert_eq!(
                RequestId::read(text).err().map(|status| status.code),
                Some(Code::InvalidArgument),
                "{text}"
            );
        }
    }
}
