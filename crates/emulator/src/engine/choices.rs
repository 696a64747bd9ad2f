//! The table of choices: what no published source says about the real service, decided here and nowhere else.
//!
//! Everything else in the engine follows a source that is named where it is applied.

use rescind_model::Code;

use super::time::Span;

/// What the emulator does where nobody published what the service does.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Choices {
    /// The text of `Operation.error` after a cancel that won. Published is only its code, CANCELLED.
    pub cancelled_message: &'static str,
    /// The text of `Operation.error` of an operation that fails by itself, with the code INTERNAL. Its backup is
    /// removed, as after a cancel.
    pub failed_message: &'static str,
    /// The code for an id that breaks the published form of ids.
    pub bad_id: Code,
    /// The code for an `update_mask` that is missing or names a field that cannot be updated.
    pub bad_update_mask: Code,
    /// The code of DropDatabase while a backup of the database is being made. Published is only that it fails.
    pub drop_with_pending_backup: Code,
    /// The code of DeleteOperation for operations of backups, which the documentation does not mention; those of
    /// databases are documented as unsupported.
    pub delete_backup_operation: Code,
    /// The code of CancelOperation for a restore that runs; OK if it can be cancelled, as the API documents. The service
    /// was seen to answer UNIMPLEMENTED (java-spanner PR 1713).
    pub cancel_restore: Code,
    /// The code of CancelOperation for the optimisation after a restore. Published is only that it cannot be cancelled.
    pub cancel_optimize: Code,
    /// How many databases of an instance may be restored at once: 1 in the API (RestoreDatabase), 10 in the
    /// documentation of quotas.
    pub pending_restores: usize,
    /// How old a database is that was there before: old enough for every `version_time` that a client may ask for.
    pub age_of_given: Span,
    /// How long after the start of a case a backup that was there before expires.
    pub given_backups_expire_after: Span,
    /// How many polls it takes until an operation that nobody cancels, and for which the schedule says nothing,
    /// completes: no case runs for ever because of a schedule's silence.
    pub early_polls_until_done: u32,
    /// How many polls [settling](crate::Emulator::settle) simulates before it takes the operation for one that
    /// never ends.
    pub settle_polls: u32,
    /// The instance configurations that every project has: id and display name. The first is the default one.
    pub instance_configs: &'static [(&'static str, &'static str)],
    /// The most items on one page of a list, which is also what a page size of 0 asks for.
    pub largest_page: usize,
}

impl Default for Choices {
    fn default() -> Choices {
        Choices {
            cancelled_message: "The operation was cancelled.",
            failed_message: "The backup could not be created because of an internal error.",
            bad_id: Code::InvalidArgument,
            bad_update_mask: Code::InvalidArgument,
            drop_with_pending_backup: Code::FailedPrecondition,
            delete_backup_operation: Code::Unimplemented,
            cancel_restore: Code::Ok,
            cancel_optimize: Code::Unimplemented,
            pending_restores: 1,
            age_of_given: Span::days(7),
            given_backups_expire_after: Span::days(7),
            early_polls_until_done: 10,
            settle_polls: 1000,
            instance_configs: &[
                ("emulator-config", "Emulator instance config"),
                ("regional-us-central1", "us-central1 (Iowa)"),
                ("regional-europe-west1", "europe-west1 (Belgium)"),
                ("nam3", "United States (Northern Virginia/South Carolina)"),
            ],
            largest_page: 1000,
        }
    }
}
