//! What nobody published about GeminiDB.

use std::borrow::Cow;

use super::problem::Problem;
use crate::kernel::choices::{Bytes, ChoiceValue, Fate, choices};

choices! {
    /// What the emulator does where nobody published what GeminiDB does.
    ///
    /// Beyond what stands here: ids of backups and jobs count up, so that the same case always sees the same ones; the
    /// names of the backups of one instance differ (`DBS.201201` is published, and nothing else that it could be about);
    /// deleting takes no time; a batch of which one backup cannot be deleted deletes none.
    pub struct GeminiDbChoices {
        /// What becomes of a backup that was stopped. Published are the statuses BUILDING, COMPLETED and FAILED.
        "geminidb.stopped-backup" stopped_backup: Fate = Fate::Removed;
        /// The size of a completed backup, in kilobytes. The emulated instances hold no rows.
        "geminidb.backup-size" backup_size: Bytes = Bytes(0);
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

impl ChoiceValue for Problem {
    const FORM: &'static str = "the number of an error of GeminiDB, such as `DBS.201202`";

    fn read(text: &str) -> Option<Problem> {
        Problem::numbered(text)
    }

    fn write(&self) -> String {
        self.number.to_owned()
    }
}

impl ChoiceValue for Option<Problem> {
    const FORM: &'static str = "`none` or the number of an error of GeminiDB, such as `DBS.201202`";

    fn read(text: &str) -> Option<Option<Problem>> {
        if text == "none" { Some(None) } else { Problem::read(text).map(Some) }
    }

    fn write(&self) -> String {
        self.map_or_else(|| "none".to_owned(), |problem| problem.write())
    }
}
