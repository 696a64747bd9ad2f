//! From manifests as typed to manifests resolved.

use std::collections::BTreeMap;
use std::num::NonZeroU32;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use regex::Regex;
use rescind_model::{Placeholders, SampleId, suggestion};

use crate::bounded::MostBytes;
use crate::check;
use crate::choice::BlockChoice;
use crate::contract::{Promises, RawContract, Scenarios};
use crate::diagnostic::Log;
use crate::located::Located;
use crate::manifest::{Manifest, PageNames, Run, Source, Stage, Tool};
use crate::placeholders::{COMMAND_PLACEHOLDERS, SERVICE_PLACEHOLDERS, STAGE_PLACEHOLDERS};
use crate::raw::{
    RawBlocks, RawInstall, RawManifest, RawPageNames, RawPublished, RawRun, RawSource, RawTool,
};
use crate::region::Region;
use crate::service::{ServiceDefaults, placeholders};
use crate::variables::Variables;

/// The deadline of a case whose manifest has none, in virtual time. It costs nothing, and no operation of a schedule takes
/// as long: what still runs by then would never end.
const DEADLINE: Duration = Duration::from_secs(2 * 60 * 60);
/// The processor time of a case whose manifest says nothing of it: the dearest bundled sample takes a sixth.
const PROCESSOR_TIME: Duration = Duration::from_secs(60);

type Text = Located<String>;
type Texts = BTreeMap<Text, Text>;

/// Resolves manifests of a service below a root.
pub(crate) struct Resolver<'a> {
    pub(crate) root: &'a Path,
    pub(crate) scenarios: &'a Scenarios,
    /// What they take from the service; none where that could not be read, and no manifest can then be resolved.
    pub(crate) defaults: Option<&'a ServiceDefaults>,
}

impl Resolver<'_> {
    /// Resolves a manifest, and notes all that is wrong with it. `file` is relative to the root.
    pub(crate) fn resolve(
        &self,
        raw: RawManifest,
        id: SampleId,
        file: &Path,
        log: &mut Log<'_>,
    ) -> Option<Manifest> {
        let title = check::one_line(log, "title", &raw.title);
        let page = page_names(raw.page, log);
        let folder = folder(self.root, &raw.source.folder, log);
        let folder = folder.as_deref();
        let source = source(raw.source, folder, log);
        // Every part is resolved before the first that failed ends it: all mistakes are to be found at once.
        let toolchain: Vec<Option<Tool>> =
            raw.toolchain.into_iter().map(|tool| resolve_tool(tool, log)).collect();
        let variables = variables(raw.variables, log);
        let unavailable: Vec<Option<Regex>> =
            raw.prepare.unavailable.iter().map(|pattern| check::pattern(log, pattern)).collect();
        let inputs = inputs(raw.prepare.inputs, folder, log);
        let prepare = Stage { inputs, ..stage(raw.prepare.steps, raw.prepare.environment, log) };
        let build = stage(raw.build.steps, raw.build.environment, log);
        let run = run(raw.run, self.defaults, log);
        let promises = Promises { service: &id.service, scenarios: self.scenarios };
        let names = placeholders(self.defaults, &Placeholders::NAMES);
        let has_claims = raw.claims.is_some();
        let own =
            RawContract { claims: raw.claims.unwrap_or_default(), outputs: raw.outputs, exits: raw.exits };
        let own = promises.contract(own, &names, log);
        let RawPublished { claims, outputs, exits } = raw.published;
        let published = promises.contract(RawContract { claims, outputs, exits }, &names, log);
        let expectations = promises.expectations(raw.expectations, log);
        let defaults = self.defaults?;
        let bundled = own.map(|own| promises.merged(own, has_claims, &defaults.contract, &expectations));
        Some(Manifest {
            service: Arc::clone(&defaults.profile),
            title,
            file: self.root.join(file),
            source: source?,
            page,
            toolchain: toolchain.into_iter().collect::<Option<_>>()?,
            variables,
            prepare,
            unavailable: unavailable.into_iter().collect::<Option<_>>()?,
            build,
            run: run?,
            bundled: bundled?,
            published: published?,
            expectations,
            id,
        })
    }
}

/// A folder below the root that is there.
pub(crate) fn folder(root: &Path, raw: &Text, log: &mut Log<'_>) -> Option<PathBuf> {
    let folder = root.join(check::relative_path(log, raw)?);
    if folder.is_dir() {
        return Some(folder);
    }
    let close = close_sibling(&folder);
    log.at(raw.span.clone(), format!("there is no folder `{}`{close}", raw.value));
    None
}

/// `folder` is none where it is not known: then what lies in it cannot be looked for.
pub(crate) fn source(raw: RawSource, folder: Option<&Path>, log: &mut Log<'_>) -> Option<Source> {
    let file = check::relative_path(log, &raw.file);
    let folder = folder?;
    let file = existing(folder, file?, &raw.file, log)?;
    match MostBytes::PAGE.read(&folder.join(&file)) {
        Ok(bytes) => {
            if let Err(error) = Region::find(&bytes, &raw.region.value) {
                log.at(raw.region.span, format!("in `{}`: {error}", raw.file.value));
                return None;
            }
        }
        Err(error) => {
            log.at(raw.file.span, format!("`{}` cannot be read: {error}", raw.file.value));
            return None;
        }
    }
    Some(Source { folder: folder.to_owned(), file, region: raw.region.value })
}

pub(crate) fn page_names(raw: RawPageNames, log: &mut Log<'_>) -> PageNames {
    let mut words = |key: &str, texts: Vec<Text>| {
        texts.into_iter().map(|text| check::one_line(log, key, &text)).collect::<Vec<_>>()
    };
    let blocks = raw.blocks.map(|RawBlocks::Joined| BlockChoice::Joined);
    PageNames { headings: words("headings", raw.headings), fences: words("fences", raw.fences), blocks }
}

pub(crate) fn resolve_tool(raw: RawTool, log: &mut Log<'_>) -> Option<Tool> {
    let program = check::one_line(log, "program", &raw.program);
    let name = raw.name.map_or_else(|| program.clone(), |name| check::one_line(log, "name", &name));
    let pattern = check::pattern(log, &raw.version.pattern);
    let minimum = check::version(log, &raw.version.minimum);
    let pattern = pattern?;
    if pattern.captures_len() < 2 {
        let message = "the pattern has no group for the version: put it in parentheses";
        log.at(raw.version.pattern.span, message);
        return None;
    }
    let RawInstall { debian, fedora, macos } = raw.install;
    let install = [("debian", debian), ("fedora", fedora), ("macos", macos)];
    let install =
        install.into_iter().filter_map(|(system, command)| Some((system.to_owned(), command?))).collect();
    Some(Tool {
        program,
        name,
        version_args: raw.version.args,
        version_pattern: pattern,
        minimum: minimum?,
        install,
    })
}

pub(crate) fn variables(raw: Vec<Text>, log: &mut Log<'_>) -> Variables {
    let mut names: Vec<String> = Vec::new();
    for name in raw {
        if let Err(mistake) = Variables::check(&name.value) {
            log.at(name.span, mistake);
        } else if names.contains(&name.value) {
            log.at(name.span, format!("the variable `{}` is listed twice", name.value));
        } else {
            names.push(name.value);
        }
    }
    Variables::new(names)
}

/// `folder` as for [`source`].
pub(crate) fn inputs(raw: Vec<Text>, folder: Option<&Path>, log: &mut Log<'_>) -> Vec<PathBuf> {
    let mut inputs = Vec::new();
    for input in raw {
        let path = check::relative_path(log, &input);
        if let (Some(folder), Some(path)) = (folder, path) {
            inputs.extend(existing(folder, path, &input, log));
        }
    }
    inputs
}

pub(crate) fn stage(steps: Vec<Located<Vec<Text>>>, variables: Texts, log: &mut Log<'_>) -> Stage {
    let steps = steps.into_iter().map(|step| command(step, &STAGE_PLACEHOLDERS, log)).collect();
    Stage { inputs: Vec::new(), steps, environment: check::environment(log, variables, &STAGE_PLACEHOLDERS) }
}

fn run(raw: RawRun, defaults: Option<&ServiceDefaults>, log: &mut Log<'_>) -> Option<Run> {
    let mut duration = |text: Option<Text>, otherwise| match text {
        Some(text) => check::duration(log, &text),
        None => Some(otherwise),
    };
    let deadline = duration(raw.deadline, DEADLINE);
    let processor_time = duration(raw.processor_time, PROCESSOR_TIME);
    let names = placeholders(defaults, &COMMAND_PLACEHOLDERS);
    let mut environment = defaults.map(|defaults| defaults.environment.clone()).unwrap_or_default();
    environment.extend(check::environment(log, raw.environment, &names));
    let of_service = placeholders(defaults, &SERVICE_PLACEHOLDERS);
    Some(Run {
        command: command(raw.command, &names, log),
        environment,
        endpoint: raw.endpoint,
        emulator_environment: check::environment(log, raw.emulator.environment, &names),
        service_environment: check::environment(log, raw.service.environment, &of_service),
        deadline: deadline?,
        processor_time: processor_time?,
        jobs: raw.jobs.map(NonZeroU32::get),
    })
}

pub(crate) fn command(raw: Located<Vec<Text>>, names: &[&str], log: &mut Log<'_>) -> Vec<String> {
    match raw.value.first() {
        None => log.at(raw.span, "a command begins with a program"),
        Some(program) if program.value.is_empty() => {
            log.at(program.span.clone(), "a command begins with a program");
        }
        Some(_) => {}
    }
    let mut words = Vec::new();
    for word in raw.value {
        check::placeholders(log, &word, names);
        words.push(word.value);
    }
    words
}

/// The path, if there is such a file in the folder.
fn existing(folder: &Path, path: PathBuf, text: &Text, log: &mut Log<'_>) -> Option<PathBuf> {
    let whole = folder.join(&path);
    if whole.is_file() {
        return Some(path);
    }
    let close = close_sibling(&whole);
    log.at(text.span.clone(), format!("there is no file `{}` in the sample's folder{close}", text.value));
    None
}

/// ` (did you mean ...?)`, with the name of something that lies where the path points.
fn close_sibling(path: &Path) -> String {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let entries = path.parent().and_then(|parent| parent.read_dir().ok());
    let names: Vec<String> = entries
        .into_iter()
        .flatten()
        .flatten()
        .map(|entry| entry.file_name().to_string_lossy().into_owned())
        .collect();
    suggestion(&name, names.iter().map(String::as_str))
}
