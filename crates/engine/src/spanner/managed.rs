//! A resource that may not be changed by two at once.

use rescind_model::Code;

use crate::kernel::Status;
use crate::kernel::operation::Key;

/// A resource, with the operation that is changing it.
#[derive(Debug)]
pub struct Managed<T> {
    /// The resource, as the API shows it.
    pub about: T,
    /// The operation that creates, updates or moves it.
    pub busy: Option<Key>,
}

impl<T> Managed<T> {
    /// A resource that nothing is changing.
    pub fn new(about: T) -> Managed<T> {
        Managed { about, busy: None }
    }

    /// Whether it may be changed.
    ///
    /// # Errors
    /// FAILED_PRECONDITION while another change is pending.
    pub fn check_idle(&self, name: &str) -> Result<(), Status> {
        if self.busy.is_none() {
            return Ok(());
        }
        let message = format!("Cannot change {name} because another change of it is pending.");
        Err(Status::new(Code::FailedPrecondition, message))
    }
}
