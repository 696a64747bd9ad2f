//! The table of choices: what no published source says about the real service, decided here and nowhere else.
//!
//! Everything else in the engine follows a source that is named where it is applied. Each choice has a name, by which
//! [`Settings`] switch it: for one project, or for all.

mod settings;
mod value;

use std::borrow::Cow;

use rescind_model::Code;

pub use self::settings::{InvalidSetting, Settings, Switch};
pub use self::value::Fate;
use self::value::Value;
use super::geminidb::Problem;
use super::time::Span;

/// The rows of the table: documentation, name, field, type, value. The documentation is also what the switch says.
macro_rules! choices {
    (
        $(#[doc = $about:literal])+
        pub struct $type:ident, $switches:ident of |$choices:ident| $place:expr => {$(
            $(#[doc = $doc:literal])+
            $name:literal $field:ident: $value:ty = $default:expr;
        )+}
        $($(#[doc = $inner:literal])+ pub $group:ident: $group_type:ident;)*
    ) => {
        $(#[doc = $about])+
        #[derive(Clone, Debug, PartialEq, Eq)]
        #[non_exhaustive]
        pub struct $type {
            $($(#[doc = $doc])+ pub $field: $value,)+
            $($(#[doc = $inner])+ pub $group: $group_type,)*
        }

        impl Default for $type {
            fn default() -> $type {
                $type { $($field: $default,)+ $($group: $group_type::default(),)* }
            }
        }

        const $switches: &[Switch] = &[$(Switch {
            name: $name,
            about: concat!($($doc),+),
            form: <$value as Value>::FORM,
            show: |$choices| Value::write(&$place.$field),
            set: |$choices, text| match Value::read(text) {
                Some(value) => {
                    $place.$field = value;
                    true
                }
                None => false,
            },
        },)+];
    };
}

/// The instance configurations that every project has: id and display name. The first is the default one.
pub const INSTANCE_CONFIGS: [(&str, &str); 4] = [
    ("emulator-config", "Emulator instance config"),
    ("regional-us-central1", "us-central1 (Iowa)"),
    ("regional-europe-west1", "europe-west1 (Belgium)"),
    ("nam3", "United States (Northern Virginia/South Carolina)"),
];

choices! {
    /// What the emulator does where nobody published what the service does.
    pub struct Choices, SHARED of |choices| choices => {
        /// The text of `Operation.error` after a cancel that won. Published is only its code, CANCELLED.
        "cancelled-message" cancelled_message: Cow<'static, str> = Cow::Borrowed("The operation was cancelled.");
        /// The text of `Operation.error` of an operation that fails by itself, with the code INTERNAL. Its backup is
        /// removed, as after a cancel.
        "failed-message" failed_message: Cow<'static, str> =
            Cow::Borrowed("The backup could not be created because of an internal error.");
        /// The code for an id that breaks the published form of ids.
        "bad-id" bad_id: Code = Code::InvalidArgument;
        /// The code for an `update_mask` that is missing or names a field that cannot be updated.
        "bad-update-mask" bad_update_mask: Code = Code::InvalidArgument;
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
        /// How old a database is that was there before: old enough for every `version_time` that a client may ask for.
        "age-of-given" age_of_given: Span = Span::days(7);
        /// How long after the start of a case a backup that was there before expires.
        "given-backups-expire-after" given_backups_expire_after: Span = Span::days(7);
        /// How many polls it takes until an operation that nobody cancels, and for which the schedule says nothing,
        /// completes: no case runs for ever because of a schedule's silence.
        "early-polls-until-done" early_polls_until_done: u32 = 10;
        /// How many polls settling simulates before it takes the operation for one that
        /// never ends.
        "settle-polls" settle_polls: u32 = 1000;
        /// The most items on one page of a list, which is also what a page size of 0 asks for.
        "largest-page" largest_page: usize = 1000;
    }
    /// Those about AlloyDB.
    pub alloydb: AlloyDbChoices;
    /// Those about GeminiDB.
    pub geminidb: GeminiDbChoices;
}

choices! {
    /// What the emulator does where nobody published what AlloyDB does.
    ///
    /// Beyond what stands here: the texts of errors; lists come in the order of names unless the request says otherwise;
    /// a request that is only validated is answered with an operation that is done, has no name and is not kept.
    pub struct AlloyDbChoices, ALLOYDB of |choices| choices.alloydb => {
        /// What becomes of a backup whose creation was cancelled.
        "alloydb.cancelled-backup" cancelled_backup: Fate = Fate::Removed;
        /// What becomes of a backup whose creation failed. Published is that there is a state FAILED.
        "alloydb.failed-backup" failed_backup: Fate = Fate::Failed;
        /// The code of DeleteBackup and DeleteCluster for what is being created; OK if they cancel its creation.
        "alloydb.delete-while-creating" delete_while_creating: Option<Code> = None;
        /// The code for another request with the `request_id` of an earlier one.
        "alloydb.request-id-reused" request_id_reused: Code = Code::InvalidArgument;
    }
}

choices! {
    /// What the emulator does where nobody published what GeminiDB does.
    ///
    /// Beyond what stands here: ids of backups and jobs count up, so that the same case always sees the same ones; the
    /// names of the backups of one instance differ (`DBS.201201` is published, and nothing else that it could be about);
    /// deleting takes no time; a batch of which one backup cannot be deleted deletes none.
    pub struct GeminiDbChoices, GEMINIDB of |choices| choices.geminidb => {
        /// What becomes of a backup that was stopped. Published are the statuses BUILDING, COMPLETED and FAILED.
        "geminidb.stopped-backup" stopped_backup: Fate = Fate::Removed;
        /// Stopping a backup that is completed or failed. Published is that only BUILDING allows it.
        "geminidb.stop-in-wrong-state" stop_in_wrong_state: Problem = Problem::WRONG_STATE;
        /// Stopping a backup of an instance that is not Cassandra. Published is that only Cassandra allows it.
        "geminidb.not-cassandra" not_cassandra: Problem = Problem::WRONG_STATE;
        /// Deleting a backup that is being made: the refusal; or none, if that stops it. That there is a call to stop a
        /// backup "in an emergency" speaks for the refusal.
        "geminidb.delete-while-building" delete_while_building: Option<Problem> = Some(Problem::WRONG_STATE);
        /// Creating a backup while another of the same instance is being made. Published are the number and its kind.
        "geminidb.another-backup" another_backup: Problem = Problem::ANOTHER_OPERATION;
        /// A request without credentials. Published is that it is answered with 401.
        "geminidb.no-credentials" no_credentials: Problem = Problem::NO_TOKEN;
        /// The name of the job that stops a backup.
        "geminidb.stop-job" stop_job: Cow<'static, str> = Cow::Borrowed("StopBackup");
        /// The name of the job that deletes a backup.
        "geminidb.delete-job" delete_job: Cow<'static, str> = Cow::Borrowed("DeleteBackup");
        /// Why a job that was to stop a backup failed: the backup had ended otherwise.
        "geminidb.not-stopped-reason" not_stopped_reason: Cow<'static, str> =
            Cow::Borrowed("The backup had ended before it could be stopped.");
    }
}
