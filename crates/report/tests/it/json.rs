use rescind_report::json::{ReadError, read, render, schema};

use crate::every;

#[test]
fn golden() {
    insta::assert_snapshot!(render(&every::results()).unwrap());
}

#[test]
fn what_is_written_is_read_back() {
    let results = every::results();
    assert_eq!(read(&render(&results).unwrap()), Ok(results));
}

#[test]
fn another_version_is_refused_before_anything_else() {
    let error = read(r#"{ "schema_version": 7, "cases": "of a shape that nobody knows" }"#).unwrap_err();
    assert_eq!(error, ReadError::OtherVersion { found: 7 });
    insta::assert_snapshot!(error, @"`schema_version` is 7, and this rescind reads 1; write the results again with this version, or read them with the one that wrote them");
    assert_eq!(read(r#"{ "cases": [] }"#), Err(ReadError::NoVersion));
    assert_eq!(read(r#"{ "schema_version": "1" }"#), Err(ReadError::NoVersion));
}

#[test]
fn errors_have_a_position() {
    insta::assert_snapshot!(read("{\n  \"schema_version\": 1,\n}").unwrap_err(), @"3:1: trailing comma");
    insta::assert_snapshot!(read("{\n  \"schema_version\": 1,\n  \"case\": []\n}").unwrap_err(), @"3:8: unknown field `case`, expected one of `schema_version`, `environment`, `interrupted`, `filtered`, `notices`, `cases`");
    insta::assert_snapshot!(read("").unwrap_err(), @"1:0: EOF while parsing a value");
    insta::assert_snapshot!(read("[]").unwrap_err(), @"1:2: invalid length 0, expected the results object of rescind");
}

#[test]
fn a_case_that_is_there_twice_is_refused() {
    let mut results = every::results();
    let again = results.cases[0].clone();
    results.cases.push(again);
    insta::assert_snapshot!(read(&render(&results).unwrap()).unwrap_err(), @"the case `spanner/go/cancel-lags` is there twice; results of several runs cannot be put together by hand");
}

#[test]
fn the_committed_schema_is_that_of_the_types() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/schema/results.schema.json");
    let committed = std::fs::read_to_string(path).unwrap_or_default();
    assert!(
        committed == schema().unwrap(),
        "docs/schema/results.schema.json is stale; bring it up to date with\n    \
         cargo run -q -p rescind-report --example results-schema > docs/schema/results.schema.json"
    );
}
