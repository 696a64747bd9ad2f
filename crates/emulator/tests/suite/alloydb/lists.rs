//! Lists of AlloyDB's backups and clusters.

use rescind_engine::alloydb::v1beta as rpc;
use rescind_engine::proto::alloydb::v1beta as pb;
use rescind_model::{BackupState, Code};

use super::support::{Case, LOCATION, backup_name, create_request, id_of, list_request};

fn three() -> Case {
    let mut case = Case::new("create:done");
    for id in ["bb", "cc", "aa"] {
        case.create(id).unwrap();
    }
    case
}

#[test]
fn lists_come_by_name_and_in_the_order_that_is_asked_for() {
    let mut case = three();
    for (order_by, expected) in [
        ("", ["aa", "bb", "cc"]),
        ("name", ["aa", "bb", "cc"]),
        ("name desc", ["cc", "bb", "aa"]),
        ("create_time", ["bb", "cc", "aa"]),
        ("create_time desc", ["aa", "cc", "bb"]),
        ("state, create_time DESC", ["aa", "cc", "bb"]),
        (" display_name asc , name ", ["aa", "bb", "cc"]),
    ] {
        assert_eq!(case.list("", order_by).unwrap(), expected, "{order_by}");
    }
    for order_by in ["colour", "name up", "name desc desc", ",", "name,"] {
        assert_eq!(case.list("", order_by).unwrap_err().code, Code::InvalidArgument, "{order_by}");
    }
}

#[test]
fn pages_cover_a_list_once_in_every_order_whatever_changes_between_them() {
    for order_by in ["", "create_time desc", "state, name desc"] {
        let mut case = three();
        let whole = case.list("", order_by).unwrap();
        let mut request = pb::ListBackupsRequest { page_size: 1, ..list_request("", order_by) };
        let mut paged = Vec::new();
        loop {
            let reply = case.call::<rpc::ListBackups>(request.clone()).unwrap();
            paged.extend(reply.backups.iter().map(|backup| id_of(&backup.name)));
            if reply.next_page_token.is_empty() {
                break;
            }
            // What a token is about may be gone when the token is used.
            case.delete(paged.last().unwrap()).unwrap();
            request.page_token = reply.next_page_token;
        }
        assert_eq!(paged, whole, "{order_by}");
        request.page_token = "\u{0}".into();
        if !order_by.is_empty() {
            assert_eq!(case.call::<rpc::ListBackups>(request).unwrap_err().code, Code::InvalidArgument);
        }
    }
}

#[test]
fn lists_can_be_filtered_by_fields_and_labels() {
    let mut case = Case::given("", &[("failed", BackupState::Failed), ("ready", BackupState::Ready)]);
    let mut labelled = create_request("labelled");
    labelled.backup.as_mut().unwrap().labels.insert("team".into(), "docs".into());
    case.call::<rpc::CreateBackup>(labelled).unwrap();
    for (filter, expected) in [
        ("state=READY", vec!["ready"]),
        ("state:CREATING OR state:FAILED", vec!["failed", "labelled"]),
        ("labels.team=docs", vec!["labelled"]),
        ("labels.team:*", vec!["labelled"]),
        ("NOT labels.team:*", vec!["failed", "ready"]),
        ("cluster_name:clusters/test AND name:read", vec!["ready"]),
        ("create_time < \"2026-11-20T00:00:00Z\"", vec!["failed", "ready"]),
        ("type=ON_DEMAND", vec!["failed", "labelled", "ready"]),
    ] {
        assert_eq!(case.list(filter, "").unwrap(), expected, "{filter}");
        assert_eq!(case.list(filter, "name").unwrap(), expected, "{filter}");
    }
    assert_eq!(case.list("colour:red", "").unwrap_err().code, Code::InvalidArgument);
}

#[test]
fn a_dash_stands_for_every_location() {
    let mut case = three();
    let mut elsewhere = create_request("dd");
    elsewhere.parent = "projects/p/locations/europe-west1".into();
    case.call::<rpc::CreateBackup>(elsewhere).unwrap();
    let list = |case: &mut Case, location: &str| {
        let parent = format!("projects/p/locations/{location}");
        let request = pb::ListBackupsRequest { parent, ..Default::default() };
        case.call::<rpc::ListBackups>(request).unwrap().backups.len()
    };
    assert_eq!(
        [list(&mut case, "us-central1"), list(&mut case, "europe-west1"), list(&mut case, "-")],
        [3, 1, 4]
    );
}

#[test]
fn clusters_are_listed_and_every_listed_backup_is_what_get_shows() {
    let mut case = three();
    let request = pb::ListClustersRequest { parent: LOCATION.into(), ..Default::default() };
    let clusters = case.call::<rpc::ListClusters>(request).unwrap().clusters;
    assert_eq!(clusters.iter().map(|cluster| id_of(&cluster.name)).collect::<Vec<_>>(), ["test"]);
    for backup in case.call::<rpc::ListBackups>(list_request("", "")).unwrap().backups {
        assert_eq!(case.get(&id_of(&backup.name)).unwrap(), backup);
        assert_eq!(backup.name, backup_name(&id_of(&backup.name)));
    }
}
