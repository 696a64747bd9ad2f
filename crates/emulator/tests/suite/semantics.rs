//! `docs/semantics.md`: every rule names tests that exist, and the table of choices is that of the code.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use pulldown_cmark::{Event, Options, Parser, Tag, TagEnd};
use rescind_engine::proto::pool;
use rescind_engine::{Switch, services};

const GRADES: [&str; 6] = ["P", "D", "S", "M", "R", "I"];

fn crate_path(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(path)
}

fn document() -> String {
    fs::read_to_string(crate_path("../../docs/semantics.md")).unwrap()
}

/// The tests of this suite, by module and function.
fn tests(folder: &Path, module: &str, found: &mut BTreeSet<String>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let stem = path.file_stem().unwrap().to_str().unwrap();
        if path.is_dir() {
            tests(&path, &format!("{module}{stem}::"), found);
            continue;
        }
        let source = fs::read_to_string(&path).unwrap();
        let mut is_test = false;
        for line in source.lines().map(str::trim) {
            let name = line.strip_prefix("async ").unwrap_or(line).strip_prefix("fn ");
            if let Some(name) = name.filter(|_| is_test) {
                found.insert(format!("{module}{stem}::{}", name.split('(').next().unwrap()));
            }
            is_test = line == "#[test]" || line == "#[tokio::test]";
        }
    }
}

/// A cell of a table: its text, and what of it is code.
#[derive(Clone, Debug, Default)]
struct Cell {
    text: String,
    code: Vec<String>,
}

/// The rows of all tables whose head begins with this word.
fn rows(document: &str, first: &str) -> Vec<Vec<Cell>> {
    let mut rows: Vec<Vec<Cell>> = Vec::new();
    let mut wanted = false;
    let mut row: Vec<Cell> = Vec::new();
    for event in Parser::new_ext(document, Options::ENABLE_TABLES) {
        match event {
            Event::Start(Tag::TableHead | Tag::TableRow) => row.clear(),
            Event::Start(Tag::TableCell) => row.push(Cell::default()),
            Event::Text(text) => row.iter_mut().last().into_iter().for_each(|cell| cell.text.push_str(&text)),
            Event::Code(code) => {
                if let Some(cell) = row.last_mut() {
                    cell.text.push_str(&code);
                    cell.code.push(code.to_string());
                }
            }
            Event::End(TagEnd::TableHead) => wanted = row[0].text == first,
            Event::End(TagEnd::TableRow) if wanted => rows.push(row.clone()),
            _ => {}
        }
    }
    rows
}

#[test]
fn every_rule_names_tests_that_exist_and_its_source() {
    let mut known = BTreeSet::new();
    tests(&crate_path("tests/suite"), "", &mut known);
    let switches: BTreeSet<&str> = services().switches().iter().map(|switch| switch.name).collect();
    let document = document();
    let rules = rows(&document, "rule");
    assert!(rules.len() > 100, "{} rules", rules.len());
    for row in rules {
        let [rule, test, source, grade] = row.as_slice() else { panic!("four cells: {row:?}") };
        assert!(!rule.text.is_empty() && !source.text.is_empty(), "{row:?}");
        assert!(!test.code.is_empty(), "`{}` names no test", rule.text);
        for name in &test.code {
            assert!(known.contains(name), "`{}`: there is no test `{name}`", rule.text);
        }
        let grades: Vec<&str> = grade.text.split(' ').collect();
        assert!(grades.iter().all(|grade| GRADES.contains(grade)), "`{}`: {grades:?}", rule.text);
        for word in source.text.split("choice ").skip(1) {
            let switch = word.split([' ', ';', ',']).next().unwrap();
            assert!(switches.contains(switch), "`{}`: there is no choice `{switch}`", rule.text);
        }
        let fixed = source.text.ends_with("fixed") || source.text.contains("choice ");
        assert!(grades != ["I"] || fixed, "`{}`: it is a choice, or fixed", rule.text);
    }
}

/// What the documentation says beyond the protos that are compiled in is not emulated. Newer ones fail here.
#[test]
fn the_protos_know_no_free_instances_and_no_partial_success() {
    for (message, field) in [
        ("google.spanner.admin.instance.v1.Instance", "instance_type"),
        ("google.spanner.admin.instance.v1.Instance", "free_instance_metadata"),
        ("google.longrunning.ListOperationsRequest", "return_partial_success"),
    ] {
        let descriptor = pool().get_message_by_name(message).unwrap();
        assert!(descriptor.get_field_by_name(field).is_none(), "{message}.{field}: emulate it");
    }
}

#[test]
fn the_table_of_choices_is_that_of_the_code() {
    let row = |switch: Switch| {
        let about = switch.about.trim().replace('|', "\\|");
        format!("| `{}` | `{}` | {} | {about} |\n", switch.name, switch.value, switch.form)
    };
    let rows: String = services().switches().into_iter().map(row).collect();
    let expected = format!("| choice | here | other values | what is chosen |\n|---|---|---|---|\n{rows}");
    assert!(document().ends_with(&expected), "docs/semantics.md must end with this table:\n{expected}");
}
