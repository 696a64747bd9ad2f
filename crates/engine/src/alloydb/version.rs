//! The versions of the API. The engine works with the messages of v1beta, which have every field of those of v1 under
//! the same number: between the versions, messages are only encoded and decoded. What v1alpha has beyond that is left out.

use std::fmt;

use prost::Message;
use rescind_model::Code;

use crate::kernel::Status;

/// A version of the API.
pub trait Version {
    /// Its name, in paths, packages and `OperationMetadata.api_version`.
    const NAME: ApiVersion;
}

/// `google.cloud.alloydb.v1`.
#[derive(Clone, Copy, Debug)]
pub struct V1;

/// `google.cloud.alloydb.v1alpha`.
#[derive(Clone, Copy, Debug)]
pub struct V1Alpha;

/// `google.cloud.alloydb.v1beta`.
#[derive(Clone, Copy, Debug)]
pub struct V1Beta;

impl Version for V1 {
    const NAME: ApiVersion = ApiVersion("v1");
}

impl Version for V1Alpha {
    const NAME: ApiVersion = ApiVersion("v1alpha");
}

impl Version for V1Beta {
    const NAME: ApiVersion = ApiVersion("v1beta");
}

/// The name of a version.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ApiVersion(pub &'static str);

impl fmt::Display for ApiVersion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }
}

/// A message of one version as the same message of the other.
///
/// # Errors
/// INTERNAL if the messages do not correspond, which would be a mistake in the table of RPCs.
pub fn convert<A: Message, B: Message + Default>(message: &A) -> Result<B, Status> {
    B::decode(message.encode_to_vec().as_slice()).map_err(|error| {
        Status::new(Code::Internal, format!("the message of one version is none of the other: {error}"))
    })
}

#[cfg(test)]
mod tests {
    use prost_reflect::MessageDescriptor;

    use crate::proto;

    fn message(version: &str, name: &str) -> MessageDescriptor {
        proto::pool().get_message_by_name(&format!("google.cloud.alloydb.{version}.{name}")).expect(name)
    }

    const SHARED: [&str; 22] = [
        "Backup",
        "Cluster",
        "OperationMetadata",
        "CreateBackupRequest",
        "UpdateBackupRequest",
        "DeleteBackupRequest",
        "ListBackupsRequest",
        "CreateClusterRequest",
        "DeleteClusterRequest",
        "ListClustersRequest",
        "UpdateClusterRequest",
        "RestoreClusterRequest",
        "Instance",
        "CreateInstanceRequest",
        "UpdateInstanceRequest",
        "DeleteInstanceRequest",
        "ListInstancesRequest",
        "User",
        "CreateUserRequest",
        "UpdateUserRequest",
        "DeleteUserRequest",
        "ListUsersRequest",
    ];

    #[test]
    fn every_field_of_v1_is_in_v1beta_under_its_number() {
        for name in SHARED {
            let beta = message("v1beta", name);
            for field in message("v1", name).fields() {
                let same = beta.get_field(field.number()).expect(name);
                assert_eq!((same.name(), same.cardinality()), (field.name(), field.cardinality()), "{name}");
            }
        }
    }

    #[test]
    fn no_field_of_v1alpha_is_another_in_v1beta() {
        for name in SHARED {
            let beta = message("v1beta", name);
            for field in message("v1alpha", name).fields() {
                if let Some(same) = beta.get_field(field.number()) {
                    let shared = (same.name(), same.cardinality()) == (field.name(), field.cardinality());
                    assert!(shared, "{name}.{}", field.name());
                }
            }
        }
    }
}
