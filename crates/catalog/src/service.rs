//! What the samples of a service share: `manifests/<service>/service.yaml`.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use rescind_model::{Contract, Placeholders, ServiceId};
use schemars::JsonSchema;
use serde::Deserialize;

use crate::check;
use crate::contract::{Promises, RawContract, Scenarios};
use crate::diagnostic::Log;
use crate::located::Located;
use crate::placeholders::COMMAND_PLACEHOLDERS;
use crate::raw::RawClaim;

type Text = Located<String>;
type Texts = BTreeMap<Text, Text>;

/// A service, and what its samples share: `manifests/<service>/service.yaml`. What the manifest of a sample says takes
/// the place of what is here: `environment` variable by variable, `outputs` text by text, `claims` as a whole.
#[derive(Deserialize, JsonSchema)]
#[schemars(rename = "Service")]
#[serde(deny_unknown_fields)]
pub(crate) struct RawService {
    /// The service's name for people: `Spanner`. A page is about the service if it has this name, or the folder's.
    title: Text,
    /// The host names that the service answers under: its own first, then others under which clients ask it. In a closed
    /// world they lead to the emulator.
    hosts: Located<Vec<Text>>,
    /// The host names that client libraries and tools ask besides, for what is not the service's: tokens, metrics. In a
    /// closed world there is nobody behind them but who gives out tokens; without them, they are out of reach.
    #[serde(default)]
    besides: Vec<Text>,
    /// The environment variable that leads the service's client libraries to an emulator at HOST:PORT; left out where
    /// they know none.
    emulator: Option<Text>,
    /// What the placeholders stand for in every case of the service.
    placeholders: RawPlaceholders,
    /// Environment variables of every sample, with the placeholders of `run.environment` of a manifest, whose variables
    /// take the place of those of the same name.
    #[serde(default)]
    environment: Texts,
    /// The texts with which bundled samples make claims. A manifest with claims of its own has none of these.
    #[serde(default)]
    claims: Vec<RawClaim>,
    /// What bundled samples print to standard output, by outcome or, going before its outcome, by scenario; with the
    /// placeholders of `outputs` of a manifest. A manifest's text takes the place of that for the same scenario, or for the
    /// same outcome and for the scenarios that end in it.
    #[serde(default)]
    outputs: Texts,
}

/// What placeholders stand for.
#[derive(Deserialize, JsonSchema)]
#[schemars(rename = "PlaceholderValues")]
#[serde(deny_unknown_fields)]
struct RawPlaceholders {
    /// {instance}: the id of what databases lie in; left out where the service has nothing of the kind, and no manifest
    /// can then use it.
    instance: Option<Text>,
    /// {database}: the id of what backups are made of.
    database: Text,
}

/// A service as cases meet it: all that rescind knows of it besides the rules by which its emulator answers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ServiceProfile {
    /// The service, from the name of the folder.
    pub id: ServiceId,
    /// Its name for people: `Spanner`.
    pub title: String,
    /// The host name that it has itself: `spanner.googleapis.com`.
    pub host: String,
    /// The other names under which it answers.
    pub aliases: Vec<String>,
    /// The names that client libraries and tools ask besides, which do not answer for it.
    pub besides: Vec<String>,
    /// The variable that leads its client libraries to an emulator at `HOST:PORT`, where they know one.
    pub emulator_variable: Option<String>,
    /// `{instance}` in its cases: the id of what databases lie in. None where the service has nothing of the kind.
    pub instance: Option<String>,
    /// `{database}` in its cases: the id of what backups are made of.
    pub database: String,
}

impl ServiceProfile {
    /// The host names that lead to the emulator in a closed world: the service's own first, then its aliases, then those
    /// that are asked besides.
    pub fn hosts(&self) -> impl Iterator<Item = &str> {
        std::iter::once(&self.host).chain(&self.aliases).chain(&self.besides).map(String::as_str)
    }
}

/// What the manifests of a service take from its `service.yaml`.
pub(crate) struct ServiceDefaults {
    pub(crate) profile: Arc<ServiceProfile>,
    pub(crate) environment: BTreeMap<String, String>,
    pub(crate) contract: Contract,
}

/// Those of the placeholders that have a value in the service; all of them where it could not be read.
pub(crate) fn placeholders<'a>(defaults: Option<&ServiceDefaults>, names: &[&'a str]) -> Vec<&'a str> {
    valued(defaults.is_none_or(|defaults| defaults.profile.instance.is_some()), names)
}

fn valued<'a>(has_instance: bool, names: &[&'a str]) -> Vec<&'a str> {
    names.iter().copied().filter(|name| has_instance || *name != "instance").collect()
}

/// Resolves what the samples of a service share, and notes all that is wrong with it.
pub(crate) fn resolve(
    raw: RawService,
    id: &ServiceId,
    scenarios: &Scenarios,
    log: &mut Log<'_>,
) -> Option<ServiceDefaults> {
    let title = check::one_line(log, "title", &raw.title);
    if raw.hosts.value.is_empty() {
        log.at(raw.hosts.span, "a service has at least one host: its own");
    }
    let mut seen = BTreeSet::new();
    let mut hosts = hosts(raw.hosts.value, &mut seen, log).into_iter();
    let besides = self::hosts(raw.besides, &mut seen, log);
    if let Some(variable) = &raw.emulator {
        check::variable(log, variable);
    }
    let instance = raw.placeholders.instance.map(|text| resource_id(text, log));
    let database = resource_id(raw.placeholders.database, log);
    let valued = |names: &[&'static str]| valued(instance.is_some(), names);
    let environment = check::environment(log, raw.environment, &valued(&COMMAND_PLACEHOLDERS));
    let promises = Promises { service: id, scenarios };
    let promised = RawContract { claims: raw.claims, outputs: raw.outputs, ..RawContract::default() };
    let contract = promises.contract(promised, &valued(&Placeholders::NAMES), log);
    let profile = ServiceProfile {
        id: id.clone(),
        title,
        host: hosts.next()?,
        aliases: hosts.collect(),
        besides,
        emulator_variable: raw.emulator.map(|text| text.value),
        instance,
        database,
    };
    Some(ServiceDefaults { profile: Arc::new(profile), environment, contract: contract? })
}

/// Host names as they are compared: in lower case, without a dot at the end; each once.
pub(crate) fn hosts(texts: Vec<Text>, seen: &mut BTreeSet<String>, log: &mut Log<'_>) -> Vec<String> {
    let is_label = |label: &str| {
        let plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
        !label.is_empty() && label.bytes().all(plain)
    };
    let mut hosts = Vec::new();
    for Located { value: host, span } in texts {
        if !host.split('.').all(is_label) {
            let form = "lower-case letters, digits and hyphens, joined by dots, as in spanner.googleapis.com";
            log.at(span, format!("`{host}` is not a host name: {form}"));
        } else if seen.insert(host.clone()) {
            hosts.push(host);
        } else {
            log.at(span, format!("the host `{host}` is listed twice"));
        }
    }
    hosts
}

/// The id of a resource, which is a segment of its name.
pub(crate) fn resource_id(text: Text, log: &mut Log<'_>) -> String {
    if text.value.is_empty() || text.value.contains(|c: char| c == '/' || c.is_whitespace()) {
        log.at(
            text.span,
            format!("`{}` is no id: ids hold no `/` and no blank, and are not empty", text.value),
        );
    }
    text.value
}
