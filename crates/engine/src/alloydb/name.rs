//! The names of AlloyDB's resources.

use crate::kernel::name::names;

names! {
    /// `[project, location]` of `projects/P/locations/L`.
    location, "location", ["projects", "locations"] -> 2;
    /// `[project, location, cluster]` of `projects/P/locations/L/clusters/C`.
    cluster, "cluster", ["projects", "locations", "clusters"] -> 3;
    /// `[project, location, backup]` of `projects/P/locations/L/backups/B`.
    backup, "backup", ["projects", "locations", "backups"] -> 3;
}
