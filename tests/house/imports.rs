//! Which modules of a crate import which.
//!
//! A module is a file. What a module re-exports is imported from where it is made, so that a front page (`mod.rs`,
//! `lib.rs`) which only gathers names is in no circle with those whose names they are.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use super::circles::Graph;
use super::source::{Named, Source};

/// The modules of a crate, each by its path: `kernel::store`, and an empty one for the root.
pub struct Crate {
    modules: BTreeMap<Vec<String>, Source>,
}

impl Crate {
    /// Reads a crate from its root file on.
    ///
    /// # Errors
    /// A file that is not there, or is no Rust.
    pub fn read(root: &Path) -> Result<Crate, String> {
        let mut found = Crate { modules: BTreeMap::new() };
        let folder = root.parent().unwrap_or(Path::new("."));
        found.file(Vec::new(), root, folder)?;
        Ok(found)
    }

    fn file(&mut self, module: Vec<String>, file: &Path, folder: &Path) -> Result<(), String> {
        let text = fs::read_to_string(file).map_err(|error| format!("{}: {error}", file.display()))?;
        let parsed = syn::parse_file(&text).map_err(|error| format!("{}: {error}", file.display()))?;
        let source = Source::of(&parsed);
        for child in &source.modules {
            let (alone, within) = (folder.join(format!("{child}.rs")), folder.join(child));
            let file: PathBuf = if alone.exists() { alone } else { within.join("mod.rs") };
            self.file([module.as_slice(), std::slice::from_ref(child)].concat(), &file, &within)?;
        }
        self.modules.insert(module, source);
        Ok(())
    }

    /// Its files, each by the name of its module.
    pub fn files(&self) -> impl Iterator<Item = (String, &Source)> {
        self.modules.iter().map(|(module, source)| (name(module), source))
    }

    /// Which modules each module imports.
    pub fn imports(&self) -> Graph {
        let of = |module: &Vec<String>, source: &Source| -> Vec<String> {
            let made = |path: &Named| self.maker(module, path);
            let gathered: BTreeSet<Vec<String>> = source
                .exports
                .iter()
                .filter_map(made)
                .filter(|found| found.len() > module.len() && found.starts_with(module))
                .collect();
            // The same path may be gathered and used; what is used is named again, by another path.
            let used = source.paths.iter().filter(|path| !source.exports.contains(path)).filter_map(made);
            let kept = source.exports.iter().filter_map(made).filter(|found| !gathered.contains(found));
            let imported: BTreeSet<Vec<String>> = used.chain(kept).filter(|found| found != module).collect();
            imported.iter().map(|found| name(found)).collect()
        };
        self.modules.iter().map(|(module, source)| (name(module), of(module, source))).collect()
    }

    /// The module of this crate in which what a path names is made, if it is one of this crate.
    fn maker(&self, from: &[String], path: &Named) -> Option<Vec<String>> {
        let (mut module, mut rest) = match path.first().map(String::as_str)? {
            "crate" => (Vec::new(), &path[1..]),
            "self" => (from.to_vec(), &path[1..]),
            "super" => {
                let ups = path.iter().take_while(|segment| *segment == "super").count();
                (from[..from.len().checked_sub(ups)?].to_vec(), &path[ups..])
            }
            first => {
                let child = [from, &[first.to_owned()]].concat();
                self.modules.contains_key(&child).then(|| (from.to_vec(), &path[..]))?
            }
        };
        while let Some((first, after)) = rest.split_first() {
            let child = [module.as_slice(), std::slice::from_ref(first)].concat();
            if !self.modules.contains_key(&child) {
                break;
            }
            (module, rest) = (child, after);
        }
        let Some(name) = rest.first() else { return Some(module) };
        // Where it is only passed on, it is made elsewhere.
        let source = &self.modules[&module];
        let export = source.exports.iter().find(|export| export.last() == Some(name) && *export != path);
        export.and_then(|export| self.maker(&module, export)).or(Some(module))
    }
}

fn name(module: &[String]) -> String {
    if module.is_empty() { "the root".to_owned() } else { module.join("::") }
}
