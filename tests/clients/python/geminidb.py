"""huaweicloudsdkgaussdbfornosql: GeminiDB, in each version that lists backups, with requests that the client signs."""

import time

from huaweicloudsdkcore.auth.credentials import BasicCredentials
from huaweicloudsdkcore.exceptions.exceptions import ServiceResponseException
from huaweicloudsdkgaussdbfornosql import v3 as nosql

from checks import BRIEF, LASTING, GeminiDbPlace, check, contains, equal, fault, main, raises


def connect(place):
    credentials = BasicCredentials("access-key", "secret-key", place.project)
    # The client asks the service where to send requests unless it is told the project and the endpoint.
    builder = nosql.GaussDBforNoSQLClient.new_builder()
    return builder.with_credentials(credentials).with_endpoint(place.url).build()


def create(place, name=None, instance_id=None, **details):
    """Starts to make a backup; the ids of the job and of the backup."""
    body = nosql.NoSqlCreateBackupRequestBody(name=name or place.backup_id, **details)
    request = nosql.CreateBackRequest(instance_id=instance_id or place.database_id, body=body)
    return connect(place).create_back(request)


def stop(place, backup_id, action="stop"):
    body = nosql.StopBackupRequestBody(action=action)
    return connect(place).stop_backup(nosql.StopBackupRequest(backup_id=backup_id, body=body))


def delete(place, backup_id):
    return connect(place).delete_backup(nosql.DeleteBackupRequest(backup_id=backup_id))


def job(place, job_id):
    return connect(place).list_jobs(nosql.ListJobsRequest(id=job_id)).jobs[0]


def backups(place, **conditions):
    return connect(place).list_backups(nosql.ListBackupsRequest(**conditions)).backups


def created(place, name=None):
    """The id of a backup that is made."""
    started = create(place, name)
    while job(place, started.job_id).status == "Running":
        time.sleep(0.05)
    return started.backup_id


def refused(http, code, message, call, *arguments, **named):
    """Fails unless the call is refused with this status, this code and this message."""
    with raises(ServiceResponseException) as caught:
        call(*arguments, **named)
    error = caught[0]
    equal((error.status_code, error.error_code), (http, code))
    contains(error.error_msg, message)


@check(BRIEF)
def creates_a_backup_and_polls_its_job_until_it_is_made(place):
    started = create(place, description="before the change")
    while (found := job(place, started.job_id)).status == "Running":
        time.sleep(0.05)
    equal((found.name, found.status, found.instance.id), ("BackupInstance", "Completed", place.database_id))
    [backup] = backups(place)
    equal((backup.id, backup.name, backup.status), (started.backup_id, place.backup_id, "COMPLETED"))
    equal((backup.description, backup.datastore.type), ("before the change", "cassandra"))


@check(LASTING)
def polls_a_job_that_runs(place):
    started = create(place)
    found = job(place, started.job_id)
    equal((found.status, found.end_time), ("Running", None))
    assert found.progress.endswith("%"), found
    [backup] = backups(place)
    equal((backup.status, backup.end_time), ("BUILDING", None))


@check(LASTING)
def stops_a_backup_that_is_being_made(place):
    started = create(place)
    stopped = stop(place, started.backup_id)
    equal(job(place, stopped.job_id).status, "Completed")
    equal(job(place, started.job_id).status, "Failed")
    equal(backups(place), [])


@check(LASTING)
def a_backup_may_be_made_although_its_cancel_was_acknowledged(place):
    place.prepare(schedule="create:running cancel:ignored poll1:running poll2:done")
    started = create(place)
    stopped = stop(place, started.backup_id)
    equal(job(place, started.job_id).status, "Running")
    equal(job(place, started.job_id).status, "Completed")
    equal(job(place, stopped.job_id).status, "Failed")


@check(BRIEF)
def lists_backups_by_condition_and_page(place):
    first, second = created(place, "first"), created(place, "second")
    equal([backup.id for backup in backups(place, limit=1)], [second])
    equal([backup.id for backup in backups(place, offset=1, limit=1)], [first])
    equal([backup.name for backup in backups(place, backup_id=first)], ["first"])
    equal(backups(place, backup_type="Auto"), [])
    equal(len(backups(place, instance_id=place.database_id, datastore_type="cassandra", type="Instance")), 2)
    equal(len(backups(place, begin_time="2020-01-01 00:00:00", end_time="2020-12-31 23:59:59")), 0)


@check(BRIEF)
def lists_backups_in_the_older_versions(place):
    created(place)
    client = connect(place)
    for answer in [
        client.show_all_instances_backups(nosql.ShowAllInstancesBackupsRequest(offset=1, limit=10)),
        client.show_all_instances_backups_new(nosql.ShowAllInstancesBackupsNewRequest(offset=0, limit=10)),
    ]:
        equal((answer.total_count, answer.backups[0].name), (1, place.backup_id))


@check(BRIEF)
def deletes_a_backup(place):
    backup_id = created(place)
    deleted = delete(place, backup_id)
    equal((job(place, deleted.job_id).status, backups(place)), ("Completed", []))


@check(BRIEF)
def deletes_backups_in_a_batch(place):
    backup_ids = [created(place, "first"), created(place, "second")]
    body = nosql.BatchDeleteManualBackupRequestBody(backup_ids=backup_ids)
    connect(place).batch_delete_manual_backup(nosql.BatchDeleteManualBackupRequest(body=body))
    equal(backups(place), [])


@check(LASTING)
def a_fault_arrives_as_the_error_for_its_code(place):
    for code, http, number in [
        ("UNAUTHENTICATED", 403, "DBS.280056"),
        ("PERMISSION_DENIED", 403, "DBS.280032"),
        ("RESOURCE_EXHAUSTED", 429, "DBS.280443"),
        ("INTERNAL", 500, "DBS.280005"),
    ]:
        place.faults(fault("create", code))
        refused(http, number, "", create, place)


@check(LASTING)
def an_instance_that_is_missing_is_not_found(place):
    refused(404, "DBS.200002", "The DB instance does not exist.", create, place, instance_id="missing")


@check(BRIEF)
def a_backup_that_is_gone_does_not_exist(place):
    backup_id = created(place)
    delete(place, backup_id)
    message = "The backup file does not exist."
    refused(400, "DBS.201214", message, delete, place, backup_id)
    refused(400, "DBS.201214", message, stop, place, backup_id)


@check(LASTING)
def an_id_of_another_form_is_illegal(place):
    refused(400, "DBS.201212", "Backup ID is illegal.", delete, place, "not-an-id")


@check(LASTING)
def a_name_of_another_form_is_invalid(place):
    refused(400, "DBS.280277", "Invalid backup name", create, place, "1st")


@check(LASTING)
def a_description_with_a_bracket_is_invalid(place):
    refused(400, "DBS.280127", "Invalid backup description", create, place, description="a < b")


@check(BRIEF)
def a_name_is_not_given_twice(place):
    created(place)
    refused(400, "DBS.201201", "The backup already exists.", create, place)


@check(LASTING)
def a_second_backup_of_an_instance_waits_for_the_first(place):
    create(place)
    refused(403, "DBS.200019", "Another operation", create, place, "second")


@check(LASTING)
def a_backup_that_is_being_made_is_not_deleted(place):
    refused(400, "DBS.201202", "cannot be executed", delete, place, create(place).backup_id)


@check(BRIEF)
def a_backup_that_is_made_is_not_stopped(place):
    refused(400, "DBS.201202", "cannot be executed", stop, place, created(place))


@check(LASTING)
def a_backup_of_another_kind_of_instance_is_not_stopped(place):
    place.prepare(not_cassandra=True)
    refused(400, "DBS.201202", "cannot be executed", stop, place, create(place).backup_id)


@check(LASTING)
def an_action_other_than_stop_is_invalid(place):
    refused(400, "DBS.280391", "Action check states", stop, place, create(place).backup_id, action="pause")


@check(LASTING)
def a_page_of_more_than_a_hundred_is_invalid(place):
    refused(400, "DBS.280439", "Invalid limit", backups, place, limit=101)


@check(LASTING)
def a_page_before_the_first_is_invalid(place):
    request = nosql.ShowAllInstancesBackupsRequest(offset=0)
    refused(400, "DBS.280440", "Invalid offset", connect(place).show_all_instances_backups, request)


main(GeminiDbPlace)
