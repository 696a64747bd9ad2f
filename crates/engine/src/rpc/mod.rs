//! The RPCs that are served: one table, from which gRPC, REST and the journal all take them.

use std::borrow::Cow;
use std::collections::HashMap;
use std::sync::LazyLock;

use prost::{DecodeError, Message, Name};
use prost_reflect::DynamicMessage;
use rescind_model::{RequestKind, Transport};

use super::project::Project;
use super::status::Status;
use super::time::Time;
use super::turn::Turn;
use super::world::World;
use crate::proto;

/// What a request is counted as.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Arriving {
    /// A request of a kind with a short name in schedules.
    As(RequestKind),
    /// Any other: by the name of its RPC.
    ByName,
}

/// An RPC that is served.
pub trait Rpc {
    /// What clients send.
    type Request: Message + Name + Default;
    /// What they get.
    type Reply: Message + Name + 'static;
    /// The full name of the service.
    const SERVICE: &'static str;
    /// The name in the service.
    const NAME: &'static str;

    /// The full name of the resource that the request is about; its beginning tells the project.
    fn resource(request: &Self::Request) -> Cow<'_, str>;

    /// Called when a request arrives, before anything is decided: says what it is counted as, and notes what stays
    /// true even if the request then meets a fault.
    fn arrive(_world: &mut World, _request: &Self::Request) -> Arriving {
        Arriving::ByName
    }

    /// The rules of the service for this RPC.
    ///
    /// # Errors
    /// What the rules answer.
    fn serve(turn: &mut Turn<'_>, request: Self::Request) -> Result<Self::Reply, Status>;
}

/// A request that has been decoded.
pub trait Call: Send {
    /// The full name of the resource that it is about.
    fn resource(&self) -> Cow<'_, str>;
    /// Serves it in its project and encodes the reply.
    ///
    /// # Errors
    /// As [`Project::handle`].
    fn serve(
        self: Box<Self>,
        project: &mut Project,
        transport: Transport,
        clock: Time,
    ) -> Result<Vec<u8>, Status>;
}

struct Decoded<R: Rpc>(R::Request);

impl<R: Rpc> Call for Decoded<R> {
    fn resource(&self) -> Cow<'_, str> {
        R::resource(&self.0)
    }

    fn serve(
        self: Box<Self>,
        project: &mut Project,
        transport: Transport,
        clock: Time,
    ) -> Result<Vec<u8>, Status> {
        project.handle::<R>(self.0, transport, clock).map(|reply| reply.encode_to_vec())
    }
}

type Decode = fn(&[u8]) -> Result<Box<dyn Call>, DecodeError>;

/// An RPC as transports see it: bytes in, bytes out.
#[derive(Debug)]
pub struct Method {
    /// The full name of the service.
    pub service: &'static str,
    /// The name in the service.
    pub name: &'static str,
    /// Its path over gRPC.
    pub path: &'static str,
    decode: Decode,
}

impl Method {
    /// The RPC at this gRPC path, `/package.Service/Method`, if it is served.
    pub fn find(path: &str) -> Option<&'static Method> {
        static BY_PATH: LazyLock<HashMap<&str, &Method>> =
            LazyLock::new(|| methods().map(|method| (method.path, method)).collect());
        BY_PATH.get(path).copied()
    }

    /// Decodes a request.
    ///
    /// # Errors
    /// The bytes are no such message.
    pub fn decode(&self, request: &[u8]) -> Result<Box<dyn Call>, DecodeError> {
        (self.decode)(request)
    }
}

/// The name of an RPC of the official protos that is not served, and the resource that a request of it is about: the
/// first of its fields that hold names of resources in the emulated APIs.
pub fn describe(path: &str, request: &[u8]) -> Option<(String, String)> {
    const NAMES: [&str; 6] = ["name", "parent", "resource", "database", "instance", "session"];
    let (service, name) = path.strip_prefix('/')?.split_once('/')?;
    let service = proto::pool().get_service_by_name(service)?;
    let method = service.methods().find(|method| method.name() == name)?;
    let request = DynamicMessage::decode(method.input(), request).ok()?;
    let text = |field| Some(request.get_field_by_name(field)?.as_str()?.to_owned());
    let resource = NAMES.into_iter().filter_map(text).find(|name| !name.is_empty());
    Some((name.to_owned(), resource.unwrap_or_default()))
}

/// `resource: |request| EXPRESSION` yields the resource, `arrive: |world, request| EXPRESSION` what the request is
/// counted as (by the name of the RPC, if it is left out), `serve` the function with the rules.
macro_rules! rpcs {
    ($(
        $(#[$doc:meta])*
        mod $module:ident = $service:literal {$(
            $name:ident($request:ty) -> $reply:ty {
                resource: |$resource_of:ident| $resource:expr,
                $(arrive: |$world:ident, $arriving:ident| $arrive:expr,)?
                serve: $serve:path,
            }
        )+}
    )+) => {
        $(
            $(#[$doc])*
            pub mod $module {
                use super::*;
                $(
                    #[doc = concat!("`", $service, ".", stringify!($name), "`.")]
                    #[derive(Clone, Copy, Debug)]
                    pub struct $name;

                    impl Rpc for $name {
                        type Request = $request;
                        type Reply = $reply;
                        const SERVICE: &'static str = $service;
                        const NAME: &'static str = stringify!($name);

                        fn resource($resource_of: &$request) -> Cow<'_, str> {
                            Cow::from($resource)
                        }

                        $(fn arrive($world: &mut World, $arriving: &$request) -> Arriving {
                            $arrive
                        })?

                        fn serve(turn: &mut Turn<'_>, request: $request) -> Result<$reply, Status> {
                            $serve(turn, request)
                        }
                    }
                )+
            }
        )+

        /// Every RPC of these services that is served.
        pub(super) static METHODS: &[Method] = &[$($(Method {
            service: $service,
            name: stringify!($name),
            path: concat!("/", $service, "/", stringify!($name)),
            decode: |bytes| Ok(Box::new(Decoded::<$module::$name>(Message::decode(bytes)?))),
        },)+)+];

        /// The full names of the messages of each row.
        #[cfg(test)]
        #[allow(clippy::type_complexity)]
        pub(super) static MESSAGES: &[(&str, &str, fn() -> String, fn() -> String)] = &[$($((
            $service,
            stringify!($name),
            <$request as prost::Name>::full_name,
            <$reply as prost::Name>::full_name,
        ),)+)+];
    };
}

pub mod alloydb;
mod table;

pub use table::{data, database_admin, instance_admin, operations_service};

/// Every RPC that is served.
pub fn methods() -> impl Iterator<Item = &'static Method> {
    table::METHODS.iter().chain(alloydb::METHODS)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_row_of_the_table_is_an_rpc_of_the_official_protos_with_these_messages() {
        for (service, name, request, reply) in table::MESSAGES.iter().chain(alloydb::MESSAGES) {
            let service = proto::pool().get_service_by_name(service).expect(service);
            let method = service.methods().find(|method| method.name() == *name).expect(name);
            assert_eq!((method.input().full_name(), method.output().full_name()), (&*request(), &*reply()));
        }
    }

    #[test]
    fn schedules_know_every_rpc_and_no_other() {
        let geminidb = ["BatchDeleteBackups", "ListJobs", "StopBackup"];
        let mut names: Vec<String> = geminidb.map(str::to_owned).into();
        let emulated = ["google.spanner.", "google.longrunning.", "google.cloud.alloydb."];
        for service in
            proto::pool().services().filter(|it| emulated.iter().any(|at| it.full_name().starts_with(at)))
        {
            names.extend(service.methods().map(|method| method.name().to_owned()));
        }
        names.sort();
        names.dedup();
        assert_eq!(names, rescind_model::RPCS);
    }

    #[test]
    fn methods_are_found_by_path() {
        let method = Method::find("/google.longrunning.Operations/GetOperation").unwrap();
        assert_eq!((method.service, method.name), ("google.longrunning.Operations", "GetOperation"));
        assert!(Method::find("/google.longrunning.Operations/Nothing").is_none());
    }
}
