//! What holds for a sample, and where each value comes from.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use rescind_model::Contract;

use super::TeamPlace;
use super::node::{Leaf, Node};
use crate::bounded::MostBytes;
use crate::diagnostic::{Diagnostics, Log, whole_file};
use crate::manifest::Manifest;
use crate::yaml;

/// A value that holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HeldValue {
    /// The keys that lead to it: `run`, `deadline`.
    pub path: Vec<String>,
    /// The value, on one line of YAML.
    pub value: String,
    /// Where it is written, `FILE:LINE`; none for a default.
    pub place: Option<String>,
}

/// What a service shares with a manifest, by its name there and in the manifest.
const SHARED: [(&str, &[&str]); 3] =
    [("environment", &["run", "environment"]), ("claims", &["claims"]), ("outputs", &["outputs"])];

/// What a team's file says besides what differs in services and samples.
///
/// # Errors
/// The file cannot be read, or is no YAML.
pub fn held_by_team(place: &TeamPlace) -> Result<Vec<HeldValue>, Diagnostics> {
    let leaves = Layer::read(&place.file, &place.name)?.leaves(&[]);
    let own = leaves.into_iter().filter(|leaf| !matches!(leaf.path[0].as_str(), "samples" | "service"));
    Ok(own.map(HeldValue::from).collect())
}

/// What holds for a sample: of its service, of its manifest, of the team's file, or by default.
///
/// # Errors
/// One of the files cannot be read, or is no YAML.
pub fn held_by_sample(
    root: &Path,
    team: Option<&TeamPlace>,
    manifest: &Manifest,
) -> Result<Vec<HeldValue>, Diagnostics> {
    let team = team.map(|place| Layer::read(&place.file, &place.name)).transpose()?;
    let service = manifest.id.service.name();
    let file = |name: &str| PathBuf::from(format!("manifests/{service}/{name}.yaml"));
    let own = |path: &Path| Layer::read(&root.join(path), path);
    // What comes later goes before what comes earlier.
    let mut values: BTreeMap<Vec<String>, Leaf> = BTreeMap::new();
    let mut take = |leaves: Vec<Leaf>| {
        values.extend(leaves.into_iter().map(|leaf| (leaf.path.clone(), leaf)));
    };
    take(shared(own(&file("service"))?.leaves(&[])));
    if let Some(team) = &team {
        take(shared(team.leaves(&["service", service])));
    }
    take(own(&file(&manifest.id.language))?.leaves(&[]));
    if let Some(team) = &team {
        take(team.leaves(&["samples", &manifest.id.to_string()]));
    }
    let mut held: Vec<HeldValue> =
        values.into_values().filter(|leaf| is_held(leaf, manifest)).map(HeldValue::from).collect();
    for (path, value) in defaults(manifest) {
        if held.iter().all(|it| it.path != path) {
            held.push(HeldValue { path: path.map(str::to_owned).into(), value, place: None });
        }
    }
    held.sort_by(|a, b| a.path.cmp(&b.path));
    Ok(held)
}

impl From<Leaf> for HeldValue {
    fn from(Leaf { path, value, place }: Leaf) -> HeldValue {
        HeldValue { path, value, place: Some(place) }
    }
}

/// A file, as it is written.
struct Layer {
    name: PathBuf,
    text: Arc<str>,
    node: Node,
}

impl Layer {
    fn read(file: &Path, name: &Path) -> Result<Layer, Diagnostics> {
        let bytes = MostBytes::YAML
            .read(file)
            .map_err(|error| Diagnostics::one(whole_file(name, format!("cannot be read: {error}"))))?;
        let text: Arc<str> = Arc::from(String::from_utf8_lossy(&bytes));
        let mut found = Vec::new();
        let node = yaml::read(&mut Log::new(name, Arc::clone(&text), &mut found));
        Diagnostics::of(found)?;
        Ok(Layer { name: name.to_owned(), text, node: node.unwrap_or(Node::Keys(Vec::new())) })
    }

    /// The values below these keys.
    fn leaves(&self, keys: &[&str]) -> Vec<Leaf> {
        let mut found = Vec::new();
        let log = Log::new(&self.name, Arc::clone(&self.text), &mut found);
        let node = keys.iter().try_fold(&self.node, |node, key| node.get(key));
        node.map(|node| node.leaves(&log)).unwrap_or_default()
    }
}

/// What of a service's file a sample has, by its keys in a manifest.
fn shared(leaves: Vec<Leaf>) -> Vec<Leaf> {
    let of_manifest = |mut leaf: Leaf| {
        let (_, path) = SHARED.iter().find(|(name, _)| leaf.path[0] == *name)?;
        leaf.path.splice(..1, path.iter().map(|key| (*key).to_owned()));
        Some(leaf)
    };
    leaves.into_iter().filter_map(of_manifest).collect()
}

/// False for an output that is not compared: one that was taken away, or that of a scenario whose outcome has another.
fn is_held(leaf: &Leaf, manifest: &Manifest) -> bool {
    let has = |contract: &Contract, key: &str| {
        contract.outputs_by_scenario.contains_key(key)
            || contract.outputs.keys().any(|outcome| outcome.to_string() == key)
    };
    match leaf.path.iter().map(String::as_str).collect::<Vec<_>>().as_slice() {
        ["outputs", key] => has(&manifest.bundled, key),
        ["published", "outputs", key] => has(&manifest.published, key),
        _ => true,
    }
}

/// What holds of what nobody has said.
fn defaults(manifest: &Manifest) -> [([&'static str; 2], String); 3] {
    let run = &manifest.run;
    let time = |time| format!("\"{}\"", humantime::format_duration(time));
    [
        (["run", "deadline"], time(run.deadline)),
        (["run", "endpoint"], run.endpoint.to_string()),
        (["run", "processor_time"], time(run.processor_time)),
    ]
}
