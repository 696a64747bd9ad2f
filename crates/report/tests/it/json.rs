use rescind_model::Baseline;
use rescind_report::json::{
    BaseFile, ReadError, baseline_schema, read, read_base, read_baseline, render, render_baseline, schema,
};

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
    insta::assert_snapshot!(error, @"`schema_version` is 7, and this rescind reads 3; write the file again with this version, or read it with the one that wrote it");
    for text in [r#"{ "cases": [] }"#, r#"{ "schema_version": "1" }"#] {
        assert!(matches!(read(text), Err(ReadError::NoVersion { .. })), "{text}");
    }
    let error = read_baseline(r#"{ "baseline_version": 2, "cases": 0 }"#).unwrap_err();
    assert!(matches!(error, ReadError::OtherVersion { found: 2, .. }), "{error}");
}

#[test]
fn errors_have_a_position() {
    insta::assert_snapshot!(read("{\n  \"schema_version\": 3,\n}").unwrap_err(), @"3:1: trailing comma");
    insta::assert_snapshot!(read("{\n  \"schema_version\": 3,\n  \"case\": []\n}").unwrap_err(), @"3:8: unknown field `case`, expected one of `schema_version`, `environment`, `interrupted`, `filtered`, `shard`, `notices`, `stale_entries`, `explorations`, `sources`, `cases`");
    insta::assert_snapshot!(read("").unwrap_err(), @"1:0: EOF while parsing a value");
    insta::assert_snapshot!(read("[]").unwrap_err(), @"1:2: invalid length 0, expected the results object of rescind");
}

#[test]
fn a_case_that_is_there_twice_is_refused() {
    let mut results = every::results();
    let again = results.cases[0].clone();
    results.cases.push(again);
    insta::assert_snapshot!(read(&render(&results).unwrap()).unwrap_err(), @"the case `geminidb/curl/bad-token` is there twice; results of several runs cannot be put together by hand");
}

/// The baseline of every case that was run, [`every::results`] being interrupted.
fn baseline() -> Baseline {
    let results = rescind_model::Results { interrupted: false, ..every::results() };
    Baseline::empty(&*results.environment.source).accept(&results).unwrap()
}

#[test]
fn golden_of_a_baseline() {
    insta::assert_snapshot!(render_baseline(&baseline()).unwrap());
}

#[test]
fn a_base_is_results_or_a_baseline() {
    let text = render_baseline(&baseline()).unwrap();
    assert_eq!(read_baseline(&text), Ok(baseline()));
    assert_eq!(read_base(&text), Ok(BaseFile::Baseline(baseline())));
    let results = every::results();
    let text = render(&results).unwrap();
    assert_eq!(read_base(&text), Ok(BaseFile::Results(Box::new(results))));
    insta::assert_snapshot!(read_baseline(&text).unwrap_err(), @"not a baseline of rescind: `baseline_version` is missing or not a number");
}

#[test]
fn the_committed_schemas_are_those_of_the_types() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/schema");
    for (file, schema) in
        [("results.schema.json", schema().unwrap()), ("baseline.schema.json", baseline_schema().unwrap())]
    {
        let committed = std::fs::read_to_string(format!("{folder}/{file}")).unwrap_or_default();
        assert!(
            committed == schema,
            "docs/schema/{file} is stale; bring it up to date with: cargo xtask schemas"
        );
    }
}
