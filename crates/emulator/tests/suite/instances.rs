//! Instances as operations, and their configurations.

use std::collections::BTreeMap;

use prost_types::FieldMask;
use rescind_engine::Status;
use rescind_engine::operations;
use rescind_engine::proto::{database as database_pb, instance as pb, longrunning};
use rescind_engine::spanner::{database_admin as databases, instance_admin as instances};
use rescind_model::Code;

use crate::support::{
    CONFIG, Case, DATABASE, INSTANCE, OPERATION_TIME, error_code, metadata_as, response_as,
};

pub fn create(
    case: &mut Case,
    id: &str,
    change: impl FnOnce(&mut pb::Instance),
) -> Result<longrunning::Operation, Status> {
    let mut instance =
        pb::Instance { config: CONFIG.into(), display_name: "An instance".into(), ..Default::default() };
    change(&mut instance);
    let request = pb::CreateInstanceRequest {
        parent: "projects/p".into(),
        instance_id: id.into(),
        instance: Some(instance),
    };
    case.call::<instances::CreateInstance>(request)
}

fn get(case: &mut Case, id: &str) -> Result<pb::Instance, Status> {
    let name = format!("projects/p/instances/{id}");
    case.call::<instances::GetInstance>(pb::GetInstanceRequest { name, field_mask: None })
}

fn update(case: &mut Case, instance: pb::Instance, paths: &[&str]) -> Result<longrunning::Operation, Status> {
    let paths = paths.iter().map(|path| (*path).to_owned()).collect();
    let request =
        pb::UpdateInstanceRequest { instance: Some(instance), field_mask: Some(FieldMask { paths }) };
    case.call::<instances::UpdateInstance>(request)
}

pub fn delete(case: &mut Case, name: &str) -> Result<(), Status> {
    case.call::<instances::DeleteInstance>(pb::DeleteInstanceRequest { name: name.into() })
}

#[test]
fn an_instance_is_readable_at_once_and_usable_when_it_is_ready() {
    let mut case = Case::free_running_and_empty();
    let operation = create(&mut case, "test", |_| {}).unwrap();
    assert!(operation.name.starts_with(&format!("{INSTANCE}/operations/")));
    let metadata: pb::CreateInstanceMetadata = metadata_as(&operation);
    assert_eq!(metadata.expected_fulfillment_period(), pb::FulfillmentPeriod::Normal);
    assert!(metadata.start_time.is_some() && metadata.end_time.is_none() && metadata.instance.is_some());
    assert_eq!(get(&mut case, "test").unwrap().state(), pb::instance::State::Creating);
    let database = database_pb::CreateDatabaseRequest {
        parent: INSTANCE.into(),
        create_statement: "CREATE DATABASE db".into(),
        ..Default::default()
    };
    let early = case.call::<databases::CreateDatabase>(database).unwrap_err();
    assert_eq!(early.code, Code::FailedPrecondition);
    let rename = pb::Instance { name: INSTANCE.into(), ..Default::default() };
    assert_eq!(update(&mut case, rename, &["display_name"]).unwrap_err().code, Code::FailedPrecondition);
    case.pass(OPERATION_TIME);
    let ready: pb::Instance = response_as(&case.poll(&operation.name).unwrap()).unwrap();
    assert_eq!(ready, get(&mut case, "test").unwrap());
    assert_eq!(ready.state(), pb::instance::State::Ready);
}

#[test]
fn cancelling_the_creation_makes_the_instance_unreadable_and_it_can_be_deleted_meanwhile() {
    let mut case = Case::free_running_and_empty();
    let operation = create(&mut case, "i1", |_| {}).unwrap().name;
    case.cancel(&operation).unwrap();
    assert_eq!(get(&mut case, "i1").unwrap_err().code, Code::NotFound);
    let operation = case.poll(&operation).unwrap();
    assert_eq!(error_code(&operation), Some(Code::Cancelled));
    assert!(metadata_as::<pb::CreateInstanceMetadata>(&operation).cancel_time.is_some());
    create(&mut case, "i2", |_| {}).unwrap();
    delete(&mut case, "projects/p/instances/i2").unwrap();
    assert_eq!(get(&mut case, "i2").unwrap_err().code, Code::NotFound);
}

#[test]
fn create_instance_checks_id_name_config_and_capacity() {
    let mut case = Case::new("");
    for id in ["a", "A1", "1a", "a-", "a_b", &"a".repeat(65)] {
        let expected = "Instance ID must start with a lowercase letter, be 2-64 characters long, contain only \
                        lowercase letters, numbers, or hyphens, and not end with a hyphen. Got: ";
        let status = create(&mut case, id, |_| {}).unwrap_err();
        assert_eq!((status.code, status.message), (Code::InvalidArgument, format!("{expected}{id}")));
    }
    for id in ["a1", &"a".repeat(64)] {
        create(&mut case, id, |_| {}).unwrap();
    }
    let status =
        create(&mut case, "i2", |instance| instance.name = "projects/p/instances/x".into()).unwrap_err();
    assert_eq!(
        (status.code, status.message.as_str()),
        (Code::InvalidArgument, "Mismatching instance: projects/p/instances/x")
    );
    let status = create(&mut case, "test", |_| {}).unwrap_err();
    assert_eq!(
        (status.code, status.message),
        (Code::AlreadyExists, format!("Instance already exists: {INSTANCE}"))
    );
    let status =
        create(&mut case, "i2", |instance| instance.config = "projects/p/instanceConfigs/moon".into())
            .unwrap_err();
    assert_eq!(
        (status.code, status.message.as_str()),
        (Code::NotFound, "Instance config \"moon\" not found")
    );
    let both = |instance: &mut pb::Instance| (instance.node_count, instance.processing_units) = (1, 1000);
    let status = create(&mut case, "i2", both).unwrap_err();
    let expected =
        "Invalid CreateInstance request. Only one of nodes or processing units should be specified.";
    assert_eq!((status.code, status.message.as_str()), (Code::InvalidArgument, expected));
    for units in [50, 150, 1500] {
        let status = create(&mut case, "i2", |instance| instance.processing_units = units).unwrap_err();
        let expected = "Invalid CreateInstance request. Processing units should be multiple of 100 for values below \
                        1000 and multiples of 1000 for values above 1000.";
        assert_eq!((status.code, status.message.as_str()), (Code::InvalidArgument, expected));
    }
    create(&mut case, "i2", |instance| instance.processing_units = 300).unwrap();
    assert_eq!(get(&mut case, "i2").unwrap().node_count, 0);
    create(&mut case, "i3", |instance| instance.node_count = 3).unwrap();
    assert_eq!(get(&mut case, "i3").unwrap().processing_units, 3000);
}

#[test]
fn an_instance_has_at_most_64_labels_of_a_fixed_form() {
    let mut case = Case::new("");
    let label = |key: &str, value: &str| BTreeMap::from([(key.to_owned(), value.to_owned())]);
    let many =
        |count: usize| (0..count).map(|n| (format!("k{n}"), String::new())).collect::<BTreeMap<_, _>>();
    let bad_key = "Label keys must be between 1-63 characters long, consist only of lowercase letters, digits, \
                   underscores, and dashes, and must start with a letter. Got: ";
    let bad_value = "Non-empty label values must be between 1-63 characters long, and consist only of lowercase \
                     letters, digits, underscores, and dashes. Got: ";
    let too_many = "Too many labels: 65. There can be a maximum of 64 labels per resource.";
    for (labels, expected) in [
        (label("Key", ""), format!("{bad_key}Key")),
        (label("1", ""), format!("{bad_key}1")),
        (label("", ""), bad_key.to_owned()),
        (label(&"k".repeat(64), ""), format!("{bad_key}{}", "k".repeat(64))),
        (label("k", "Value"), format!("{bad_value}k")),
        (label("k", &"v".repeat(64)), format!("{bad_value}k")),
        (many(65), too_many.to_owned()),
    ] {
        let status = create(&mut case, "i1", |instance| instance.labels = labels).unwrap_err();
        assert_eq!((status.code, status.message), (Code::InvalidArgument, expected));
    }
    let longest = label(&"k".repeat(63), &"v".repeat(63));
    for (id, labels) in [("i1", many(64)), ("i2", longest), ("i3", label("k_-1", "1-_v"))] {
        create(&mut case, id, |instance| instance.labels = labels.clone()).unwrap();
        assert_eq!(get(&mut case, id).unwrap().labels, labels);
    }
}

#[test]
fn instances_are_found_by_labels() {
    let mut case = Case::new("");
    create(&mut case, "labelled", |instance| {
        instance.labels =
            BTreeMap::from([("env".to_owned(), "dev".to_owned()), ("bare".to_owned(), String::new())]);
    })
    .unwrap();
    for (filter, count) in [
        ("labels.env:dev", 1),
        ("labels.env:*", 1),
        ("labels.bare:*", 1),
        ("labels.none:*", 0),
        ("name:labelled", 1),
    ] {
        let request = pb::ListInstancesRequest {
            parent: "projects/p".into(),
            filter: filter.into(),
            ..Default::default()
        };
        assert_eq!(
            case.call::<instances::ListInstances>(request).unwrap().instances.len(),
            count,
            "{filter}"
        );
    }
}

#[test]
fn update_takes_a_mask_shows_the_old_values_until_it_is_done_and_excludes_others() {
    let mut case = Case::free_running();
    let changed = pb::Instance {
        name: INSTANCE.into(),
        node_count: 5,
        display_name: "New".into(),
        ..Default::default()
    };
    for paths in [&[][..], &["name"], &["state"]] {
        assert_eq!(update(&mut case, changed.clone(), paths).unwrap_err().code, Code::InvalidArgument);
    }
    let operation = update(&mut case, changed.clone(), &["node_count"]).unwrap();
    assert!(metadata_as::<pb::UpdateInstanceMetadata>(&operation).instance.is_some());
    assert_eq!(
        update(&mut case, changed.clone(), &["node_count"]).unwrap_err().code,
        Code::FailedPrecondition
    );
    assert_eq!(case.instance().node_count, 1);
    case.pass(OPERATION_TIME);
    let updated = case.instance();
    assert_eq!((updated.node_count, updated.processing_units), (5, 5000));
    assert_eq!(updated.display_name, "Instance test", "the mask does not name it");

    let operation = update(&mut case, changed, &["display_name"]).unwrap().name;
    case.cancel(&operation).unwrap();
    let cancelled = case.poll(&operation).unwrap();
    assert_eq!(error_code(&cancelled), Some(Code::Cancelled));
    assert!(metadata_as::<pb::UpdateInstanceMetadata>(&cancelled).cancel_time.is_some());
    assert_eq!(case.instance(), updated);
}

#[test]
fn a_mask_may_name_a_configuration_that_stays_as_it_is() {
    let mut case = Case::new("");
    let config = case.instance().config;
    let wanted = |config: &str| pb::Instance {
        name: INSTANCE.into(),
        config: config.into(),
        display_name: "New".into(),
        processing_units: 2000,
        ..Default::default()
    };
    // So the client for Python updates every instance.
    let mask = ["config", "display_name", "processing_units", "labels"];
    update(&mut case, wanted(&config), &mask).unwrap();
    assert_eq!((case.instance().display_name.as_str(), case.instance().processing_units), ("New", 2000));
    let other = wanted("projects/p/instanceConfigs/nam3");
    assert_eq!(update(&mut case, other, &mask).unwrap_err().code, Code::InvalidArgument);
    assert_eq!(update(&mut case, wanted(&config), &["config"]).unwrap_err().code, Code::InvalidArgument);
    assert_eq!(case.instance().config, config);
}

#[test]
fn an_update_of_a_missing_instance_is_not_found() {
    let mut case = Case::new("");
    let missing = pb::Instance { name: "projects/p/instances/none".into(), ..Default::default() };
    assert_eq!(update(&mut case, missing, &["node_count"]).unwrap_err().code, Code::NotFound);
}

#[test]
fn deleting_an_instance_is_idempotent_takes_its_databases_and_is_prevented_by_backups() {
    let mut case = Case::new("create:done");
    delete(&mut case, "projects/p/instances/none").unwrap();
    case.create("b1").unwrap();
    assert_eq!(delete(&mut case, INSTANCE).unwrap_err().code, Code::FailedPrecondition);
    case.delete("b1").unwrap();
    delete(&mut case, INSTANCE).unwrap();
    // An instance of that name is there again, so it can only be the database that is missing.
    create(&mut case, "test", |_| {}).unwrap();
    let status = case.database(DATABASE).unwrap_err();
    assert_eq!((status.code, status.message), (Code::NotFound, format!("Database not found: {DATABASE}")));
}

#[test]
fn a_protected_database_prevents_the_deletion_of_its_instance() {
    let mut case = Case::new("");
    let database =
        database_pb::Database { name: DATABASE.into(), enable_drop_protection: true, ..Default::default() };
    let update_mask = Some(FieldMask { paths: vec!["enable_drop_protection".into()] });
    let request = database_pb::UpdateDatabaseRequest { database: Some(database), update_mask };
    case.call::<databases::UpdateDatabase>(request).unwrap();
    let status = delete(&mut case, INSTANCE).unwrap_err();
    assert_eq!(status.code, Code::FailedPrecondition);
    let end = "because it contains databases with drop protection enabled. Please disable drop protection for all \
               databases in the instance before deleting it.";
    assert!(status.message.ends_with(end), "{}", status.message);
}

#[test]
fn an_instance_holds_100_databases_and_a_small_one_10_for_each_100_units() {
    let mut case = Case::new("");
    create(&mut case, "small", |instance| instance.processing_units = 100).unwrap();
    create(&mut case, "larger", |instance| instance.processing_units = 300).unwrap();
    let mut create_database = |parent: &str, number: usize| {
        let request = database_pb::CreateDatabaseRequest {
            parent: parent.into(),
            create_statement: format!("CREATE DATABASE d{number:03}"),
            ..Default::default()
        };
        case.call::<databases::CreateDatabase>(request).err()
    };
    // One database of the given instance is there before.
    for (parent, there, most) in
        [("projects/p/instances/small", 0, 10), ("projects/p/instances/larger", 0, 30), (INSTANCE, 1, 100)]
    {
        for number in there..most {
            assert_eq!(create_database(parent, number), None, "{parent} {number}");
        }
        let status = create_database(parent, most).unwrap();
        let expected = format!(
            "Too many databases for instance: {parent}. See https://cloud.google.com/spanner/quotas#database_limits \
             for more information."
        );
        assert_eq!((status.code, status.message), (Code::ResourceExhausted, expected));
    }
}

#[test]
fn operations_of_instances_can_be_deleted_once_they_have_ended() {
    let mut case = Case::free_running_and_empty();
    let name = create(&mut case, "test", |_| {}).unwrap().name;
    let delete = |case: &mut Case| {
        case.call::<operations::DeleteOperation>(longrunning::DeleteOperationRequest { name: name.clone() })
    };
    assert_eq!(delete(&mut case).unwrap_err().code, Code::FailedPrecondition);
    case.pass(OPERATION_TIME);
    delete(&mut case).unwrap();
    assert_eq!(delete(&mut case).unwrap_err().code, Code::NotFound);
    let request =
        longrunning::ListOperationsRequest { name: format!("{INSTANCE}/operations"), ..Default::default() };
    assert!(case.call::<operations::ListOperations>(request).unwrap().operations.is_empty());
}
