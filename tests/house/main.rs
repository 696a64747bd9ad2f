//! What must hold of the code itself: modules form no circle, what is kept apart stays apart, and a name stands for one
//! thing.

// A test ends where it cannot go on.
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod circles;
mod imports;
mod names;
mod source;
mod words;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use rescind_tests::repository;

use self::imports::Crate;

/// The roots of all crates of the workspace, by a name for each: its libraries, its programs, its build scripts.
fn roots() -> BTreeMap<String, PathBuf> {
    let mut roots = BTreeMap::new();
    let mut add = |name: String, folder: PathBuf| {
        for root in ["src/lib.rs", "src/main.rs", "build/main.rs"] {
            let file = folder.join(root);
            if file.exists() {
                roots.insert(format!("{name}/{root}"), file);
            }
        }
    };
    for entry in std::fs::read_dir(repository().join("crates")).unwrap() {
        let folder = entry.unwrap().path();
        add(folder.file_name().unwrap().to_string_lossy().into_owned(), folder);
    }
    for name in ["tests", "xtask"] {
        add(name.to_owned(), repository().join(name));
    }
    roots
}

fn read(root: &Path) -> Crate {
    Crate::read(root).unwrap_or_else(|error| panic!("{error}"))
}

#[test]
fn modules_form_no_circle_in_any_crate() {
    let roots = roots();
    assert!(roots.len() > 10, "only {roots:?}");
    let mut found = String::new();
    for (name, root) in &roots {
        let read = read(root);
        for circle in circles::circles(&read.imports()) {
            found += &format!("{name}:\n");
            for (module, imports) in circle {
                found += &format!("    {module} imports {}\n", imports.join(", "));
            }
        }
    }
    assert!(found.is_empty(), "modules that import each other in a circle:\n{found}");
}

#[test]
fn the_kernel_imports_no_service_and_no_service_another() {
    let engine = read(&roots()["engine/src/lib.rs"]);
    let imports = engine.imports();
    let part = |module: &str| module.split("::").next().unwrap_or_default().to_owned();
    let services = ["alloydb", "geminidb", "spanner"];
    for (module, imported) in &imports {
        let from = part(module);
        for to in imported.iter().map(|module| part(module)) {
            let to_service = services.contains(&to.as_str());
            let apart = (from == "kernel" && to_service)
                || (services.contains(&from.as_str()) && to_service && from != to);
            assert!(!apart, "{module} imports {to}");
        }
    }
    assert!(imports.keys().any(|module| module == "kernel::service"), "{:?}", imports.keys());
}
