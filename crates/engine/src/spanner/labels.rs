//! Labels of resources.

use std::collections::BTreeMap;

use rescind_model::Code;

use crate::kernel::Status;

/// The most labels of a resource (spanner_instance_admin.proto, `Instance.labels`).
const MOST_LABELS: usize = 64;
/// The form of labels that spanner_instance_admin.proto documents. (Texts: common/errors.cc of the vendor's emulator,
/// where a bad value, too, is told by its key.)
pub fn check(labels: &BTreeMap<String, String>) -> Result<(), Status> {
    let invalid = |message| Err(Status::new(Code::InvalidArgument, message));
    let inner = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '_' | '-');
    if labels.len() > MOST_LABELS {
        let count = labels.len();
        return invalid(format!(
            "Too many labels: {count}. There can be a maximum of {MOST_LABELS} labels per resource."
        ));
    }
    for (key, value) in labels {
        let valid_key =
            key.len() <= 63 && key.starts_with(|c: char| c.is_ascii_lowercase()) && key.chars().all(inner);
        if !valid_key {
            return invalid(format!(
                "Label keys must be between 1-63 characters long, consist only of lowercase letters, digits, \
                 underscores, and dashes, and must start with a letter. Got: {key}"
            ));
        }
        if value.len() > 63 || !value.chars().all(inner) {
            return invalid(format!(
                "Non-empty label values must be between 1-63 characters long, and consist only of lowercase letters, \
                 digits, underscores, and dashes. Got: {key}"
            ));
        }
    }
    Ok(())
}
