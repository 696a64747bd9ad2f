//! The messages of the official protos, as the build script generates them, under short names.

#[allow(missing_docs, clippy::all, clippy::pedantic, rustdoc::all)]
mod generated {
    include!(concat!(env!("OUT_DIR"), "/protos.rs"));
}

pub use generated::google::cloud::alloydb;
pub use generated::google::iam::v1 as iam;
pub use generated::google::longrunning;
pub use generated::google::rpc;
pub use generated::google::spanner::admin::{database::v1 as database, instance::v1 as instance};
pub use generated::google::spanner::v1 as spanner;

/// The descriptors of all the above, as an encoded `google.protobuf.FileDescriptorSet`, with their HTTP rules.
pub static DESCRIPTORS: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/descriptors.bin"));
