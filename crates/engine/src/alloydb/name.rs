//! The names of AlloyDB's resources.

use crate::kernel::name::names;

names! {
    /// `[project, location]` of `projects/P/locations/L`.
    location, "location", ["projects", "locations"] -> 2;
    /// `[project, location, cluster]` of `projects/P/locations/L/clusters/C`.
    cluster, "cluster", ["projects", "locations", "clusters"] -> 3;
    /// `[project, location, cluster, instance]` of `projects/P/locations/L/clusters/C/instances/I`.
    instance, "instance", ["projects", "locations", "clusters", "instances"] -> 4;
    /// `[project, location, cluster, user]` of `projects/P/locations/L/clusters/C/users/U`.
    user, "user", ["projects", "locations", "clusters", "users"] -> 4;
    /// `[project, location, backup]` of `projects/P/locations/L/backups/B`.
    backup, "backup", ["projects", "locations", "backups"] -> 3;
}
