//! The choices that concern every service.

use std::borrow::Cow;

use rescind_model::Code;

use super::super::time::Span;
use super::table::choices;

choices! {
    /// What every service does where nobody published what it does.
    pub struct Choices {
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
}
