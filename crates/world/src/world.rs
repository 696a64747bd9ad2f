//! A world that is to be made.

use std::net::IpAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use crate::server::WorldServer;

/// How long a world may go on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TimeLimits {
    /// By its own clock.
    pub virtual_time: Duration,
    /// Of processor time, user and system, of all its threads.
    pub processor_time: Duration,
}

impl TimeLimits {
    /// None that anybody reaches: 100 years each.
    pub const NONE: TimeLimits = {
        let century = Duration::from_secs(100 * 365 * 24 * 3600);
        TimeLimits { virtual_time: century, processor_time: century }
    };

    #[cfg_attr(not(all(target_os = "linux", target_arch = "x86_64")), allow(dead_code))]
    pub(crate) fn virtual_nanos(&self) -> i64 {
        nanos(self.virtual_time)
    }

    #[cfg_attr(not(all(target_os = "linux", target_arch = "x86_64")), allow(dead_code))]
    pub(crate) fn processor_nanos(&self) -> i64 {
        nanos(self.processor_time)
    }
}

#[cfg_attr(not(all(target_os = "linux", target_arch = "x86_64")), allow(dead_code))]
fn nanos(time: Duration) -> i64 {
    // Half of what there is, so that sums of it and of a time now do not overflow.
    i64::try_from(time.as_nanos()).unwrap_or(i64::MAX).min(i64::MAX / 2)
}

/// A world that is to be made: what is in it, and how long it may go on.
#[derive(Clone)]
pub struct World {
    pub(crate) limits: TimeLimits,
    pub(crate) server: Option<Arc<dyn WorldServer>>,
    pub(crate) names: Vec<String>,
    pub(crate) folders: Vec<PathBuf>,
    pub(crate) writable: Option<Vec<PathBuf>>,
    pub(crate) temporary: Option<PathBuf>,
    pub(crate) ignored_names: Vec<String>,
    pub(crate) ignored_addresses: Vec<IpAddr>,
}

impl Default for World {
    fn default() -> World {
        World::new()
    }
}

impl World {
    /// A world with nobody to talk to, and no limits.
    pub fn new() -> World {
        World {
            limits: TimeLimits::NONE,
            server: None,
            names: Vec::new(),
            folders: Vec::new(),
            writable: None,
            temporary: None,
            ignored_names: Vec::new(),
            ignored_addresses: Vec::new(),
        }
    }

    /// Lets it go on for so long at most.
    #[must_use]
    pub fn limits(mut self, limits: TimeLimits) -> World {
        self.limits = limits;
        self
    }

    /// Lets these names lead to a server, which answers on their ports 443 and 80; and connections to its own address
    /// reach it.
    #[must_use]
    pub fn serve<N: Into<String>>(
        mut self,
        names: impl IntoIterator<Item = N>,
        server: Arc<dyn WorldServer>,
    ) -> World {
        self.names.extend(names.into_iter().map(Into::into));
        self.server = Some(server);
        self
    }

    /// Lets programs put sockets that are files below this folder, and connect to them.
    #[must_use]
    pub fn folder(mut self, folder: impl Into<PathBuf>) -> World {
        self.folders.push(folder.into());
        self
    }

    /// Lets programs write below these folders only, and make, remove and rename files there: everything else is read-only
    /// to them, whoever they run as. Where the kernel cannot see to that (Linux before 5.19, or without landlock), they can
    /// write as before.
    ///
    /// What is not covered: the permissions and times of a file, which its owner can change anywhere.
    #[must_use]
    pub fn writes_below<P: Into<PathBuf>>(mut self, folders: impl IntoIterator<Item = P>) -> World {
        self.writable.get_or_insert_default().extend(folders.into_iter().map(Into::into));
        self
    }

    /// Puts the files that the world itself needs (some small ones) below this folder, and not into memory (`/dev/shm`) or
    /// below the one for temporary files. All programs must be able to read there.
    #[must_use]
    pub fn temporary(mut self, folder: impl Into<PathBuf>) -> World {
        self.temporary = Some(folder.into());
        self
    }

    /// Does not note that this name was asked for. It leads nowhere, as all others do.
    #[must_use]
    pub fn ignore_name(mut self, name: impl Into<String>) -> World {
        self.ignored_names.push(name.into());
        self
    }

    /// Does not note that this address was asked for. It is out of reach, as all others are.
    #[must_use]
    pub fn ignore_address(mut self, address: IpAddr) -> World {
        self.ignored_addresses.push(address);
        self
    }
}
