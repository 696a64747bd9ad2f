//! What is in a cluster, and clusters that are made of backups.

use prost_types::{FieldMask, Timestamp};
use rescind_engine::Status;
use rescind_engine::alloydb::v1beta as rpc;
use rescind_engine::proto::alloydb::v1beta as pb;
use rescind_engine::proto::longrunning;
use rescind_model::{BackupState, Code};

use super::support::{CLUSTER, Case, LOCATION, backup_name};
use crate::support::{OPERATION_TIME, response_as};

fn instance(
    case: &mut Case,
    id: &str,
    kind: pb::instance::InstanceType,
) -> Result<longrunning::Operation, Status> {
    let read_pool = kind == pb::instance::InstanceType::ReadPool;
    let instance = pb::Instance {
        instance_type: kind.into(),
        read_pool_config: read_pool.then_some(pb::instance::ReadPoolConfig { node_count: 1 }),
        ..Default::default()
    };
    case.call::<rpc::CreateInstance>(pb::CreateInstanceRequest {
        parent: CLUSTER.into(),
        instance_id: id.into(),
        instance: Some(instance),
        ..Default::default()
    })
}

fn mask(paths: &[&str]) -> Option<FieldMask> {
    Some(FieldMask { paths: paths.iter().map(|path| (*path).to_owned()).collect() })
}

fn code<T: std::fmt::Debug>(result: Result<T, Status>) -> Code {
    result.unwrap_err().code
}

#[test]
fn instances_are_created_updated_listed_and_deleted_by_operations() {
    use pb::instance::InstanceType::{Primary, ReadPool, Secondary};
    let mut case = Case::free_running();
    assert_eq!(code(instance(&mut case, "pool", ReadPool)), Code::FailedPrecondition, "there is no primary");
    assert_eq!(code(instance(&mut case, "other", Secondary)), Code::InvalidArgument);
    assert_eq!(code(instance(&mut case, "Bad_Id", Primary)), Code::InvalidArgument);
    let started = instance(&mut case, "first", Primary).unwrap();
    assert!(started.name.starts_with(&format!("{LOCATION}/operations/")), "{}", started.name);
    let name = format!("{CLUSTER}/instances/first");
    let get = |case: &mut Case, name: &str| {
        case.call::<rpc::GetInstance>(pb::GetInstanceRequest { name: name.into(), ..Default::default() })
    };
    assert_eq!(get(&mut case, &name).unwrap().state(), pb::instance::State::Creating);
    case.pass(OPERATION_TIME);
    let made: pb::Instance = response_as(&case.poll(&started.name).unwrap()).unwrap();
    assert_eq!((made.state(), &made), (pb::instance::State::Ready, &get(&mut case, &name).unwrap()));
    assert_eq!(code(instance(&mut case, "first", Primary)), Code::AlreadyExists);
    assert_eq!(code(instance(&mut case, "second", Primary)), Code::FailedPrecondition, "there is one");
    instance(&mut case, "pool", ReadPool).unwrap();
    let list = pb::ListInstancesRequest { parent: CLUSTER.into(), ..Default::default() };
    let listed = case.call::<rpc::ListInstances>(list).unwrap().instances;
    assert_eq!(
        listed.iter().map(|found| found.name.rsplit('/').next().unwrap()).collect::<Vec<_>>(),
        ["first", "pool"]
    );
    case.pass(OPERATION_TIME);

    let wanted = pb::Instance { name: name.clone(), display_name: "New".into(), ..Default::default() };
    let update = |update_mask| pb::UpdateInstanceRequest {
        instance: Some(wanted.clone()),
        update_mask,
        ..Default::default()
    };
    assert_eq!(code(case.call::<rpc::UpdateInstance>(update(mask(&["uid"])))), Code::InvalidArgument);
    case.call::<rpc::UpdateInstance>(update(mask(&["display_name"]))).unwrap();
    case.pass(OPERATION_TIME);
    let updated = get(&mut case, &name).unwrap();
    assert_eq!((updated.display_name.as_str(), updated.instance_type()), ("New", Primary));

    let delete = |force| pb::DeleteClusterRequest { name: CLUSTER.into(), force, ..Default::default() };
    assert_eq!(code(case.call::<rpc::DeleteCluster>(delete(false))), Code::FailedPrecondition);
    let delete_pool =
        pb::DeleteInstanceRequest { name: format!("{CLUSTER}/instances/pool"), ..Default::default() };
    case.call::<rpc::DeleteInstance>(delete_pool).unwrap();
    case.pass(OPERATION_TIME);
    assert_eq!(code(get(&mut case, &format!("{CLUSTER}/instances/pool"))), Code::NotFound);
    case.call::<rpc::DeleteCluster>(delete(true)).unwrap();
    case.pass(OPERATION_TIME);
    assert_eq!(code(get(&mut case, &name)), Code::NotFound, "it went with its cluster");
}

#[test]
fn clusters_are_updated_by_mask() {
    let mut case = Case::new("");
    let update = |wanted: pb::Cluster, paths: &[&str]| pb::UpdateClusterRequest {
        cluster: Some(wanted),
        update_mask: mask(paths),
        ..Default::default()
    };
    let wanted = pb::Cluster { name: CLUSTER.into(), display_name: "New".into(), ..Default::default() };
    let updated = case.call::<rpc::UpdateCluster>(update(wanted.clone(), &["display_name"])).unwrap();
    let updated: pb::Cluster = response_as(&updated).unwrap();
    assert_eq!((updated.display_name.as_str(), updated.state()), ("New", pb::cluster::State::Ready));
    assert_eq!(
        code(case.call::<rpc::UpdateCluster>(update(wanted, &["database_version"]))),
        Code::InvalidArgument
    );
    let missing = pb::Cluster { name: format!("{LOCATION}/clusters/none"), ..Default::default() };
    assert_eq!(code(case.call::<rpc::UpdateCluster>(update(missing, &["labels"]))), Code::NotFound);
}

#[test]
fn a_cluster_is_made_of_a_backup_that_is_ready_or_of_another_cluster() {
    use pb::restore_cluster_request::Source;
    let mut case = Case::given("create:running", &[("there", BackupState::Ready)]);
    case.create("pending").unwrap();
    let restore = |id: &str, source| pb::RestoreClusterRequest {
        parent: LOCATION.into(),
        cluster_id: id.into(),
        cluster: Some(pb::Cluster::default()),
        source,
        ..Default::default()
    };
    let of = |id: &str| {
        Some(Source::BackupSource(pb::BackupSource { backup_name: backup_name(id), ..Default::default() }))
    };
    let restored = case.call::<rpc::RestoreCluster>(restore("again", of("there"))).unwrap();
    let restored: pb::Cluster = response_as(&restored).unwrap();
    let uid = case.get("there").unwrap().uid;
    let Some(pb::cluster::Source::BackupSource(source)) = restored.source else { panic!("it has a source") };
    assert_eq!((source.backup_uid, source.backup_name), (uid, backup_name("there")));
    for (id, source, expected) in [
        ("again", of("there"), Code::AlreadyExists),
        ("other", of("pending"), Code::FailedPrecondition),
        ("other", of("none"), Code::NotFound),
        ("other", None, Code::InvalidArgument),
    ] {
        assert_eq!(code(case.call::<rpc::RestoreCluster>(restore(id, source))), expected);
    }
    let at = |seconds| {
        let point_in_time = Some(Timestamp { seconds, nanos: 0 });
        let cluster = CLUSTER.to_owned();
        Some(Source::ContinuousBackupSource(pb::ContinuousBackupSource { cluster, point_in_time }))
    };
    case.call::<rpc::RestoreCluster>(restore("then", at(1_795_000_000))).unwrap();
    assert_eq!(
        code(case.call::<rpc::RestoreCluster>(restore("later", at(9_000_000_000)))),
        Code::InvalidArgument
    );
}

#[test]
fn users_are_there_at_once_and_no_password_is_told() {
    let mut case = Case::new("");
    let name = format!("{CLUSTER}/users/reader");
    let user =
        pb::User { password: "secret".into(), database_roles: vec!["one".into()], ..Default::default() };
    let create = pb::CreateUserRequest {
        parent: CLUSTER.into(),
        user_id: "reader".into(),
        user: Some(user.clone()),
        ..Default::default()
    };
    let made = case.call::<rpc::CreateUser>(create.clone()).unwrap();
    assert_eq!((made.name.as_str(), made.password.as_str()), (&*name, ""));
    assert_eq!(code(case.call::<rpc::CreateUser>(create.clone())), Code::AlreadyExists);
    let get = pb::GetUserRequest { name: name.clone() };
    assert_eq!(case.call::<rpc::GetUser>(get.clone()).unwrap(), made);
    let wanted = pb::User { name: name.clone(), password: "other".into(), ..Default::default() };
    let update =
        pb::UpdateUserRequest { user: Some(wanted), update_mask: mask(&["password"]), ..Default::default() };
    assert_eq!(case.call::<rpc::UpdateUser>(update).unwrap(), made, "the roles are as they were");
    case.call::<rpc::CreateUser>(pb::CreateUserRequest { user_id: "writer".into(), ..create.clone() })
        .unwrap();
    let list = |token: &str| pb::ListUsersRequest {
        parent: CLUSTER.into(),
        page_size: 1,
        page_token: token.into(),
        ..Default::default()
    };
    let first = case.call::<rpc::ListUsers>(list("")).unwrap();
    let second = case.call::<rpc::ListUsers>(list(&first.next_page_token)).unwrap();
    assert_eq!((first.users, second.users.len(), &*second.next_page_token), (vec![made], 1, ""));
    let delete = pb::DeleteUserRequest { name, ..Default::default() };
    case.call::<rpc::DeleteUser>(delete.clone()).unwrap();
    assert_eq!(code(case.call::<rpc::DeleteUser>(delete)), Code::NotFound);
    assert_eq!(code(case.call::<rpc::GetUser>(get)), Code::NotFound);
    let nowhere = pb::CreateUserRequest { parent: format!("{LOCATION}/clusters/none"), ..create };
    assert_eq!(code(case.call::<rpc::CreateUser>(nowhere)), Code::NotFound);
}
