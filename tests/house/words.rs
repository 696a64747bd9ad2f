//! What is known of a service stands in its own module, and in data.

use std::fs;
use std::path::{Path, PathBuf};

use proc_macro2::{TokenStream, TokenTree};
use quote::ToTokens;
use rescind_tests::repository;
use syn::visit_mut::{self, VisitMut};

use super::source::is_test;

/// The services, by the words that their names are made of.
const SERVICES: [&str; 3] = ["spanner", "alloydb", "gemini"];

/// The files outside the modules of services whose code may name one, and why. Comments may: they tell where a rule comes
/// from, and give examples.
const ALLOWED: &[(&str, &str)] = &[
    ("crates/engine/src/lib.rs", "declares the modules of the services and registers them"),
    ("crates/engine/src/proto.rs", "names the packages of the official protos"),
    ("crates/engine/build/main.rs", "names the files of the official protos"),
    ("crates/engine/build/versions.rs", "names the packages of the official protos"),
    ("crates/cli/src/emulator/announce.rs", "prints what clients of other makers need to find the emulator"),
    (
        "crates/cli/src/emulator/seed.rs",
        "`--database PROJECT/INSTANCE/DATABASE` is the vendor's emulator's option",
    ),
    ("crates/catalog/src/catalog.rs", "an example in a message"),
    ("crates/catalog/src/known.rs", "an example in a message"),
    ("crates/catalog/src/service.rs", "an example in a message"),
    ("crates/model/src/id.rs", "examples in messages"),
];

/// The folders that belong to a service, or to tests.
const OWN: [&str; 5] = [
    "crates/engine/src/spanner",
    "crates/engine/src/alloydb",
    "crates/engine/src/geminidb",
    "crates/test-support",
    "crates/runner/src/testing.rs",
];

#[test]
fn no_code_names_a_service_outside_its_own_module() {
    let mut files = Vec::new();
    for entry in fs::read_dir(repository().join("crates")).unwrap() {
        for part in ["src", "build"] {
            rust_files(&entry.as_ref().unwrap().path().join(part), &mut files);
        }
    }
    assert!(files.len() > 250, "only {} files", files.len());
    let mut unexpected = Vec::new();
    let mut named = Vec::new();
    for file in files {
        let name = file.strip_prefix(repository()).unwrap().to_string_lossy().into_owned();
        let is_test =
            name.contains("/tests/") || name.ends_with("/tests.rs") || name.ends_with("properties.rs");
        if is_test || OWN.iter().any(|own| name.starts_with(own)) {
            continue;
        }
        let words = words(&fs::read_to_string(&file).unwrap(), &file);
        if words.is_empty() {
            continue;
        }
        match ALLOWED.iter().find(|(allowed, _)| *allowed == name) {
            Some((allowed, _)) => named.push(*allowed),
            None => unexpected.push(format!("{name}: {}", words.join(", "))),
        }
    }
    assert!(unexpected.is_empty(), "these name a service:\n{}", unexpected.join("\n"));
    let needless: Vec<&str> =
        ALLOWED.iter().map(|(file, _)| *file).filter(|file| !named.contains(file)).collect();
    assert!(needless.is_empty(), "these name no service any more, and need not be on the list: {needless:?}");
}

fn rust_files(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).into_iter().flatten() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            rust_files(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push(path);
        }
    }
}

/// The words of a file's code that name a service, without its comments and its tests.
fn words(text: &str, file: &Path) -> Vec<String> {
    let mut parsed = syn::parse_file(text).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
    Code.visit_file_mut(&mut parsed);
    let mut words = Vec::new();
    collect(parsed.into_token_stream(), &mut words);
    words
}

/// Takes comments and tests out of code.
struct Code;

impl VisitMut for Code {
    fn visit_attributes_mut(&mut self, attributes: &mut Vec<syn::Attribute>) {
        attributes.retain(|attribute| !attribute.path().is_ident("doc"));
    }

    fn visit_file_mut(&mut self, file: &mut syn::File) {
        file.items.retain(|item| !is_test(item));
        visit_mut::visit_file_mut(self, file);
    }
}

fn collect(tokens: TokenStream, words: &mut Vec<String>) {
    for token in tokens {
        let word = match token {
            TokenTree::Group(group) => {
                collect(group.stream(), words);
                continue;
            }
            token => token.to_string(),
        };
        let lower = word.to_lowercase();
        if SERVICES.iter().any(|service| lower.contains(service)) {
            words.push(word);
        }
    }
}

#[test]
fn names_are_found_in_code_and_not_in_comments() {
    let text = "//! Spanner.\n/// AlloyDB.\nfn f() { g(\"spanner/go\"); /* gemini */ SpannerThing::new() }\n\
                #[cfg(test)] mod tests { const X: &str = \"spanner\"; }";
    assert_eq!(words(text, Path::new("x.rs")), ["\"spanner/go\"", "SpannerThing"]);
}
