//! What is to be run: the cases of a run, resolved.

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::sync::Arc;

use rescind_model::{
    CaseId, Contract, KnownFailure, Location, Partition, Scenario, Severities, Shard, fingerprint,
};

use super::coverage::PageCoverage;
use crate::diagnostic::Diagnostics;
use crate::manifest::Manifest;
use crate::published::LineOrigins;

/// The code of a sample.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SampleCode {
    /// The sample as it lies in its folder.
    Bundled,
    /// Published code in the place of the region.
    Published {
        /// The whole content of the manifest's source file, with the region replaced.
        file_content: Vec<u8>,
        /// Which lines of that content are published, and where.
        lines: LineOrigins,
        /// Where the code is from, for messages: the path of the page or of the file.
        origin: String,
    },
}

/// A sample and the scenarios that it is to meet.
#[derive(Clone, Debug)]
pub struct PlannedSample {
    /// The sample.
    pub manifest: Arc<Manifest>,
    /// Its code. Decides which of the manifest's two contracts holds, too.
    pub code: SampleCode,
    /// Where that code is written; none if it lies outside the repository.
    pub location: Option<Location>,
    /// The scenarios.
    pub scenarios: Vec<Arc<Scenario>>,
}

impl PlannedSample {
    /// What the code promises, and the key of the manifest that has its claims.
    pub fn contract(&self) -> (&Contract, &'static str) {
        match self.code {
            SampleCode::Bundled => (&self.manifest.bundled, "claims"),
            SampleCode::Published { .. } => (&self.manifest.published, "published.claims"),
        }
    }
}

/// What is to be run, and what the results are to say of it.
#[derive(Clone, Debug, Default)]
pub struct Plan {
    /// The samples, in any order.
    pub samples: Vec<PlannedSample>,
    /// Where the samples' code came from: `bundled`, the path of the page, or `LANGUAGE=FILE` of each source.
    pub source: String,
    /// The files that it was made from, besides the catalogue: pages, sources, the team's file, a list of known failures.
    pub files: Vec<PathBuf>,
    /// A fingerprint of the catalogue and of that code.
    pub catalogue: String,
    /// True if options chose among the cases.
    pub filtered: bool,
    /// Which part of the run this is, if it is split over several machines.
    pub shard: Option<Shard>,
    /// What the pages have, and what of it is run; nothing where the code is from no page.
    pub coverage: Vec<PageCoverage>,
    /// What the pages have and is not run, at its places.
    pub uncovered: Option<Diagnostics>,
    /// What the results are to say besides the cases.
    pub notices: Vec<String>,
    /// How much it matters that a rule is broken.
    pub severities: Severities,
    /// The cases that are known to fail.
    pub known_failures: Vec<KnownFailure>,
    /// The options that a replay of a single case needs besides those that choose it: `--page FILE`.
    pub replay_options: Vec<String>,
}

impl Plan {
    /// Keeps the cases that belong to one part of the run. Samples without any are left out, and so are not prepared.
    pub fn keep_part(&mut self, partition: Partition) {
        let id = |sample: &PlannedSample, scenario: &Scenario| CaseId {
            sample: sample.manifest.id.clone(),
            scenario: scenario.name.clone(),
        };
        let all = self
            .samples
            .iter()
            .flat_map(|sample| sample.scenarios.iter().map(move |scenario| id(sample, scenario).to_string()));
        let all: BTreeSet<String> = all.collect();
        self.shard = Some(Shard { partition, selection: fingerprint(all) });
        for sample in &mut self.samples {
            let scenarios = std::mem::take(&mut sample.scenarios);
            sample.scenarios =
                scenarios.into_iter().filter(|scenario| partition.selects(&id(sample, scenario))).collect();
        }
        self.samples.retain(|sample| !sample.scenarios.is_empty());
    }

    /// How many cases there are.
    pub fn cases(&self) -> usize {
        self.samples.iter().map(|sample| sample.scenarios.len()).sum()
    }
}
