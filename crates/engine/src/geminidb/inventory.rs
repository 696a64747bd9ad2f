//! All that is there of GeminiDB in a project, with what clients can change of it.

use super::job::job_id;
use super::state::{Store, full_name};
use crate::kernel::{Described, Inventory};

/// Everything; of jobs, those that were there before the case began.
pub fn of(store: &Store) -> Inventory {
    let instances = store.state.instances.values().map(|instance| {
        Described::new("instance", &format!("projects/{}/instances/{}", store.id, instance.id))
            .with("datastore", serde_json::json!([instance.datastore.r#type, instance.datastore.version]))
    });
    let backups = store.state.latest_first().map(|(_, backup)| {
        Described::new("backup", &full_name(&store.id, &backup.instance, &backup.name))
            .with("description", backup.description.as_ref().into())
    });
    let given = store.operations.iter().filter(|(_, operation)| operation.foreign);
    let jobs =
        given.map(|(key, _)| Described::new("job", &format!("projects/{}/jobs/{}", store.id, job_id(key))));
    instances.chain(backups).chain(jobs).collect()
}
