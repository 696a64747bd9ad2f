//! What a team says of a sample or of a service, put in the place of what is built in.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use rescind_model::{Contract, Placeholders};

use super::raw::{
    RawOverride, RawPageOverride, RawPrepareOverride, RawPromisesOverride, RawRunOverride, RawServiceOverride,
};
use crate::check;
use crate::choice::BlockChoice;
use crate::contract::{Promises, RawContract, Scenarios};
use crate::diagnostic::Log;
use crate::located::Located;
use crate::manifest::{Manifest, PageNames, Run, Stage};
use crate::manifests::{command, folder, inputs, resolve_tool, source, stage, variables};
use crate::placeholders::{COMMAND_PLACEHOLDERS, SERVICE_PLACEHOLDERS, STAGE_PLACEHOLDERS};
use crate::raw::{RawBlocks, RawClaim, RawExits};
use crate::service::{ServiceDefaults, hosts, placeholders, resource_id};

type Text = Located<String>;

/// Puts what a team says in the place of what is built in.
#[derive(Clone, Copy)]
pub(crate) struct Overriding<'a> {
    /// The folder of the team's file.
    pub(crate) folder: &'a Path,
    pub(crate) scenarios: &'a Scenarios,
}

impl Overriding<'_> {
    /// Alters what the samples of a service share, and notes all that is wrong with what is said of it.
    pub(crate) fn service(self, raw: RawServiceOverride, defaults: &mut ServiceDefaults, log: &mut Log<'_>) {
        let mut profile = (*defaults.profile).clone();
        if let Some(title) = raw.title {
            profile.title = check::one_line(log, "title", &title);
        }
        let mut seen = std::collections::BTreeSet::new();
        if let Some(listed) = raw.hosts {
            let mut listed_hosts = hosts(listed.value, &mut seen, log).into_iter();
            match listed_hosts.next() {
                Some(host) => (profile.host, profile.aliases) = (host, listed_hosts.collect()),
                None => log.at(listed.span, "a service has at least one host: its own"),
            }
        }
        if let Some(besides) = raw.besides {
            profile.besides = hosts(besides, &mut seen, log);
        }
        if let Some(variable) = raw.emulator {
            check::variable(log, &variable);
            profile.emulator_variable = Some(variable.value);
        }
        if let Some(instance) = raw.placeholders.instance {
            profile.instance = Some(resource_id(instance, log));
        }
        if let Some(database) = raw.placeholders.database {
            profile.database = resource_id(database, log);
        }
        let promises = Promises { service: &profile.id.clone(), scenarios: self.scenarios };
        defaults.profile = Arc::new(profile);
        let names = placeholders(Some(defaults), &COMMAND_PLACEHOLDERS);
        defaults.environment.extend(check::environment(log, raw.environment, &names));
        let names = placeholders(Some(defaults), &Placeholders::NAMES);
        let said = Said { claims: raw.claims, outputs: raw.outputs, exits: RawExits::new() };
        said.replace(&mut defaults.contract, promises, &BTreeMap::new(), &names, log);
    }

    /// Alters a manifest, and notes all that is wrong with what is said of it.
    pub(crate) fn sample(
        self,
        raw: RawOverride,
        manifest: &mut Manifest,
        defaults: &ServiceDefaults,
        log: &mut Log<'_>,
    ) {
        if let Some(title) = raw.title {
            manifest.title = check::one_line(log, "title", &title);
        }
        if let Some(own) = raw.source {
            let place = own.folder.span.clone();
            let found = folder(self.folder, &own.folder, log);
            if let Some(found) = source(own, found.as_deref(), log) {
                manifest.source = found;
                // Whoever says nothing of the inputs keeps those of the built-in project, which must be here too.
                if raw.prepare.inputs.is_none() {
                    for input in &manifest.prepare.inputs {
                        if !manifest.source.folder.join(input).is_file() {
                            let message = format!(
                                "there is no file `{}` in it, which the dependencies are told by: say which is by \
                                 `prepare.inputs`",
                                input.display()
                            );
                            log.at(place.clone(), message);
                        }
                    }
                }
            }
        }
        page(raw.page, &mut manifest.page, log);
        if let Some(tools) = raw.toolchain {
            manifest.toolchain = tools.into_iter().filter_map(|tool| resolve_tool(tool, log)).collect();
        }
        if let Some(names) = raw.variables {
            manifest.variables = variables(names, log);
        }
        prepare(raw.prepare, manifest, log);
        steps(raw.build.steps, raw.build.environment, &mut manifest.build, log);
        run(raw.run, &mut manifest.run, defaults, log);
        let service = manifest.id.service.clone();
        let promises = Promises { service: &service, scenarios: self.scenarios };
        manifest.expectations.extend(promises.expectations(raw.expectations, log));
        let names = placeholders(Some(defaults), &Placeholders::NAMES);
        let bundled = Said { claims: raw.claims, outputs: raw.outputs, exits: raw.exits };
        bundled.replace(&mut manifest.bundled, promises, &manifest.expectations, &names, log);
        let RawPromisesOverride { claims, outputs, exits } = raw.published;
        let published = Said { claims, outputs, exits };
        published.replace(&mut manifest.published, promises, &manifest.expectations, &names, log);
    }
}

/// What a team says of promises.
struct Said {
    claims: Option<Vec<RawClaim>>,
    outputs: BTreeMap<Text, Option<Text>>,
    exits: RawExits,
}

impl Said {
    fn replace(
        self,
        contract: &mut Contract,
        promises: Promises<'_>,
        expectations: &BTreeMap<String, crate::Substitute>,
        names: &[&str],
        log: &mut Log<'_>,
    ) {
        let has_claims = self.claims.is_some();
        let (mut outputs, mut removed) = (BTreeMap::new(), Vec::new());
        for (key, text) in self.outputs {
            match text {
                Some(text) => drop(outputs.insert(key, text)),
                None => removed.push(key),
            }
        }
        let raw = RawContract { claims: self.claims.unwrap_or_default(), outputs, exits: self.exits };
        if let Some(own) = promises.contract(raw, names, log) {
            *contract = promises.merged(own, has_claims, contract, expectations);
        }
        promises.remove(contract, removed, log);
    }
}

fn page(raw: RawPageOverride, names: &mut PageNames, log: &mut Log<'_>) {
    let mut words = |key: &str, texts: Vec<Text>| -> Vec<String> {
        texts.into_iter().map(|text| check::one_line(log, key, &text)).collect()
    };
    if let Some(headings) = raw.headings {
        names.headings = words("headings", headings);
    }
    if let Some(fences) = raw.fences {
        names.fences = words("fences", fences);
    }
    if let Some(RawBlocks::Joined) = raw.blocks {
        names.blocks = Some(BlockChoice::Joined);
    }
}

fn prepare(raw: RawPrepareOverride, manifest: &mut Manifest, log: &mut Log<'_>) {
    if let Some(listed) = raw.inputs {
        let folder: PathBuf = manifest.source.folder.clone();
        manifest.prepare.inputs = inputs(listed, Some(&folder), log);
    }
    steps(raw.steps, raw.environment, &mut manifest.prepare, log);
    if let Some(patterns) = raw.unavailable {
        manifest.unavailable = patterns.iter().filter_map(|pattern| check::pattern(log, pattern)).collect();
    }
}

fn steps(
    raw: Option<Vec<Located<Vec<Text>>>>,
    environment: BTreeMap<Text, Text>,
    into: &mut Stage,
    log: &mut Log<'_>,
) {
    match raw {
        Some(raw) => {
            let said = stage(raw, environment, log);
            into.steps = said.steps;
            into.environment.extend(said.environment);
        }
        None => into.environment.extend(check::environment(log, environment, &STAGE_PLACEHOLDERS)),
    }
}

fn run(raw: RawRunOverride, run: &mut Run, defaults: &ServiceDefaults, log: &mut Log<'_>) {
    let names = placeholders(Some(defaults), &COMMAND_PLACEHOLDERS);
    let of_service = placeholders(Some(defaults), &SERVICE_PLACEHOLDERS);
    if let Some(words) = raw.command {
        run.command = command(words, &names, log);
    }
    run.environment.extend(check::environment(log, raw.environment, &names));
    run.emulator_environment.extend(check::environment(log, raw.emulator.environment, &names));
    run.service_environment.extend(check::environment(log, raw.service.environment, &of_service));
    if let Some(endpoint) = raw.endpoint {
        run.endpoint = endpoint;
    }
    if let Some(time) = raw.deadline.and_then(|text| check::duration(log, &text)) {
        run.deadline = time;
    }
    if let Some(time) = raw.processor_time.and_then(|text| check::duration(log, &text)) {
        run.processor_time = time;
    }
    if let Some(jobs) = raw.jobs {
        run.jobs = Some(jobs.get());
    }
}
