//! Encryption: who manages the keys of a database or a backup.

use rescind_model::Code;

use crate::kernel::Status;
use crate::proto::database::{EncryptionInfo, encryption_info::Type};

/// What the API says about the encryption with a customer's key, or with Google's where there is none.
pub fn info(kms_key: Option<&str>) -> EncryptionInfo {
    match kms_key {
        None => {
            EncryptionInfo { encryption_type: Type::GoogleDefaultEncryption.into(), ..Default::default() }
        }
        Some(key) => EncryptionInfo {
            encryption_type: Type::CustomerManagedEncryption.into(),
            kms_key_version: format!("{key}/cryptoKeyVersions/1"),
            ..Default::default()
        },
    }
}

/// The customer's key in an encryption configuration: there must be one if the type of the encryption is
/// CUSTOMER_MANAGED_ENCRYPTION, and none otherwise.
///
/// # Errors
/// INVALID_ARGUMENT.
pub fn key(managed: bool, name: &str, names: &[String]) -> Result<Option<Box<str>>, Status> {
    let key = Some(name).filter(|name| !name.is_empty()).or_else(|| names.first().map(String::as_str));
    match key {
        Some(key) if managed => Ok(Some(key.into())),
        None if !managed => Ok(None),
        _ => {
            let message = "Invalid encryption_config in the request: kms_key_name must be given with the encryption \
                           type CUSTOMER_MANAGED_ENCRYPTION, and with no other.";
            Err(Status::new(Code::InvalidArgument, message))
        }
    }
}
