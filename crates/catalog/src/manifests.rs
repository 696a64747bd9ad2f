//! From manifests as typed to manifests resolved.

use std::collections::BTreeMap;
use std::num::NonZeroU32;
use std::path::{Path, PathBuf};
use std::time::Duration;

use regex::Regex;
use rescind_model::{ClaimPattern, Contract, Outcome, Placeholders, SampleId, Scenario, Service, suggestion};

use crate::check;
use crate::diagnostic::Log;
use crate::located::Located;
use crate::manifest::{
    COMMAND_PLACEHOLDERS, Manifest, PageNames, Run, SERVICE_PLACEHOLDERS, STAGE_PLACEHOLDERS, Source, Stage,
    Substitute, Tool,
};
use crate::raw::{
    RawClaim, RawInstall, RawManifest, RawPageNames, RawRun, RawSource, RawSubstitute, RawTool,
};
use crate::region::Region;
use crate::variables::Variables;

/// The deadline of a case whose manifest has none, in virtual time. It costs nothing, and no operation of a schedule takes
/// as long: what still runs by then would never end.
const DEADLINE: Duration = Duration::from_secs(2 * 60 * 60);
/// The processor time of a case whose manifest says nothing of it: the dearest bundled sample takes a sixth.
const PROCESSOR_TIME: Duration = Duration::from_secs(60);

/// The scenarios that there are, by name; none for those that could not be read.
pub(crate) type Scenarios = BTreeMap<String, Option<Scenario>>;

type Text = Located<String>;
type Texts = BTreeMap<Text, Text>;

/// Resolves manifests below a root.
pub(crate) struct Resolver<'a> {
    pub(crate) root: &'a Path,
    pub(crate) scenarios: &'a Scenarios,
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
        let folder = self.folder(&raw.source.folder, log);
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
        let run = run(raw.run, log);
        let bundled = self.contract(raw.claims, raw.outputs, id.service, log);
        let published = self.contract(raw.published.claims, raw.published.outputs, id.service, log);
        let expectations = self.expectations(raw.expectations, id.service, log);
        Some(Manifest {
            id,
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
        })
    }

    fn folder(&self, raw: &Text, log: &mut Log<'_>) -> Option<PathBuf> {
        let folder = self.root.join(check::relative_path(log, raw)?);
        if folder.is_dir() {
            return Some(folder);
        }
        let close = close_sibling(&folder);
        log.at(raw.span.clone(), format!("there is no folder `{}`{close}", raw.value));
        None
    }

    fn contract(
        &self,
        claims: Vec<RawClaim>,
        outputs: Texts,
        service: Service,
        log: &mut Log<'_>,
    ) -> Option<Contract> {
        let mut contract = Contract::default();
        let mut valid = true;
        for RawClaim { claim, pattern, stream } in claims {
            match check::pattern(log, &pattern) {
                Some(pattern) => contract.claims.push(ClaimPattern { claim, stream, pattern }),
                None => valid = false,
            }
        }
        for (key, text) in outputs {
            check::placeholders(log, &text, &Placeholders::NAMES);
            if let Some(outcome) = Outcome::ALL.into_iter().find(|outcome| outcome.to_string() == key.value) {
                contract.outputs.insert(outcome, text.value);
            } else if self.is_scenario_of(service, &key, log) {
                contract.outputs_by_scenario.insert(key.value, text.value);
            }
        }
        valid.then_some(contract)
    }

    fn expectations(
        &self,
        raw: BTreeMap<Text, RawSubstitute>,
        service: Service,
        log: &mut Log<'_>,
    ) -> BTreeMap<String, Substitute> {
        let mut expectations = BTreeMap::new();
        for (name, RawSubstitute { like, reason }) in raw {
            let reason = check::one_line(log, "reason", &reason);
            let known = self.scenario(service, &name, log).is_some();
            // Without a value, the other scenario is there but has mistakes of its own, which are told where it lies.
            let Some(Some(other)) = self.scenario(service, &like, log) else { continue };
            if known {
                let expect = other.expect.clone();
                expectations.insert(name.value, Substitute { like: like.value, expect, reason });
            }
        }
        expectations
    }

    fn is_scenario_of(&self, service: Service, name: &Text, log: &mut Log<'_>) -> bool {
        if self.scenarios.contains_key(&name.value) {
            return self.scenario(service, name, log).is_some();
        }
        let outcomes = Outcome::ALL.map(|outcome| outcome.to_string());
        let known = outcomes.iter().chain(self.scenarios.keys()).map(String::as_str);
        let close = suggestion(&name.value, known);
        let message = format!("`{}` is neither an outcome nor a scenario{close}", name.value);
        let help = format!("the outcomes are {}", outcomes.join(", "));
        log.note(name.span.clone(), message, Some(help));
        false
    }

    /// A scenario of the service, without a value if it could not be read; none, with a note, if there is no such one.
    fn scenario(&self, service: Service, name: &Text, log: &mut Log<'_>) -> Option<Option<&Scenario>> {
        let message = match self.scenarios.get(&name.value) {
            Some(Some(scenario)) if !scenario.services.contains(&service) => {
                format!("the scenario `{}` is not one of {service}", name.value)
            }
            Some(scenario) => return Some(scenario.as_ref()),
            None => {
                let close = suggestion(&name.value, self.scenarios.keys().map(String::as_str));
                format!("there is no scenario `{}`{close}", name.value)
            }
        };
        log.at(name.span.clone(), message);
        None
    }
}

/// `folder` is none where it is not known: then what lies in it cannot be looked for.
fn source(raw: RawSource, folder: Option<&Path>, log: &mut Log<'_>) -> Option<Source> {
    let file = check::relative_path(log, &raw.file);
    let folder = folder?;
    let file = existing(folder, file?, &raw.file, log)?;
    match std::fs::read(folder.join(&file)) {
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

fn page_names(raw: RawPageNames, log: &mut Log<'_>) -> PageNames {
    let mut words = |key: &str, texts: Vec<Text>| {
        texts.into_iter().map(|text| check::one_line(log, key, &text)).collect::<Vec<_>>()
    };
    PageNames { headings: words("headings", raw.headings), fences: words("fences", raw.fences) }
}

fn resolve_tool(raw: RawTool, log: &mut Log<'_>) -> Option<Tool> {
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

fn variables(raw: Vec<Text>, log: &mut Log<'_>) -> Variables {
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
fn inputs(raw: Vec<Text>, folder: Option<&Path>, log: &mut Log<'_>) -> Vec<PathBuf> {
    let mut inputs = Vec::new();
    for input in raw {
        let path = check::relative_path(log, &input);
        if let (Some(folder), Some(path)) = (folder, path) {
            inputs.extend(existing(folder, path, &input, log));
        }
    }
    inputs
}

fn stage(steps: Vec<Located<Vec<Text>>>, variables: Texts, log: &mut Log<'_>) -> Stage {
    let steps = steps.into_iter().map(|step| command(step, &STAGE_PLACEHOLDERS, log)).collect();
    Stage { inputs: Vec::new(), steps, environment: environment(variables, &STAGE_PLACEHOLDERS, log) }
}

fn run(raw: RawRun, log: &mut Log<'_>) -> Option<Run> {
    let mut duration = |text: Option<Text>, otherwise| match text {
        Some(text) => check::duration(log, &text),
        None => Some(otherwise),
    };
    let deadline = duration(raw.deadline, DEADLINE);
    let processor_time = duration(raw.processor_time, PROCESSOR_TIME);
    Some(Run {
        command: command(raw.command, &COMMAND_PLACEHOLDERS, log),
        environment: environment(raw.environment, &COMMAND_PLACEHOLDERS, log),
        endpoint: raw.endpoint,
        emulator_environment: environment(raw.emulator.environment, &COMMAND_PLACEHOLDERS, log),
        service_environment: environment(raw.service.environment, &SERVICE_PLACEHOLDERS, log),
        deadline: deadline?,
        processor_time: processor_time?,
        jobs: raw.jobs.map(NonZeroU32::get),
    })
}

fn command(raw: Located<Vec<Text>>, names: &[&str], log: &mut Log<'_>) -> Vec<String> {
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

fn environment(raw: Texts, names: &[&str], log: &mut Log<'_>) -> BTreeMap<String, String> {
    let mut variables = BTreeMap::new();
    for (name, value) in raw {
        if name.value.is_empty() || name.value.contains(['=', '\0']) {
            let message = format!("`{}` is not a name of an environment variable", name.value);
            log.at(name.span, message);
        }
        check::placeholders(log, &value, names);
        variables.insert(name.value, value.value);
    }
    variables
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
