//! Manifests and scenarios as typed: every value with its place, nothing checked against anything else.
//!
//! The JSON Schemas of both formats are made from these types; what their docs say is what an editor shows.

use std::collections::BTreeMap;
use std::num::NonZeroU32;

use rescind_model::{BackupState, Claim, Endpoint, Expectation, Stream};
use schemars::JsonSchema;
use serde::Deserialize;

use crate::located::Located;

type Text = Located<String>;
type Texts = BTreeMap<Text, Text>;
/// Exit codes, by outcome.
pub(crate) type RawExits = BTreeMap<Text, Located<i32>>;

/// The manifest of one sample: `manifests/<service>/<language>.yaml`.
#[derive(Deserialize, JsonSchema)]
#[schemars(rename = "Manifest")]
#[serde(deny_unknown_fields)]
pub(crate) struct RawManifest {
    /// The language's name for people: `Node.js`.
    pub(crate) title: Text,
    /// Where the code lies.
    pub(crate) source: RawSource,
    /// How pages name the language.
    pub(crate) page: RawPageNames,
    /// The programs that must be there.
    pub(crate) toolchain: Vec<RawTool>,
    /// The variables of the user's environment that the toolchain may see while it is looked for, installs and builds,
    /// beside those that every toolchain sees (HOME, proxies, files of authorities): names, or beginnings of names
    /// (`PIP_*`). Their values are part of what decides whether an earlier result is still good.
    #[serde(default)]
    pub(crate) variables: Vec<Text>,
    /// What is done once for a set of dependencies.
    #[serde(default)]
    pub(crate) prepare: RawPrepare,
    /// What is done once for each state of the code; left out for interpreted languages.
    #[serde(default)]
    pub(crate) build: RawBuild,
    /// How a case is run.
    pub(crate) run: RawRun,
    /// The texts with which the bundled sample makes claims. Left out, those of `service.yaml` hold; a list takes the
    /// place of all of them.
    pub(crate) claims: Option<Vec<RawClaim>>,
    /// What the bundled sample prints to standard output, by outcome. A key may also be the name of a scenario, whose
    /// text then wins over that of its outcome. The placeholders are {project}, {instance}, {database}, {backup} and
    /// {operation}; `{{` and `}}` stand for braces. A text takes the place of what `service.yaml` has for the same
    /// scenario, or for the same outcome and for the scenarios that end in it; what is not here is as it is there.
    #[serde(default)]
    pub(crate) outputs: Texts,
    /// With which code the bundled sample exits, by outcome. An outcome that is not here may have any code that says
    /// whether all went well.
    #[serde(default)]
    pub(crate) exits: RawExits,
    /// What published code promises, when it takes the place of the region.
    #[serde(default)]
    pub(crate) published: RawPublished,
    /// By scenario: what is expected instead, where the sample's tool can do no better.
    #[serde(default)]
    pub(crate) expectations: BTreeMap<Text, RawSubstitute>,
}

/// What is expected of a sample instead of what the scenario says.
#[derive(Deserialize, JsonSchema)]
#[schemars(rename = "Substitute")]
#[serde(deny_unknown_fields)]
pub(crate) struct RawSubstitute {
    /// The scenario whose expectation takes the place of the scenario's own.
    pub(crate) like: Text,
    /// Why, which reports show.
    pub(crate) reason: Text,
}

/// Where the code of a sample lies.
#[derive(Deserialize, JsonSchema)]
#[schemars(rename = "Source")]
#[serde(deny_unknown_fields)]
pub(crate) struct RawSource {
    /// The folder of the project, relative to the root of the repository.
    pub(crate) folder: Text,
    /// The file with the region, relative to the folder.
    pub(crate) file: Text,
    /// The tag of the region: the code between the lines with `[START tag]` and `[END tag]`.
    pub(crate) region: Text,
}

/// How pages name the language.
#[derive(Deserialize, JsonSchema)]
#[schemars(rename = "PageNames")]
#[serde(deny_unknown_fields)]
pub(crate) struct RawPageNames {
    /// The headings, compared without regard to case; the usual names of a language stand for each other.
    pub(crate) headings: Vec<Text>,
    /// The first words of the info strings of fenced blocks, compared alike: `javascript` stands for `js` too.
    pub(crate) fences: Vec<Text>,
    /// What is taken of a page that has several blocks in the language.
    pub(crate) blocks: Option<RawBlocks>,
}

/// What is taken of several blocks.
#[derive(Clone, Copy, Deserialize, JsonSchema)]
#[schemars(rename = "Blocks")]
#[serde(rename_all = "lowercase")]
pub(crate) enum RawBlocks {
    /// All of them, in order, as one.
    Joined,
}

/// A program that a sample needs.
#[derive(Deserialize, JsonSchema)]
#[schemars(rename = "Tool")]
#[serde(deny_unknown_fields)]
pub(crate) struct RawTool {
    /// Its name on the PATH. A library may have one that answers for it: `curl-config`.
    pub(crate) program: Text,
    /// What people call it, where that is not the program's name: `libcurl`.
    pub(crate) name: Option<Text>,
    /// How its version is found.
    pub(crate) version: RawVersion,
    /// The commands that install it.
    #[serde(default)]
    pub(crate) install: RawInstall,
}

/// How the version of a program is found, and which will do.
#[derive(Deserialize, JsonSchema)]
#[schemars(rename = "Version")]
#[serde(deny_unknown_fields)]
pub(crate) struct RawVersion {
    /// The arguments that make the program print its version.
    pub(crate) args: Vec<String>,
    /// A regular expression that finds the version in what the program prints, as its first group.
    pub(crate) pattern: Text,
    /// The least version that will do: "3.10".
    pub(crate) minimum: Text,
}

/// How a program is installed.
#[derive(Default, Deserialize, JsonSchema)]
#[schemars(rename = "Install")]
#[serde(deny_unknown_fields)]
pub(crate) struct RawInstall {
    /// The command on Debian and Ubuntu.
    pub(crate) debian: Option<String>,
    /// The command on Fedora and what derives from it.
    pub(crate) fedora: Option<String>,
    /// The command on macOS.
    pub(crate) macos: Option<String>,
}

/// Commands that install dependencies, once, and whose result is kept. They see the inputs and nothing else of the
/// sample's folder.
#[derive(Default, Deserialize, JsonSchema)]
#[schemars(rename = "Prepare")]
#[serde(deny_unknown_fields)]
pub(crate) struct RawPrepare {
    /// Files, relative to the sample's folder, that decide whether the result of an earlier run is still good.
    #[serde(default)]
    pub(crate) inputs: Vec<Text>,
    /// The commands, each a program and its arguments. The placeholders are {work} and {cache}.
    #[serde(default)]
    pub(crate) steps: Vec<Located<Vec<Text>>>,
    /// Environment variables of these commands, with the same placeholders.
    #[serde(default)]
    pub(crate) environment: Texts,
    /// How a package manager says that it cannot have what it is asked for: regular expressions, searched line by line in
    /// what a failed command printed. The sample is then `unsupported`, as without its toolchain.
    #[serde(default)]
    pub(crate) unavailable: Vec<Text>,
}

/// Commands that are run once, in a copy of the sample's folder, and whose result is kept.
#[derive(Default, Deserialize, JsonSchema)]
#[schemars(rename = "Build")]
#[serde(deny_unknown_fields)]
pub(crate) struct RawBuild {
    /// The commands, each a program and its arguments. The placeholders are {work} and {cache}.
    #[serde(default)]
    pub(crate) steps: Vec<Located<Vec<Text>>>,
    /// Environment variables of these commands, with the same placeholders.
    #[serde(default)]
    pub(crate) environment: Texts,
}

/// How a case is run.
#[derive(Deserialize, JsonSchema)]
#[schemars(rename = "Run")]
#[serde(deny_unknown_fields)]
pub(crate) struct RawRun {
    /// The program and its arguments. The placeholders are {work}, {cache}, {endpoint}, {emulator}, {project}, {instance},
    /// {database} and {backup}.
    pub(crate) command: Located<Vec<Text>>,
    /// Environment variables, with the same placeholders. They take the place of those of the same name in
    /// `service.yaml`.
    #[serde(default)]
    pub(crate) environment: Texts,
    /// How the sample reaches the service: by the variable of the emulator (`emulator`, the default), or by no variable at
    /// all, under the service's own host name and over TLS (`service`).
    #[serde(default)]
    pub(crate) endpoint: Endpoint,
    /// What is added where the endpoint is `emulator`.
    #[serde(default)]
    pub(crate) emulator: RawReach,
    /// What is added where the endpoint is `service`. The placeholder {emulator} has no value there.
    #[serde(default)]
    pub(crate) service: RawReach,
    /// When a case must have ended, in virtual time: "2h" (the default), "30m". Where time is real, this does not hold.
    pub(crate) deadline: Option<Text>,
    /// How much processor time a case may use: "60s" (the default), "2m 30s".
    pub(crate) processor_time: Option<Text>,
    /// How many cases of this sample may run at once; left out for as many as the run allows.
    pub(crate) jobs: Option<NonZeroU32>,
}

/// What is added to `run` for one way to the service.
#[derive(Default, Deserialize, JsonSchema)]
#[schemars(rename = "Reach")]
#[serde(deny_unknown_fields)]
pub(crate) struct RawReach {
    /// Environment variables, which take the place of those of the same name in `run.environment`.
    #[serde(default)]
    pub(crate) environment: Texts,
}

/// A text that makes a claim.
#[derive(Deserialize, JsonSchema)]
#[schemars(rename = "ClaimPattern")]
#[serde(deny_unknown_fields)]
pub(crate) struct RawClaim {
    /// The claim that is made.
    pub(crate) claim: Claim,
    /// A regular expression, searched line by line.
    pub(crate) pattern: Text,
    /// The stream that is searched.
    #[serde(default)]
    pub(crate) stream: Stream,
}

/// What published code promises, when it takes the place of the region.
#[derive(Default, Deserialize, JsonSchema)]
#[schemars(rename = "Published")]
#[serde(deny_unknown_fields)]
pub(crate) struct RawPublished {
    /// The texts with which it makes claims.
    #[serde(default)]
    pub(crate) claims: Vec<RawClaim>,
    /// What it prints to standard output, as in `outputs`. What is missing is not compared.
    #[serde(default)]
    pub(crate) outputs: Texts,
    /// With which code it exits, as in `exits`.
    #[serde(default)]
    pub(crate) exits: RawExits,
}

/// A scenario: `manifests/scenarios/<name>.yaml`.
#[derive(Deserialize, JsonSchema)]
#[schemars(rename = "Scenario")]
#[serde(deny_unknown_fields)]
pub(crate) struct RawScenario {
    /// One sentence that says what happens.
    pub(crate) title: Text,
    /// The services that it can be played with, by the names of their folders in `manifests`.
    pub(crate) services: Located<Vec<Text>>,
    /// What is there before the sample begins.
    #[serde(default)]
    pub(crate) given: RawGiven,
    /// The server's decisions, as terms REQUEST[COUNT[+]]:DECISION. Left out, the rules of the service decide all.
    pub(crate) schedule: Option<Text>,
    /// Those of its terms that a correct sample need not ask for, as they are written there. A case in which another
    /// one was never asked for has not played the scenario.
    pub(crate) optional: Option<Text>,
    /// What must come of it.
    #[serde(default)]
    pub(crate) expect: Option<Expectation>,
}

/// What is there before the sample begins. The instance always is.
#[derive(Default, Deserialize, JsonSchema)]
#[schemars(rename = "Given")]
#[serde(deny_unknown_fields)]
pub(crate) struct RawGiven {
    /// True if the database that the sample is told to back up does not exist.
    #[serde(default)]
    pub(crate) database_missing: bool,
    /// True if the instance is not a Cassandra one (GeminiDB): its backups then cannot be stopped.
    #[serde(default)]
    pub(crate) not_cassandra: bool,
    /// The backups of that database.
    #[serde(default)]
    pub(crate) backups: Vec<RawGivenBackup>,
}

/// A backup that is there before the sample begins.
#[derive(Deserialize, JsonSchema)]
#[schemars(rename = "GivenBackup")]
#[serde(deny_unknown_fields)]
pub(crate) struct RawGivenBackup {
    /// Its id. `{backup}` stands for the id that the sample is told to use.
    pub(crate) id: Text,
    /// Its state; a backup that is given as CREATING stays so for the whole case.
    pub(crate) state: BackupState,
}

/// The known failures of a catalogue: cases that fail, and it is known why.
#[derive(Deserialize, JsonSchema)]
#[schemars(rename = "KnownFailures")]
#[serde(transparent)]
pub(crate) struct RawKnownFailures(pub(crate) Vec<RawKnownFailure>);

/// Cases that break a rule, and why that is left so for now.
#[derive(Deserialize, JsonSchema)]
#[schemars(rename = "KnownFailure")]
#[serde(deny_unknown_fields)]
pub(crate) struct RawKnownFailure {
    /// The cases: SERVICE/LANGUAGE/SCENARIO, each a name or a glob: `spanner/python/*`. Each of them must fail.
    pub(crate) case: Text,
    /// The id of the rule that they break: `false-claim`.
    pub(crate) rule: Text,
    /// Why it is so, in one sentence.
    pub(crate) reason: Text,
    /// A link to the issue that is about it.
    pub(crate) issue: Text,
    /// The last day (UTC) on which the entry holds, as in 2026-12-31; left out, it holds until it is taken off.
    pub(crate) expires: Option<Text>,
}
