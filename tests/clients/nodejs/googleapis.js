// googleapis: Spanner over REST, by the service's discovery document.

'use strict';

const assert = require('assert');
const {setTimeout: sleep} = require('timers/promises');

// Only this service: the whole package takes seconds to load.
const {spanner_v1} = require('googleapis/build/src/apis/spanner/v1');

const {BRIEF, CODES, LASTING, check, fault, inDays, main} = require('./checks');

const DDL = 'CREATE TABLE T (Id INT64) PRIMARY KEY (Id)';

function instances(place) {
  return new spanner_v1.Spanner({rootUrl: `http://${place.address}/`, retry: false}).projects.instances;
}

/** Asks for a backup; the answer's body. */
async function create(place, changes = {}, backupId = place.backupId) {
  const requestBody = {database: place.database, expireTime: inDays(2).toISOString(), ...changes};
  const {data} = await instances(place).backups.create({parent: place.instance, backupId, requestBody});
  return data;
}

async function wait(operations, operation) {
  while (!operation.done) {
    await sleep(50);
    ({data: operation} = await operations.get({name: operation.name}));
  }
  return operation;
}

/** A backup that is made. */
async function created(place, backupId) {
  const operation = await wait(instances(place).backups.operations, await create(place, {}, backupId));
  return operation.response;
}

/** Fails unless the answer is this error, in Google's form; what it tells besides. */
async function refused(http, status, message, request) {
  const error = await request.then(
    () => assert.fail(`no ${status}`),
    error => error,
  );
  const body = error.response?.data?.error ?? assert.fail(error);
  assert.deepStrictEqual([error.status, body.code, body.status], [http, http, status]);
  assert.ok(error.message.includes(message), error.message);
  return body.details;
}

check(BRIEF, 'creates_a_backup_and_polls_until_it_is_made', async place => {
  const backup = await created(place);
  assert.deepStrictEqual([backup.name, backup.state], [place.backup, 'READY']);
  const {data} = await instances(place).backups.get({name: place.backup});
  assert.deepStrictEqual({'@type': backup['@type'], ...data}, backup);
});

check(LASTING, 'polls_an_operation_that_runs', async place => {
  const {name, done} = await create(place);
  assert.ok(name.startsWith(`${place.backup}/operations/_auto_`), name);
  assert.strictEqual(done, undefined);
  const {data: operation} = await instances(place).backups.operations.get({name});
  assert.deepStrictEqual([operation.metadata.name, operation.metadata.database], [place.backup, place.database]);
  const {data: backup} = await instances(place).backups.get({name: place.backup});
  assert.strictEqual(backup.state, 'CREATING');
});

check(LASTING, 'cancels_a_backup_that_is_being_made', async place => {
  const {backups} = instances(place);
  const {name} = await create(place);
  assert.deepStrictEqual((await backups.operations.cancel({name})).data, {});
  const {data: operation} = await backups.operations.get({name});
  assert.deepStrictEqual([operation.done, operation.error.code], [true, 1]);
  assert.ok(operation.metadata.cancelTime);
  await refused(404, 'NOT_FOUND', place.backup, backups.get({name: place.backup}));
  assert.deepStrictEqual((await backups.operations.cancel({name})).data, {});
});

check(LASTING, 'a_backup_may_be_made_although_its_cancel_was_acknowledged', async place => {
  await place.prepare('create:running cancel:ignored poll1:running poll2:done');
  const {name} = await create(place);
  const {operations} = instances(place).backups;
  await operations.cancel({name});
  assert.strictEqual((await operations.get({name})).data.done, undefined);
  assert.strictEqual((await operations.get({name})).data.response.state, 'READY');
});

check(BRIEF, 'lists_backups_by_filter_and_page', async place => {
  const {backups} = instances(place);
  for (const id of ['backup-a', 'backup-b', 'backup-c']) {
    await created(place, id);
  }
  const ids = ({data}) => (data.backups ?? []).map(backup => backup.name.split('/').pop());
  const first = await backups.list({parent: place.instance, pageSize: 2});
  assert.deepStrictEqual(ids(first), ['backup-c', 'backup-b']);
  const second = await backups.list({parent: place.instance, pageSize: 2, pageToken: first.data.nextPageToken});
  assert.deepStrictEqual(ids(second), ['backup-a']);
  assert.strictEqual(second.data.nextPageToken, undefined);
  const filtered = await backups.list({parent: place.instance, filter: 'state:READY AND NOT (name:backup-b)'});
  assert.deepStrictEqual(ids(filtered), ['backup-c', 'backup-a']);
});

check(BRIEF, 'lists_operations_of_backups', async place => {
  await created(place);
  const filter = `(metadata.@type:CreateBackupMetadata) AND (metadata.database:${place.database})`;
  const {data} = await instances(place).backupOperations.list({parent: place.instance, filter});
  assert.deepStrictEqual(data.operations.map(operation => operation.metadata.name), [place.backup]);
  const listed = await instances(place).backups.operations.list({name: `${place.backup}/operations`});
  assert.deepStrictEqual(listed.data.operations, data.operations);
});

check(BRIEF, 'changes_when_a_backup_expires', async place => {
  await created(place);
  const expireTime = inDays(30).toISOString();
  const request = {name: place.backup, updateMask: 'expireTime', requestBody: {expireTime}};
  const {data} = await instances(place).backups.patch(request);
  assert.strictEqual(Date.parse(data.expireTime), Date.parse(expireTime));
});

check(BRIEF, 'deletes_a_backup_and_again_what_is_gone', async place => {
  await created(place);
  const {backups} = instances(place);
  assert.deepStrictEqual((await backups.delete({name: place.backup})).data, {});
  assert.deepStrictEqual((await backups.list({parent: place.instance})).data, {});
  assert.deepStrictEqual((await backups.delete({name: place.backup})).data, {});
});

check(BRIEF, 'copies_a_backup_and_restores_a_database_from_the_copy', async place => {
  await created(place);
  const {backups, databases} = instances(place);
  const copy = {backupId: 'copy', sourceBackup: place.backup, expireTime: inDays(3).toISOString()};
  const copying = await backups.copy({parent: place.instance, requestBody: copy});
  const {response: copied} = await wait(backups.operations, copying.data);
  assert.deepStrictEqual([copied.name, copied.state], [`${place.instance}/backups/copy`, 'READY']);
  const restore = {databaseId: 'restored', backup: copied.name};
  const restoring = await databases.restore({parent: place.instance, requestBody: restore});
  const {response: restored} = await wait(databases.operations, restoring.data);
  assert.strictEqual(restored.restoreInfo.backupInfo.backup, copied.name);
});

check(BRIEF, 'creates_and_deletes_an_instance', async place => {
  const parent = `projects/${place.project}`;
  const instance = {config: `${parent}/instanceConfigs/regional-us-central1`, displayName: 'A', nodeCount: 1};
  const creating = await instances(place).create({parent, requestBody: {instanceId: 'another', instance}});
  const {name, response} = await wait(instances(place).operations, creating.data);
  assert.strictEqual(response.state, 'READY');
  assert.deepStrictEqual((await instances(place).operations.delete({name})).data, {});
  assert.deepStrictEqual((await instances(place).delete({name: response.name})).data, {});
  await refused(404, 'NOT_FOUND', 'Instance not found', instances(place).get({name: response.name}));
});

check(LASTING, 'every_code_arrives_as_itself', async place => {
  for (const [code, http] of Object.entries(CODES)) {
    await place.faults(fault('create', code));
    await refused(http, code, '', create(place));
  }
});

check(LASTING, 'a_backup_that_is_missing_is_not_found', async place => {
  const message = `Backup not found: ${place.backup}`;
  const details = await refused(404, 'NOT_FOUND', message, instances(place).backups.get({name: place.backup}));
  assert.deepStrictEqual(details.map(info => info.resourceName), [place.backup]);
});

check(LASTING, 'a_database_that_is_missing_is_not_found', async place => {
  const database = `${place.instance}/databases/missing`;
  await refused(404, 'NOT_FOUND', `Database not found: ${database}`, create(place, {database}));
});

check(LASTING, 'an_operation_that_is_missing_is_not_found', async place => {
  const name = `${place.backup}/operations/missing`;
  const cancel = instances(place).backups.operations.cancel({name});
  await refused(404, 'NOT_FOUND', `Operation not found: ${name}`, cancel);
});

check(BRIEF, 'a_backup_that_exists_is_not_created_again', async place => {
  await created(place);
  await refused(409, 'ALREADY_EXISTS', `Backup already exists: ${place.backup}`, create(place));
});

check(LASTING, 'a_second_pending_backup_of_a_database_fails_its_precondition', async place => {
  await create(place);
  const message = 'the maximum number of pending backups (1) for the database has been reached';
  await refused(400, 'FAILED_PRECONDITION', message, create(place, {}, 'second'));
});

check(LASTING, 'an_expiry_that_is_too_soon_is_an_invalid_argument', async place => {
  const message = 'at least 6 hours and at most 366 days';
  const expireTime = inDays(0.1).toISOString();
  await refused(400, 'INVALID_ARGUMENT', message, create(place, {expireTime}));
});

check(LASTING, 'an_expiry_of_another_type_names_its_field', async place => {
  const message = "Invalid value at 'backup.expire_time'";
  const details = await refused(400, 'INVALID_ARGUMENT', message, create(place, {expireTime: 86400}));
  assert.strictEqual(details[0].fieldViolations[0].field, 'backup.expire_time');
});

check(LASTING, 'an_id_of_another_form_is_an_invalid_argument', async place => {
  await refused(400, 'INVALID_ARGUMENT', 'Not-An-Id', create(place, {}, 'Not-An-Id'));
});

check(LASTING, 'a_filter_that_cannot_be_read_is_an_invalid_argument', async place => {
  const request = instances(place).backups.list({parent: place.instance, filter: 'colour:blue'});
  await refused(400, 'INVALID_ARGUMENT', 'Invalid ListBackups request.', request);
});

check(LASTING, 'operations_of_databases_cannot_be_deleted', async place => {
  const {databases} = instances(place);
  const {data} = await databases.updateDdl({database: place.database, requestBody: {statements: [DDL]}});
  await refused(501, 'UNIMPLEMENTED', data.name, databases.operations.delete({name: data.name}));
});

check(LASTING, 'a_database_is_not_restored_from_a_backup_that_is_being_made', async place => {
  await create(place);
  const requestBody = {databaseId: 'restored', backup: place.backup};
  const request = instances(place).databases.restore({parent: place.instance, requestBody});
  await refused(400, 'FAILED_PRECONDITION', 'is not ready', request);
});

check(LASTING, 'a_database_is_not_dropped_while_it_is_backed_up', async place => {
  await create(place);
  const request = instances(place).databases.dropDatabase({database: place.database});
  await refused(400, 'FAILED_PRECONDITION', place.database, request);
});

main();
