//! A request of the API, as it was read.

use rescind_model::RequestKind;

use super::state::{Store, Turn};
use crate::kernel::Status;

/// What a client sent in a body or in a query: the message, or why it is none.
pub type Sent<T> = Result<T, Status>;

/// A request of the API.
pub trait ApiRequest {
    /// What it is answered with.
    type Reply;
    /// Its name in the journal.
    const NAME: &'static str;
    /// The HTTP status of an answer that is no error.
    const STATUS: u16;

    /// The full name of what it is about.
    fn resource(&self, project: &str) -> String;

    /// Called when it arrives, before anything is decided: says what it is counted as, and notes what stays true even
    /// if it then meets a fault.
    fn arrive(&self, store: &mut Store) -> RequestKind;

    /// The rules of the service for it.
    ///
    /// # Errors
    /// What the rules answer.
    fn serve(self, turn: &mut Turn<'_>) -> Result<Self::Reply, Status>;
}
