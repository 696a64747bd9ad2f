"""google-cloud-alloydb: AlloyDB in each version and over each transport that the client has."""

import sys
import uuid

import grpc
from google.api_core import exceptions
from google.auth.credentials import AnonymousCredentials
from google.auth.exceptions import InvalidOperation
from google.cloud import alloydb_v1, alloydb_v1beta
from google.longrunning import operations_pb2
from google.protobuf.field_mask_pb2 import FieldMask

from checks import BRIEF, CODES, LASTING, AlloyDbPlace, check, contains, equal, fault, main, raises

VARIANTS = ["v1-grpc", "v1-rest", "v1beta-grpc", "v1beta-rest"]

VERSION, TRANSPORT = sys.argv[1].split("-")
alloydb = {"v1": alloydb_v1, "v1beta": alloydb_v1beta}[VERSION]


def connect(place):
    """A client of the place's emulator."""
    kind = alloydb.AlloyDBAdminClient.get_transport_class(TRANSPORT)
    if TRANSPORT == "grpc":
        transport = kind(channel=grpc.insecure_channel(place.address))
    else:
        transport = kind(host=place.address, url_scheme="http", credentials=AnonymousCredentials())
    return alloydb.AlloyDBAdminClient(transport=transport)


def create(place, backup_id=None, **changes):
    """Starts to make a backup; its operation."""
    request = {
        "parent": place.location,
        "backup_id": backup_id or place.backup_id,
        "backup": {"cluster_name": place.cluster},
        **changes,
    }
    return connect(place).create_backup(request)


def operation_of(place, name):
    return connect(place).get_operation(operations_pb2.GetOperationRequest(name=name))


def ids(backups):
    return [backup.name.rsplit("/")[-1] for backup in backups]


def refused(code, http, message, call, *arguments, **named):
    """Fails unless the call is refused like this. Over REST the client tells only the HTTP status."""
    with raises(exceptions.GoogleAPICallError) as caught:
        call(*arguments, **named)
    error = caught[0]
    equal(error.code, http)
    if TRANSPORT == "grpc":
        equal(error.grpc_status_code.name, code)
    contains(error.message, message)


@check(BRIEF)
def creates_a_backup_and_waits_until_it_is_made(place):
    backup = create(place).result(timeout=60)
    equal((backup.name, backup.state), (place.backup, alloydb.Backup.State.READY))
    equal(connect(place).get_backup(name=place.backup), backup)


@check(LASTING)
def polls_an_operation_that_runs(place):
    operation = create(place)
    assert not operation.done()
    metadata = operation.metadata
    equal((metadata.target, metadata.verb, metadata.api_version), (place.backup, "create", VERSION))
    assert not metadata.requested_cancellation
    equal(connect(place).get_backup(name=place.backup).state, alloydb.Backup.State.CREATING)


@check(LASTING)
def cancels_a_backup_that_is_being_made(place):
    client, name = connect(place), create(place).operation.name
    contains(name, f"{place.location}/operations/")
    cancel = operations_pb2.CancelOperationRequest(name=name)
    client.cancel_operation(cancel)
    operation = operation_of(place, name)
    equal((operation.done, operation.error.code), (True, 1))
    metadata = alloydb.OperationMetadata.deserialize(operation.metadata.value)
    assert metadata.requested_cancellation and metadata.end_time, metadata
    message = f"'{place.backup}' was not found"
    refused("NOT_FOUND", 404, message, client.get_backup, name=place.backup)
    client.cancel_operation(cancel)


@check(LASTING)
def a_backup_may_be_made_although_its_cancel_was_acknowledged(place):
    place.prepare(schedule="create:running cancel:ignored poll1:running poll2:done")
    operation = create(place)
    connect(place).cancel_operation(operations_pb2.CancelOperationRequest(name=operation.operation.name))
    assert not operation.done()
    equal(operation.result(timeout=60).state, alloydb.Backup.State.READY)


@check(BRIEF)
def lists_backups_by_filter_order_and_page(place):
    client = connect(place)
    for backup_id in ["backup-a", "backup-b", "backup-c"]:
        create(place, backup_id).result(timeout=60)
    request = {"parent": place.location, "order_by": "name desc", "page_size": 2}
    pages = [ids(page.backups) for page in client.list_backups(request).pages]
    equal(pages, [["backup-c", "backup-b"], ["backup-a"]])
    condition = f'name="{place.location}/backups/backup-b" AND state=READY'
    equal(ids(client.list_backups({"parent": place.location, "filter": condition})), ["backup-b"])
    equal(len(list(client.list_backups(parent=f"projects/{place.project}/locations/-"))), 3)


@check(BRIEF)
def lists_and_deletes_operations(place):
    client, operation = connect(place), create(place)
    operation.result(timeout=60)
    name = operation.operation.name
    listed = client.list_operations(operations_pb2.ListOperationsRequest(name=place.location)).operations
    equal([operation.name for operation in listed], [name])
    client.delete_operation(operations_pb2.DeleteOperationRequest(name=name))
    refused("NOT_FOUND", 404, name, operation_of, place, name)


@check(BRIEF)
def changes_the_labels_of_a_backup(place):
    create(place).result(timeout=60)
    backup = alloydb.Backup(name=place.backup, labels={"colour": "blue"})
    mask = FieldMask(paths=["labels"])
    changed = connect(place).update_backup(backup=backup, update_mask=mask).result(timeout=60)
    equal((dict(changed.labels), changed.cluster_name), ({"colour": "blue"}, place.cluster))


@check(BRIEF)
def creates_with_an_update_what_is_missing_if_that_is_allowed(place):
    backup = alloydb.Backup(name=place.backup, cluster_name=place.cluster)
    created = connect(place).update_backup({"backup": backup, "allow_missing": True}).result(timeout=60)
    equal((created.name, created.state), (place.backup, alloydb.Backup.State.READY))


@check(BRIEF)
def deletes_a_backup(place):
    create(place).result(timeout=60)
    operation = connect(place).delete_backup(name=place.backup)
    operation.result(timeout=60)
    equal(operation.metadata.verb, "delete")
    equal(list(connect(place).list_backups(parent=place.location)), [])


@check(BRIEF)
def creates_and_deletes_a_cluster(place):
    client = connect(place)
    cluster = alloydb.Cluster(network_config={"network": f"projects/{place.project}/global/networks/default"})
    request = {"parent": place.location, "cluster_id": "another", "cluster": cluster}
    cluster = client.create_cluster(request).result(timeout=60)
    equal((cluster.name, cluster.state), (f"{place.location}/clusters/another", alloydb.Cluster.State.READY))
    equal(len(list(client.list_clusters(parent=place.location))), 2)
    client.delete_cluster(name=cluster.name).result(timeout=60)
    refused("NOT_FOUND", 404, cluster.name, client.get_cluster, name=cluster.name)


@check(LASTING)
def only_validates_if_that_is_all_that_is_wanted(place):
    create(place, validate_only=True)
    equal(list(connect(place).list_backups(parent=place.location)), [])


@check(LASTING)
def a_request_that_is_made_again_by_its_id_is_one(place):
    request_id = str(uuid.uuid4())
    first, second = (create(place, request_id=request_id) for _ in range(2))
    equal(first.operation.name, second.operation.name)
    message = "is the id of an earlier request"
    refused("INVALID_ARGUMENT", 400, message, create, place, "another", request_id=request_id)


@check(LASTING)
def every_code_arrives_as_itself(place):
    # Over gRPC the client has no HTTP status for these.
    without_status = {"UNKNOWN": None, "DATA_LOSS": None} if TRANSPORT == "grpc" else {}
    for code, http in {**CODES, **without_status}.items():
        place.faults(fault("create", code))
        if code == "UNAUTHENTICATED" and TRANSPORT == "rest":
            # What the client does about 401, and cannot without credentials.
            with raises(InvalidOperation):
                create(place)
        else:
            refused(code, http, "", create, place)


@check(LASTING)
def a_cluster_that_is_missing_is_not_found(place):
    missing = f"{place.location}/clusters/missing"
    refused("NOT_FOUND", 404, missing, create, place, backup={"cluster_name": missing})


@check(LASTING)
def an_operation_that_is_missing_is_not_found(place):
    request = operations_pb2.CancelOperationRequest(name=f"{place.location}/operations/missing")
    refused("NOT_FOUND", 404, "missing", connect(place).cancel_operation, request)


@check(BRIEF)
def a_backup_that_is_missing_is_not_deleted(place):
    call = connect(place).delete_backup
    refused("NOT_FOUND", 404, place.backup, call, name=place.backup)


@check(LASTING)
def a_backup_that_exists_is_not_created_again(place):
    create(place)
    refused("ALREADY_EXISTS", 409, f"'{place.backup}' already exists", create, place)


@check(LASTING)
def a_second_operation_on_a_backup_is_aborted(place):
    create(place)
    backup = alloydb.Backup(name=place.backup, labels={"colour": "blue"})
    refused("ABORTED", 409, place.backup, connect(place).update_backup, backup=backup)


@check(BRIEF)
def a_stale_etag_is_aborted(place):
    create(place).result(timeout=60)
    request = {"name": place.backup, "etag": "stale"}
    refused("ABORTED", 409, "stale", connect(place).delete_backup, request)


@check(LASTING)
def a_cluster_that_is_being_created_fails_the_precondition(place):
    cluster = alloydb.Cluster(network_config={"network": f"projects/{place.project}/global/networks/default"})
    connect(place).create_cluster(parent=place.location, cluster_id="another", cluster=cluster)
    name = f"{place.location}/clusters/another"
    refused("FAILED_PRECONDITION", 400, name, create, place, backup={"cluster_name": name})


@check(LASTING)
def an_id_of_another_form_is_an_invalid_argument(place):
    refused("INVALID_ARGUMENT", 400, "backup_id", create, place, "Not_An_Id")


@check(LASTING)
def the_zero_uuid_is_an_invalid_argument(place):
    zero = str(uuid.UUID(int=0))
    refused("INVALID_ARGUMENT", 400, "request_id", create, place, request_id=zero)


@check(LASTING)
def a_filter_that_cannot_be_read_is_an_invalid_argument(place):
    request = {"parent": place.location, "filter": "shape=round"}
    refused("INVALID_ARGUMENT", 400, "ListBackups", connect(place).list_backups, request)


@check(BRIEF)
def a_mask_of_other_fields_is_an_invalid_argument(place):
    create(place).result(timeout=60)
    request = {"backup": alloydb.Backup(name=place.backup), "update_mask": FieldMask(paths=["cluster_name"])}
    refused("INVALID_ARGUMENT", 400, "cannot be updated", connect(place).update_backup, request)


main(AlloyDbPlace)
