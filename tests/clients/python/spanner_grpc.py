"""google-cloud-spanner: Spanner over gRPC, by the client's own objects and by the admin clients below them."""

import os

from google.api_core import exceptions
from google.cloud import spanner
from google.cloud.spanner_admin_database_v1 import Backup, CreateBackupMetadata
from google.cloud.spanner_admin_database_v1.types import UpdateBackupRequest
from google.longrunning import operations_pb2
from google.rpc import code_pb2

from checks import BRIEF, CODES, LASTING, SpannerPlace, check, contains, equal, fault, in_days, main, raises


def connect(place):
    """The instance of a place."""
    os.environ["SPANNER_EMULATOR_HOST"] = place.address
    client = spanner.Client(project=place.project, disable_builtin_metrics=True)
    return client.instance(place.instance_id)


def admin(place):
    """The client of databases and backups, which has a method for each RPC."""
    return connect(place)._client.database_admin_api


def create(place, backup_id=None, days=2, database_id=None):
    """Starts to make a backup; its operation."""
    instance = connect(place)
    database = instance.database(database_id or place.database_id)
    backup = instance.backup(backup_id or place.backup_id, database=database, expire_time=in_days(days))
    return backup.create()


def refused(kind, code, http, message, call, *arguments, **named):
    """Fails unless the call raises this exception, with these codes; the exception."""
    with raises(kind) as caught:
        call(*arguments, **named)
    error = caught[0]
    equal((error.grpc_status_code.name, error.code), (code, http))
    contains(error.message, message)
    return error


@check(BRIEF)
def creates_a_backup_and_waits_until_it_is_made(place):
    backup = create(place).result(timeout=60)
    equal((backup.name, backup.state), (place.backup, Backup.State.READY))
    backup = connect(place).backup(place.backup_id)
    backup.reload()
    assert backup.is_ready(), backup.state


@check(LASTING)
def polls_an_operation_that_runs(place):
    operation = create(place)
    assert not operation.done()
    equal((operation.metadata.name, operation.metadata.database), (place.backup, place.database))
    assert operation.metadata.progress.start_time is not None
    contains(operation.operation.name, f"{place.backup}/operations/_auto_")
    backup = connect(place).backup(place.backup_id)
    backup.reload()
    equal(backup.state, Backup.State.CREATING)


@check(LASTING)
def cancels_a_backup_that_is_being_made(place):
    operation = create(place)
    operation.cancel()
    assert operation.done() and operation.cancelled()
    equal(operation.operation.error.code, code_pb2.CANCELLED)
    assert operation.metadata.cancel_time is not None
    assert not connect(place).backup(place.backup_id).exists()
    with raises(exceptions.Cancelled):
        operation.result()
    operation.cancel()


@check(LASTING)
def a_backup_may_be_made_although_its_cancel_was_acknowledged(place):
    place.prepare(schedule="create:running cancel:ignored poll1:running poll2:done")
    operation = create(place)
    operation.cancel()
    assert not operation.done()
    equal(operation.result(timeout=60).state, Backup.State.READY)


@check(BRIEF)
def lists_backups_by_filter_and_page(place):
    instance = connect(place)
    for backup_id in ["backup-a", "backup-b", "backup-c"]:
        create(place, backup_id).result(timeout=60)
    pages = instance.list_backups(page_size=2).pages
    pages = [[backup.name.rsplit("/")[-1] for backup in page.backups] for page in pages]
    equal(pages, [["backup-c", "backup-b"], ["backup-a"]])
    for condition, expected in [
        ("name:backup-b", 1),
        (f"database:{place.database} AND state:READY", 3),
        ("state:CREATING", 0),
        # Not padded with zeros, as the samples of this client have it.
        ('expire_time < "2026-1-2T9:5:3Z"', 0),
        ("size_bytes < 1000 AND NOT (name:backup-c)", 2),
    ]:
        equal((condition, len(list(instance.list_backups(filter_=condition)))), (condition, expected))


@check(BRIEF)
def lists_operations_of_backups(place):
    create(place).result(timeout=60)
    condition = f"(metadata.@type:CreateBackupMetadata AND metadata.name:{place.backup})"
    operations = list(connect(place).list_backup_operations(filter_=condition))
    equal([operation.metadata.name for operation in operations], [place.backup])
    assert operations[0].done()
    request = operations_pb2.ListOperationsRequest(name=f"{place.backup}/operations")
    listed = admin(place).list_operations(request).operations
    equal([operation.name for operation in listed], [operations[0].operation.name])
    metadata = CreateBackupMetadata.deserialize(listed[0].metadata.value)
    equal((metadata.database, metadata.progress.progress_percent), (place.database, 100))


@check(BRIEF)
def changes_when_a_backup_expires(place):
    create(place).result(timeout=60)
    backup = connect(place).backup(place.backup_id)
    later = in_days(30)
    backup.update_expire_time(later)
    backup.reload()
    equal(backup.expire_time, later)


@check(BRIEF)
def deletes_a_backup_and_again_what_is_gone(place):
    create(place).result(timeout=60)
    backup = connect(place).backup(place.backup_id)
    backup.delete()
    assert not backup.exists()
    backup.delete()


@check(BRIEF)
def copies_a_backup(place):
    create(place).result(timeout=60)
    operation = connect(place).copy_backup("copy", place.backup, expire_time=in_days(3)).create()
    equal(operation.metadata.source_backup, place.backup)
    copy = operation.result(timeout=60)
    equal((copy.name, copy.state), (f"{place.instance}/backups/copy", Backup.State.READY))


@check(BRIEF)
def restores_a_database(place):
    create(place).result(timeout=60)
    instance = connect(place)
    backup = instance.backup(place.backup_id)
    database = instance.database("restored").restore(backup).result(timeout=60)
    equal(database.restore_info.backup_info.backup, place.backup)


@check(BRIEF)
def creates_and_deletes_an_instance(place):
    client = connect(place)._client
    config = f"projects/{place.project}/instanceConfigs/regional-us-central1"
    instance = client.instance("another", configuration_name=config, processing_units=500)
    instance.create().result(timeout=60)
    instance.reload()
    equal((instance.processing_units, instance.configuration_name), (500, config))
    instance.processing_units = 1000
    instance.update().result(timeout=60)
    instance.reload()
    equal((instance.processing_units, instance.configuration_name), (1000, config))
    instance.delete()
    assert not instance.exists()


@check(BRIEF)
def creates_a_database_and_changes_its_schema(place):
    instance = connect(place)
    database = instance.database("another", ddl_statements=["CREATE TABLE T (Id INT64) PRIMARY KEY (Id)"])
    database.create().result(timeout=60)
    option = "ALTER DATABASE another SET OPTIONS (version_retention_period = '7d')"
    database.update_ddl([option], operation_id="retention").result(timeout=60)
    database.reload()
    equal(database.version_retention_period, "7d")
    contains("\n".join(database.ddl_statements), "CREATE TABLE T")


@check(BRIEF)
def asks_a_query_in_a_session(place):
    with connect(place).database(place.database_id).snapshot() as snapshot:
        equal(list(snapshot.execute_sql("SELECT 1")), [[1]])
    with connect(place).database(place.database_id).snapshot() as snapshot:
        rows = snapshot.execute_sql("SELECT CURRENT_TIMESTAMP() AS t")
        equal((len(list(rows)), rows.fields[0].name), (1, "t"))


@check(LASTING)
def every_code_arrives_as_itself(place):
    # The client has no HTTP status for these.
    for code, http in {**CODES, "UNKNOWN": None, "DATA_LOSS": None}.items():
        place.faults(fault("create", code))
        refused(exceptions.GoogleAPICallError, code, http, "", create, place)


@check(LASTING)
def a_backup_that_is_missing_is_not_found(place):
    message = f"Backup not found: {place.backup}"
    error = refused(
        exceptions.NotFound, "NOT_FOUND", 404, message, admin(place).get_backup, name=place.backup
    )
    equal([info.resource_name for info in error.details], [place.backup])


@check(LASTING)
def a_database_that_is_missing_is_not_found(place):
    message = f"Database not found: {place.instance}/databases/missing"
    refused(exceptions.NotFound, "NOT_FOUND", 404, message, create, place, database_id="missing")


@check(LASTING)
def an_instance_that_is_missing_is_not_found(place):
    parent = f"projects/{place.project}/instances/missing"
    message = f"Instance not found: {parent}"
    refused(exceptions.NotFound, "NOT_FOUND", 404, message, admin(place).list_backups, parent=parent)


@check(LASTING)
def an_operation_that_is_missing_is_not_found(place):
    name = f"{place.backup}/operations/missing"
    request = operations_pb2.CancelOperationRequest(name=name)
    message = f"Operation not found: {name}"
    refused(exceptions.NotFound, "NOT_FOUND", 404, message, admin(place).cancel_operation, request)


@check(BRIEF)
def a_backup_that_exists_is_not_created_again(place):
    create(place).result(timeout=60)
    # The client's `create` has an exception of its own for it; the RPC below has not.
    backup = Backup(database=place.database, expire_time=in_days(2))
    request = {"parent": place.instance, "backup_id": place.backup_id, "backup": backup}
    message = f"Backup already exists: {place.backup}"
    refused(exceptions.AlreadyExists, "ALREADY_EXISTS", 409, message, admin(place).create_backup, request)


@check(LASTING)
def a_second_pending_backup_of_a_database_fails_its_precondition(place):
    create(place)
    message = "the maximum number of pending backups (1) for the database has been reached"
    refused(exceptions.FailedPrecondition, "FAILED_PRECONDITION", 400, message, create, place, "second")


@check(LASTING)
def an_expiry_that_is_too_soon_is_an_invalid_argument(place):
    message = "at least 6 hours and at most 366 days"
    refused(exceptions.InvalidArgument, "INVALID_ARGUMENT", 400, message, create, place, days=0.1)


@check(LASTING)
def an_id_of_another_form_is_an_invalid_argument(place):
    backup = Backup(database=place.database, expire_time=in_days(2))
    request = {"parent": place.instance, "backup_id": "Not-An-Id", "backup": backup}
    call = admin(place).create_backup
    refused(exceptions.InvalidArgument, "INVALID_ARGUMENT", 400, "Not-An-Id", call, request)


@check(LASTING)
def a_filter_that_cannot_be_read_is_an_invalid_argument(place):
    request = {"parent": place.instance, "filter": "colour:blue"}
    message = "Invalid ListBackups request."
    refused(exceptions.InvalidArgument, "INVALID_ARGUMENT", 400, message, admin(place).list_backups, request)


@check(BRIEF)
def an_update_without_a_mask_is_an_invalid_argument(place):
    create(place).result(timeout=60)
    request = UpdateBackupRequest(backup=Backup(name=place.backup, expire_time=in_days(3)))
    call = admin(place).update_backup
    refused(exceptions.InvalidArgument, "INVALID_ARGUMENT", 400, "Invalid update_mask", call, request)


@check(LASTING)
def operations_of_databases_cannot_be_deleted(place):
    database = connect(place).database(place.database_id)
    operation = database.update_ddl(["CREATE TABLE T (Id INT64) PRIMARY KEY (Id)"])
    request = operations_pb2.DeleteOperationRequest(name=operation.operation.name)
    call = admin(place).delete_operation
    refused(exceptions.MethodNotImplemented, "UNIMPLEMENTED", 501, operation.operation.name, call, request)


@check(LASTING)
def a_database_is_not_restored_from_a_backup_that_is_being_made(place):
    create(place)
    request = {"parent": place.instance, "database_id": "restored", "backup": place.backup}
    call = admin(place).restore_database
    refused(exceptions.FailedPrecondition, "FAILED_PRECONDITION", 400, "is not ready", call, request)


@check(LASTING)
def a_database_is_not_dropped_while_it_is_backed_up(place):
    create(place)
    call = connect(place).database(place.database_id).drop
    refused(exceptions.FailedPrecondition, "FAILED_PRECONDITION", 400, place.database, call)


main(SpannerPlace)
