//! Cancels the creation of a Cloud Spanner backup.

// [START spanner_cancel_backup_create]
use std::error::Error as StdError;
use std::iter;
use std::time::{Duration, SystemTime};

use google_cloud_gax::error::Error;
use google_cloud_gax::error::rpc::Code;
use google_cloud_gax::options::RequestOptionsBuilder as _;
use google_cloud_longrunning::model::Operation;
use google_cloud_spanner_admin_database_v1::client::DatabaseAdmin;
use google_cloud_spanner_admin_database_v1::model::Backup;
use google_cloud_wkt::{Timestamp, TimestampError};

/// After one of these, CreateBackup may have taken effect although its reply says otherwise.
const MAY_HAVE_STARTED: [Code; 4] =
    [Code::Unavailable, Code::DeadlineExceeded, Code::Unknown, Code::Internal];
const LIFETIME: Duration = Duration::from_secs(3 * 24 * 60 * 60);
const PATIENCE: Duration = Duration::from_secs(5 * 60);

/// What could not be done, and the code that it failed with.
#[derive(Debug, thiserror::Error)]
#[error("{what}: {}.", code.name())]
pub struct Failure {
    what: String,
    code: Code,
    /// What had failed before, and made this necessary.
    #[source]
    earlier: Option<Box<Failure>>,
}

impl Failure {
    fn new(what: impl Into<String>, code: Code) -> Failure {
        Failure { what: what.into(), code, earlier: None }
    }
}

/// Starts a backup and cancels it, so that no backup of this call is left. Cancelling is best effort: the backup may
/// well be completed, and is then deleted.
///
/// # Errors
/// If the backup could not be created, failed by itself, or could not be deleted.
pub async fn cancel_backup(
    client: &DatabaseAdmin,
    instance: &str,
    database_id: &str,
    backup_id: &str,
) -> Result<(), Failure> {
    let name = format!("{instance}/backups/{backup_id}");
    let expire_time = microseconds(SystemTime::now() + LIFETIME)
        .map_err(|_| Failure::new("The clock of this machine is wrong", Code::OutOfRange))?;
    let backup = Backup::new()
        .set_database(format!("{instance}/databases/{database_id}"))
        .set_expire_time(expire_time);

    println!("Creating backup {backup_id} of database {database_id}.");
    let started = client
        .create_backup()
        .set_parent(instance)
        .set_backup_id(backup_id)
        .set_backup(backup.clone())
        .send()
        .await;
    let mut operation = match started {
        Ok(operation) => operation,
        Err(error) => {
            let failure = Failure::new(format!("Could not create backup {backup_id}"), code_of(&error));
            let discarded = if MAY_HAVE_STARTED.contains(&failure.code) {
                discard(client, &name, &backup, backup_id).await
            } else {
                Ok(())
            };
            return Err(match discarded {
                Ok(()) => failure,
                Err(consequence) => Failure { earlier: Some(Box::new(failure)), ..consequence },
            });
        }
    };

    println!("Cancelling operation {}.", operation.name);
    // A cancel may be repeated; the client only retries a POST when it is told so.
    let cancelled = client.cancel_operation().set_name(&operation.name).with_idempotency(true).send().await;
    if let Err(error) = cancelled {
        println!("The cancel request was refused: {}.", code_of(&error).name());
    }

    if let Err(code) = wait_for_end(client, &mut operation).await {
        eprintln!("Could not see the operation end: {}.", code.name());
        // Deleting a backup that is still being created also cancels its operation.
        return delete(client, &name, backup_id).await;
    }
    match operation.error().map(|status| Code::from(status.code)) {
        None => {
            println!("The backup was completed before it could be cancelled.");
            delete(client, &name, backup_id).await
        }
        Some(Code::Cancelled) => {
            println!("The operation was cancelled; no backup was made.");
            Ok(())
        }
        Some(code) => Err(Failure::new("The operation failed", code)),
    }
}

/// Polls the operation, ever less often, until it is done.
async fn wait_for_end(client: &DatabaseAdmin, operation: &mut Operation) -> Result<(), Code> {
    let mut delay = Duration::from_secs(1);
    let mut waited = Duration::ZERO;
    while !operation.done {
        let polled = client.get_operation().set_name(&operation.name).send().await;
        *operation = polled.map_err(|error| code_of(&error))?;
        if !operation.done {
            if waited >= PATIENCE {
                return Err(Code::DeadlineExceeded);
            }
            tokio::time::sleep(delay).await;
            waited += delay;
            delay = (delay * 3 / 2).min(Duration::from_secs(10));
        }
    }
    Ok(())
}

/// Deletes the backup if it exists and is ours: somebody else's may have this name, and the expiration time, to the
/// microsecond, tells ours from it.
async fn discard(client: &DatabaseAdmin, name: &str, ours: &Backup, id: &str) -> Result<(), Failure> {
    match client.get_backup().set_name(name).send().await {
        Ok(found) if found.database == ours.database && found.expire_time == ours.expire_time => {
            delete(client, name, id).await
        }
        Ok(_) => Ok(()),
        Err(error) => match code_of(&error) {
            Code::NotFound => Ok(()),
            code => Err(Failure::new(format!("Could not tell whether backup {id} exists"), code)),
        },
    }
}

async fn delete(client: &DatabaseAdmin, name: &str, id: &str) -> Result<(), Failure> {
    let deleted = client.delete_backup().set_name(name).send().await;
    deleted.map_err(|error| Failure::new(format!("Could not delete backup {id}"), code_of(&error)))?;
    println!("Deleted backup {id}.");
    Ok(())
}

/// The time with the precision that the service keeps.
fn microseconds(time: SystemTime) -> Result<Timestamp, TimestampError> {
    let time = Timestamp::try_from(time)?;
    Timestamp::new(time.seconds(), time.nanos() / 1_000 * 1_000)
}

/// The code of the service's last answer; where there was none, the code that other client libraries give to that.
fn code_of(error: &Error) -> Code {
    // A client that gave up retrying has the last answer as the source of its error.
    iter::successors(Some(error as &(dyn StdError + 'static)), |&error| error.source())
        .filter_map(|error| error.downcast_ref::<Error>())
        .find_map(|error| match error.status() {
            Some(status) => Some(status.code),
            None if error.is_timeout() => Some(Code::DeadlineExceeded),
            None if error.is_connect() || error.is_io() || error.is_transport() => Some(Code::Unavailable),
            None => None,
        })
        .unwrap_or(Code::Unknown)
}
// [END spanner_cancel_backup_create]
