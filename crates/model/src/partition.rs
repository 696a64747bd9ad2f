//! Partitions: the cases of one run, split over several machines.

use std::fmt;
use std::str::FromStr;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use crate::CaseId;

/// One part of so many: `hash:1/3`.
///
/// A hash of its id puts each case into one of the parts. So a new case moves no other one, and no machine need know
/// what the others run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(try_from = "String", into = "String")]
#[schemars(with = "String")]
pub struct Partition {
    index: u32,
    count: u32,
}

/// The text names no part.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{text}` is not a partition: hash:I/N, with I from 1 to N, and N at most {MOST}, as in hash:1/3")]
pub struct InvalidPartition {
    /// What was read.
    pub text: String,
}

/// The most parts that a run can be split into.
const MOST: u32 = 10_000;

impl Partition {
    /// Part `index` of `count`, if there is such a part, and no more of them than anybody has machines.
    pub fn new(index: u32, count: u32) -> Option<Partition> {
        ((1..=count).contains(&index) && count <= MOST).then_some(Partition { index, count })
    }

    /// Every part of as many as this is one of.
    pub fn all(self) -> impl Iterator<Item = Partition> {
        (1..=self.count).map(move |index| Partition { index, ..self })
    }

    /// How many parts there are.
    pub const fn count(self) -> u32 {
        self.count
    }

    /// True if the case belongs to this part.
    pub fn selects(self, case: &CaseId) -> bool {
        let hash = Sha256::digest(case.to_string());
        let mut first = [0; 8];
        first.copy_from_slice(&hash[..8]);
        u64::from_be_bytes(first) % u64::from(self.count) == u64::from(self.index - 1)
    }
}

impl fmt::Display for Partition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "hash:{}/{}", self.index, self.count)
    }
}

impl FromStr for Partition {
    type Err = InvalidPartition;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let read = || {
            let (index, count) = text.strip_prefix("hash:")?.split_once('/')?;
            Partition::new(index.parse().ok()?, count.parse().ok()?)
        };
        read().ok_or_else(|| InvalidPartition { text: text.to_owned() })
    }
}

impl From<Partition> for String {
    fn from(partition: Partition) -> String {
        partition.to_string()
    }
}

impl TryFrom<String> for Partition {
    type Error = InvalidPartition;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}

/// What a results file is one part of.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Shard {
    /// Which part.
    pub partition: Partition,
    /// The [fingerprint] of the ids of all cases that were split.
    pub selection: String,
}

/// A fingerprint of a list of texts or files: 80 bits in hexadecimal. Each is taken with its length, so that no two lists
/// have the same bytes.
pub fn fingerprint<T: AsRef<[u8]>>(parts: impl IntoIterator<Item = T>) -> String {
    let mut hash = Sha256::new();
    for part in parts {
        let bytes = part.as_ref();
        hash.update((bytes.len() as u64).to_be_bytes());
        hash.update(bytes);
    }
    hash.finalize()[..10].iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn names_are_read_back_and_what_is_none_is_refused() {
        let partition: Partition = "hash:2/3".parse().unwrap();
        assert_eq!(
            (partition, partition.to_string().as_str()),
            (Partition { index: 2, count: 3 }, "hash:2/3")
        );
        for bad in
            ["", "2/3", "hash:0/3", "hash:4/3", "hash:1/0", "count:1/2", "hash:1", "hash:a/b", "hash:-1/2"]
        {
            assert!(bad.parse::<Partition>().is_err(), "{bad}");
        }
    }

    #[test]
    fn where_a_case_goes_never_changes() {
        let part = |id: &str| {
            let case = id.parse().unwrap();
            Partition::new(1, 4).unwrap().all().find(|part| part.selects(&case)).unwrap().to_string()
        };
        let ids = ["spanner/go/cancel-wins", "spanner/go/cancel-lags", "alloydb/curl/never-ends"];
        insta::assert_debug_snapshot!(ids.map(part), @r#"
        [
            "hash:1/4",
            "hash:2/4",
            "hash:3/4",
        ]
        "#);
    }

    #[test]
    fn where_a_part_ends_matters_to_a_fingerprint() {
        assert_ne!(fingerprint(["ab", "c"]), fingerprint(["a", "bc"]));
        assert_eq!(fingerprint(["a"]).len(), 20);
    }

    proptest! {
        #[test]
        fn every_case_is_in_one_part_of_any_number(scenario in "[a-z]{1,9}", count in 1u32..50) {
            let case = format!("spanner/go/{scenario}").parse().unwrap();
            let parts = Partition::new(1, count).unwrap().all().filter(|part| part.selects(&case)).count();
            prop_assert_eq!(parts, 1);
        }
    }
}
