"""Stops the creation of a GeminiDB backup."""

import sys
import time
import uuid

from huaweicloudsdkcore.exceptions.exceptions import (
    ConnectionException,
    RequestTimeoutException,
    SdkException,
    ServiceResponseException,
)
from huaweicloudsdkcore.retry.backoff_strategy import BackoffStrategies
from huaweicloudsdkgaussdbfornosql.v3 import (
    CreateBackRequest,
    DeleteBackupRequest,
    GaussDBforNoSQLClient,
    ListBackupsRequest,
    ListJobsRequest,
    NoSqlCreateBackupRequestBody,
    StopBackupRequest,
    StopBackupRequestBody,
)


# [START geminidb_stop_backup]
# "The backup file does not exist."
NO_SUCH_BACKUP = "DBS.201214"


def stop_backup(endpoint, credentials, instance_id, backup_name):
    """Starts a backup and stops it, so that no backup of this call is left.

    Only a backup of a Cassandra instance that is still being made can be stopped; any other one is completed, and is
    then deleted.

    Raises:
        RuntimeError: The backup could not be created, failed by itself, or could not be deleted.
    """
    client = GaussDBforNoSQLClient.new_builder().with_endpoint(endpoint).with_credentials(credentials).build()
    # Somebody else's backup may have the same name; the description tells ours from it.
    body = NoSqlCreateBackupRequestBody(name=backup_name, description=f"made to be stopped, run {uuid.uuid4()}")

    print(f"Creating backup {backup_name} of instance {instance_id}.")
    try:
        created = client.create_back(CreateBackRequest(instance_id=instance_id, body=body))
        backup_id, job_id = created.backup_id, created.job_id
    except SdkException as error:
        failure = RuntimeError(f"Could not create backup {backup_name}: {code_of(error)}.")
        # The request may have taken effect although its answer says otherwise.
        found = find_backup(client, instance_id, body) if may_have_started(error) else None
        if found is not None:
            try:
                stop_and_clean_up(client, backup_name, *found)
            except RuntimeError as consequence:
                raise consequence from failure
        raise failure from error
    stop_and_clean_up(client, backup_name, backup_id, job_id)


def stop_and_clean_up(client, backup_name, backup_id, job_id):
    """Stops a backup that a job is making, and deletes what is made of it."""
    print(f"Stopping backup {backup_name}.")
    stop_job_id, gone = None, False
    try:
        request = StopBackupRequest(backup_id=backup_id, body=StopBackupRequestBody(action="stop"))
        stop_job_id = send(client.stop_backup_invoker(request)).job_id
    except SdkException as error:
        # It is gone if an earlier try, whose answer was lost, has taken effect. A backup that fails by itself stays.
        gone = code_of(error) == NO_SUCH_BACKUP
        if not gone:
            print(f"The stop request was refused: {code_of(error)}.")

    def delete_backup():
        """Deletes the backup. That there is none is no failure, but False."""
        try:
            send(client.delete_backup_invoker(DeleteBackupRequest(backup_id=backup_id)))
        except SdkException as error:
            if code_of(error) != NO_SUCH_BACKUP:
                raise RuntimeError(f"Could not delete backup {backup_name}: {code_of(error)}.") from error
            return False
        return True

    try:
        job = wait_for_job(client, job_id)
        # Whether a backup was stopped or failed by itself, the job that was to stop it knows.
        stopped = job.status == "Failed" and (
            gone or (stop_job_id and wait_for_job(client, stop_job_id).status == "Completed")
        )
    except (SdkException, TimeoutError) as error:
        print(f"Could not see the backup end: {code_of(error)}.", file=sys.stderr)
        # Unless it was seen to run, it may have ended before it was deleted.
        if delete_backup() or isinstance(error, TimeoutError):
            print(f"Deleted backup {backup_name}.")
        else:
            print(f"There is no backup {backup_name} any more.")
        return

    if job.status == "Completed":
        print("The backup was completed before it could be stopped.")
        delete_backup()
        print(f"Deleted backup {backup_name}.")
        return
    # What was not completed may still be listed.
    delete_backup()
    if not stopped:
        raise RuntimeError(f"The backup failed: {job.fail_reason}")
    print("The backup was stopped.")


def find_backup(client, instance_id, body):
    """The ids of the backup that was asked for and of the job that makes it; None if there is no such backup."""
    try:
        listed = send(client.list_backups_invoker(ListBackupsRequest(instance_id=instance_id)))
        jobs = send(client.list_jobs_invoker(ListJobsRequest(name="BackupInstance"))).jobs
    except SdkException as error:
        print(f"Could not tell whether backup {body.name} exists: {code_of(error)}.", file=sys.stderr)
        return None
    ours = [it.id for it in listed.backups if (it.name, it.description) == (body.name, body.description)]
    # An instance has one backup made at a time: ours is the latest.
    jobs = sorted((job for job in jobs if job.instance.id == instance_id), key=lambda job: job.start_time)
    return (ours[0], jobs[-1].id) if ours and jobs else None


def wait_for_job(client, job_id, patience=300.0):
    """Looks at a job, ever less often, and returns it once it has ended; waits `patience` seconds in all."""
    delay, waited = 1.0, 0.0
    while True:
        job = send(client.list_jobs_invoker(ListJobsRequest(id=job_id))).jobs[0]
        if job.status != "Running":
            return job
        if waited >= patience:
            raise TimeoutError(f"still running after {patience:.0f} s")
        time.sleep(delay)
        waited += delay
        delay = min(delay * 1.5, 20.0)


def send(invoker):
    """Sends a request that may be repeated, up to five times more while the service is not available."""
    return invoker.with_retry(is_unavailable, 5, BackoffStrategies.EQUAL_JITTER).invoke()


def is_unavailable(_, error):
    """True if the service may well answer the next time."""
    return isinstance(error, ConnectionException) or getattr(error, "status_code", None) in (429, 503)


def may_have_started(error):
    """True unless the service has refused the request for good."""
    refused = isinstance(error, ServiceResponseException) and 400 <= error.status_code < 500
    return not refused or isinstance(error, RequestTimeoutException)


def code_of(error):
    """The code that the service gives; where it gives none, what went wrong."""
    return getattr(error, "error_code", None) or getattr(error, "error_msg", None) or str(error)
# [END geminidb_stop_backup]
