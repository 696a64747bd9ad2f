//! The messages of the official protos, as the build script generates them, under short names.

use std::sync::LazyLock;

use prost_reflect::DescriptorPool;

#[allow(dead_code, missing_docs, clippy::all, clippy::pedantic, rustdoc::all)]
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

/// The descriptors, ready for use. They are decoded at the first call.
///
/// The build script wrote them, so they are sound; were they not, no message would be found in the empty pool.
pub fn pool() -> &'static DescriptorPool {
    static POOL: LazyLock<DescriptorPool> =
        LazyLock::new(|| DescriptorPool::decode(DESCRIPTORS).unwrap_or_default());
    &POOL
}
