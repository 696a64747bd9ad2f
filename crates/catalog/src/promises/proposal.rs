//! What is proposed that a sample promises.

use std::collections::BTreeMap;

use rescind_model::{Claim, SampleId, Stream};

/// What is proposed that a sample promises.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Proposal {
    /// The sample.
    pub sample: SampleId,
    /// The claims.
    pub claims: Vec<ProposedClaim>,
    /// What it prints to standard output, by outcome or scenario.
    pub outputs: BTreeMap<String, String>,
    /// What could not be proposed, and why.
    pub notes: Vec<String>,
    /// True if it differs from what is promised so far.
    pub is_new: bool,
}

/// A claim that is proposed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProposedClaim {
    /// What is claimed.
    pub claim: Claim,
    /// The stream that it is printed to.
    pub stream: Stream,
    /// The regular expression that finds it.
    pub pattern: String,
    /// In how many cases it was printed and true, and what it stands for.
    pub note: String,
}
