//! The lists of operations besides those of single resources.

use crate::kernel::operation::Family;

/// ListBackupOperations of an instance.
pub const BACKUP: Family = Family { of: "backup", segments: 4 };

/// ListDatabaseOperations of an instance.
pub const DATABASE: Family = Family { of: "database", segments: 4 };

/// ListInstancePartitionOperations of an instance.
pub const INSTANCE_PARTITION: Family = Family { of: "instance partition", segments: 4 };

/// ListInstanceConfigOperations of a project.
pub const INSTANCE_CONFIG: Family = Family { of: "instance config", segments: 2 };

/// How the ids begin that the server makes for operations. Ids that begin with `_` are the server's own
/// (spanner_database_admin.proto, UpdateDatabaseDdl).
pub const AUTO_ID: &str = "_auto_op_";
