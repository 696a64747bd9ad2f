//! Whom an emulator serves: everybody, or those who may use one project alone.

use parking_lot::Mutex;
use rescind_model::{Code, Transport};

use rescind_engine::{Addressed, Status};

/// One project and nothing beside it: what a case may ask for. What else it asked for is taken down.
#[derive(Debug)]
pub struct Scope {
    project: String,
    strangers: Mutex<Vec<String>>,
}

/// A request by its name, as far as it must be known to let it in.
#[derive(Clone, Copy, Debug)]
pub(super) struct Named<'a> {
    pub transport: Transport,
    pub rpc: &'a str,
    pub resource: &'a str,
    /// For whom it is; none if it is for nobody.
    pub addressed: Option<&'a Addressed>,
}

impl<'a> Named<'a> {
    /// A request for somebody, by its names.
    pub fn of(transport: Transport, addressed: &'a Addressed) -> Named<'a> {
        Named { transport, rpc: &addressed.rpc, resource: &addressed.resource, addressed: Some(addressed) }
    }
}

impl Scope {
    /// The scope of a project.
    pub fn of(project: &str) -> Scope {
        Scope { project: project.to_owned(), strangers: Mutex::default() }
    }

    /// The project that may be used.
    pub fn project(&self) -> &str {
        &self.project
    }

    /// What was asked for outside it so far, in order: `project other (DeleteBackup over gRPC)`.
    pub fn strangers(&self) -> Vec<String> {
        self.strangers.lock().clone()
    }

    /// Takes down something else that was asked for outside it.
    pub fn note(&self, stranger: String) {
        self.strangers.lock().push(stranger);
    }

    /// Lets a request in that is for the project, or for none: such a name is malformed, and the rules say so.
    ///
    /// # Errors
    /// PERMISSION_DENIED with the text of Google's servers, which answer so for a project that is not there as well as
    /// for one that is another's.
    pub(super) fn admit(&self, project: &str, request: &Named<'_>) -> Result<(), Status> {
        if project.is_empty() || project == self.project {
            return Ok(());
        }
        let transport = match request.transport {
            Transport::Grpc => "gRPC",
            Transport::Rest => "REST",
        };
        self.note(format!("project {project} ({} over {transport})", request.rpc));
        Err(Status::new(Code::PermissionDenied, format!("Permission denied on resource project {project}.")))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_project_itself_and_malformed_names_are_let_in_and_nothing_else_is() {
        let scope = Scope::of("p");
        let request = Named { transport: Transport::Grpc, rpc: "GetBackup", resource: "", addressed: None };
        assert_eq!((scope.admit("p", &request), scope.admit("", &request)), (Ok(()), Ok(())));
        assert!(scope.strangers().is_empty());
        let refusal = scope.admit("pp", &request).unwrap_err();
        assert_eq!(
            (refusal.code, &*refusal.message),
            (Code::PermissionDenied, "Permission denied on resource project pp.")
        );
        assert_eq!(scope.strangers(), ["project pp (GetBackup over gRPC)"]);
    }
}
