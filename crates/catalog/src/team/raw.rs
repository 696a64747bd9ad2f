//! `rescind.yaml` as typed.
//!
//! The JSON Schema is made from these types; what their docs say is what an editor shows.

use std::collections::BTreeMap;
use std::num::NonZeroU32;

use rescind_model::{Endpoint, Severity};
use schemars::JsonSchema;
use serde::Deserialize;

use crate::located::Located;
use crate::raw::{
    RawBlocks, RawClaim, RawExits, RawKnownFailure, RawReach, RawSource, RawSubstitute, RawTool,
};

type Text = Located<String>;
type Texts = BTreeMap<Text, Text>;
/// Texts of which one can be taken away: by `null`.
type Removable = BTreeMap<Text, Option<Text>>;

/// What a team says of its own repository: `rescind.yaml`, at or above the folder that rescind is started in. What is here
/// goes before the built-in manifests, and what a command line says goes before it. Of keys with keys below them each is
/// taken by itself; a list takes the place of a whole list.
#[derive(Default, Deserialize, JsonSchema)]
#[schemars(rename = "Team")]
#[serde(deny_unknown_fields)]
pub(crate) struct RawTeam {
    /// The pages whose samples are run: files or globs, relative to the folder of this file.
    #[serde(default)]
    pub(crate) pages: Vec<Text>,
    /// The files whose regions are run.
    #[serde(default)]
    pub(crate) sources: Vec<RawTeamSource>,
    /// The languages that are run, by any of their names, or globs; left out, all of them.
    #[serde(default)]
    pub(crate) languages: Vec<Text>,
    /// The services that are run; left out, all of them.
    #[serde(default)]
    pub(crate) services: Vec<Text>,
    /// The scenarios that are played, names or globs; left out, all of them.
    #[serde(default)]
    pub(crate) scenarios: Vec<Text>,
    /// What is published in these languages (names or globs) need not be run. What is not is noted.
    #[serde(default)]
    pub(crate) allow_uncovered: Vec<Text>,
    /// Cases that fail, and it is known why. They take the place of the built-in list.
    pub(crate) known_failures: Option<Vec<RawKnownFailure>>,
    /// The baseline that runs are compared with (`rescind accept` makes it), relative to the folder of this file.
    pub(crate) baseline: Option<Text>,
    /// How much it matters that a rule is broken, by the id of the rule; one that is not here is an `error`.
    #[serde(default)]
    pub(crate) severity: BTreeMap<Text, Severity>,
    /// What differs from the built-in `service.yaml`, by service.
    #[serde(default)]
    pub(crate) service: BTreeMap<Text, RawServiceOverride>,
    /// What differs from the built-in manifest, by sample: `spanner/python`.
    #[serde(default)]
    pub(crate) samples: BTreeMap<Text, RawOverride>,
}

/// A file with the code of a sample.
#[derive(Deserialize, JsonSchema)]
#[schemars(rename = "TeamSource")]
#[serde(deny_unknown_fields)]
pub(crate) struct RawTeamSource {
    /// The sample: a language, or SERVICE/LANGUAGE where several services have a region of the tag.
    pub(crate) sample: Text,
    /// The file, or a glob that stands for files, relative to the folder of this file.
    pub(crate) file: Text,
    /// The tag of the region in it; left out, the one that the sample's manifest names.
    pub(crate) tag: Option<Text>,
}

/// What a team says of a service. What is left out is as it is built in.
#[derive(Default, Deserialize, JsonSchema)]
#[schemars(rename = "ServiceOverride")]
#[serde(deny_unknown_fields)]
pub(crate) struct RawServiceOverride {
    /// The service's name for people. A page is about the service if it has this name, or the folder's.
    pub(crate) title: Option<Text>,
    /// The host names that the service answers under, its own first.
    pub(crate) hosts: Option<Located<Vec<Text>>>,
    /// The host names that client libraries and tools ask besides.
    pub(crate) besides: Option<Vec<Text>>,
    /// The environment variable that leads client libraries to an emulator.
    pub(crate) emulator: Option<Text>,
    /// What placeholders stand for.
    #[serde(default)]
    pub(crate) placeholders: RawPlaceholderOverride,
    /// Environment variables of every sample.
    #[serde(default)]
    pub(crate) environment: Texts,
    /// The texts with which bundled samples make claims.
    pub(crate) claims: Option<Vec<RawClaim>>,
    /// What bundled samples print, by outcome or scenario; `null` for what is not to be compared.
    #[serde(default)]
    pub(crate) outputs: Removable,
}

/// What a team says that placeholders stand for.
#[derive(Default, Deserialize, JsonSchema)]
#[schemars(rename = "PlaceholderOverride")]
#[serde(deny_unknown_fields)]
pub(crate) struct RawPlaceholderOverride {
    /// {instance}: the id of what databases lie in.
    pub(crate) instance: Option<Text>,
    /// {database}: the id of what backups are made of.
    pub(crate) database: Option<Text>,
}

/// What a team says of a sample. What is left out is as it is built in.
#[derive(Default, Deserialize, JsonSchema)]
#[schemars(rename = "Override")]
#[serde(deny_unknown_fields)]
pub(crate) struct RawOverride {
    /// The language's name for people.
    pub(crate) title: Option<Text>,
    /// A project of the team's that published code is run in, in place of the built-in one; its folder is relative to the
    /// folder of this file.
    pub(crate) source: Option<RawSource>,
    /// How pages name the language.
    #[serde(default)]
    pub(crate) page: RawPageOverride,
    /// The programs that must be there.
    pub(crate) toolchain: Option<Vec<RawTool>>,
    /// The variables of the user's environment that the toolchain may see.
    pub(crate) variables: Option<Vec<Text>>,
    /// What is done once for a set of dependencies.
    #[serde(default)]
    pub(crate) prepare: RawPrepareOverride,
    /// What is done once for each state of the code.
    #[serde(default)]
    pub(crate) build: RawBuildOverride,
    /// How a case is run.
    #[serde(default)]
    pub(crate) run: RawRunOverride,
    /// The texts with which the bundled sample makes claims.
    pub(crate) claims: Option<Vec<RawClaim>>,
    /// What the bundled sample prints, by outcome or scenario; `null` for what is not to be compared.
    #[serde(default)]
    pub(crate) outputs: Removable,
    /// With which code the bundled sample exits, by outcome.
    #[serde(default)]
    pub(crate) exits: RawExits,
    /// What published code promises: that of pages and of files.
    #[serde(default)]
    pub(crate) published: RawPromisesOverride,
    /// By scenario: what is expected instead, where the sample's tool can do no better.
    #[serde(default)]
    pub(crate) expectations: BTreeMap<Text, RawSubstitute>,
}

/// What a team says of what its published code promises.
#[derive(Default, Deserialize, JsonSchema)]
#[schemars(rename = "PromisesOverride")]
#[serde(deny_unknown_fields)]
pub(crate) struct RawPromisesOverride {
    /// The texts with which it makes claims.
    pub(crate) claims: Option<Vec<RawClaim>>,
    /// What it prints to standard output, by outcome or scenario; `null` for what is not to be compared.
    #[serde(default)]
    pub(crate) outputs: Removable,
    /// With which code it exits, by outcome.
    #[serde(default)]
    pub(crate) exits: RawExits,
}

/// How a team's pages name a language.
#[derive(Default, Deserialize, JsonSchema)]
#[schemars(rename = "PageOverride")]
#[serde(deny_unknown_fields)]
pub(crate) struct RawPageOverride {
    /// The headings.
    pub(crate) headings: Option<Vec<Text>>,
    /// The first words of the info strings of fenced blocks.
    pub(crate) fences: Option<Vec<Text>>,
    /// What is taken of a page that has several blocks in the language.
    pub(crate) blocks: Option<RawBlocks>,
}

/// What a team says of the commands that install dependencies.
#[derive(Default, Deserialize, JsonSchema)]
#[schemars(rename = "PrepareOverride")]
#[serde(deny_unknown_fields)]
pub(crate) struct RawPrepareOverride {
    /// Files, relative to the sample's folder, that decide whether the result of an earlier run is still good.
    pub(crate) inputs: Option<Vec<Text>>,
    /// The commands.
    pub(crate) steps: Option<Vec<Located<Vec<Text>>>>,
    /// Environment variables of these commands.
    #[serde(default)]
    pub(crate) environment: Texts,
    /// How a package manager says that it cannot have what it is asked for.
    pub(crate) unavailable: Option<Vec<Text>>,
}

/// What a team says of the commands that build the code.
#[derive(Default, Deserialize, JsonSchema)]
#[schemars(rename = "BuildOverride")]
#[serde(deny_unknown_fields)]
pub(crate) struct RawBuildOverride {
    /// The commands.
    pub(crate) steps: Option<Vec<Located<Vec<Text>>>>,
    /// Environment variables of these commands.
    #[serde(default)]
    pub(crate) environment: Texts,
}

/// What a team says of how a case is run.
#[derive(Default, Deserialize, JsonSchema)]
#[schemars(rename = "RunOverride")]
#[serde(deny_unknown_fields)]
pub(crate) struct RawRunOverride {
    /// The program and its arguments.
    pub(crate) command: Option<Located<Vec<Text>>>,
    /// Environment variables.
    #[serde(default)]
    pub(crate) environment: Texts,
    /// How the sample reaches the service.
    pub(crate) endpoint: Option<Endpoint>,
    /// What is added where the endpoint is `emulator`.
    #[serde(default)]
    pub(crate) emulator: RawReach,
    /// What is added where the endpoint is `service`.
    #[serde(default)]
    pub(crate) service: RawReach,
    /// When a case must have ended, in virtual time.
    pub(crate) deadline: Option<Text>,
    /// How much processor time a case may use.
    pub(crate) processor_time: Option<Text>,
    /// How many cases of this sample may run at once.
    pub(crate) jobs: Option<NonZeroU32>,
}
