"""google-cloud-spanner: what the admin clients offer beside backups: schedules, access, protection, partitions."""

import base64

import grpc
from google.api_core import exceptions
from google.cloud import spanner_admin_database_v1 as databases
from google.cloud import spanner_admin_instance_v1 as instances
from google.iam.v1 import iam_policy_pb2, policy_pb2
from google.protobuf.duration_pb2 import Duration
from google.protobuf.field_mask_pb2 import FieldMask

from checks import BRIEF, LASTING, SpannerPlace, check, contains, equal, in_days, main, raises

SCHEDULE = databases.BackupSchedule(
    spec={"cron_spec": {"text": "0 2 * * *"}},
    retention_duration=Duration(seconds=7 * 24 * 60 * 60),
    full_backup_spec={},
)


def database_admin(place):
    transport = databases.DatabaseAdminClient.get_transport_class("grpc")
    return databases.DatabaseAdminClient(transport=transport(channel=grpc.insecure_channel(place.address)))


def instance_admin(place):
    transport = instances.InstanceAdminClient.get_transport_class("grpc")
    return instances.InstanceAdminClient(transport=transport(channel=grpc.insecure_channel(place.address)))


def refused(code, message, call, *arguments, **named):
    """Fails unless the call is refused with this code and this message."""
    with raises(exceptions.GoogleAPICallError) as caught:
        call(*arguments, **named)
    equal(caught[0].grpc_status_code.name, code)
    contains(caught[0].message, message)


def schedule_backups(place, schedule_id="nightly", schedule=SCHEDULE):
    request = {"parent": place.database, "backup_schedule_id": schedule_id, "backup_schedule": schedule}
    return database_admin(place).create_backup_schedule(request)


@check(LASTING)
def schedules_are_created_listed_changed_and_deleted(place):
    client, name = database_admin(place), f"{place.database}/backupSchedules/nightly"
    schedule = schedule_backups(place)
    equal((schedule.name, schedule.spec.cron_spec.text), (name, "0 2 * * *"))
    equal(client.get_backup_schedule(name=name), schedule)
    equal(list(client.list_backup_schedules(parent=place.database)), [schedule])
    longer = databases.BackupSchedule(name=name, retention_duration=Duration(seconds=14 * 24 * 60 * 60))
    mask = FieldMask(paths=["retention_duration"])
    changed = client.update_backup_schedule(backup_schedule=longer, update_mask=mask)
    equal((changed.retention_duration.days, changed.spec), (14, schedule.spec))
    client.delete_backup_schedule(name=name)
    equal(list(client.list_backup_schedules(parent=place.database)), [])


@check(LASTING)
def schedules_that_cannot_be_are_refused(place):
    schedule_backups(place)
    refused("ALREADY_EXISTS", "nightly", schedule_backups, place)
    refused("INVALID_ARGUMENT", "", schedule_backups, place, "Not-An-Id")
    often = databases.BackupSchedule(SCHEDULE, spec={"cron_spec": {"text": "* * * * *"}})
    refused("INVALID_ARGUMENT", "", schedule_backups, place, "often", often)
    missing = f"{place.database}/backupSchedules/missing"
    refused("NOT_FOUND", missing, database_admin(place).get_backup_schedule, name=missing)


@check(LASTING)
def policies_are_set_and_read(place):
    binding = policy_pb2.Binding(role="roles/spanner.backupAdmin", members=["user:someone@example.com"])
    for client, resource in [
        (database_admin(place), place.database),
        (instance_admin(place), place.instance),
    ]:
        policy = client.get_iam_policy(resource=resource)
        equal((len(policy.bindings), base64.b64encode(policy.etag)), (0, b"ACAB"))
        request = iam_policy_pb2.SetIamPolicyRequest(
            resource=resource, policy=policy_pb2.Policy(bindings=[binding])
        )
        client.set_iam_policy(request)
        equal(list(client.get_iam_policy(resource=resource).bindings), [binding])
        permissions = ["spanner.backups.create"]
        tested = client.test_iam_permissions(resource=resource, permissions=permissions)
        equal(list(tested.permissions), permissions)
        unknown = ["spanner.backups.read"]
        refused("INVALID_ARGUMENT", unknown[0], client.test_iam_permissions, resource=resource, permissions=unknown)


@check(BRIEF)
def a_database_that_is_protected_is_not_dropped(place):
    client = database_admin(place)
    mask = FieldMask(paths=["enable_drop_protection"])
    for protect in [True, False]:
        database = databases.Database(name=place.database, enable_drop_protection=protect)
        changed = client.update_database(database=database, update_mask=mask).result(timeout=60)
        equal(changed.enable_drop_protection, protect)
        if protect:
            refused("FAILED_PRECONDITION", "drop_protection", client.drop_database, database=place.database)
    client.drop_database(database=place.database)
    refused("NOT_FOUND", place.database, client.get_database, name=place.database)


@check(BRIEF)
def roles_that_the_schema_creates_are_listed(place):
    client = database_admin(place)
    client.update_database_ddl(database=place.database, statements=["CREATE ROLE reader"]).result(timeout=60)
    roles = [role.name for role in client.list_database_roles(parent=place.database)]
    ids = ["public", "reader", "spanner_info_reader", "spanner_sys_reader"]
    equal(roles, [f"{place.database}/databaseRoles/{id}" for id in ids])


@check(BRIEF)
def partitions_are_created_changed_and_deleted(place):
    client = instance_admin(place)
    partition = instances.InstancePartition(
        config=f"projects/{place.project}/instanceConfigs/nam3", display_name="Part", node_count=1
    )
    request = {
        "parent": place.instance,
        "instance_partition_id": "part",
        "instance_partition": partition,
    }
    created = client.create_instance_partition(request).result(timeout=60)
    equal((created.name, created.state.name), (f"{place.instance}/instancePartitions/part", "READY"))
    larger = instances.InstancePartition(name=created.name, node_count=2)
    mask = FieldMask(paths=["node_count"])
    request = {"instance_partition": larger, "field_mask": mask}
    equal(client.update_instance_partition(request).result(timeout=60).node_count, 2)
    equal(len(list(client.list_instance_partition_operations(parent=place.instance).operations)), 2)
    client.delete_instance_partition(name=created.name)
    # The default partition stays.
    names = [partition.name for partition in client.list_instance_partitions(parent=place.instance)]
    assert created.name not in names, names


@check(BRIEF)
def an_instance_is_changed_and_found_by_its_labels(place):
    client = instance_admin(place)
    instance = instances.Instance(name=place.instance, labels={"colour": "blue"}, node_count=2)
    mask = FieldMask(paths=["labels", "node_count"])
    changed = client.update_instance(instance=instance, field_mask=mask).result(timeout=60)
    equal((dict(changed.labels), changed.node_count), ({"colour": "blue"}, 2))
    for condition, expected in [("labels.colour:blue", 1), ("labels.colour:*", 1), ("labels.colour:red", 0)]:
        request = {"parent": f"projects/{place.project}", "filter": condition}
        equal((condition, len(list(client.list_instances(request)))), (condition, expected))


@check(LASTING)
def the_creation_of_an_instance_is_cancelled(place):
    client, parent = instance_admin(place), f"projects/{place.project}"
    instance = instances.Instance(
        config=f"{parent}/instanceConfigs/regional-us-central1", display_name="Another", node_count=1
    )
    operation = client.create_instance(parent=parent, instance_id="another", instance=instance)
    equal(client.get_instance(name=f"{parent}/instances/another").state.name, "CREATING")
    operation.cancel()
    assert operation.done() and operation.cancelled()
    refused("NOT_FOUND", "Instance not found", client.get_instance, name=f"{parent}/instances/another")


@check(BRIEF)
def an_instance_with_backups_is_not_deleted(place):
    backup = databases.Backup(database=place.database, expire_time=in_days(2))
    request = {"parent": place.instance, "backup_id": place.backup_id, "backup": backup}
    database_admin(place).create_backup(request).result(timeout=60)
    refused("FAILED_PRECONDITION", "backup", instance_admin(place).delete_instance, name=place.instance)


@check(BRIEF)
def configurations_are_listed_and_made(place):
    client, parent = instance_admin(place), f"projects/{place.project}"
    names = [config.name.rsplit("/")[-1] for config in client.list_instance_configs(parent=parent)]
    contains(names, "regional-us-central1")
    base = client.get_instance_config(name=f"{parent}/instanceConfigs/nam3")
    equal(list(base.leader_options), ["us-east4", "us-east1"])
    config = instances.InstanceConfig(
        name=f"{parent}/instanceConfigs/custom-one", display_name="One", base_config=base.name
    )
    request = {"parent": parent, "instance_config_id": "custom-one", "instance_config": config}
    refused("INVALID_ARGUMENT", "replicas", client.create_instance_config, request)
    config.replicas = [*base.replicas, base.optional_replicas[0]]
    made = client.create_instance_config(request).result(timeout=60)
    equal((made.name, made.config_type.name), (config.name, "USER_MANAGED"))
    client.delete_instance_config(name=made.name)
    refused("NOT_FOUND", "custom-one", client.get_instance_config, name=made.name)


@check(LASTING)
def what_the_emulator_does_not_serve_is_unimplemented_by_name(place):
    points = [databases.SplitPoints(table="T")]
    call = database_admin(place).add_split_points
    refused("UNIMPLEMENTED", "AddSplitPoints", call, database=place.database, split_points=points)


main(SpannerPlace)
