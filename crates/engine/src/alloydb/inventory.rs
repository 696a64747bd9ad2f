//! All that is there of AlloyDB in a project, with what clients can change of it.

use super::state::Store;
use crate::kernel::{Described, Inventory};

/// What the service changes of a resource by itself, or with every change.
const ITS_OWN: &[&str] = &["state", "updateTime", "deleteTime", "reconciling", "etag"];

/// Everything; of operations, those that were there before the case began.
pub fn of(store: &Store) -> Inventory {
    let clusters = store
        .state
        .clusters
        .iter()
        .map(|(name, cluster)| Described::new("cluster", name).with_fields_of(&*cluster.about, ITS_OWN));
    let backups = store
        .state
        .backups
        .iter()
        .map(|(name, backup)| Described::new("backup", name).with_fields_of(&*backup.about, ITS_OWN));
    let given = store.operations.iter().filter(|(_, operation)| operation.foreign);
    let operations = given.map(|(key, operation)| Described::new("operation", &operation.name(key)));
    clusters.chain(backups).chain(operations).collect()
}
