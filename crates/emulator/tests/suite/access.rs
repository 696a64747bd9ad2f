//! Access policies, sessions, and the queries that clients begin with.

use rescind_engine::Status;
use rescind_engine::proto::{iam as pb, spanner as data_pb};
use rescind_engine::spanner::{data, database_admin as databases, instance_admin as instances};
use rescind_model::{BackupState, Code};

use crate::support::{Case, DATABASE, INSTANCE, backup_name, clock, no_database};

fn get(case: &mut Case, resource: &str) -> Result<pb::Policy, Status> {
    case.call::<databases::GetIamPolicy>(pb::GetIamPolicyRequest { resource: resource.into(), options: None })
}

fn set(case: &mut Case, resource: &str, policy: pb::Policy) -> Result<pb::Policy, Status> {
    let request =
        pb::SetIamPolicyRequest { resource: resource.into(), policy: Some(policy), update_mask: None };
    case.call::<databases::SetIamPolicy>(request)
}

#[test]
fn policies_are_kept_for_whatever_is_there() {
    let mut case = Case::given("", &[("b1", BackupState::Ready)]);
    for resource in [INSTANCE, DATABASE, &backup_name("b1")] {
        let empty = get(&mut case, resource).unwrap();
        assert_eq!(
            (&empty.etag[..], empty.version),
            (&[0x00, 0x20, 0x01][..], 0),
            "`ACAB`, as gcloud prints it"
        );
        assert!(empty.bindings.is_empty());
        let binding = pb::Binding {
            role: "roles/spanner.viewer".into(),
            members: vec!["user:a@example.com".into()],
            condition: None,
        };
        let policy = pb::Policy { bindings: vec![binding], etag: empty.etag.clone(), ..Default::default() };
        let kept = set(&mut case, resource, policy.clone()).unwrap();
        assert_eq!(get(&mut case, resource).unwrap(), kept);
        assert_ne!(kept.etag, empty.etag);
        assert_eq!(set(&mut case, resource, policy).unwrap_err().code, Code::Aborted, "the etag is stale");
    }
    for missing in
        [format!("{INSTANCE}/databases/none"), backup_name("none"), format!("{DATABASE}/backupSchedules/s1")]
    {
        assert_eq!(get(&mut case, &missing).unwrap_err().code, Code::NotFound);
    }
    assert_eq!(get(&mut case, "projects/p").unwrap_err().code, Code::InvalidArgument);
}

#[test]
fn whoever_asks_may_do_everything_that_the_service_has_a_permission_for() {
    let mut case = Case::new("");
    let mut test = |permission: &str| {
        let request =
            pb::TestIamPermissionsRequest { resource: INSTANCE.into(), permissions: vec![permission.into()] };
        case.call::<instances::TestIamPermissions>(request)
    };
    assert_eq!(test("spanner.instances.get").unwrap().permissions, ["spanner.instances.get"]);
    assert_eq!(test("spanner.databaseRoles.use").unwrap().permissions, ["spanner.databaseRoles.use"]);
    for unknown in ["spanner.*", "spanner.backups.read", "storage.buckets.get", ""] {
        assert_eq!(test(unknown).unwrap_err().code, Code::InvalidArgument, "{unknown}");
    }
}

#[test]
fn who_is_not_permitted_is_told_which_permission_is_missing() {
    let mut case = Case::new("get:permission-denied GetDatabase:permission-denied");
    let refused = case.get("b1").unwrap_err();
    assert_eq!(refused.code, Code::PermissionDenied);
    let text = |kind: &str, resource: &str| {
        format!("Caller is missing IAM permission spanner.{kind}.get on resource {resource}.")
    };
    assert_eq!(refused.message, text("backups", &backup_name("b1")));
    assert_eq!(case.database(DATABASE).unwrap_err().message, text("databases", DATABASE));
    assert_eq!(case.project.journal()[0].reply.message, refused.message);
}

#[test]
fn a_session_of_a_database_that_was_dropped_is_gone_with_it() {
    let mut case = Case::new("");
    let session = open(&mut case, false).name;
    case.drop_database(DATABASE).unwrap();
    let refused = query(&mut case, &session, "SELECT 1").unwrap_err();
    assert_eq!((refused.code, refused.details), (Code::NotFound, vec![no_database(DATABASE)]));
    let get = data_pb::GetSessionRequest { name: session };
    let refused = case.call::<data::GetSession>(get).unwrap_err();
    assert_eq!((refused.code, refused.details), (Code::NotFound, vec![no_database(DATABASE)]));
}

fn open(case: &mut Case, multiplexed: bool) -> data_pb::Session {
    let session = Some(data_pb::Session { multiplexed, ..Default::default() });
    case.call::<data::CreateSession>(data_pb::CreateSessionRequest { database: DATABASE.into(), session })
        .unwrap()
}

#[test]
fn sessions_are_opened_listed_and_closed() {
    let mut case = Case::new("");
    let session = open(&mut case, true);
    assert!(session.multiplexed && session.name.starts_with(&format!("{DATABASE}/sessions/")));
    let request = data_pb::BatchCreateSessionsRequest {
        database: DATABASE.into(),
        session_template: Some(data_pb::Session {
            labels: [("k".into(), "v".into())].into(),
            ..Default::default()
        }),
        session_count: 3,
    };
    assert_eq!(case.call::<data::BatchCreateSessions>(request).unwrap().session.len(), 3);
    for (filter, count) in [("", 4), ("labels.k:v", 3), ("labels.k:*", 3), ("labels.none:*", 0)] {
        let request = data_pb::ListSessionsRequest {
            database: DATABASE.into(),
            filter: filter.into(),
            ..Default::default()
        };
        assert_eq!(case.call::<data::ListSessions>(request).unwrap().sessions.len(), count, "{filter}");
    }
    let name = session.name.clone();
    assert_eq!(
        case.call::<data::GetSession>(data_pb::GetSessionRequest { name: name.clone() }).unwrap(),
        session
    );
    for _ in 0..2 {
        case.call::<data::DeleteSession>(data_pb::DeleteSessionRequest { name: name.clone() }).unwrap();
    }
    let status =
        case.call::<data::GetSession>(data_pb::GetSessionRequest { name: name.clone() }).unwrap_err();
    assert_eq!((status.code, status.message), (Code::NotFound, format!("Session not found: {name}")));
}

fn query(case: &mut Case, session: &str, sql: &str) -> Result<data_pb::ResultSet, Status> {
    let request =
        data_pb::ExecuteSqlRequest { session: session.into(), sql: sql.into(), ..Default::default() };
    case.call::<data::ExecuteSql>(request)
}

#[test]
fn the_two_queries_that_clients_begin_with_are_answered() {
    use prost_types::value::Kind;
    let mut case = Case::new("");
    let session = open(&mut case, false).name;
    let value = |result: &data_pb::ResultSet| result.rows[0].values[0].kind.clone();
    let kind = |result: &data_pb::ResultSet| {
        result.metadata.as_ref().unwrap().row_type.as_ref().unwrap().fields[0].r#type.clone().unwrap().code()
    };
    let one = query(&mut case, &session, " select  1; ").unwrap();
    assert_eq!((kind(&one), value(&one)), (data_pb::TypeCode::Int64, Some(Kind::StringValue("1".into()))));
    let now = query(&mut case, &session, "SELECT CURRENT_TIMESTAMP()").unwrap();
    assert_eq!(kind(&now), data_pb::TypeCode::Timestamp);
    let Some(Kind::StringValue(text)) = value(&now) else { panic!("{now:?}") };
    assert!(rescind_engine::Time::parse(&text).unwrap() >= clock());

    let named = query(&mut case, &session, "SELECT CURRENT_TIMESTAMP() AS t").unwrap();
    assert_eq!(named.metadata.unwrap().row_type.unwrap().fields[0].name, "t");

    let status = query(&mut case, &session, "SELECT * FROM t").unwrap_err();
    assert_eq!(status.code, Code::Unimplemented);
    assert!(status.message.starts_with("google.spanner.v1.Spanner.ExecuteSql"));
    assert_eq!(
        query(&mut case, &format!("{DATABASE}/sessions/none"), "SELECT 1").unwrap_err().code,
        Code::NotFound
    );
}

#[test]
fn a_query_may_begin_a_transaction_and_be_streamed() {
    use data_pb::transaction_selector::Selector;
    let mut case = Case::new("");
    let request = data_pb::ExecuteSqlRequest {
        session: open(&mut case, true).name,
        sql: "SELECT 1".into(),
        transaction: Some(data_pb::TransactionSelector {
            selector: Some(Selector::Begin(data_pb::TransactionOptions::default())),
        }),
        ..Default::default()
    };
    let streamed = case.call::<data::ExecuteStreamingSql>(request).unwrap();
    assert_eq!(streamed.values.len(), 1);
    assert!(!streamed.metadata.unwrap().transaction.unwrap().id.is_empty());
}
