//! The results of several machines as those of one run.
//!
//! Two ways of dealing out a run are known: partitions, of which every part must be there, once; and selections (a job
//! for each language), of which no two may have a case in common.

use std::collections::{BTreeMap, BTreeSet};

use rescind_model::{CaseId, CaseResult, ClockKind, Environment, Partition, Results, StaleEntry, Verdict};

/// Why results are not those of one run. Files are called by the names that they were given with.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum MergeError {
    /// There is nothing to merge.
    #[error("there are no results to merge")]
    Nothing,
    /// Two files are of different runs.
    #[error("`{other}` is not of the same run as `{first}`: its {what} is `{of_other}`, not `{of_first}`")]
    OtherRun {
        /// The first file.
        first: String,
        /// The other one.
        other: String,
        /// In what they differ.
        what: &'static str,
        /// What the first has.
        of_first: String,
        /// What the other has.
        of_other: String,
    },
    /// A part of a run, and a run that has no parts.
    #[error("`{part}` is one part of a run, {partition}, and `{whole}` is not a part of one")]
    NotAPart {
        /// The file with a part.
        part: String,
        /// Which part.
        partition: Partition,
        /// The other file.
        whole: String,
    },
    /// One part, twice.
    #[error("the part {partition} is there twice, in `{first}` and in `{second}`")]
    Doubled {
        /// Which part.
        partition: Partition,
        /// The one file.
        first: String,
        /// The other.
        second: String,
    },
    /// Parts that are not there.
    #[error("the part{} {} missing", if .0.len() == 1 { "" } else { "s" }, missing(.0))]
    Missing(Vec<Partition>),
    /// One case, twice.
    #[error("the case `{id}` is there twice, in `{first}` and in `{second}`")]
    DoubledCase {
        /// The case.
        id: CaseId,
        /// The one file.
        first: String,
        /// The other.
        second: String,
    },
}

fn missing(partitions: &[Partition]) -> String {
    let names: Vec<_> = partitions.iter().map(ToString::to_string).collect();
    format!("{} {}", names.join(", "), if names.len() == 1 { "is" } else { "are" })
}

/// Merges results, each with the name of its file. A single one stays as it is.
///
/// # Errors
/// Results that are not those of one run, or not all of them; see [`MergeError`].
pub fn merge(mut files: Vec<(String, Results)>) -> Result<Results, MergeError> {
    let Some((first, others)) = files.split_first() else { return Err(MergeError::Nothing) };
    if others.is_empty() {
        return Ok(files.swap_remove(0).1);
    }
    for other in others {
        of_one_run(first, other)?;
    }
    all_parts(&files)?;
    let mut cases: BTreeMap<CaseId, (String, CaseResult)> = BTreeMap::new();
    let mut merged = Results { shard: None, cases: Vec::new(), ..files[0].1.clone() };
    let mut notices = BTreeSet::new();
    let mut stale = Vec::new();
    let mut sources = BTreeMap::new();
    for (name, results) in files {
        merged.interrupted |= results.interrupted;
        merged.filtered |= results.filtered;
        add_clock(&mut merged.environment, &results.environment);
        notices.extend(results.notices);
        stale.extend(results.stale_entries);
        sources.extend(results.sources.into_iter().map(|source| (source.sample.clone(), source)));
        for (language, version) in results.environment.toolchains {
            add_version(&mut merged.environment.toolchains, language, &version);
        }
        for case in results.cases {
            if let Some((id, (second, _))) = cases.remove_entry(&case.id) {
                return Err(MergeError::DoubledCase { id, first: second, second: name });
            }
            cases.insert(case.id.clone(), (name.clone(), case));
        }
    }
    merged.sources = sources.into_values().collect();
    merged.notices = notices.into_iter().collect();
    merged.cases = cases.into_values().map(|(_, case)| case).collect();
    merged.stale_entries = merge_stale(stale, &merged.cases);
    Ok(merged)
}

fn of_one_run(first: &(String, Results), other: &(String, Results)) -> Result<(), MergeError> {
    let part = |results: &Results| results.shard.clone();
    let pairs = |results: &Results| {
        let environment = &results.environment;
        let count = part(results).map(|shard| shard.partition.count().to_string());
        [
            ("version of rescind", environment.rescind.clone()),
            ("platform", environment.platform.clone()),
            ("emulator", environment.emulator.clone()),
            ("source", environment.source.clone()),
            ("catalogue", environment.catalogue.clone()),
            ("number of parts", count.unwrap_or_default()),
            ("selection of cases", part(results).map(|shard| shard.selection).unwrap_or_default()),
        ]
    };
    match (part(&first.1), part(&other.1)) {
        (Some(shard), None) => return Err(not_a_part(first, shard.partition, other)),
        (None, Some(shard)) => return Err(not_a_part(other, shard.partition, first)),
        _ => {}
    }
    for ((what, of_first), (_, of_other)) in pairs(&first.1).into_iter().zip(pairs(&other.1)) {
        if of_first != of_other {
            let (first, other) = (first.0.clone(), other.0.clone());
            return Err(MergeError::OtherRun { first, other, what, of_first, of_other });
        }
    }
    Ok(())
}

fn not_a_part(part: &(String, Results), partition: Partition, whole: &(String, Results)) -> MergeError {
    MergeError::NotAPart { part: part.0.clone(), partition, whole: whole.0.clone() }
}

/// Each part once, if the run was split into parts.
fn all_parts(files: &[(String, Results)]) -> Result<(), MergeError> {
    let mut seen: BTreeMap<Partition, &String> = BTreeMap::new();
    for (name, results) in files {
        let Some(shard) = &results.shard else { return Ok(()) };
        let partition = shard.partition;
        if let Some(first) = seen.insert(partition, name) {
            return Err(MergeError::Doubled { partition, first: first.clone(), second: name.clone() });
        }
    }
    let any = seen.keys().next().copied();
    let missing: Vec<_> =
        any.into_iter().flat_map(Partition::all).filter(|part| !seen.contains_key(part)).collect();
    if missing.is_empty() { Ok(()) } else { Err(MergeError::Missing(missing)) }
}

/// Time is real if it is so on one of the machines. Why, each of them says for itself.
fn add_clock(merged: &mut Environment, of_part: &Environment) {
    if of_part.clock == ClockKind::Virtual {
        return;
    }
    merged.clock = ClockKind::Real;
    if let Some(reason) = &of_part.clock_reason {
        let known = merged.clock_reason.get_or_insert_default();
        if known.is_empty() {
            known.clone_from(reason);
        } else if !known.split("; ").any(|known| known == reason) {
            *known = format!("{known}; {reason}");
        }
    }
}

/// Machines need not have the same version of a toolchain; then all of them are named.
fn add_version(toolchains: &mut BTreeMap<String, String>, language: String, version: &str) {
    let versions = toolchains.entry(language).or_default();
    if versions.is_empty() {
        *versions = version.to_owned();
    } else if !versions.split(" / ").any(|known| known == version) {
        *versions = format!("{versions} / {version}");
    }
}

/// The entries that are stale in the light of all cases: what one part has not run, another one may have.
fn merge_stale(found: Vec<StaleEntry>, cases: &[CaseResult]) -> Vec<StaleEntry> {
    let case = |id: &CaseId| cases.iter().find(|case| case.id == *id && case.verdict.tells_of_the_sample());
    let mut merged: BTreeMap<StaleEntry, BTreeSet<CaseId>> = BTreeMap::new();
    for mut entry in found {
        let not_run = std::mem::take(&mut entry.not_run);
        merged.entry(entry).or_default().extend(not_run);
    }
    let mut stale = Vec::new();
    for (entry, not_run) in merged {
        let matches = |case: &CaseResult| {
            case.verdict == Verdict::UnexpectedPass || case.findings.iter().any(|it| it.rule == entry.rule)
        };
        if not_run.iter().filter_map(case).any(matches) {
            continue;
        }
        let not_run = not_run.into_iter().filter(|id| case(id).is_none()).collect();
        stale.push(StaleEntry { not_run, ..entry });
    }
    stale
}
