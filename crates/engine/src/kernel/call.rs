//! A request that has been read, whichever way it came.

use std::borrow::Cow;

use rescind_model::RequestKind;

use super::status::Status;
use super::store::Store;
use super::turn::Turn;

/// A request to the service `S`.
pub trait Call<S> {
    /// What it is answered with.
    type Reply;

    /// Its name in the journal: that of its RPC.
    fn rpc(&self) -> &str;

    /// The full name of the resource that it is about; its beginning tells the project.
    fn resource(&self) -> Cow<'_, str>;

    /// Called when it arrives, before anything is decided: says what it is counted as, and notes what stays true even if
    /// it then meets a fault.
    fn arrive(&self, _store: &mut Store<S>) -> RequestKind {
        RequestKind::Rpc(self.rpc().to_owned())
    }

    /// The rules of the service for it.
    ///
    /// # Errors
    /// What the rules answer.
    fn serve(self: Box<Self>, turn: &mut Turn<'_, S>) -> Result<Self::Reply, Status>;
}
