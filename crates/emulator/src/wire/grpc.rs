//! gRPC: every call is taken out of the table of RPCs by its path, as bytes in and bytes out.

use std::pin::Pin;
use std::task::{Context, Poll};

use bytes::{Buf, BufMut, Bytes};
use http::{HeaderValue, Request, Response, header};
use prost::Message;
use rescind_model::Transport;
use tonic::body::Body;
use tonic::codec::{BufferSettings, Codec, DecodeBuf, Decoder, EncodeBuf, Encoder};
use tonic::codegen::Service;
use tonic::metadata::{MetadataMap, MetadataValue};

use super::connection::Connection;
use super::introspection;
use crate::Emulator;
use crate::emulator::Answer;
use rescind_engine::{Detail, Status};

/// The trailer in which Google's gRPC servers repeat `ResourceInfo`; the Java client reads it there.
const RESOURCE_INFO: &str = "google.rpc.resourceinfo-bin";

/// The largest message that a server takes unless told otherwise, in bytes: the default of gRPC's core.
const LARGEST_MESSAGE: usize = 4 * 1024 * 1024;

/// True for a request that is a gRPC call: `application/grpc`, `application/grpc+proto`, but not gRPC-Web.
pub fn is_call<B>(request: &Request<B>) -> bool {
    let content_type = request.headers().get(header::CONTENT_TYPE).map(HeaderValue::as_bytes);
    let rest = content_type.and_then(|content_type| content_type.strip_prefix(b"application/grpc"));
    rest.is_some_and(|rest| matches!(rest.first(), None | Some(b'+' | b';')))
}

/// Answers a gRPC call.
pub async fn answer(emulator: Emulator, connection: Connection, request: Request<Body>) -> Response<Body> {
    let path = request.uri().path().to_owned();
    if introspection::serves(&path) {
        return introspection::answer(emulator.introspection(), emulator.services(), request).await;
    }
    let mut handler = Handler { emulator, connection, path, handed_over: false };
    let mut response = tonic::server::Grpc::new(BytesCodec)
        .max_decoding_message_size(LARGEST_MESSAGE)
        .unary(&mut handler, request)
        .await;
    // Only a message that is too large is out of range before anybody has looked at it. tonic says so with another code
    // than the servers of Google, which are built on gRPC's core.
    let status = response.headers_mut().get_mut(tonic::Status::GRPC_STATUS);
    if let Some(status) = status.filter(|_| !handler.handed_over)
        && *status == HeaderValue::from(tonic::Code::OutOfRange as i32)
    {
        *status = HeaderValue::from(tonic::Code::ResourceExhausted as i32);
    }
    response
}

struct Handler {
    emulator: Emulator,
    connection: Connection,
    path: String,
    /// Set once the request has been read.
    handed_over: bool,
}

impl Service<tonic::Request<Bytes>> for Handler {
    type Response = tonic::Response<Vec<u8>>;
    type Error = tonic::Status;
    type Future = Pin<Box<dyn Future<Output = Result<Self::Response, Self::Error>> + Send>>;

    fn poll_ready(&mut self, _context: &mut Context<'_>) -> Poll<Result<(), Self::Error>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: tonic::Request<Bytes>) -> Self::Future {
        self.handed_over = true;
        let Answer { reply, delivery } = self.emulator.answer(&self.path, Transport::Grpc, request.get_ref());
        let connection = self.connection.clone();
        Box::pin(async move {
            connection.deliver(delivery).await;
            reply.map(tonic::Response::new).map_err(|status| to_tonic(&status))
        })
    }
}

/// The error with its details, in `grpc-status-details-bin` and in the trailer of its own.
fn to_tonic(status: &Status) -> tonic::Status {
    let code = tonic::Code::from_i32(status.code.number());
    if status.details.is_empty() {
        return tonic::Status::new(code, status.message.clone());
    }
    let mut trailers = MetadataMap::new();
    for info in status.details.iter().filter_map(Detail::resource_info) {
        trailers.insert_bin(RESOURCE_INFO, MetadataValue::from_bytes(&info.encode_to_vec()));
    }
    let details = status.to_proto().encode_to_vec();
    tonic::Status::with_details_and_metadata(code, status.message.clone(), details.into(), trailers)
}

/// Passes messages through as they are: the table of RPCs knows their types.
#[derive(Clone, Copy, Debug)]
struct BytesCodec;

impl Codec for BytesCodec {
    type Encode = Vec<u8>;
    type Decode = Bytes;
    type Encoder = BytesCodec;
    type Decoder = BytesCodec;

    fn encoder(&mut self) -> BytesCodec {
        BytesCodec
    }

    fn decoder(&mut self) -> BytesCodec {
        BytesCodec
    }
}

impl Encoder for BytesCodec {
    type Item = Vec<u8>;
    type Error = tonic::Status;

    fn encode(&mut self, item: Vec<u8>, buffer: &mut EncodeBuf<'_>) -> Result<(), tonic::Status> {
        buffer.put_slice(&item);
        Ok(())
    }

    /// Most replies are smaller than tonic's usual buffer of 8 KiB.
    fn buffer_settings(&self) -> BufferSettings {
        BufferSettings::new(1024, 32 * 1024)
    }
}

impl Decoder for BytesCodec {
    type Item = Bytes;
    type Error = tonic::Status;

    fn decode(&mut self, buffer: &mut DecodeBuf<'_>) -> Result<Option<Bytes>, tonic::Status> {
        Ok(Some(buffer.copy_to_bytes(buffer.remaining())))
    }

    fn buffer_settings(&self) -> BufferSettings {
        BufferSettings::new(1024, 32 * 1024)
    }
}
