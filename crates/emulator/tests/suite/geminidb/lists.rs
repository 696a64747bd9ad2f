//! Lists of backups and of jobs: filters, pages, order.

use rescind_model::BackupState::{Creating, Failed, Ready};

use super::support::{BackupQuery, Case, CreateBackup, INSTANCE, JobQuery, ListBackups, NewBackup, refusal};

fn seven() -> Case {
    let names = ["b1--", "b2--", "b3--", "b4--", "b5--", "b6--", "b7--"];
    Case::given("", &names.map(|name| (name, Ready)))
}

fn names(case: &mut Case, version: &'static str, query: BackupQuery) -> String {
    let list = case.call(ListBackups { version, query }).unwrap();
    let names: Vec<&str> = list.backups.iter().map(|backup| backup.name.trim_end_matches('-')).collect();
    format!("{} of {}", names.join(" "), list.total_count)
}

fn page(offset: Option<&str>, limit: Option<&str>) -> BackupQuery {
    BackupQuery {
        offset: offset.map(str::to_owned),
        limit: limit.map(str::to_owned),
        ..BackupQuery::default()
    }
}

#[test]
fn version_3_counts_pages_from_1() {
    let mut case = seven();
    for (offset, expected) in
        [(None, "b7 b6 b5 of 7"), (Some("1"), "b7 b6 b5 of 7"), (Some("3"), "b1 of 7"), (Some("4"), " of 7")]
    {
        assert_eq!(names(&mut case, "v3", page(offset, Some("3"))), expected);
    }
    for offset in ["0", "-1", "x", "1.5"] {
        let call = ListBackups { version: "v3", query: page(Some(offset), None) };
        assert_eq!(refusal(case.call(call)), ("DBS.280440", 400), "{offset}");
    }
}

#[test]
fn versions_3_1_and_4_count_backups_from_0() {
    let mut case = seven();
    for version in ["v3.1", "v4"] {
        for (offset, expected) in [
            (None, "b7 b6 b5 of 7"),
            (Some("0"), "b7 b6 b5 of 7"),
            (Some("1"), "b6 b5 b4 of 7"),
            (Some("9"), " of 7"),
        ] {
            assert_eq!(names(&mut case, version, page(offset, Some("3"))), expected);
        }
        let call = ListBackups { version, query: page(Some("-1"), None) };
        assert_eq!(refusal(case.call(call)), ("DBS.280440", 400));
    }
}

#[test]
fn a_page_has_1_to_100_backups() {
    for version in ["v3", "v3.1", "v4"] {
        for limit in ["1", "100"] {
            assert!(seven().call(ListBackups { version, query: page(None, Some(limit)) }).is_ok());
        }
        for limit in ["0", "101", "-1", "ten", ""] {
            let call = ListBackups { version, query: page(None, Some(limit)) };
            assert_eq!(refusal(seven().call(call)), ("DBS.280439", 400), "{limit}");
        }
    }
}

#[test]
fn every_filter_of_backups_filters() {
    let mut case = Case::given("", &[("old-", Ready), ("broken", Failed), ("building", Creating)]);
    let ids = case.given_ids();
    let query = |name: &str, value: &str| -> BackupQuery {
        serde_json::from_value(serde_json::json!({ name: value })).unwrap()
    };
    let all = "building broken old of 3";
    for (name, value, expected) in [
        ("instance_id", INSTANCE, all),
        ("instance_id", "another", " of 0"),
        ("datastore_type", "cassandra", all),
        ("datastore_type", "redis", " of 0"),
        ("backup_id", &ids[1], "broken of 1"),
        ("backup_id", "no-such", " of 0"),
        ("backup_type", "Manual", all),
        ("backup_type", "Auto", " of 0"),
        ("type", "Instance", all),
        ("type", "DatabaseTable", " of 0"),
    ] {
        assert_eq!(names(&mut case, "v4", query(name, value)), expected, "{name}={value}");
    }
    for (name, value) in [
        ("datastore_type", "postgres"),
        ("backup_type", "manual"),
        ("type", "Table"),
        ("begin_time", "2026-11-21T00:00:00Z"),
        ("end_time", "2026-11-21T00:00:00Z"),
    ] {
        assert_eq!(refusal(case.list(query(name, value))), ("DBS.280001", 400), "{name}={value}");
    }
}

#[test]
fn backups_are_filtered_by_when_they_were_begun() {
    // What was given was begun a week before the test's clock, 2026-11-21T12:00:00Z.
    let mut case = Case::given("", &[("old-", Ready)]);
    case.create("new-").unwrap();
    let between = |begin: &str, end: &str| BackupQuery {
        begin_time: Some(begin.into()),
        end_time: Some(end.into()),
        ..BackupQuery::default()
    };
    let mut listed = |version, begin, end| names(&mut case, version, between(begin, end));
    assert_eq!(listed("v3", "2026-11-14 00:00:00", "2026-11-15 00:00:00"), "old of 1");
    assert_eq!(listed("v4", "2026-11-21T00:00:00+0000", "2026-11-22T00:00:00+0800"), "new of 1");
    assert_eq!(listed("v4", "2026-11-01T00:00:00Z", "2026-11-02T00:00:00Z"), " of 0");
    assert_eq!(refusal(case.list(between("soon", "later"))), ("DBS.280001", 400));
}

#[test]
fn backups_of_tables_are_listed_apart_except_in_version_3() {
    let mut case = Case::given("", &[("whole", Ready)]);
    let body: NewBackup =
        serde_json::from_str(r#"{"name":"part","database_tables":[{"database_name":"d"}]}"#).unwrap();
    case.call(CreateBackup { instance: INSTANCE.into(), body }).unwrap();
    let tables = BackupQuery { r#type: Some("DatabaseTable".into()), ..BackupQuery::default() };
    assert_eq!(names(&mut case, "v4", BackupQuery::default()), "whole of 1");
    assert_eq!(names(&mut case, "v4", tables), "part of 1");
    assert_eq!(names(&mut case, "v3", BackupQuery::default()), "part whole of 2");
}

fn jobs(case: &mut Case, query: JobQuery) -> String {
    let list = case.jobs(query).unwrap();
    let jobs: Vec<String> = list.jobs.iter().map(|job| format!("{} {}", job.name, job.status)).collect();
    format!("{} of {}", jobs.join(", "), list.total_count)
}

#[test]
fn jobs_are_listed_latest_first_and_filtered() {
    let by = |name: &str, value: &str| -> JobQuery {
        serde_json::from_value(serde_json::json!({ name: value })).unwrap()
    };
    let running = "StopBackup Running, BackupInstance Running of 2";
    for (name, value, expected) in [
        ("id", "00000000-0000-4000-8000-000000000004", "StopBackup Running of 1"),
        ("id", "no-such", " of 0"),
        ("name", "StopBackup", "StopBackup Running of 1"),
        ("name", "CreateInstance", " of 0"),
        ("start_time", "2026-11-21T00:00:00Z", running),
        ("end_time", "2026-11-20T00:00:00+0000", "BackupInstance Failed, BackupInstance Completed of 2"),
        ("status", "Failed", "BackupInstance Failed of 1"),
        ("status", "Running", running),
        ("offset", "3", "BackupInstance Completed of 4"),
    ] {
        let schedule = "cancel:pending poll:running";
        let mut case = Case::given(schedule, &[("old-", Ready), ("broken", Failed)]);
        let started = case.create("nightly").unwrap();
        case.stop(&started.backup_id).unwrap();
        assert_eq!(jobs(&mut case, by(name, value)), expected, "{name}={value}");
    }
    for (name, value, number) in [
        ("status", "running", "DBS.280001"),
        ("start_time", "now", "DBS.280001"),
        ("start_time", "2026-10-01T00:00:00Z", "DBS.280001"),
        ("start_time", "2026-12-01T00:00:00Z", "DBS.280001"),
        ("limit", "11", "DBS.280439"),
        ("limit", "0", "DBS.280439"),
        ("offset", "-1", "DBS.280440"),
    ] {
        assert_eq!(refusal(Case::new("").jobs(by(name, value))), (number, 400), "{name}={value}");
    }
}

#[test]
fn a_page_has_10_20_or_50_jobs_and_50_unless_asked() {
    let mut case = Case::new("");
    for _ in 0..60 {
        let backup = case.create("nightly").unwrap().backup_id;
        case.stop(&backup).unwrap();
    }
    for (limit, count) in [(None, 50), (Some("10"), 10), (Some("20"), 20), (Some("50"), 50)] {
        let query = JobQuery { limit: limit.map(str::to_owned), ..JobQuery::default() };
        let list = case.jobs(query).unwrap();
        assert_eq!((list.jobs.len(), list.total_count), (count, 120));
    }
}

#[test]
fn the_progress_of_a_job_is_shown_while_it_runs() {
    let mut case = Case::new("");
    let id = case.create("nightly").unwrap().job_id;
    let mut progress = || {
        let list = case.jobs(JobQuery { id: Some(id.clone()), ..JobQuery::default() }).unwrap();
        list.jobs[0].progress.clone()
    };
    let seen: Vec<String> = (0..10).map(|_| progress()).collect();
    assert_eq!(seen, ["10%", "20%", "30%", "40%", "50%", "60%", "70%", "80%", "90%", ""]);
}
