//! What the kernel itself keeps a tree from, besides what the tracer sees: landlock(7) and capabilities(7).
//!
//! It is a second line. The tracer sees what a program names, and says what it asked for; the kernel sees what it means,
//! through symbolic links and whatever else leads to a process or a socket of somebody else.

use std::io;
use std::path::PathBuf;

use landlock::{
    AccessFs, BitFlags, CompatLevel, Compatible, PathBeneath, PathFd, Ruleset, RulesetAttr, RulesetCreated,
    RulesetCreatedAttr, RulesetError, Scope,
};
use rustix::thread::{
    CapabilitySet, CapabilitySets, capabilities, remove_capability_from_bounding_set, set_capabilities,
};

/// What is left to a program that runs as root: what Docker leaves to it, without raw sockets and devices. (Some of the
/// others, CAP_PERFMON for one, open every process to it, whatever landlock says.)
const LEFT: CapabilitySet = CapabilitySet::CHOWN
    .union(CapabilitySet::DAC_OVERRIDE)
    .union(CapabilitySet::FOWNER)
    .union(CapabilitySet::FSETID)
    .union(CapabilitySet::KILL)
    .union(CapabilitySet::SETGID)
    .union(CapabilitySet::SETUID)
    .union(CapabilitySet::SETPCAP)
    .union(CapabilitySet::NET_BIND_SERVICE)
    .union(CapabilitySet::SYS_CHROOT)
    .union(CapabilitySet::AUDIT_WRITE)
    .union(CapabilitySet::SETFCAP);

/// What a process can be confined by.
pub(crate) struct Confinement(RulesetCreated);

/// Keeps a tree from other processes (it can neither send them signals nor look into them), from sockets that they have
/// under abstract names, from making devices, and, if there are such folders, from writing anywhere but below them. As much
/// of that as the kernel knows; none where it knows nothing.
pub(crate) fn confinement(writable: Option<&[PathBuf]>) -> Option<Confinement> {
    rules(writable).ok().map(Confinement)
}

/// What a program does to files, and to folders by way of what is in them.
fn writing() -> BitFlags<AccessFs> {
    AccessFs::WriteFile
        | AccessFs::RemoveDir
        | AccessFs::RemoveFile
        | AccessFs::MakeDir
        | AccessFs::MakeReg
        | AccessFs::MakeSock
        | AccessFs::MakeFifo
        | AccessFs::MakeSym
}

fn rules(writable: Option<&[PathBuf]>) -> Result<RulesetCreated, RulesetError> {
    // Looking into other processes is denied by any set of rules, so there is one for devices, which nobody needs. Such a
    // set denies moving files between folders as well, unless the kernel is new enough (5.19) to allow that.
    let mut rules = Ruleset::default()
        .set_compatibility(CompatLevel::HardRequirement)
        .handle_access(AccessFs::Refer | AccessFs::MakeBlock | AccessFs::MakeChar)?;
    if writable.is_some() {
        rules = rules
            .handle_access(writing())?
            .set_compatibility(CompatLevel::BestEffort)
            .handle_access(AccessFs::Truncate)?;
    }
    let rules =
        rules.set_compatibility(CompatLevel::BestEffort).scope(Scope::Signal | Scope::AbstractUnixSocket)?;
    let mut rules = rules.create()?;
    for folder in writable.unwrap_or_default() {
        // In one that is not there, nobody writes.
        if let Ok(folder) = PathFd::new(folder) {
            rules = rules.add_rule(PathBeneath::new(folder, writing() | AccessFs::Truncate))?;
        }
    }
    let Ok(root) = PathFd::new("/") else { return Ok(rules) };
    rules.add_rule(PathBeneath::new(root, AccessFs::Refer))
}

/// Takes from this process, and from all that it executes, the capabilities that lead out of its tree.
pub(crate) fn give_up_capabilities() -> io::Result<()> {
    for capability in CapabilitySet::all().difference(LEFT).iter() {
        // Who may not do this has none to give up, or keeps none over the filters that follow.
        let _ = remove_capability_from_bounding_set(capability);
    }
    let has = capabilities(None)?;
    set_capabilities(
        None,
        CapabilitySets {
            effective: has.effective & LEFT,
            permitted: has.permitted & LEFT,
            inheritable: has.inheritable & LEFT,
        },
    )?;
    Ok(())
}

impl Confinement {
    /// Confines this process, and all that it starts.
    pub(crate) fn enter(self) -> io::Result<()> {
        self.0.restrict_self().map(drop).map_err(|_| io::ErrorKind::PermissionDenied.into())
    }
}
