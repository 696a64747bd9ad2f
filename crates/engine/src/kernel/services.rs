//! The services of an emulator.

use std::collections::HashMap;
use std::marker::PhantomData;
use std::sync::Arc;

use prost::DecodeError;
use prost_reflect::MessageDescriptor;
use rescind_model::{Code, Decision, RequestKind, suggestion};

use super::addressed::{Addressed, Target};
use super::choices::{self, Choices, InvalidSetting, Settings, Switch};
use super::hazard::Hazard;
use super::name::is_project_id;
use super::part::Part;
use super::rest::{RestReply, RestRequest};
use super::rpc::Method;
use super::service::{OperationsPath, Service};
use super::setup::{InvalidSetup, Setup};
use super::status::Status;
use super::store::Store;
use crate::proto;

/// The services of an emulator, with the choices that were made for them.
///
/// Everything that must know which services there are asks this.
#[derive(Clone, Default)]
pub struct Services {
    hosted: Vec<Arc<dyn Hosted>>,
    /// By gRPC path: who serves it, and by which of its methods. More than one does for `google.longrunning`.
    by_path: Arc<HashMap<&'static str, Vec<Target>>>,
    choices: Arc<Choices>,
}

/// An RPC, by its names.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct RpcName {
    /// The full name of the gRPC service.
    pub service: &'static str,
    /// The name in the gRPC service.
    pub name: &'static str,
    /// Its path over gRPC.
    pub path: &'static str,
}

/// A service of an emulator, whichever it is.
trait Hosted: Send + Sync {
    /// Its name.
    fn name(&self) -> &'static str;
    /// Its RPCs, in the order of its table.
    fn methods(&self) -> Vec<RpcName>;
    /// The gRPC service and the name of an RPC, by its number.
    fn method(&self, method: usize) -> Option<(&'static str, &'static str)>;
    /// How its operations are reached over HTTP.
    fn operations(&self) -> &'static [OperationsPath];
    /// True for the name of a resource of its below which there can be operations.
    fn has_operations(&self, parent: &str) -> bool;
    /// What a request of an RPC is about, by the place of the RPC in its table.
    fn resource(&self, method: usize, request: &[u8]) -> Result<String, DecodeError>;
    /// The name of the call that a request to its own REST API is, and what that is about.
    fn rest(&self, request: &RestRequest<'_>) -> Option<(String, String)>;
    /// An error as that API has it.
    fn rest_error(&self, status: &Status) -> RestReply;
    /// The number that its own API has for an error.
    fn own_code(&self, status: &Status) -> Option<&'static str>;
    /// What a case with it may begin with besides nothing.
    fn given(&self) -> &'static [Decision];
    /// The faults that a kind of request may meet.
    fn hazards(&self, kind: &RequestKind) -> &'static [Hazard];
    /// Whether it could have given the ids in a set-up.
    fn check_ids(&self, setup: &Setup) -> Result<(), InvalidSetup>;
    /// Its part in a new project.
    fn open(&self, project: &str) -> Box<dyn Part>;
    /// Its choices.
    fn switches(&self) -> Vec<Switch>;
    /// The same service with another choice; none if it has no such choice.
    fn with(&self, name: &str, value: &str) -> Option<Result<Arc<dyn Hosted>, &'static str>>;
}

/// A service, with its choices.
struct Host<S: Service> {
    choices: S::Choices,
    of: PhantomData<fn() -> S>,
}

impl<S: Service> Hosted for Host<S> {
    fn name(&self) -> &'static str {
        S::NAME
    }

    fn methods(&self) -> Vec<RpcName> {
        let name =
            |method: &Method<S>| RpcName { service: method.service, name: method.name, path: method.path };
        S::METHODS.iter().map(name).collect()
    }

    fn method(&self, method: usize) -> Option<(&'static str, &'static str)> {
        S::METHODS.get(method).map(|method| (method.service, method.name))
    }

    fn operations(&self) -> &'static [OperationsPath] {
        S::OPERATIONS
    }

    fn has_operations(&self, parent: &str) -> bool {
        S::has_operations(parent)
    }

    fn resource(&self, method: usize, request: &[u8]) -> Result<String, DecodeError> {
        let Some(method) = S::METHODS.get(method) else { return Ok(String::new()) };
        Ok(method.decode(request)?.resource().into_owned())
    }

    fn rest(&self, request: &RestRequest<'_>) -> Option<(String, String)> {
        let call = S::rest(request)?;
        Some((call.rpc().to_owned(), call.resource().into_owned()))
    }

    fn rest_error(&self, status: &Status) -> RestReply {
        S::rest_error(status)
    }

    fn own_code(&self, status: &Status) -> Option<&'static str> {
        S::own_code(status)
    }

    fn given(&self) -> &'static [Decision] {
        S::GIVEN
    }

    fn hazards(&self, kind: &RequestKind) -> &'static [Hazard] {
        S::hazards(kind)
    }

    fn check_ids(&self, setup: &Setup) -> Result<(), InvalidSetup> {
        S::check_ids(setup)
    }

    fn open(&self, project: &str) -> Box<dyn Part> {
        Box::new(Store::new(project, S::new(self.choices.clone()), S::has_operations))
    }

    fn switches(&self) -> Vec<Switch> {
        choices::switches(&self.choices)
    }

    fn with(&self, name: &str, value: &str) -> Option<Result<Arc<dyn Hosted>, &'static str>> {
        let mut choices = self.choices.clone();
        let set = choices::set(&mut choices, name, value)?;
        Some(set.map(|()| Arc::new(Host::<S> { choices, of: PhantomData }) as Arc<dyn Hosted>))
    }
}

impl Services {
    /// No services.
    pub fn new() -> Services {
        Services::default()
    }

    /// These services and one more. An RPC that several serve is served by the one whose resources have the operation
    /// that the request names, or else by the one that was registered first.
    #[must_use]
    pub fn and<S: Service>(mut self) -> Services {
        let service = self.hosted.len();
        let by_path = Arc::make_mut(&mut self.by_path);
        for (method, found) in S::METHODS.iter().enumerate() {
            by_path.entry(found.path).or_default().push(Target { service, method });
        }
        self.hosted.push(Arc::new(Host::<S> { choices: S::Choices::default(), of: PhantomData }));
        self
    }

    /// Their names, in the order in which they were registered.
    pub fn names(&self) -> impl Iterator<Item = &'static str> {
        self.hosted.iter().map(|hosted| hosted.name())
    }

    /// What a case with a service may begin with besides nothing; nothing for a service that there is not.
    pub fn given(&self, service: &str) -> &'static [Decision] {
        self.named(service).map_or(&[], |hosted| hosted.given())
    }

    /// The faults that a kind of request to a service may meet, where schedules are explored.
    pub fn hazards(&self, service: &str, kind: &RequestKind) -> &'static [Hazard] {
        self.named(service).map_or(&[], |hosted| hosted.hazards(kind))
    }

    /// Whether a project could have this id, and its service could have given the ids in the set-up. A service that there is
    /// not has nothing to say.
    ///
    /// # Errors
    /// It could not: which id, and what form it must have.
    pub fn check_ids(&self, project: &str, setup: &Setup) -> Result<(), InvalidSetup> {
        if !is_project_id(project) {
            let message = format!(
                "`{project}` is no id of a project: it holds letters, digits, `-`, `_`, `.` and `:`, and begins with a \
                 letter or a digit"
            );
            return Err(InvalidSetup::Given(message));
        }
        self.named(setup.service.name()).map_or(Ok(()), |hosted| hosted.check_ids(setup))
    }

    fn named(&self, name: &str) -> Option<&Arc<dyn Hosted>> {
        self.hosted.iter().find(|hosted| hosted.name() == name)
    }

    /// Every RPC of theirs, each once.
    pub fn rpcs(&self) -> Vec<RpcName> {
        let mut rpcs: Vec<RpcName> = self.hosted.iter().flat_map(|hosted| hosted.methods()).collect();
        rpcs.sort_unstable();
        rpcs.dedup();
        rpcs
    }

    /// How operations of `google.longrunning` are reached over HTTP.
    pub fn operations(&self) -> impl Iterator<Item = &'static OperationsPath> {
        self.hosted.iter().flat_map(|hosted| hosted.operations())
    }

    /// Every choice, those that concern all services first.
    pub fn switches(&self) -> Vec<Switch> {
        let own = self.hosted.iter().flat_map(|hosted| hosted.switches());
        choices::switches(&*self.choices).into_iter().chain(own).collect()
    }

    /// The same services with other choices.
    ///
    /// # Errors
    /// A setting names no choice, or gives one a value that it cannot have.
    pub fn with(&self, settings: &Settings) -> Result<Services, InvalidSetting> {
        let mut services = self.clone();
        for (name, value) in settings.iter() {
            services.set(name, value)?;
        }
        Ok(services)
    }

    fn set(&mut self, name: &str, value: &str) -> Result<(), InvalidSetting> {
        let refused = |form| InvalidSetting::Value { name: name.to_owned(), value: value.to_owned(), form };
        if let Some(set) = choices::set(Arc::make_mut(&mut self.choices), name, value) {
            return set.map_err(refused);
        }
        for hosted in &mut self.hosted {
            if let Some(with) = hosted.with(name, value) {
                *hosted = with.map_err(refused)?;
                return Ok(());
            }
        }
        let names: Vec<&str> = self.switches().iter().map(|switch| switch.name).collect();
        let close = suggestion(name, names.iter().copied());
        Err(InvalidSetting::Unknown { name: name.to_owned(), close, known: names.join(", ") })
    }

    /// For whom a request at a gRPC path is; none if nobody serves the path.
    ///
    /// # Errors
    /// INTERNAL for bytes that are no such request, as gRPC servers answer it.
    pub fn address(&self, path: &str, request: &[u8]) -> Option<Result<Addressed, Status>> {
        let targets = self.by_path.get(path)?;
        let first = *targets.first()?;
        let hosted = self.hosted.get(first.service)?;
        let (service, rpc) = path.strip_prefix('/')?.split_once('/')?;
        let resource = match hosted.resource(first.method, request) {
            Ok(resource) => resource,
            Err(error) => {
                let message = format!("{service}.{rpc}: malformed request: {error}");
                return Some(Err(Status::new(Code::Internal, message)));
            }
        };
        let target = match targets.as_slice() {
            [only] => *only,
            several => {
                let parent = resource.rsplit_once("/operations").map_or(&*resource, |(parent, _)| parent);
                let of_resource = |target: &&Target| self.hosted[target.service].has_operations(parent);
                several.iter().find(of_resource).copied().unwrap_or(first)
            }
        };
        Some(Ok(Addressed { target, rpc: rpc.to_owned(), resource }))
    }

    /// For whom a request over HTTP is, if it is one to a service's own REST API.
    pub fn address_rest(&self, request: &RestRequest<'_>) -> Option<Addressed> {
        self.hosted.iter().enumerate().find_map(|(service, hosted)| {
            let (rpc, resource) = hosted.rest(request)?;
            Some(Addressed { target: Target { service, method: 0 }, rpc, resource })
        })
    }

    /// An error as the REST API that a request is for has it.
    pub fn rest_error(&self, addressed: &Addressed, status: &Status) -> RestReply {
        match self.hosted.get(addressed.target.service) {
            Some(hosted) => hosted.rest_error(status),
            None => RestReply::error(status),
        }
    }

    /// The number that the API which a request is for has for an error, where it numbers them.
    pub fn own_code(&self, addressed: &Addressed, status: &Status) -> Option<&'static str> {
        self.hosted.get(addressed.target.service)?.own_code(status)
    }

    /// The message that an RPC replies with; none if no proto describes it.
    pub(super) fn reply_of(&self, addressed: &Addressed) -> Option<MessageDescriptor> {
        let (service, name) = self.hosted.get(addressed.target.service)?.method(addressed.target.method)?;
        let service = proto::pool().get_service_by_name(service)?;
        service.methods().find(|method| method.name() == name).map(|method| method.output())
    }

    /// The choices that concern every service.
    pub(super) fn choices(&self) -> &Arc<Choices> {
        &self.choices
    }

    /// The parts of a project, one for each service, empty at first.
    pub(super) fn open(&self, project: &str) -> Vec<Box<dyn Part>> {
        self.hosted.iter().map(|hosted| hosted.open(project)).collect()
    }
}
