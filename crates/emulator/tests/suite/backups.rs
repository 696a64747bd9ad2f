//! CreateBackup, GetBackup, UpdateBackup, DeleteBackup, ListBackups.

use prost_types::Timestamp;
use rescind_engine::proto::database as pb;
use rescind_engine::spanner::database_admin as databases;
use rescind_engine::{Detail, Status, Time};
use rescind_model::{BackupState, Code};

use crate::support::{
    Case, DATABASE, DAY, HOUR, INSTANCE, OPERATION_TIME, after, backup_name, clock, create_request, metadata,
    no_database, no_instance, response,
};

fn create_with(change: impl FnOnce(&mut pb::CreateBackupRequest)) -> Result<pb::Backup, Status> {
    let mut request = create_request("b1");
    change(&mut request);
    let mut case = Case::new("create:done");
    let id = request.backup_id.clone();
    case.call::<databases::CreateBackup>(request)?;
    case.get(&id)
}

fn backup(request: &mut pb::CreateBackupRequest) -> &mut pb::Backup {
    request.backup.as_mut().unwrap()
}

#[test]
fn create_returns_an_operation_below_the_backup() {
    let mut case = Case::new("");
    let operation = case.create("b1").unwrap();
    assert_eq!(operation.name, "projects/p/instances/test/backups/b1/operations/_auto_op_1");
    assert!(!operation.done);
    let metadata = metadata(&operation);
    assert_eq!((metadata.name.as_str(), metadata.database.as_str()), (&*backup_name("b1"), DATABASE));
    let progress = metadata.progress.unwrap();
    assert_eq!((progress.progress_percent, progress.end_time), (0, None));
    assert!(progress.start_time.is_some() && metadata.cancel_time.is_none());
}

#[test]
fn a_backup_is_visible_at_once_and_creating_until_it_is_ready() {
    let mut case = Case::new("early-poll2:done");
    let operation = case.create("b1").unwrap().name;
    assert_eq!(case.get("b1").unwrap().state(), pb::backup::State::Creating);
    assert_eq!(case.list("state:CREATING").unwrap().len(), 1);
    assert!(!case.poll(&operation).unwrap().done);
    let done = case.poll(&operation).unwrap();
    assert_eq!(response(&done).unwrap(), case.get("b1").unwrap());
    assert_eq!(case.get("b1").unwrap().state(), pb::backup::State::Ready);
}

#[test]
fn a_backup_id_has_2_to_60_characters_of_a_fixed_form() {
    for id in ["", "a", "Ab", "1a", "a-", "a b", &"a".repeat(61)] {
        let status = create_with(|request| request.backup_id = id.into()).unwrap_err();
        assert_eq!(status.code, Code::InvalidArgument, "{id}");
    }
    for id in ["a1", "a-b_c", &"a".repeat(60)] {
        create_with(|request| request.backup_id = id.into()).unwrap();
    }
}

#[test]
fn an_id_that_is_used_already_exists_with_the_resource_in_the_details() {
    let mut case = Case::given("", &[("b1", BackupState::Ready)]);
    let status = case.create("b1").unwrap_err();
    assert_eq!(status.code, Code::AlreadyExists);
    assert_eq!(status.message, "Backup already exists: projects/p/instances/test/backups/b1");
    assert_eq!(
        status.details,
        [Detail::Resource {
            resource_type: "type.googleapis.com/google.spanner.admin.database.v1.Backup",
            name: backup_name("b1"),
            description: "Backup already exists.",
        }]
    );
    assert_eq!(case.list("").unwrap().len(), 1);
}

#[test]
fn expire_time_is_6_hours_to_366_days_ahead() {
    for seconds in [6 * HOUR, DAY, 366 * DAY] {
        create_with(|request| backup(request).expire_time = after(seconds)).unwrap();
    }
    let invalid = Some(Timestamp { seconds: i64::MAX, nanos: -1 });
    for time in [None, invalid, after(-DAY), after(6 * HOUR - 1), after(366 * DAY + 1)] {
        let status = create_with(|request| backup(request).expire_time = time).unwrap_err();
        assert_eq!(status.code, Code::InvalidArgument);
    }
    let status = create_with(|request| backup(request).expire_time = after(HOUR)).unwrap_err();
    insta::assert_snapshot!(status.message, @"Invalid request for backup projects/p/instances/test/backups/b1. `expire_time` is either missing, in the wrong format, or is not within the minimum and maximum expire times supported. `expire_time` must be a Unix Epoch Time (UTC time since 1970-01-01 00:00:00) with microseconds granularity, and be at least 6 hours and at most 366 days from the time the CreateBackup request is processed. The CreateBackup request was processed at `create_time` (2026-11-21T12:00:00Z), and the input `expire_time` is 2026-11-21T13:00:00Z.");
}

#[test]
fn max_expire_time_is_366_days_after_the_creation() {
    let backup = create_with(|_| {}).unwrap();
    let created = Time::from_proto(&backup.create_time.unwrap()).unwrap();
    let latest = Time::from_proto(&backup.max_expire_time.unwrap()).unwrap();
    assert_eq!(latest.micros() - created.micros(), 366 * DAY * 1_000_000);
}

#[test]
fn version_time_is_create_time_where_none_is_given() {
    let backup = create_with(|_| {}).unwrap();
    assert_eq!(backup.version_time, backup.create_time);
    let given = create_with(|request| backup_version(request, after(-60))).unwrap();
    assert_eq!(given.version_time, after(-60));
}

fn backup_version(request: &mut pb::CreateBackupRequest, time: Option<Timestamp>) {
    backup(request).version_time = time;
}

#[test]
fn version_time_lies_neither_in_the_future_nor_before_what_is_kept() {
    let status = create_with(|request| backup_version(request, after(HOUR))).unwrap_err();
    assert_eq!(status.code, Code::InvalidArgument);
    assert!(status.message.contains("with a future version time"), "{}", status.message);
    for seconds in [-2 * HOUR, -30 * DAY] {
        let status = create_with(|request| backup_version(request, after(seconds))).unwrap_err();
        assert_eq!(status.code, Code::InvalidArgument);
        assert!(status.message.contains("earlier than the creation time"), "{}", status.message);
    }
}

#[test]
fn one_backup_of_a_database_is_pending_at_a_time() {
    let mut case = Case::new("");
    case.create("b1").unwrap();
    let status = case.create("b2").unwrap_err();
    assert_eq!(status.code, Code::FailedPrecondition);
    insta::assert_snapshot!(status.message, @"Cannot create backup (projects/p/instances/test/backups/b2) for database (projects/p/instances/test/databases/db) because the maximum number of pending backups (1) for the database has been reached. Please retry the operation once the pending backups complete.");
    case.delete("b1").unwrap();
    case.create("b2").unwrap();
}

#[test]
fn a_given_pending_backup_blocks_as_any_other() {
    let mut case = Case::given("", &[("other", BackupState::Creating)]);
    assert_eq!(case.create("b1").unwrap_err().code, Code::FailedPrecondition);
}

#[test]
fn backups_of_different_databases_are_made_at_once() {
    let mut case = Case::new("");
    let other = case.create_database("other");
    case.create("b1").unwrap();
    let mut request = create_request("b2");
    backup(&mut request).database = other;
    case.call::<databases::CreateBackup>(request).unwrap();
}

#[test]
fn database_instance_and_message_must_be_there() {
    let status =
        create_with(|request| backup(request).database = format!("{INSTANCE}/databases/none")).unwrap_err();
    assert_eq!(status.code, Code::NotFound);
    assert_eq!(status.message, "Database not found: projects/p/instances/test/databases/none");
    assert_eq!(status.details, [no_database("projects/p/instances/test/databases/none")]);
    let status = create_with(|request| request.parent = "projects/p/instances/none".into()).unwrap_err();
    assert_eq!(
        (status.code, status.message.as_str()),
        (Code::NotFound, "Instance not found: projects/p/instances/none")
    );
    assert_eq!(status.details, [no_instance("projects/p/instances/none")]);
    let status = create_with(|request| request.backup = None).unwrap_err();
    assert_eq!(status.code, Code::InvalidArgument);
    let elsewhere = "projects/p/instances/other/databases/db";
    let status = create_with(|request| backup(request).database = elsewhere.into()).unwrap_err();
    assert_eq!(status.code, Code::InvalidArgument);
    let status = create_with(|request| request.parent = "i".into()).unwrap_err();
    assert_eq!((status.code, status.message.as_str()), (Code::InvalidArgument, "Invalid instance uri: i"));
}

#[test]
fn a_kms_key_goes_with_customer_managed_encryption_only() {
    use pb::create_backup_encryption_config::EncryptionType;
    let config = |encryption: EncryptionType, key: &str| {
        Some(pb::CreateBackupEncryptionConfig {
            encryption_type: encryption.into(),
            kms_key_name: key.into(),
            kms_key_names: Vec::new(),
        })
    };
    let key = "projects/p/locations/l/keyRings/r/cryptoKeys/k";
    let managed = EncryptionType::CustomerManagedEncryption;
    for bad in [
        config(EncryptionType::GoogleDefaultEncryption, key),
        config(EncryptionType::UseDatabaseEncryption, key),
        config(managed, ""),
    ] {
        let status = create_with(|request| request.encryption_config = bad).unwrap_err();
        assert_eq!(status.code, Code::InvalidArgument);
    }
    create_with(|request| request.encryption_config = config(managed, key)).unwrap();
    create_with(|request| request.encryption_config = config(EncryptionType::GoogleDefaultEncryption, ""))
        .unwrap();
}

#[test]
fn with_a_key_the_version_of_the_key_begins_with_its_name() {
    let key = "projects/p/locations/l/keyRings/r/cryptoKeys/k";
    let encryption_type = pb::create_backup_encryption_config::EncryptionType::CustomerManagedEncryption;
    let config = pb::CreateBackupEncryptionConfig {
        encryption_type: encryption_type.into(),
        kms_key_name: key.into(),
        kms_key_names: Vec::new(),
    };
    let backup = create_with(|request| request.encryption_config = Some(config)).unwrap();
    let version = backup.encryption_info.unwrap().kms_key_version;
    assert!(version.starts_with(&format!("{key}/cryptoKeyVersions/")), "{version}");
}

#[test]
fn an_empty_database_makes_a_backup_of_0_bytes() {
    assert_eq!(create_with(|_| {}).unwrap().size_bytes, 0);
}

#[test]
fn get_of_what_is_not_there_is_not_found() {
    let status = Case::new("").get("none").unwrap_err();
    assert_eq!(status.code, Code::NotFound);
    assert_eq!(status.message, "Backup not found: projects/p/instances/test/backups/none");
}

#[test]
fn a_list_begins_with_what_was_created_last() {
    let mut case = Case::given("create:done", &[("old", BackupState::Ready), ("older", BackupState::Ready)]);
    for id in ["b1", "b2", "a0"] {
        case.create(id).unwrap();
    }
    let listed = case.list("").unwrap();
    let times: Vec<_> = listed.iter().map(|backup| Time::from_proto(&backup.create_time.unwrap())).collect();
    assert!(times.is_sorted_by(|a, b| a > b), "{times:?}");
    assert_eq!(listed[0].name, backup_name("a0"));
    assert_eq!(listed.len(), 5);
}

#[test]
fn pages_cover_the_list_once_and_the_last_has_no_token() {
    let mut case = Case::new("create:done");
    for number in 0..7 {
        case.create(&format!("b{number}")).unwrap();
    }
    let mut names = Vec::new();
    let mut page_token = String::new();
    loop {
        let request = pb::ListBackupsRequest {
            parent: INSTANCE.into(),
            page_size: 3,
            page_token,
            ..Default::default()
        };
        let reply = case.call::<databases::ListBackups>(request).unwrap();
        names.extend(reply.backups.into_iter().map(|backup| backup.name));
        page_token = reply.next_page_token;
        if page_token.is_empty() {
            break;
        }
    }
    let expected: Vec<_> = (0..7).rev().map(|number| backup_name(&format!("b{number}"))).collect();
    assert_eq!(names, expected);
    let request =
        pb::ListBackupsRequest { parent: INSTANCE.into(), page_token: "?".into(), ..Default::default() };
    assert_eq!(case.call::<databases::ListBackups>(request).unwrap_err().code, Code::InvalidArgument);
}

#[test]
fn pages_have_at_most_the_largest_size() {
    let mut case = Case::free_running();
    for number in 0..1005 {
        case.create(&format!("b{number}")).unwrap();
        case.pass(OPERATION_TIME);
    }
    for page_size in [-1, 0, 5000] {
        let request = pb::ListBackupsRequest { parent: INSTANCE.into(), page_size, ..Default::default() };
        let reply = case.call::<databases::ListBackups>(request).unwrap();
        assert_eq!((reply.backups.len(), reply.next_page_token.is_empty()), (1000, false));
    }
}

#[test]
fn creation_times_increase_though_the_clock_stands_still() {
    let mut case = Case::new("create:done");
    case.create("b1").unwrap();
    case.create("b2").unwrap();
    let time = |backup: pb::Backup| Time::from_proto(&backup.create_time.unwrap()).unwrap();
    assert!(time(case.get("b1").unwrap()) >= clock());
    assert!(time(case.get("b2").unwrap()) > time(case.get("b1").unwrap()));
}
