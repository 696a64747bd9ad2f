//! All that is there of GeminiDB in a project, with what clients can change of it.

use super::state::{Store, full_name};
use crate::kernel::Described;

/// Everything but jobs.
pub fn of(store: &Store) -> Vec<Described> {
    let instances = store.state.instances.values().map(|instance| {
        Described::new("instance", &format!("projects/{}/instances/{}", store.id, instance.id))
            .with("datastore", serde_json::json!([instance.datastore.r#type, instance.datastore.version]))
    });
    let backups = store.state.latest_first().map(|(_, backup)| {
        Described::new("backup", &full_name(&store.id, &backup.instance, &backup.name))
            .with("description", backup.description.as_ref().into())
    });
    instances.chain(backups).collect()
}
