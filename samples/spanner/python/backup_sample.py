"""Cancels the creation of a Cloud Spanner backup."""

import sys
import time
from datetime import datetime, timedelta, timezone

from google.api_core.exceptions import (
    DeadlineExceeded,
    GoogleAPICallError,
    GoogleAPIError,
    NotFound,
    RetryError,
)
from google.cloud import spanner
from google.rpc import code_pb2


# [START spanner_cancel_backup_create]
# After one of these, CreateBackup may have taken effect although its reply says otherwise.
MAY_HAVE_STARTED = ("UNAVAILABLE", "DEADLINE_EXCEEDED", "UNKNOWN", "INTERNAL")


def cancel_backup(instance_id, database_id, backup_id):
    """Starts a backup and cancels it, so that no backup of this call is left.

    Cancelling is best effort: the operation may well complete. A backup that was completed is deleted.

    Raises:
        RuntimeError: The backup could not be created, failed by itself, or could not be deleted.
    """
    spanner_client = spanner.Client()
    project = spanner_client.project
    admin = spanner_client.database_admin_api
    # `Operation.cancel()` sends nothing if it finds the operation done; this client always sends the request.
    operations = admin.transport.operations_client

    backup_name = admin.backup_path(project, instance_id, backup_id)
    backup = {
        "database": admin.database_path(project, instance_id, database_id),
        "expire_time": datetime.now(timezone.utc) + timedelta(days=3),
    }

    def delete_backup():
        try:
            admin.delete_backup(name=backup_name)
        except GoogleAPIError as error:
            raise RuntimeError(f"Could not delete backup {backup_id}: {code_of(error)}.") from error
        print(f"Deleted backup {backup_id}.")

    def backup_was_started():
        try:
            found = admin.get_backup(name=backup_name)
        except NotFound:
            return False
        except GoogleAPIError as error:
            raise RuntimeError(f"Could not tell whether backup {backup_id} exists: {code_of(error)}.") from error
        # Somebody else's backup may have this id; the expiration time, to the microsecond, tells ours from it.
        return found.database == backup["database"] and found.expire_time == backup["expire_time"]

    print(f"Creating backup {backup_id} of database {database_id}.")
    try:
        operation = admin.create_backup(
            parent=admin.instance_path(project, instance_id),
            backup=backup,
            backup_id=backup_id,
        ).operation
    except GoogleAPICallError as error:
        failure = RuntimeError(f"Could not create backup {backup_id}: {code_of(error)}.")
        try:
            if code_of(error) in MAY_HAVE_STARTED and backup_was_started():
                delete_backup()
        except RuntimeError as consequence:
            raise consequence from failure
        raise failure from error

    print(f"Cancelling operation {operation.name}.")
    try:
        operations.cancel_operation(operation.name)
    except GoogleAPIError as error:
        print(f"The cancel request was refused: {code_of(error)}.")

    try:
        operation = wait_for_end(operations, operation)
    except GoogleAPIError as error:
        print(f"Could not see the operation end: {code_of(error)}.", file=sys.stderr)
        # Deleting a backup that is still being created also cancels its operation.
        delete_backup()
        return

    if operation.HasField("response"):
        print("The backup was completed before it could be cancelled.")
        delete_backup()
    elif operation.error.code == code_pb2.CANCELLED:
        print("The operation was cancelled; no backup was made.")
    else:
        raise RuntimeError(f"The operation failed: {code_pb2.Code.Name(operation.error.code)}.")


def wait_for_end(operations, operation, patience=300.0):
    """Polls the operation, ever less often, and returns it once it is done; waits `patience` seconds in all."""
    delay, waited = 1.0, 0.0
    while not operation.done:
        operation = operations.get_operation(operation.name)
        if not operation.done:
            if waited >= patience:
                raise DeadlineExceeded(f"{operation.name} is still running after {patience:.0f} s")
            time.sleep(delay)
            waited += delay
            delay = min(delay * 1.5, 10.0)
    return operation


def code_of(error):
    """The name in google.rpc.Code of what a request failed with, in the end."""
    cause = error.cause if isinstance(error, RetryError) else error
    return cause.grpc_status_code.name
# [END spanner_cancel_backup_create]
