//! Compiles the official protos of the emulated services into messages and a descriptor set.
//!
//! The protos lie in a published crate, which this package names as a build dependency for no other reason (see
//! [`sources`]). They are compiled in process, so that no `protoc` is needed.

mod sources;
mod variable;
mod versions;

use std::path::PathBuf;

use anyhow::{Context, Result};
use prost::Message;

use self::variable::variable;

/// What is emulated, and the details of errors. All that these import comes along.
const PROTOS: &[&str] = &[
    "google/spanner/admin/database/v1/spanner_database_admin.proto",
    "google/spanner/admin/instance/v1/spanner_instance_admin.proto",
    "google/spanner/v1/spanner.proto",
    "google/longrunning/operations.proto",
    "google/iam/v1/iam_policy.proto",
    "google/cloud/alloydb/v1/service.proto",
    "google/cloud/alloydb/v1alpha/service.proto",
    "google/cloud/alloydb/v1beta/service.proto",
    "google/rpc/code.proto",
    "google/rpc/error_details.proto",
    "google/rpc/status.proto",
];

fn main() -> Result<()> {
    println!("cargo:rerun-if-changed=build");
    let output = PathBuf::from(variable("OUT_DIR")?);
    let include = sources::find(&output)?;

    let mut compiler = protox::Compiler::new([&include])?;
    compiler.include_imports(true).open_files(PROTOS.iter().map(|proto| include.join(proto)))?;
    // This encoding keeps the extensions in the options, `google.api.http` among them; prost's own types drop them.
    let descriptors =
        versions::share_enum_values(&compiler.encode_file_descriptor_set(), &compiler.descriptor_pool())?;
    std::fs::write(output.join("descriptors.bin"), &descriptors)?;

    let files = prost_types::FileDescriptorSet::decode(descriptors.as_slice())?;
    prost_build::Config::new()
        .enable_type_names()
        .type_name_domain(["."], "type.googleapis.com")
        .disable_comments(["."])
        // In the order of their keys, maps are the same bytes in every run; and they are half as large.
        .btree_map(["."])
        .include_file("protos.rs")
        .out_dir(output)
        .compile_fds(files)
        .context("cannot generate the messages of the official protos")
}
