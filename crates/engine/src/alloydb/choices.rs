//! What nobody published about AlloyDB.

use rescind_model::Code;

use crate::kernel::choices::{Bytes, Fate, choices};

choices! {
    /// What the emulator does where nobody published what AlloyDB does.
    ///
    /// Beyond what stands here: the texts of errors; lists come in the order of names unless the request says otherwise;
    /// a request that is only validated is answered with an operation that is done, has no name and is not kept.
    pub struct AlloyDbChoices {
        /// What becomes of a backup whose creation was cancelled.
        "alloydb.cancelled-backup" cancelled_backup: Fate = Fate::Removed;
        /// What becomes of a backup whose creation failed. Published is that there is a state FAILED.
        "alloydb.failed-backup" failed_backup: Fate = Fate::Failed;
        /// The size in bytes of a backup that is READY. The emulated clusters hold no rows.
        "alloydb.backup-size" backup_size: Bytes = Bytes(0);
        /// The code of DeleteBackup and DeleteCluster for what is being created; OK if they cancel its creation.
        "alloydb.delete-while-creating" delete_while_creating: Option<Code> = None;
        /// The code for another request with the `request_id` of an earlier one.
        "alloydb.request-id-reused" request_id_reused: Code = Code::InvalidArgument;
    }
}
