"""google-cloud-spanner: the admin client of databases and backups over REST, which wants enumerations as numbers."""

from google.api_core import exceptions
from google.auth.credentials import AnonymousCredentials
from google.auth.exceptions import InvalidOperation
from google.cloud.spanner_admin_database_v1 import Backup, CreateBackupMetadata, Database, DatabaseAdminClient
from google.longrunning import operations_pb2
from google.protobuf.field_mask_pb2 import FieldMask

from checks import BRIEF, CODES, LASTING, SpannerPlace, check, contains, equal, fault, in_days, main, raises


def connect(place):
    kind = DatabaseAdminClient.get_transport_class("rest")
    transport = kind(host=place.address, url_scheme="http", credentials=AnonymousCredentials())
    return DatabaseAdminClient(transport=transport)


def create(place, backup_id=None, days=2, database=None):
    """Starts to make a backup; its operation."""
    backup = Backup(database=database or place.database, expire_time=in_days(days))
    request = {"parent": place.instance, "backup_id": backup_id or place.backup_id, "backup": backup}
    return connect(place).create_backup(request)


def cancel(place, name):
    # The operation's own `cancel` breaks in this client over REST: it looks for a body that the call has not.
    connect(place).cancel_operation(operations_pb2.CancelOperationRequest(name=name))


def operation_of(place, name):
    return connect(place).get_operation(operations_pb2.GetOperationRequest(name=name))


def ids(backups):
    return [backup.name.rsplit("/")[-1] for backup in backups]


def refused(http, message, call, *arguments, **named):
    """Fails unless the call is refused with this HTTP status, which is all that the client tells of the code."""
    with raises(exceptions.GoogleAPICallError) as caught:
        call(*arguments, **named)
    equal(caught[0].code, http)
    contains(caught[0].message, message)


@check(BRIEF)
def creates_a_backup_and_waits_until_it_is_made(place):
    backup = create(place).result(timeout=60)
    equal((backup.name, backup.state), (place.backup, Backup.State.READY))
    equal(connect(place).get_backup(name=place.backup), backup)


@check(LASTING)
def polls_an_operation_that_runs(place):
    operation = create(place)
    assert not operation.done()
    equal((operation.metadata.name, operation.metadata.database), (place.backup, place.database))
    equal(connect(place).get_backup(name=place.backup).state, Backup.State.CREATING)


@check(LASTING)
def cancels_a_backup_that_is_being_made(place):
    name = create(place).operation.name
    cancel(place, name)
    operation = operation_of(place, name)
    equal((operation.done, operation.error.code), (True, 1))
    assert CreateBackupMetadata.deserialize(operation.metadata.value).cancel_time
    refused(404, f"Backup not found: {place.backup}", connect(place).get_backup, name=place.backup)


@check(LASTING)
def a_backup_may_be_made_although_its_cancel_was_acknowledged(place):
    place.prepare(schedule="create:running cancel:ignored poll1:running poll2:done")
    operation = create(place)
    cancel(place, operation.operation.name)
    assert not operation.done()
    equal(operation.result(timeout=60).state, Backup.State.READY)


@check(BRIEF)
def lists_backups_by_filter_and_page(place):
    for backup_id in ["backup-a", "backup-b", "backup-c"]:
        create(place, backup_id).result(timeout=60)
    client = connect(place)
    pages = client.list_backups({"parent": place.instance, "page_size": 2}).pages
    equal([ids(page.backups) for page in pages], [["backup-c", "backup-b"], ["backup-a"]])
    request = {"parent": place.instance, "filter": "state:READY AND NOT (name:backup-b)"}
    equal(ids(client.list_backups(request)), ["backup-c", "backup-a"])


@check(BRIEF)
def lists_operations_of_backups(place):
    create(place).result(timeout=60)
    operations = list(connect(place).list_backup_operations(parent=place.instance))
    equal([operation.done for operation in operations], [True])
    request = operations_pb2.ListOperationsRequest(name=f"{place.backup}/operations")
    equal(list(connect(place).list_operations(request).operations), operations)


@check(BRIEF)
def changes_when_a_backup_expires(place):
    create(place).result(timeout=60)
    later = in_days(30)
    mask = FieldMask(paths=["expire_time"])
    changed = connect(place).update_backup(
        backup=Backup(name=place.backup, expire_time=later), update_mask=mask
    )
    equal(changed.expire_time, later)


@check(BRIEF)
def deletes_a_backup_and_again_what_is_gone(place):
    create(place).result(timeout=60)
    for _ in range(2):
        connect(place).delete_backup(name=place.backup)
        equal(list(connect(place).list_backups(parent=place.instance)), [])


@check(BRIEF)
def copies_a_backup_and_restores_a_database_from_the_copy(place):
    create(place).result(timeout=60)
    request = {
        "parent": place.instance,
        "backup_id": "copy",
        "source_backup": place.backup,
        "expire_time": in_days(3),
    }
    copy = connect(place).copy_backup(request).result(timeout=60)
    equal((copy.name, copy.state), (f"{place.instance}/backups/copy", Backup.State.READY))
    request = {"parent": place.instance, "database_id": "restored", "backup": copy.name}
    database = connect(place).restore_database(request).result(timeout=60)
    equal(database.restore_info.backup_info.backup, copy.name)
    assert database.state in (Database.State.READY_OPTIMIZING, Database.State.READY), database.state


@check(BRIEF)
def changes_the_schema_of_a_database(place):
    statement = "CREATE TABLE T (Id INT64) PRIMARY KEY (Id)"
    connect(place).update_database_ddl(database=place.database, statements=[statement]).result(timeout=60)
    equal(list(connect(place).get_database_ddl(database=place.database).statements), [statement])


@check(LASTING)
def every_code_arrives_as_itself(place):
    for code, http in CODES.items():
        place.faults(fault("create", code))
        if code == "UNAUTHENTICATED":
            # What the client does about 401, and cannot without credentials.
            with raises(InvalidOperation):
                create(place)
        else:
            refused(http, "", create, place)


@check(LASTING)
def a_database_that_is_missing_is_not_found(place):
    missing = f"{place.instance}/databases/missing"
    refused(404, f"Database not found: {missing}", create, place, database=missing)


@check(LASTING)
def an_operation_that_is_missing_is_not_found(place):
    name = f"{place.backup}/operations/missing"
    refused(404, f"Operation not found: {name}", cancel, place, name)


@check(BRIEF)
def a_backup_that_exists_is_not_created_again(place):
    create(place).result(timeout=60)
    refused(409, f"Backup already exists: {place.backup}", create, place)


@check(LASTING)
def a_second_pending_backup_of_a_database_fails_its_precondition(place):
    create(place)
    message = "the maximum number of pending backups (1) for the database has been reached"
    refused(400, message, create, place, "second")


@check(LASTING)
def an_expiry_that_is_too_soon_is_an_invalid_argument(place):
    refused(400, "at least 6 hours and at most 366 days", create, place, days=0.1)


@check(LASTING)
def an_id_of_another_form_is_an_invalid_argument(place):
    refused(400, "Not-An-Id", create, place, "Not-An-Id")


@check(LASTING)
def operations_of_databases_cannot_be_deleted(place):
    statement = "CREATE TABLE T (Id INT64) PRIMARY KEY (Id)"
    name = connect(place).update_database_ddl(database=place.database, statements=[statement]).operation.name
    request = operations_pb2.DeleteOperationRequest(name=name)
    refused(501, name, connect(place).delete_operation, request)


@check(LASTING)
def a_database_is_not_dropped_while_it_is_backed_up(place):
    create(place)
    refused(400, place.database, connect(place).drop_database, database=place.database)


main(SpannerPlace)
