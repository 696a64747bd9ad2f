//! The table of choices: what no published source says about the real service, decided here and nowhere else.
//!
//! Everything else in the engine follows a source that is named where it is applied.

use rescind_model::Code;

use super::geminidb::Problem;
use super::time::Span;

/// What becomes of a backup that will not be completed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fate {
    /// It is gone.
    Removed,
    /// It stays, in the state FAILED.
    Failed,
}

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
    /// Those about AlloyDB.
    pub alloydb: AlloyDbChoices,
    /// Those about GeminiDB.
    pub geminidb: GeminiDbChoices,
}

/// What the emulator does where nobody published what AlloyDB does.
///
/// Beyond what stands here: the texts of errors; lists come in the order of names unless the request says otherwise;
/// a request that is only validated is answered with an operation that is done, has no name and is not kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AlloyDbChoices {
    /// What becomes of a backup whose creation was cancelled.
    pub cancelled_backup: Fate,
    /// What becomes of a backup whose creation failed. Published is that there is a state FAILED.
    pub failed_backup: Fate,
    /// The code of DeleteBackup and DeleteCluster for what is being created; OK if they cancel its creation.
    pub delete_while_creating: Code,
    /// The code for another request with the `request_id` of an earlier one.
    pub request_id_reused: Code,
}

/// What the emulator does where nobody published what GeminiDB does.
///
/// Beyond what stands here: ids of backups and jobs count up, so that the same case always sees the same ones; the
/// names of the backups of one instance differ (`DBS.201201` is published, and nothing else that it could be about);
/// deleting takes no time; a batch of which one backup cannot be deleted deletes none.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GeminiDbChoices {
    /// What becomes of a backup that was stopped. Published are the statuses BUILDING, COMPLETED and FAILED.
    pub stopped_backup: Fate,
    /// Stopping a backup that is completed or failed. Published is that only BUILDING allows it.
    pub stop_in_wrong_state: Problem,
    /// Stopping a backup of an instance that is not Cassandra. Published is that only Cassandra allows it.
    pub not_cassandra: Problem,
    /// Deleting a backup that is being made: the refusal; or none, if that stops it. That there is a call to stop a
    /// backup "in an emergency" speaks for the refusal.
    pub delete_while_building: Option<Problem>,
    /// Creating a backup while another of the same instance is being made. Published are the number and its kind.
    pub another_backup: Problem,
    /// A request without credentials. Published is that it is answered with 401.
    pub no_credentials: Problem,
    /// The name of the job that stops a backup.
    pub stop_job: &'static str,
    /// The name of the job that deletes a backup.
    pub delete_job: &'static str,
    /// Why a job that was to stop a backup failed: the backup had ended otherwise.
    pub not_stopped_reason: &'static str,
}

impl Default for GeminiDbChoices {
    fn default() -> GeminiDbChoices {
        GeminiDbChoices {
            stopped_backup: Fate::Removed,
            stop_in_wrong_state: Problem::WRONG_STATE,
            not_cassandra: Problem::WRONG_STATE,
            delete_while_building: Some(Problem::WRONG_STATE),
            another_backup: Problem::new(
                "DBS.200019",
                403,
                Code::FailedPrecondition,
                "Another operation is being performed on the DB instance.",
            ),
            no_credentials: Problem::new(
                "APIGW.0301",
                401,
                Code::Unauthenticated,
                "Incorrect IAM authentication information: X-Auth-Token not found.",
            ),
            stop_job: "StopBackup",
            delete_job: "DeleteBackup",
            not_stopped_reason: "The backup had ended before it could be stopped.",
        }
    }
}

impl Default for AlloyDbChoices {
    fn default() -> AlloyDbChoices {
        AlloyDbChoices {
            cancelled_backup: Fate::Removed,
            failed_backup: Fate::Failed,
            delete_while_creating: Code::Ok,
            request_id_reused: Code::InvalidArgument,
        }
    }
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
            alloydb: AlloyDbChoices::default(),
            geminidb: GeminiDbChoices::default(),
        }
    }
}
