// @google-cloud/spanner: Spanner over gRPC, by the client's own objects and by the admin client below them.

'use strict';

const assert = require('assert');

const {Spanner, protos} = require('@google-cloud/spanner');
const {status: codes} = require('@grpc/grpc-js');

const {BRIEF, CODES, LASTING, check, fault, inDays, main} = require('./checks');

const DDL = 'CREATE TABLE T (Id INT64) PRIMARY KEY (Id)';
const {Backup, CreateBackupMetadata} = protos.google.spanner.admin.database.v1;

// Each client keeps a channel; the process ends when all are closed.
const clients = [];

function connect(place) {
  process.env.SPANNER_EMULATOR_HOST = place.address;
  const spanner = new Spanner({projectId: place.project});
  clients.push(spanner);
  return spanner;
}

function instance(place) {
  return connect(place).instance(place.instanceId);
}

function admin(place) {
  const client = connect(place).getDatabaseAdminClient();
  clients.push(client);
  return client;
}

/** Asks for a backup; the backup and its operation. */
async function create(place, {backupId = place.backupId, database = place.database, days = 2} = {}) {
  const backup = instance(place).backup(backupId);
  const [, operation] = await backup.create({databasePath: database, expireTime: inDays(days)});
  return {backup, operation};
}

/** A backup that is made. */
async function created(place, backupId) {
  const {backup, operation} = await create(place, {backupId});
  await operation.promise();
  return backup;
}

/** Fails unless the answer is this error. */
async function refused(code, message, request) {
  const error = await request.then(
    () => assert.fail(`no ${code}`),
    error => error,
  );
  assert.strictEqual(codes[error.code], code, error.stack);
  assert.ok(error.details.includes(message), error.details);
  return error;
}

check(BRIEF, 'creates_a_backup_and_waits_until_it_is_made', async place => {
  const {operation} = await create(place);
  const [backup] = await operation.promise();
  assert.deepStrictEqual([backup.name, backup.state], [place.backup, Backup.State.READY]);
  assert.strictEqual(await instance(place).backup(place.backupId).getState(), 'READY');
});

check(LASTING, 'polls_an_operation_that_runs', async place => {
  const {backup, operation} = await create(place);
  assert.ok(operation.name.startsWith(`${place.backup}/operations/_auto_`), operation.name);
  const [found] = await admin(place).getOperation({name: operation.name});
  assert.strictEqual(found.done, false);
  const metadata = CreateBackupMetadata.decode(found.metadata.value);
  assert.deepStrictEqual([metadata.name, metadata.database], [place.backup, place.database]);
  assert.strictEqual(await backup.getState(), 'CREATING');
});

check(LASTING, 'cancels_a_backup_that_is_being_made', async place => {
  const {backup, operation} = await create(place);
  await operation.cancel();
  const [ended] = await admin(place).getOperation({name: operation.name});
  assert.deepStrictEqual([ended.done, ended.error.code], [true, codes.CANCELLED]);
  assert.ok(CreateBackupMetadata.decode(ended.metadata.value).cancelTime);
  await assert.rejects(operation.promise(), {code: codes.CANCELLED});
  assert.strictEqual(await backup.exists(), false);
  await operation.cancel();
});

check(LASTING, 'a_backup_may_be_made_although_its_cancel_was_acknowledged', async place => {
  await place.prepare('create:running cancel:ignored poll1:running poll2:done');
  const {operation} = await create(place);
  await operation.cancel();
  const [polled] = await admin(place).getOperation({name: operation.name});
  assert.strictEqual(polled.done, false);
  const [backup] = await operation.promise();
  assert.strictEqual(backup.state, Backup.State.READY);
});

check(BRIEF, 'lists_backups_by_filter_and_page', async place => {
  for (const id of ['backup-a', 'backup-b', 'backup-c']) {
    await created(place, id);
  }
  const ids = backups => backups.map(backup => backup.id);
  const [first, next] = await instance(place).getBackups({pageSize: 2, gaxOptions: {autoPaginate: false}});
  assert.deepStrictEqual(ids(first), ['backup-c', 'backup-b']);
  const [second] = await instance(place).getBackups(next);
  assert.deepStrictEqual(ids(second), ['backup-a']);
  const [filtered] = await instance(place).getBackups({filter: 'state:READY AND NOT (name:backup-b)'});
  assert.deepStrictEqual(ids(filtered), ['backup-c', 'backup-a']);
});

check(BRIEF, 'lists_operations_of_backups', async place => {
  await created(place);
  const kind = 'type.googleapis.com/google.spanner.admin.database.v1.CreateBackupMetadata';
  const filter = `(metadata.@type:${kind}) AND (metadata.name:${place.backup})`;
  const [operations] = await instance(place).getBackupOperations({filter});
  const names = operations.map(operation => CreateBackupMetadata.decode(operation.metadata.value).name);
  assert.deepStrictEqual([names, operations[0].done], [[place.backup], true]);
});

check(BRIEF, 'changes_when_a_backup_expires', async place => {
  const backup = await created(place);
  const later = inDays(30);
  await backup.updateExpireTime(later);
  assert.strictEqual((await backup.getExpireTime()).getTime(), later.getTime());
});

check(BRIEF, 'deletes_a_backup_and_again_what_is_gone', async place => {
  const backup = await created(place);
  await backup.delete();
  assert.strictEqual(await backup.exists(), false);
  await backup.delete();
});

check(BRIEF, 'copies_a_backup_and_restores_a_database_from_the_copy', async place => {
  await created(place);
  const expireTime = Spanner.timestamp(inDays(3)).toStruct();
  const [, copying] = await instance(place).copyBackup(place.backup, 'copy', {expireTime});
  const [copied] = await copying.promise();
  assert.deepStrictEqual([copied.name, copied.state], [`${place.instance}/backups/copy`, Backup.State.READY]);
  const [database, restoring] = await instance(place).database('restored').restore(copied.name);
  await restoring.promise();
  assert.strictEqual((await database.getRestoreInfo()).backupInfo.backup, copied.name);
});

check(BRIEF, 'creates_and_deletes_an_instance', async place => {
  const options = {config: 'regional-us-central1', nodes: 1, displayName: 'Another'};
  const [another, operation] = await connect(place).createInstance('another', options);
  await operation.promise();
  const [metadata] = await another.getMetadata();
  assert.deepStrictEqual([metadata.nodeCount, metadata.state], [1, 'READY']);
  await another.delete();
  assert.deepStrictEqual(await another.exists(), [false]);
});

check(BRIEF, 'creates_a_database_and_asks_a_query', async place => {
  const [database, operation] = await instance(place).createDatabase('another', {schema: DDL});
  await operation.promise();
  const [rows] = await database.run('SELECT 1');
  assert.deepStrictEqual(rows[0][0].value.value, '1');
  await database.close();
});

check(LASTING, 'every_code_arrives_as_itself', async place => {
  for (const code of Object.keys(CODES)) {
    await place.faults(fault('create', code));
    await refused(code, '', create(place));
  }
});

check(LASTING, 'a_backup_that_is_missing_is_not_found', async place => {
  await refused('NOT_FOUND', `Backup not found: ${place.backup}`, admin(place).getBackup({name: place.backup}));
});

check(LASTING, 'a_database_that_is_missing_is_not_found', async place => {
  const database = `${place.instance}/databases/missing`;
  await refused('NOT_FOUND', `Database not found: ${database}`, create(place, {database}));
});

check(LASTING, 'an_instance_that_is_missing_is_not_found', async place => {
  await refused('NOT_FOUND', 'Instance not found', connect(place).instance('missing').getMetadata());
});

check(LASTING, 'an_operation_that_is_missing_is_not_found', async place => {
  const name = `${place.backup}/operations/missing`;
  await refused('NOT_FOUND', `Operation not found: ${name}`, admin(place).cancelOperation({name}));
});

check(BRIEF, 'a_backup_that_exists_is_not_created_again', async place => {
  await created(place);
  await refused('ALREADY_EXISTS', `Backup already exists: ${place.backup}`, create(place));
});

check(LASTING, 'a_second_pending_backup_of_a_database_fails_its_precondition', async place => {
  await create(place);
  const message = 'the maximum number of pending backups (1) for the database has been reached';
  await refused('FAILED_PRECONDITION', message, create(place, {backupId: 'second'}));
});

check(LASTING, 'an_expiry_that_is_too_soon_is_an_invalid_argument', async place => {
  await refused('INVALID_ARGUMENT', 'at least 6 hours and at most 366 days', create(place, {days: 0.1}));
});

check(LASTING, 'an_id_of_another_form_is_an_invalid_argument', async place => {
  await refused('INVALID_ARGUMENT', 'Not-An-Id', create(place, {backupId: 'Not-An-Id'}));
});

check(LASTING, 'a_filter_that_cannot_be_read_is_an_invalid_argument', async place => {
  const request = instance(place).getBackups({filter: 'colour:blue'});
  await refused('INVALID_ARGUMENT', 'Invalid ListBackups request.', request);
});

check(LASTING, 'operations_of_databases_cannot_be_deleted', async place => {
  const [operation] = await instance(place).database(place.databaseId).updateSchema([DDL]);
  await refused('UNIMPLEMENTED', operation.name, admin(place).deleteOperation({name: operation.name}));
});

check(LASTING, 'a_database_is_not_restored_from_a_backup_that_is_being_made', async place => {
  await create(place);
  const request = instance(place).database('restored').restore(place.backup);
  await refused('FAILED_PRECONDITION', 'is not ready', request);
});

check(LASTING, 'a_database_is_not_dropped_while_it_is_backed_up', async place => {
  await create(place);
  const request = admin(place).dropDatabase({database: place.database});
  await refused('FAILED_PRECONDITION', place.database, request);
});

main().finally(() => clients.forEach(client => client.close()));
