//! The committed JSON Schemas say what the loader reads.

use std::path::Path;

use serde_json::Value;

fn root() -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

#[test]
fn the_committed_schemas_are_up_to_date() {
    for (path, schema) in rescind_catalog::schemas().unwrap() {
        let committed = std::fs::read_to_string(root().join(path)).unwrap_or_default();
        assert!(
            committed.replace("\r\n", "\n") == schema,
            "{path} is stale; bring it up to date with: cargo xtask schemas"
        );
    }
}

#[test]
fn unknown_keys_are_refused_everywhere_and_every_key_is_described() {
    for (path, schema) in rescind_catalog::schemas().unwrap() {
        let schema: Value = serde_json::from_str(&schema).unwrap();
        let definitions = schema["definitions"].as_object().unwrap().values();
        for object in definitions.chain([&schema]).filter(|schema| schema["type"] == "object") {
            assert_eq!(object["additionalProperties"], false, "{path}: {object}");
            for (key, property) in object["properties"].as_object().unwrap() {
                assert!(property["description"].is_string(), "{path}: {key}");
            }
        }
    }
}

#[test]
fn the_list_of_known_failures_names_its_schema() {
    let text = std::fs::read_to_string(root().join("manifests/known-failures.yaml")).unwrap();
    let header = "# yaml-language-server: $schema=schema/known-failures.schema.json";
    assert_eq!(text.lines().next(), Some(header));
}

#[test]
fn every_seed_names_its_schema() {
    for service in ["alloydb", "geminidb"] {
        let path = root().join("samples").join(service).join("seed.yaml");
        let text = std::fs::read_to_string(&path).unwrap();
        let header = "# yaml-language-server: $schema=../../manifests/schema/seed.schema.json";
        assert_eq!(text.lines().next(), Some(header), "{}", path.display());
    }
}

#[test]
fn every_file_names_the_schema_that_its_editor_is_to_use() {
    for folder in std::fs::read_dir(root().join("manifests")).unwrap() {
        let folder = folder.unwrap().path();
        if !folder.is_dir() {
            continue;
        }
        for file in std::fs::read_dir(&folder).unwrap() {
            let file = file.unwrap().path();
            if file.extension().is_some_and(|extension| extension == "yaml") {
                let format = match &file {
                    _ if folder.ends_with("scenarios") => "scenario",
                    file if file.ends_with("service.yaml") => "service",
                    _ => "manifest",
                };
                let text = std::fs::read_to_string(&file).unwrap();
                let header = format!("# yaml-language-server: $schema=../schema/{format}.schema.json");
                assert_eq!(text.lines().next(), Some(header.as_str()), "{}", file.display());
            }
        }
    }
}
