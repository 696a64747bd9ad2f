//! gcloud alloydb: backups and operations.

use serde_json::{Value, json};

use super::{Gcloud, id};
use crate::emulators::{Emulator, Emulators};

fn at(emulator: &Emulator, project: &str) -> Gcloud {
    let setup = json!({ "service": "alloydb", "instance": "us-central1", "database": "test-cluster" });
    emulator.put(project, &setup);
    Gcloud::lead_to(emulator.address, project)
}

pub fn backups(emulators: &Emulators) {
    let gcloud = at(emulators.brief(), "gcloud-alloydb");
    gcloud.done("alloydb backups create first --cluster=test-cluster --region=us-central1");
    let backup = gcloud.json("alloydb backups describe first --region=us-central1");
    assert_eq!((&backup["state"], &backup["type"]), (&Value::from("READY"), &Value::from("ON_DEMAND")));
    let listed = gcloud.done("alloydb backups list --format='value(name.basename(),state)'");
    assert_eq!(listed, "first\tREADY\n");
    gcloud.done("alloydb backups delete first --region=us-central1");
    gcloud.refused("alloydb backups describe first --region=us-central1", "NOT_FOUND", "was not found");
}

pub fn running_backup(emulators: &Emulators) {
    let gcloud = at(emulators.lasting(), "gcloud-running-alloydb");
    gcloud.done("alloydb backups create first --cluster=test-cluster --region=us-central1 --async");
    let operations = gcloud.json("alloydb operations list --region=us-central1");
    let id = id(&operations[0]);
    gcloud.done(&format!("alloydb operations cancel {id} --region=us-central1"));
    let cancelled = gcloud.json(&format!("alloydb operations describe {id} --region=us-central1"));
    assert_eq!((&cancelled["done"], &cancelled["error"]["code"]), (&Value::Bool(true), &Value::from(1)));
    assert_eq!(gcloud.done("alloydb backups list"), "");
}
