//! What the kernel itself keeps a tree from, besides what the tracer sees: landlock(7).
//!
//! It is a second line. The tracer sees what a program names, and says what it asked for; the kernel sees what it means,
//! through symbolic links and whatever else leads to a process or a socket of somebody else.

use std::io;

use landlock::{
    AccessFs, CompatLevel, Compatible, PathBeneath, PathFd, Ruleset, RulesetAttr, RulesetCreated,
    RulesetCreatedAttr, RulesetError, Scope,
};

/// What a process can be confined by.
pub(crate) struct Confinement(RulesetCreated);

/// Keeps a tree from other processes (it can neither send them signals nor look into them), from sockets that they have
/// under abstract names, and from making devices. As much of that as the kernel knows; none where it knows nothing.
pub(crate) fn confinement() -> Option<Confinement> {
    rules().ok().map(Confinement)
}

fn rules() -> Result<RulesetCreated, RulesetError> {
    // Looking into other processes is denied by any set of rules, so there is one for devices, which nobody needs. Such a
    // set denies moving files between folders as well, unless the kernel is new enough (5.19) to allow that.
    let rules = Ruleset::default()
        .set_compatibility(CompatLevel::HardRequirement)
        .handle_access(AccessFs::Refer | AccessFs::MakeBlock | AccessFs::MakeChar)?
        .set_compatibility(CompatLevel::BestEffort)
        .scope(Scope::Signal | Scope::AbstractUnixSocket)?
        .create()?;
    let Ok(root) = PathFd::new("/") else { return Ok(rules) };
    rules.add_rule(PathBeneath::new(root, AccessFs::Refer))
}

impl Confinement {
    /// Confines this process, and all that it starts.
    pub(crate) fn enter(self) -> io::Result<()> {
        self.0.restrict_self().map(drop).map_err(|_| io::ErrorKind::PermissionDenied.into())
    }
}
