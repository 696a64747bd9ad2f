//! The RPCs of the official protos: by which names and messages they go, and the rules of a service for each.

use std::borrow::Cow;
use std::marker::PhantomData;

use prost::{DecodeError, Message, Name};
use prost_reflect::DynamicMessage;
use rescind_model::RequestKind;

use super::call::Call;
use super::status::Status;
use super::store::Store;
use super::turn::Turn;
use crate::proto;

/// An RPC, as its proto declares it.
pub trait Rpc {
    /// What clients send.
    type Request: Message + Name + Default;
    /// What they get.
    type Reply: Message + Name + Default + 'static;
    /// The full name of the gRPC service.
    const SERVICE: &'static str;
    /// The name in the gRPC service.
    const NAME: &'static str;
    /// Its path over gRPC.
    const PATH: &'static str;
}

/// The rules of the service `S` for an RPC.
pub trait Rules<S>: Rpc {
    /// The full name of the resource that the request is about; its beginning tells the project.
    fn resource(request: &Self::Request) -> Cow<'_, str>;

    /// Called when a request arrives, before anything is decided: says what it is counted as, and notes what stays
    /// true even if the request then meets a fault.
    fn arrive(_store: &mut Store<S>, _request: &Self::Request) -> RequestKind {
        RequestKind::Rpc(Self::NAME.to_owned())
    }

    /// The rules.
    ///
    /// # Errors
    /// What the rules answer.
    fn serve(turn: &mut Turn<'_, S>, request: Self::Request) -> Result<Self::Reply, Status>;
}

/// A call of an RPC: its reply is encoded.
type RpcCall<S> = Box<dyn Call<S, Reply = Vec<u8>>>;

/// An RPC that the service `S` serves, as transports see it: bytes in, bytes out.
#[derive(Debug)]
pub struct Method<S> {
    /// The full name of the gRPC service.
    pub service: &'static str,
    /// The name in the gRPC service.
    pub name: &'static str,
    /// Its path over gRPC.
    pub path: &'static str,
    decode: fn(&[u8]) -> Result<RpcCall<S>, DecodeError>,
}

impl<S: 'static> Method<S> {
    /// The RPC `R`, by the rules of the service.
    pub const fn of<R: Rules<S> + 'static>() -> Method<S> {
        Method {
            service: R::SERVICE,
            name: R::NAME,
            path: R::PATH,
            decode: |bytes| {
                Ok(Box::new(Decoded::<S, R> { request: R::Request::decode(bytes)?, of: PhantomData }))
            },
        }
    }

    /// Decodes a request.
    ///
    /// # Errors
    /// The bytes are no such message.
    pub fn decode(&self, request: &[u8]) -> Result<RpcCall<S>, DecodeError> {
        (self.decode)(request)
    }
}

struct Decoded<S, R: Rpc> {
    request: R::Request,
    of: PhantomData<fn(S, R)>,
}

impl<S, R: Rules<S>> Call<S> for Decoded<S, R> {
    type Reply = Vec<u8>;

    fn rpc(&self) -> &str {
        R::NAME
    }

    fn resource(&self) -> Cow<'_, str> {
        R::resource(&self.request)
    }

    fn arrive(&self, store: &mut Store<S>) -> RequestKind {
        R::arrive(store, &self.request)
    }

    fn serve(self: Box<Self>, turn: &mut Turn<'_, S>) -> Result<Vec<u8>, Status> {
        R::serve(turn, self.request).map(|reply| reply.encode_to_vec())
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

/// Declares the RPCs of gRPC services, as their protos do.
macro_rules! rpcs {
    ($(
        $(#[$doc:meta])*
        mod $module:ident = $service:literal {$(
            $name:ident($request:ty) -> $reply:ty;
        )+}
    )+) => {$(
        $(#[$doc])*
        pub mod $module {
            use super::*;
            $(
                #[doc = concat!("`", $service, ".", stringify!($name), "`.")]
                #[derive(Clone, Copy, Debug)]
                pub struct $name;

                impl $crate::kernel::rpc::Rpc for $name {
                    type Request = $request;
                    type Reply = $reply;
                    const SERVICE: &'static str = $service;
                    const NAME: &'static str = stringify!($name);
                    const PATH: &'static str = concat!("/", $service, "/", stringify!($name));
                }
            )+
        }
    )+};
}

/// Says by which rules a service serves RPCs, those of gRPC services of its own and those that others have declared:
/// `resource: |request| EXPRESSION` yields the resource, `arrive: |store, request| EXPRESSION` what the request is counted
/// as (by the name of the RPC, if it is left out), `serve` the function with the rules. All of them are its `METHODS`.
macro_rules! serves {
    (
        $state:ty:
        $(
            $(#[$doc:meta])*
            mod $module:ident = $service:literal {$(
                $name:ident($request:ty) -> $reply:ty { $($rules:tt)+ }
            )+}
        )+
        $(use $also:path $({ $($also_rules:tt)+ })?;)*
    ) => {
        $crate::kernel::rpc::rpcs! {$(
            $(#[$doc])*
            mod $module = $service {
                $($name($request) -> $reply;)+
            }
        )+}

        $($($crate::kernel::rpc::rules! { $state, $module::$name, $($rules)+ })+)+
        $($($crate::kernel::rpc::rules! { $state, $also, $($also_rules)+ })?)*

        /// Every RPC that the service serves.
        pub const METHODS: &[$crate::kernel::rpc::Method<$state>] = &[
            $($($crate::kernel::rpc::Method::of::<$module::$name>(),)+)+
            $($crate::kernel::rpc::Method::of::<$also>(),)*
        ];
    };
}

/// The rules of a service for one RPC, as [`serves`] has them.
macro_rules! rules {
    (
        $state:ty,
        $rpc:path,
        resource: |$resource_of:ident| $resource:expr,
        $(arrive: |$store:ident, $arriving:ident| $arrive:expr,)?
        serve: $serve:expr,
    ) => {
        impl $crate::kernel::rpc::Rules<$state> for $rpc {
            fn resource(
                $resource_of: &<$rpc as $crate::kernel::rpc::Rpc>::Request,
            ) -> ::std::borrow::Cow<'_, str> {
                ::std::borrow::Cow::from($resource)
            }

            $(fn arrive(
                $store: &mut $crate::kernel::Store<$state>,
                $arriving: &<$rpc as $crate::kernel::rpc::Rpc>::Request,
            ) -> ::rescind_model::RequestKind {
                $arrive
            })?

            fn serve(
                turn: &mut $crate::kernel::Turn<'_, $state>,
                request: <$rpc as $crate::kernel::rpc::Rpc>::Request,
            ) -> Result<<$rpc as $crate::kernel::rpc::Rpc>::Reply, $crate::kernel::Status> {
                $serve(turn, request)
            }
        }
    };
}
pub(crate) use {rpcs, rules, serves};
