//! A file of Rust: the paths that are named in it, without its tests.

use proc_macro2::{Delimiter, TokenStream, TokenTree};
use quote::ToTokens;
use syn::{Attribute, File, Item, UseTree, Visibility};

/// A path that a file names, by its segments.
pub type Named = Vec<String>;

/// The words that begin the declaration of a type.
const TYPES: [&str; 4] = ["struct", "enum", "trait", "type"];

/// What a file names.
#[derive(Debug, Default)]
pub struct Source {
    /// The modules that it declares, each in a file of its own.
    pub modules: Vec<String>,
    /// The paths that it names, those of `use` among them.
    pub paths: Vec<Named>,
    /// The paths that it makes known under its own name.
    pub exports: Vec<Named>,
    /// The types that it declares for other files: structs, enums, traits and aliases.
    pub types: Vec<String>,
}

impl Source {
    /// Reads a file.
    pub fn of(file: &File) -> Source {
        let mut source = Source::default();
        file.items.iter().for_each(|item| source.item(item));
        source
    }

    fn item(&mut self, item: &Item) {
        if !is_test(item) && !is_stand_in(item) {
            self.declarations(item.to_token_stream());
        }
        match item {
            _ if is_test(item) => {}
            Item::Mod(module) if module.content.is_none() => self.modules.push(module.ident.to_string()),
            Item::Use(item) => {
                let mut named = Vec::new();
                flatten(&item.tree, &mut Vec::new(), &mut named);
                if !matches!(item.vis, Visibility::Inherited) {
                    self.exports.extend(named.clone());
                }
                self.paths.extend(named);
            }
            item => self.tokens(item.to_token_stream()),
        }
    }

    /// Every `pub struct Name` and its like among the tokens, also those in macros and in modules within the file.
    fn declarations(&mut self, tokens: TokenStream) {
        let mut before: Vec<String> = Vec::new();
        for token in tokens {
            match token {
                // `pub(crate)` is as good as `pub`.
                TokenTree::Group(group) => {
                    if group.delimiter() != Delimiter::Parenthesis
                        || before.last().is_none_or(|it| it != "pub")
                    {
                        before.clear();
                    }
                    self.declarations(group.stream());
                }
                TokenTree::Ident(ident) => {
                    let ident = ident.to_string();
                    let declared = match before.as_slice() {
                        [.., word] => TYPES.contains(&word.as_str()) && before.iter().any(|it| it == "pub"),
                        [] => false,
                    };
                    if declared {
                        self.types.push(ident);
                        before.clear();
                    } else if ["pub", "unsafe"].contains(&&*ident) || TYPES.contains(&&*ident) {
                        before.push(ident);
                    } else {
                        before.clear();
                    }
                }
                _ => before.clear(),
            }
        }
    }

    /// Every `a::b::c` among the tokens, also those in macros.
    fn tokens(&mut self, tokens: TokenStream) {
        let mut path: Named = Vec::new();
        let mut colons = 0;
        for token in tokens {
            match token {
                TokenTree::Ident(ident) if colons == 2 => path.push(ident.to_string()),
                TokenTree::Ident(ident) => {
                    self.end(&mut path);
                    path.push(ident.to_string());
                }
                TokenTree::Punct(punct) if punct.as_char() == ':' => {
                    colons += 1;
                    continue;
                }
                TokenTree::Group(group) => {
                    let imports = colons == 2 && group.delimiter() == Delimiter::Brace;
                    if !imports {
                        self.end(&mut path);
                    }
                    self.tokens(group.stream());
                }
                _ => self.end(&mut path),
            }
            colons = 0;
        }
        self.end(&mut path);
    }

    fn end(&mut self, path: &mut Named) {
        let path = std::mem::take(path);
        if path.len() > 1 {
            self.paths.push(path);
        }
    }
}

fn attributes(item: &Item) -> &[Attribute] {
    match item {
        Item::Const(item) => &item.attrs,
        Item::Enum(item) => &item.attrs,
        Item::Fn(item) => &item.attrs,
        Item::Impl(item) => &item.attrs,
        Item::Macro(item) => &item.attrs,
        Item::Mod(item) => &item.attrs,
        Item::Static(item) => &item.attrs,
        Item::Struct(item) => &item.attrs,
        Item::Trait(item) => &item.attrs,
        Item::Type(item) => &item.attrs,
        Item::Use(item) => &item.attrs,
        _ => &[],
    }
}

/// True for what is there in tests only.
pub fn is_test(item: &Item) -> bool {
    has_attribute(item, |text| text == "#[cfg(test)]" || text == "#[test]")
}

/// True for what takes the place of another item where the system does not have that one.
fn is_stand_in(item: &Item) -> bool {
    has_attribute(item, |text| text.starts_with("#[cfg(not("))
}

fn has_attribute(item: &Item, is_it: impl Fn(&str) -> bool) -> bool {
    attributes(item).iter().any(|attribute| is_it(&attribute.to_token_stream().to_string().replace(' ', "")))
}

fn flatten(tree: &UseTree, before: &mut Named, named: &mut Vec<Named>) {
    match tree {
        UseTree::Path(path) => {
            before.push(path.ident.to_string());
            flatten(&path.tree, before, named);
            before.pop();
        }
        UseTree::Name(name) => named.push([before.as_slice(), &[name.ident.to_string()]].concat()),
        UseTree::Rename(name) => named.push([before.as_slice(), &[name.ident.to_string()]].concat()),
        UseTree::Glob(_) => named.push(before.clone()),
        UseTree::Group(group) => group.items.iter().for_each(|tree| flatten(tree, before, named)),
    }
}

#[test]
fn paths_are_found_in_code_in_macros_and_in_imports_and_not_in_tests() {
    let file = syn::parse_file(
        "mod child;
         pub use child::{Made, inner::Other as Renamed};
         use super::sibling::*;
         fn f() -> crate::far::Thing { child::make(&[super::near::ONE], x.y) }
         some_macro! { serve: child::rules, }
         #[cfg(test)]
         mod tests { use super::never; }",
    )
    .unwrap();
    let source = Source::of(&file);
    let joined = |paths: &[Named]| paths.iter().map(|path| path.join("::")).collect::<Vec<_>>();
    assert_eq!(source.modules, ["child"]);
    assert_eq!(joined(&source.exports), ["child::Made", "child::inner::Other"]);
    assert_eq!(
        joined(&source.paths),
        [
            "child::Made",
            "child::inner::Other",
            "super::sibling",
            "crate::far::Thing",
            "child::make",
            "super::near::ONE",
            "child::rules"
        ]
    );
}

#[test]
fn types_are_found_that_are_declared_for_others_and_neither_in_tests_nor_twice_for_two_systems() {
    let file = syn::parse_file(
        "pub struct Open { pub field: Field, pub r#type: u8 }
         pub(crate) enum Within { Variant }
         pub(in crate::a) unsafe trait Part { type Inner; }
         pub type Alias = Open;
         struct Own;
         impl Iterator for Own { type Item = u8; }
         mod inner { pub(super) struct Nested; }
         some_macro! { => { #[derive(Debug)] pub enum Made {} } }
         #[cfg(unix)] pub struct Here;
         #[cfg(not(unix))] pub struct Here;
         #[cfg(test)] pub struct Tested;",
    )
    .unwrap();
    let expected = ["Open", "Within", "Part", "Alias", "Nested", "Made", "Here"];
    assert_eq!(Source::of(&file).types, expected);
}
