//! A manifest, resolved: every path absolute, every pattern compiled, every default filled in.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use regex::Regex;
use rescind_model::{Contract, Endpoint, SampleId, Scenario};

use crate::choice::BlockChoice;
use crate::substitute::Substitute;
use crate::{ServiceProfile, Variables};

/// All that rescind knows of one sample.
#[derive(Clone, Debug)]
pub struct Manifest {
    /// The sample, from the manifest's place: `manifests/<service>/<language>.yaml`.
    pub id: SampleId,
    /// The service that the sample talks to.
    pub service: Arc<ServiceProfile>,
    /// The language's name for people: `Node.js`.
    pub title: String,
    /// The file that the manifest was read from.
    pub file: PathBuf,
    /// Where the code lies.
    pub source: Source,
    /// How the language is named on pages.
    pub page: PageNames,
    /// The programs that must be there.
    pub toolchain: Vec<Tool>,
    /// Which of the user's environment variables the toolchain may see, beside those that every toolchain sees.
    pub variables: Variables,
    /// What is done once for a set of dependencies.
    pub prepare: Stage,
    /// What a failed command of `prepare` prints, in one of its lines, where its packages cannot be had.
    pub unavailable: Vec<Regex>,
    /// What is done once for each state of the code. Empty for interpreted languages.
    pub build: Stage,
    /// How a case is run.
    pub run: Run,
    /// What the bundled sample promises: what its service has for all of them, and in its place what the manifest has.
    pub bundled: Contract,
    /// What published code (a page, another repository) promises, when it takes the place of the region.
    pub published: Contract,
    /// By scenario: what is expected instead, where the sample's tool can do no better.
    pub expectations: BTreeMap<String, Substitute>,
}

impl Manifest {
    /// A scenario as this sample meets it: with the expectation that takes the place of its own, if there is one.
    pub fn as_met(&self, scenario: &Scenario) -> Scenario {
        let mut met = scenario.clone();
        if let Some(substitute) = self.expectations.get(&scenario.name) {
            met.expect = substitute.expect.clone();
        }
        met
    }
}

/// Where the code of a sample lies.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Source {
    /// The folder of the project.
    pub folder: PathBuf,
    /// The file with the region, relative to the folder.
    pub file: PathBuf,
    /// The tag of the region: the code between `[START tag]` and `[END tag]`.
    pub region: String,
}

/// How a page names the language.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PageNames {
    /// The headings, each of which stands for all names of its language in any case: see
    /// [`canonical_language`](crate::canonical_language).
    pub headings: Vec<String>,
    /// The first words of the info strings of fenced blocks, compared alike.
    pub fences: Vec<String>,
    /// What is taken of a page that has several blocks; none where one has to be chosen by who runs it.
    pub blocks: Option<BlockChoice>,
}

/// A program that a sample needs.
#[derive(Clone, Debug)]
pub struct Tool {
    /// Its name on the PATH.
    pub program: String,
    /// What people call it.
    pub name: String,
    /// The arguments that make it print its version.
    pub version_args: Vec<String>,
    /// Finds the version in what it prints (both streams), as its first group: dotted numbers.
    pub version_pattern: Regex,
    /// The least version that will do, as dotted numbers.
    pub minimum: Vec<u32>,
    /// How to install it: system (`debian`, `fedora`, `macos`) to command.
    pub install: BTreeMap<String, String>,
}

/// Commands that are run once and whose result is kept.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Stage {
    /// Files, relative to the sample's folder, that decide whether the result of an earlier run is still good.
    pub inputs: Vec<PathBuf>,
    /// The commands, each a program and its arguments with placeholders.
    pub steps: Vec<Vec<String>>,
    /// Environment variables of these commands, with placeholders.
    pub environment: BTreeMap<String, String>,
}

/// How a case is run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Run {
    /// The program and its arguments, with placeholders.
    pub command: Vec<String>,
    /// Environment variables, with placeholders, whatever the endpoint: those of all samples of the service among them.
    pub environment: BTreeMap<String, String>,
    /// How the sample reaches the service, unless a run asks for another way.
    pub endpoint: Endpoint,
    /// Further variables where the endpoint is `emulator`.
    pub emulator_environment: BTreeMap<String, String>,
    /// Further variables where the endpoint is `service`.
    pub service_environment: BTreeMap<String, String>,
    /// When a case must have ended, in virtual time.
    pub deadline: Duration,
    /// How much processor time a case may use, all its processes together.
    pub processor_time: Duration,
    /// How many cases of this sample may run at once; none for as many as the run allows.
    pub jobs: Option<u32>,
}

impl Run {
    /// The environment variables for this way to the service, with placeholders. Of two of one name, the later one holds.
    pub fn variables(&self, endpoint: Endpoint) -> impl Iterator<Item = (&str, &str)> {
        let further = match endpoint {
            Endpoint::Emulator => &self.emulator_environment,
            Endpoint::Service => &self.service_environment,
        };
        self.environment.iter().chain(further).map(|(name, value)| (name.as_str(), value.as_str()))
    }
}
