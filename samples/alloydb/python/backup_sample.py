"""Cancels the creation of an AlloyDB backup."""

import sys
import time
import uuid

from google.api_core.exceptions import (
    GoogleAPICallError,
    GoogleAPIError,
    NotFound,
    RetryError,
)
from google.api_core.retry import Retry
from google.rpc import code_pb2


# [START alloydb_cancel_backup_create]
# After one of these, CreateBackup may have taken effect although its reply says otherwise.
MAY_HAVE_STARTED = ("UNAVAILABLE", "DEADLINE_EXCEEDED", "UNKNOWN", "INTERNAL")

# The client repeats no request by itself. These may be repeated: cancelling and deleting twice is as good as once.
WHILE_UNAVAILABLE = Retry(initial=1.0, maximum=10.0, timeout=60.0)


def cancel_backup(client, project_id, location, cluster_id, backup_id):
    """Starts a backup and cancels it, so that no backup of this call is left.

    Cancelling is best effort: the operation may well complete. A backup that was completed is deleted.

    Args:
        client: A google.cloud.alloydb_v1beta.AlloyDBAdminClient.

    Raises:
        RuntimeError: The backup could not be created, failed by itself, or could not be deleted.
    """
    backup_name = client.backup_path(project_id, location, backup_id)
    backup = {
        "cluster_name": client.cluster_path(project_id, location, cluster_id),
        # Somebody else's backup may have this id; the description tells ours from it.
        "description": f"made to be cancelled, run {uuid.uuid4()}",
    }

    def delete_backup():
        """Deletes the backup and waits until it is gone. That there is none is no failure, but False."""
        try:
            deletion = client.delete_backup(name=backup_name, retry=WHILE_UNAVAILABLE).operation
            deletion = wait_for_end(client, deletion)
        except NotFound:
            return False
        except (GoogleAPIError, TimeoutError) as error:
            raise RuntimeError(f"Could not delete backup {backup_id}: {code_of(error)}.") from error
        if deletion.HasField("error"):
            code = code_pb2.Code.Name(deletion.error.code)
            raise RuntimeError(f"Could not delete backup {backup_id}: {code}.")
        return True

    def backup_was_started():
        try:
            found = client.get_backup(name=backup_name, retry=WHILE_UNAVAILABLE)
        except NotFound:
            return False
        except GoogleAPIError as error:
            raise RuntimeError(f"Could not tell whether backup {backup_id} exists: {code_of(error)}.") from error
        return found.description == backup["description"]

    print(f"Creating backup {backup_id} of cluster {cluster_id}.")
    try:
        operation = client.create_backup(
            parent=client.common_location_path(project_id, location), backup=backup, backup_id=backup_id
        ).operation
    except GoogleAPICallError as error:
        failure = RuntimeError(f"Could not create backup {backup_id}: {code_of(error)}.")
        try:
            if code_of(error) in MAY_HAVE_STARTED and backup_was_started():
                delete_backup()
                print(f"Deleted backup {backup_id}.")
        except RuntimeError as consequence:
            raise consequence from failure
        raise failure from error

    print(f"Cancelling operation {operation.name}.")
    try:
        client.cancel_operation({"name": operation.name}, retry=WHILE_UNAVAILABLE)
    except GoogleAPIError as error:
        print(f"The cancel request was refused: {code_of(error)}.")

    try:
        operation = wait_for_end(client, operation)
    except (GoogleAPIError, TimeoutError) as error:
        print(f"Could not see the operation end: {code_of(error)}.", file=sys.stderr)
        # Deleting a backup that is still being created also cancels its operation. Unless it was seen to run, it may have
        # ended before.
        if delete_backup() or isinstance(error, TimeoutError):
            print(f"Deleted backup {backup_id}.")
        else:
            print(f"There is no backup {backup_id} any more.")
        return

    if operation.HasField("response"):
        print("The backup was completed before it could be cancelled.")
        delete_backup()
        print(f"Deleted backup {backup_id}.")
        return
    # What was not completed may still be there.
    delete_backup()
    if operation.error.code != code_pb2.CANCELLED:
        raise RuntimeError(f"The operation failed: {code_pb2.Code.Name(operation.error.code)}.")
    print("The operation was cancelled; no backup was made.")


def wait_for_end(client, operation, patience=300.0):
    """Polls the operation, ever less often, and returns it once it is done; waits `patience` seconds in all."""
    delay, waited = 1.0, 0.0
    while not operation.done:
        operation = client.get_operation({"name": operation.name}, retry=WHILE_UNAVAILABLE)
        if not operation.done:
            if waited >= patience:
                raise TimeoutError(f"still running after {patience:.0f} s")
            time.sleep(delay)
            waited += delay
            delay = min(delay * 1.5, 20.0)
    return operation


def code_of(error):
    """The name in google.rpc.Code of what a request failed with, in the end."""
    if isinstance(error, TimeoutError):
        return str(error)
    cause = error.cause if isinstance(error, RetryError) else error
    return cause.grpc_status_code.name
# [END alloydb_cancel_backup_create]
