//! A name of a type stands for one type, in whatever crate it is read.

use std::collections::BTreeMap;

use super::{read, roots};

/// The names that stand for several types, the crate that alone may declare them more than once, and why.
const EXCEPTED: &[(&str, &str, &str)] = &[
    ("ApiVersion", "engine", "each service has versions of its own API"),
    ("Backup", "engine", "each service keeps backups of its own kind"),
    ("Instance", "engine", "each service keeps instances of its own kind"),
    ("Managed", "engine", "each service keeps what it needs to know of a resource beside it"),
    ("Store", "engine", "each service has an alias for the kernel's, with its own state in it"),
    ("Turn", "engine", "each service has an alias for the kernel's, with its own state in it"),
];

/// Where types are declared for other files, by their names: `engine::kernel::turn`.
type Declarations = BTreeMap<String, Vec<String>>;

#[test]
fn a_name_of_a_type_stands_for_one_type_in_the_workspace() {
    let mut declared = Declarations::new();
    for (root, file) in roots() {
        let member = root.split('/').next().unwrap_or_default();
        for (module, source) in read(&file).files() {
            for name in &source.types {
                declared.entry(name.clone()).or_default().push(format!("{member}::{module}"));
            }
        }
    }
    assert!(declared.len() > 400, "only {} types", declared.len());
    let (ambiguous, needless) = judge(&declared, EXCEPTED);
    assert!(ambiguous.is_empty(), "these names stand for several types:\n{}", ambiguous.join("\n"));
    assert!(needless.is_empty(), "these stand for one type, and need not be on the list: {needless:?}");
}

/// The names that stand for several types without being excepted, each with where they are declared; the exceptions that
/// are none.
fn judge<'a>(
    declared: &Declarations,
    excepted: &'a [(&'a str, &'a str, &'a str)],
) -> (Vec<String>, Vec<&'a str>) {
    let is_excepted = |name: &str, places: &[String]| {
        let exception = excepted.iter().find(|(known, ..)| *known == name);
        exception.is_some_and(|(_, member, _)| {
            places.iter().all(|place| place.split("::").next() == Some(*member))
        })
    };
    let several = |name: &str| declared.get(name).filter(|places| places.len() > 1);
    let ambiguous = declared.keys().filter_map(|name| {
        let places = several(name).filter(|places| !is_excepted(name, places))?;
        Some(format!("{name}: {}", places.join(", ")))
    });
    let needless = excepted.iter().map(|(name, ..)| *name).filter(|name| several(name).is_none());
    (ambiguous.collect(), needless.collect())
}

#[test]
fn a_name_is_ambiguous_unless_it_is_excepted_in_the_one_crate_that_declares_it() {
    let excepted = [("Turn", "engine", ""), ("Page", "engine", ""), ("Once", "engine", "")];
    let declared = [
        ("Turn", ["engine::a", "engine::b"].as_slice()),
        ("Page", &["engine::a", "report::b"]),
        ("Row", &["engine::a", "engine::b"]),
        ("Once", &["engine::a"]),
        ("Other", &["report::a"]),
    ];
    let places = |places: &[&str]| places.iter().map(|place| (*place).to_owned()).collect();
    let declared = declared.iter().map(|(name, at)| ((*name).to_owned(), places(at))).collect();
    let (ambiguous, needless) = judge(&declared, &excepted);
    assert_eq!(ambiguous, ["Page: engine::a, report::b", "Row: engine::a, engine::b"]);
    assert_eq!(needless, ["Once"]);
}
