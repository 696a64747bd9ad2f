"""google-api-python-client: Spanner over REST, by the service's discovery document."""

import json
import time

from google.auth.credentials import AnonymousCredentials
from google.auth.exceptions import InvalidOperation
from googleapiclient.discovery import build
from googleapiclient.errors import HttpError

from checks import (
    BRIEF,
    CODES,
    LASTING,
    SpannerPlace,
    check,
    contains,
    equal,
    fault,
    in_days,
    main,
    raises,
    timestamp,
)


def instances(place):
    service = build(
        "spanner", "v1", credentials=AnonymousCredentials(), client_options={"api_endpoint": place.url}
    )
    return service.projects().instances()


def create(place, backup_id=None, **changes):
    """The request for a backup, not sent yet."""
    body = {"database": place.database, "expireTime": timestamp(in_days(2)), **changes}
    backups = instances(place).backups()
    return backups.create(parent=place.instance, backupId=backup_id or place.backup_id, body=body)


def wait(operations, operation):
    while not operation.get("done"):
        time.sleep(0.05)
        operation = operations.get(name=operation["name"]).execute()
    return operation


def created(place, backup_id=None):
    """A backup that is made."""
    operation = wait(instances(place).backups().operations(), create(place, backup_id).execute())
    return operation["response"]


def refused(http, status, message, request):
    """Fails unless the answer to the request is this error, in Google's form; what the client makes of it."""
    with raises(HttpError) as caught:
        request.execute()
    error = json.loads(caught[0].content)["error"]
    equal((caught[0].resp.status, error["code"], error["status"]), (http, http, status))
    equal(caught[0].reason, error["message"])
    contains(error["message"], message)
    return caught[0]


@check(BRIEF)
def creates_a_backup_and_polls_until_it_is_made(place):
    backup = created(place)
    equal((backup["name"], backup["state"]), (place.backup, "READY"))
    equal(backup["@type"], "type.googleapis.com/google.spanner.admin.database.v1.Backup")
    found = instances(place).backups().get(name=place.backup).execute()
    equal(found, {key: value for key, value in backup.items() if key != "@type"})


@check(LASTING)
def polls_an_operation_that_runs(place):
    operation = create(place).execute()
    contains(operation["name"], f"{place.backup}/operations/_auto_")
    assert "done" not in operation, operation
    found = instances(place).backups().operations().get(name=operation["name"]).execute()
    metadata = found["metadata"]
    equal((metadata["name"], metadata["database"]), (place.backup, place.database))
    assert "startTime" in metadata["progress"], metadata
    equal(instances(place).backups().get(name=place.backup).execute()["state"], "CREATING")


@check(LASTING)
def cancels_a_backup_that_is_being_made(place):
    operation = create(place).execute()
    operations = instances(place).backups().operations()
    equal(operations.cancel(name=operation["name"]).execute(), {})
    operation = operations.get(name=operation["name"]).execute()
    equal((operation["done"], operation["error"]["code"]), (True, 1))
    assert "cancelTime" in operation["metadata"], operation
    refused(404, "NOT_FOUND", place.backup, instances(place).backups().get(name=place.backup))
    # A second cancel, of what has ended, is no error.
    equal(operations.cancel(name=operation["name"]).execute(), {})


@check(LASTING)
def a_backup_may_be_made_although_its_cancel_was_acknowledged(place):
    place.prepare(schedule="create:running cancel:ignored poll1:running poll2:done")
    name = create(place).execute()["name"]
    operations = instances(place).backups().operations()
    operations.cancel(name=name).execute()
    assert "done" not in operations.get(name=name).execute()
    equal(operations.get(name=name).execute()["response"]["state"], "READY")


@check(BRIEF)
def lists_backups_by_filter_and_page(place):
    for backup_id in ["backup-a", "backup-b", "backup-c"]:
        created(place, backup_id)
    backups = instances(place).backups()
    request, pages = backups.list(parent=place.instance, pageSize=2), []
    while request is not None:
        page = request.execute()
        pages.append([backup["name"].rsplit("/")[-1] for backup in page["backups"]])
        request = backups.list_next(request, page)
    equal(pages, [["backup-c", "backup-b"], ["backup-a"]])
    for condition, expected in [
        ("name:backup-b", 1),
        (f"database:{place.database} AND state:READY", 3),
        ("state:CREATING", 0),
        (f'expire_time < "{timestamp(in_days(1))}"', 0),
        (f'(name:backup-a) OR (name:backup-c AND create_time < "{timestamp(in_days(1))}")', 2),
    ]:
        page = backups.list(parent=place.instance, filter=condition).execute()
        equal((condition, len(page.get("backups", []))), (condition, expected))


@check(BRIEF)
def lists_operations_of_backups(place):
    created(place)
    kind = "type.googleapis.com/google.spanner.admin.database.v1.CreateBackupMetadata"
    condition = f"(metadata.@type:{kind}) AND (metadata.database:{place.database})"
    page = instances(place).backupOperations().list(parent=place.instance, filter=condition).execute()
    equal([operation["metadata"]["name"] for operation in page["operations"]], [place.backup])
    page = instances(place).backups().operations().list(name=f"{place.backup}/operations").execute()
    equal([operation["done"] for operation in page["operations"]], [True])


@check(BRIEF)
def changes_when_a_backup_expires(place):
    created(place)
    later = timestamp(in_days(30))
    request = (
        instances(place)
        .backups()
        .patch(name=place.backup, updateMask="expireTime", body={"expireTime": later})
    )
    equal(request.execute()["expireTime"], later)


@check(BRIEF)
def deletes_a_backup_and_again_what_is_gone(place):
    created(place)
    backups = instances(place).backups()
    equal(backups.delete(name=place.backup).execute(), {})
    equal(backups.list(parent=place.instance).execute(), {})
    equal(backups.delete(name=place.backup).execute(), {})


@check(BRIEF)
def copies_a_backup(place):
    created(place)
    backups = instances(place).backups()
    body = {"backupId": "copy", "sourceBackup": place.backup, "expireTime": timestamp(in_days(3))}
    operation = backups.copy(parent=place.instance, body=body).execute()
    equal(operation["metadata"]["sourceBackup"], place.backup)
    copy = wait(backups.operations(), operation)["response"]
    equal((copy["name"], copy["state"]), (f"{place.instance}/backups/copy", "READY"))


@check(BRIEF)
def restores_a_database(place):
    created(place)
    databases = instances(place).databases()
    body = {"databaseId": "restored", "backup": place.backup}
    operation = databases.restore(parent=place.instance, body=body).execute()
    database = wait(databases.operations(), operation)["response"]
    equal(database["restoreInfo"]["backupInfo"]["backup"], place.backup)
    names = [database["name"] for database in databases.list(parent=place.instance).execute()["databases"]]
    equal(names, [f"{place.instance}/databases/restored", place.database])


@check(BRIEF)
def creates_and_deletes_an_instance(place):
    parent = f"projects/{place.project}"
    body = {
        "instanceId": "another",
        "instance": {
            "config": f"{parent}/instanceConfigs/regional-us-central1",
            "displayName": "A",
            "nodeCount": 1,
        },
    }
    operation = instances(place).create(parent=parent, body=body).execute()
    contains(operation["name"], f"{parent}/instances/another/operations/")
    instance = wait(instances(place).operations(), operation)["response"]
    equal((instance["state"], instance["processingUnits"]), ("READY", 1000))
    equal(instances(place).operations().delete(name=operation["name"]).execute(), {})
    equal(instances(place).delete(name=instance["name"]).execute(), {})
    refused(404, "NOT_FOUND", "Instance not found", instances(place).get(name=instance["name"]))


@check(LASTING)
def cancels_a_change_of_the_schema(place):
    databases = instances(place).databases()
    body = {"statements": ["CREATE TABLE T (Id INT64) PRIMARY KEY (Id)"], "operationId": "change"}
    operation = databases.updateDdl(database=place.database, body=body).execute()
    equal(operation["name"], f"{place.database}/operations/change")
    equal(databases.operations().cancel(name=operation["name"]).execute(), {})
    equal(databases.operations().get(name=operation["name"]).execute()["error"]["code"], 1)


@check(LASTING)
def every_code_arrives_as_itself(place):
    for code, http in CODES.items():
        place.faults(fault("create", code))
        if code == "UNAUTHENTICATED":
            # What the client does about 401, and cannot without credentials.
            with raises(InvalidOperation):
                create(place).execute()
        else:
            refused(http, code, "", create(place))


@check(LASTING)
def a_backup_that_is_missing_is_not_found(place):
    missing = instances(place).backups().get(name=place.backup)
    refused(404, "NOT_FOUND", f"Backup not found: {place.backup}", missing)


@check(LASTING)
def a_database_that_is_missing_is_not_found(place):
    missing = f"{place.instance}/databases/missing"
    error = refused(404, "NOT_FOUND", "Database not found", create(place, database=missing))
    equal(error.error_details[0]["resourceName"], missing)


@check(LASTING)
def an_instance_that_is_missing_is_not_found(place):
    missing = f"projects/{place.project}/instances/missing"
    refused(
        404, "NOT_FOUND", f"Instance not found: {missing}", instances(place).backups().list(parent=missing)
    )


@check(LASTING)
def an_operation_that_is_missing_is_not_found(place):
    name = f"{place.backup}/operations/missing"
    cancel = instances(place).backups().operations().cancel(name=name)
    refused(404, "NOT_FOUND", f"Operation not found: {name}", cancel)


@check(BRIEF)
def a_backup_that_exists_is_not_created_again(place):
    created(place)
    refused(409, "ALREADY_EXISTS", f"Backup already exists: {place.backup}", create(place))


@check(LASTING)
def a_second_pending_backup_of_a_database_fails_its_precondition(place):
    create(place).execute()
    message = "the maximum number of pending backups (1) for the database has been reached"
    refused(400, "FAILED_PRECONDITION", message, create(place, "second"))


@check(LASTING)
def an_expiry_that_is_too_soon_is_an_invalid_argument(place):
    request = create(place, expireTime=timestamp(in_days(0.1)))
    refused(400, "INVALID_ARGUMENT", "at least 6 hours and at most 366 days", request)


@check(LASTING)
def an_expiry_of_another_type_names_its_field(place):
    request = create(place, expireTime=86400)
    error = refused(400, "INVALID_ARGUMENT", "Invalid value at 'backup.expire_time'", request)
    equal(error.error_details[0]["fieldViolations"][0]["field"], "backup.expire_time")


@check(LASTING)
def an_id_of_another_form_is_an_invalid_argument(place):
    refused(400, "INVALID_ARGUMENT", "Not-An-Id", create(place, "Not-An-Id"))


@check(LASTING)
def a_filter_that_cannot_be_read_is_an_invalid_argument(place):
    request = instances(place).backups().list(parent=place.instance, filter="colour:blue")
    refused(400, "INVALID_ARGUMENT", "Invalid ListBackups request.", request)


@check(BRIEF)
def a_mask_of_other_fields_is_an_invalid_argument(place):
    created(place)
    request = instances(place).backups().patch(name=place.backup, updateMask="database", body={})
    refused(400, "INVALID_ARGUMENT", "Invalid update_mask", request)


@check(LASTING)
def operations_of_databases_cannot_be_deleted(place):
    databases = instances(place).databases()
    body = {"statements": ["CREATE TABLE T (Id INT64) PRIMARY KEY (Id)"]}
    operation = databases.updateDdl(database=place.database, body=body).execute()
    refused(501, "UNIMPLEMENTED", operation["name"], databases.operations().delete(name=operation["name"]))


@check(LASTING)
def a_database_is_not_restored_from_a_backup_that_is_being_made(place):
    create(place).execute()
    body = {"databaseId": "restored", "backup": place.backup}
    request = instances(place).databases().restore(parent=place.instance, body=body)
    refused(400, "FAILED_PRECONDITION", place.backup, request)


@check(LASTING)
def a_database_is_not_dropped_while_it_is_backed_up(place):
    create(place).execute()
    request = instances(place).databases().dropDatabase(database=place.database)
    refused(400, "FAILED_PRECONDITION", place.database, request)


main(SpannerPlace)
