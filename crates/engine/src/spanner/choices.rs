//! What nobody published about Spanner.

use std::borrow::Cow;

use rescind_model::Code;

use crate::kernel::choices::{Bytes, choices};

choices! {
    /// What the emulator does where nobody published what Spanner does.
    pub struct SpannerChoices {
        /// The code of DropDatabase while a backup of the database is being made. Published is only that it fails.
        "drop-with-pending-backup" drop_with_pending_backup: Code = Code::FailedPrecondition;
        /// The code of DeleteInstance for an instance that has backups. Published is only that it is refused.
        "delete-instance-with-backups" delete_instance_with_backups: Code = Code::FailedPrecondition;
        /// The code of DeleteOperation for operations of backups, which the documentation does not mention; those of
        /// databases are documented as unsupported.
        "delete-backup-operation" delete_backup_operation: Code = Code::Unimplemented;
        /// The code of CancelOperation for a restore that runs; OK if it can be cancelled, as the API documents. The service
        /// was seen to answer UNIMPLEMENTED (java-spanner PR 1713).
        "cancel-restore" cancel_restore: Option<Code> = None;
        /// The code of CancelOperation for the optimisation after a restore. Published is only that it cannot be cancelled.
        "cancel-optimize" cancel_optimize: Code = Code::Unimplemented;
        /// How many databases of an instance may be restored at once: 1 in the API (RestoreDatabase), 10 in the
        /// documentation of quotas.
        "pending-restores" pending_restores: usize = 1;
        /// The code for an instance configuration that is named by its id alone, `emulator-config`; OK if it is taken, as
        /// the vendor's emulator takes it.
        "short-config-name" short_config_name: Option<Code> = Some(Code::InvalidArgument);
        /// The code of TestIamPermissions for a permission that the service does not have.
        "unknown-permission" unknown_permission: Code = Code::InvalidArgument;
        /// The ids of instance configurations that every project has besides the documented ones, with commas between; or
        /// `none`.
        "instance-configs" instance_configs: Cow<'static, str> = Cow::Borrowed("none");
        /// The size in bytes of a backup once it is READY. The emulated databases hold no rows, whose backups have none; a
        /// copy is as large as its source. What deleting it frees, and what it shares with no other backup, is the same.
        "backup-size" backup_size: Bytes = Bytes(0);
    }
}
