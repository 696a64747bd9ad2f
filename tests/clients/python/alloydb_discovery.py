"""google-api-python-client: AlloyDB over REST, by the service's discovery documents."""

import json
import sys
import time
import uuid

from google.auth.credentials import AnonymousCredentials
from google.auth.exceptions import InvalidOperation
from googleapiclient.discovery import build
from googleapiclient.errors import HttpError

from checks import BRIEF, CODES, LASTING, AlloyDbPlace, check, contains, equal, fault, main, raises

VARIANTS = ["v1", "v1beta"]

VERSION = sys.argv[1]


def locations(place):
    service = build(
        "alloydb", VERSION, credentials=AnonymousCredentials(), client_options={"api_endpoint": place.url}
    )
    return service.projects().locations()


def create(place, backup_id=None, cluster=None, **parameters):
    """The request for a backup, not sent yet."""
    body = {"clusterName": cluster or place.cluster}
    backups = locations(place).backups()
    return backups.create(
        parent=place.location, backupId=backup_id or place.backup_id, body=body, **parameters
    )


def wait(place, operation):
    while not operation.get("done"):
        time.sleep(0.05)
        operation = locations(place).operations().get(name=operation["name"]).execute()
    return operation


def created(place, backup_id=None):
    """A backup that is made."""
    return wait(place, create(place, backup_id).execute())["response"]


def cancel(place, name):
    """The request to cancel an operation; the two versions differ in its body."""
    body = {"body": {}} if VERSION == "v1" else {}
    return locations(place).operations().cancel(name=name, **body)


def refused(http, status, message, request):
    """Fails unless the answer to the request is this error, in Google's form."""
    with raises(HttpError) as caught:
        request.execute()
    error = json.loads(caught[0].content)["error"]
    equal((caught[0].resp.status, error["code"], error["status"]), (http, http, status))
    contains(error["message"], message)


@check(BRIEF)
def creates_a_backup_and_polls_until_it_is_made(place):
    backup = created(place)
    equal((backup["name"], backup["state"]), (place.backup, "READY"))
    equal(backup["@type"], f"type.googleapis.com/google.cloud.alloydb.{VERSION}.Backup")
    found = locations(place).backups().get(name=place.backup).execute()
    equal(found, {key: value for key, value in backup.items() if key != "@type"})


@check(LASTING)
def polls_an_operation_that_runs(place):
    name = create(place).execute()["name"]
    contains(name, f"{place.location}/operations/")
    operation = locations(place).operations().get(name=name).execute()
    assert "done" not in operation, operation
    metadata = operation["metadata"]
    equal((metadata["target"], metadata["verb"], metadata["apiVersion"]), (place.backup, "create", VERSION))
    equal(locations(place).backups().get(name=place.backup).execute()["state"], "CREATING")


@check(LASTING)
def cancels_a_backup_that_is_being_made(place):
    name = create(place).execute()["name"]
    equal(cancel(place, name).execute(), {})
    operation = locations(place).operations().get(name=name).execute()
    equal((operation["done"], operation["error"]["code"]), (True, 1))
    equal(operation["metadata"]["requestedCancellation"], True)
    refused(404, "NOT_FOUND", place.backup, locations(place).backups().get(name=place.backup))


@check(LASTING)
def a_backup_may_be_made_although_its_cancel_was_acknowledged(place):
    place.prepare(schedule="create:running cancel:ignored poll1:running poll2:done")
    name = create(place).execute()["name"]
    cancel(place, name).execute()
    operations = locations(place).operations()
    assert "done" not in operations.get(name=name).execute()
    equal(operations.get(name=name).execute()["response"]["state"], "READY")


@check(BRIEF)
def lists_backups_by_filter_order_and_page(place):
    for backup_id in ["backup-a", "backup-b", "backup-c"]:
        created(place, backup_id)
    backups = locations(place).backups()
    request, pages = backups.list(parent=place.location, orderBy="name desc", pageSize=2), []
    while request is not None:
        page = request.execute()
        pages.append([backup["name"].rsplit("/")[-1] for backup in page["backups"]])
        request = backups.list_next(request, page)
    equal(pages, [["backup-c", "backup-b"], ["backup-a"]])
    condition = f'name="{place.location}/backups/backup-b"'
    equal(len(backups.list(parent=place.location, filter=condition).execute()["backups"]), 1)


@check(BRIEF)
def lists_and_deletes_operations(place):
    name = wait(place, create(place).execute())["name"]
    operations = locations(place).operations()
    equal(
        [operation["name"] for operation in operations.list(name=place.location).execute()["operations"]],
        [name],
    )
    equal(operations.delete(name=name).execute(), {})
    refused(404, "NOT_FOUND", name, operations.get(name=name))


@check(BRIEF)
def changes_the_labels_of_a_backup(place):
    created(place)
    body = {"labels": {"colour": "blue"}}
    operation = locations(place).backups().patch(name=place.backup, updateMask="labels", body=body).execute()
    equal(wait(place, operation)["response"]["labels"], {"colour": "blue"})


@check(BRIEF)
def deletes_a_backup(place):
    created(place)
    operation = wait(place, locations(place).backups().delete(name=place.backup).execute())
    equal(operation["response"], {"@type": "type.googleapis.com/google.protobuf.Empty"})
    equal(locations(place).backups().list(parent=place.location).execute(), {})


@check(BRIEF)
def creates_and_deletes_a_cluster(place):
    clusters = locations(place).clusters()
    body = {"networkConfig": {"network": f"projects/{place.project}/global/networks/default"}}
    cluster = wait(place, clusters.create(parent=place.location, clusterId="another", body=body).execute())[
        "response"
    ]
    equal((cluster["name"], cluster["state"]), (f"{place.location}/clusters/another", "READY"))
    wait(place, clusters.delete(name=cluster["name"]).execute())
    refused(404, "NOT_FOUND", cluster["name"], clusters.get(name=cluster["name"]))


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
    refused(404, "NOT_FOUND", place.backup, locations(place).backups().get(name=place.backup))


@check(LASTING)
def a_cluster_that_is_missing_is_not_found(place):
    missing = f"{place.location}/clusters/missing"
    refused(404, "NOT_FOUND", missing, create(place, cluster=missing))


@check(LASTING)
def an_operation_that_is_missing_is_not_found(place):
    refused(404, "NOT_FOUND", "missing", cancel(place, f"{place.location}/operations/missing"))


@check(LASTING)
def a_backup_that_exists_is_not_created_again(place):
    create(place).execute()
    refused(409, "ALREADY_EXISTS", f"'{place.backup}' already exists", create(place))


@check(LASTING)
def a_second_operation_on_a_backup_is_aborted(place):
    create(place).execute()
    body = {"labels": {"colour": "blue"}}
    request = locations(place).backups().patch(name=place.backup, updateMask="labels", body=body)
    refused(409, "ABORTED", place.backup, request)


@check(BRIEF)
def a_stale_etag_is_aborted(place):
    created(place)
    refused(409, "ABORTED", "stale", locations(place).backups().delete(name=place.backup, etag="stale"))


@check(LASTING)
def an_id_of_another_form_is_an_invalid_argument(place):
    refused(400, "INVALID_ARGUMENT", "backup_id", create(place, "Not_An_Id"))


@check(LASTING)
def the_zero_uuid_is_an_invalid_argument(place):
    refused(400, "INVALID_ARGUMENT", "request_id", create(place, requestId=str(uuid.UUID(int=0))))


@check(LASTING)
def a_filter_that_cannot_be_read_is_an_invalid_argument(place):
    request = locations(place).backups().list(parent=place.location, filter="shape=round")
    refused(400, "INVALID_ARGUMENT", "ListBackups", request)


main(AlloyDbPlace)
