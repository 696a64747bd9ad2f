//! For whom a request is.

use super::name;

/// An RPC of a service.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Target {
    pub service: usize,
    pub method: usize,
}

/// For whom a request is: a service, and a resource, whose name tells the project.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Addressed {
    pub(super) target: Target,
    /// The name of the RPC.
    pub rpc: String,
    /// The full name of the resource that the request is about.
    pub resource: String,
}

impl Addressed {
    /// The id of the project; empty where the name of the resource has none.
    pub fn project(&self) -> &str {
        name::project(&self.resource).unwrap_or_default()
    }
}
