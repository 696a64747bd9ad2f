//! A job: what the service does in the background.

use std::sync::Arc;

use super::choices::GeminiDbChoices;
use crate::kernel::operation::Key;

/// What a job does.
#[derive(Debug)]
pub enum Job {
    /// It makes the backup that has its key.
    Backup {
        /// The id of the instance.
        instance: Arc<str>,
        /// The jobs that are to stop it.
        stops: Vec<Key>,
    },
    /// It stops the backup with this key: it is completed if it does, and failed if the backup ends otherwise.
    Stop {
        /// The id of the instance.
        instance: Arc<str>,
        /// The backup.
        backup: Key,
    },
    /// It deletes a backup.
    Delete {
        /// The id of the instance.
        instance: Arc<str>,
    },
}

impl Job {
    /// The id of the instance that it is about.
    pub fn instance(&self) -> &Arc<str> {
        match self {
            Job::Backup { instance, .. } | Job::Stop { instance, .. } | Job::Delete { instance } => instance,
        }
    }

    /// Its name, as lists show it.
    pub fn name<'a>(&self, choices: &'a GeminiDbChoices) -> &'a str {
        match self {
            Job::Backup { .. } => "BackupInstance",
            Job::Stop { .. } => &choices.stop_job,
            Job::Delete { .. } => &choices.delete_job,
        }
    }
}

/// The id of the job with this key: a UUID.
pub fn job_id(key: Key) -> String {
    format!("00000000-0000-4000-8000-{key:012x}")
}

/// The key in the id of a job; none for what does not have the form of one.
pub fn key_of_job(id: &str) -> Option<Key> {
    let key = Key::from_str_radix(id.rsplit('-').next()?, 16).ok()?;
    // Comparing the whole refuses other spellings of the number.
    (job_id(key) == id).then_some(key)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn ids_of_jobs_yield_their_keys(key in 1u64..1 << 48) {
            prop_assert_eq!(key_of_job(&job_id(key)), Some(key));
            prop_assert_eq!(job_id(key).len(), 36);
        }

        #[test]
        fn no_text_makes_reading_ids_of_jobs_panic(id in "[0-9a-f+-]{0,40}|.{0,40}") {
            if let Some(key) = key_of_job(&id) {
                prop_assert_eq!(job_id(key), id);
            }
        }
    }
}
