//! A file of Rust: the paths that are named in it, without its tests.

use proc_macro2::{Delimiter, TokenStream, TokenTree};
use quote::ToTokens;
use syn::{Attribute, File, Item, UseTree, Visibility};

/// A path that a file names, by its segments.
pub type Named = Vec<String>;

/// What a file names.
#[derive(Debug, Default)]
pub struct Source {
    /// The modules that it declares, each in a file of its own.
    pub modules: Vec<String>,
    /// The paths that it names, those of `use` among them.
    pub paths: Vec<Named>,
    /// The paths that it makes known under its own name.
    pub exports: Vec<Named>,
}

impl Source {
    /// Reads a file.
    pub fn of(file: &File) -> Source {
        let mut source = Source::default();
        file.items.iter().for_each(|item| source.item(item));
        source
    }

    fn item(&mut self, item: &Item) {
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
    attributes(item).iter().any(|attribute| {
        let text = attribute.to_token_stream().to_string();
        text.replace(' ', "") == "#[cfg(test)]" || text.replace(' ', "") == "#[test]"
    })
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
