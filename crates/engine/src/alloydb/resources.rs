//! All that is there of AlloyDB in a project, with what clients can change of it.

use super::state::Store;
use crate::kernel::Described;

/// What the service changes of a resource by itself, or with every change.
const ITS_OWN: &[&str] = &["state", "updateTime", "deleteTime", "reconciling", "etag"];

/// Everything but operations.
pub fn of(store: &Store) -> Vec<Described> {
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
    let instances =
        store.state.instances.iter().map(|(name, instance)| {
            Described::new("instance", name).with_fields_of(&*instance.about, ITS_OWN)
        });
    let users = (store.state.users.iter())
        .map(|(name, user)| Described::new("user", name).with_fields_of(user, ITS_OWN));
    clusters.chain(instances).chain(users).chain(backups).collect()
}
