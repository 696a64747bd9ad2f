'use strict';

async function cancelBackup(projectId, instanceId, databaseId, backupId) {
  // [START spanner_cancel_backup_create]
  const {setTimeout: sleep} = require('timers/promises');
  const {Spanner} = require('@google-cloud/spanner');
  const {Status} = require('google-gax');

  /**
   * TODO(developer): Uncomment these variables before running the sample.
   */
  // const projectId = 'my-project-id';
  // const instanceId = 'my-instance';
  // const databaseId = 'my-database';
  // const backupId = 'my-backup';

  // After one of these, createBackup may have taken effect although its reply says otherwise.
  const MAY_HAVE_STARTED = [
    Status.UNAVAILABLE,
    Status.DEADLINE_EXCEEDED,
    Status.UNKNOWN,
    Status.INTERNAL,
  ];
  const PATIENCE_MS = 5 * 60 * 1000;

  const spanner = new Spanner({projectId});
  const databaseAdminClient = spanner.getDatabaseAdminClient();

  const name = databaseAdminClient.backupPath(projectId, instanceId, backupId);
  const backup = {
    database: databaseAdminClient.databasePath(projectId, instanceId, databaseId),
    // The backup expires in three days.
    expireTime: Spanner.timestamp(Date.now() + 3 * 24 * 60 * 60 * 1000).toStruct(),
  };

  try {
    await createAndCancel();
  } finally {
    await spanner.close();
  }

  async function createAndCancel() {
    console.log(`Creating backup ${backupId} of database ${databaseId}.`);
    let operation;
    try {
      const [started] = await databaseAdminClient.createBackup({
        parent: databaseAdminClient.instancePath(projectId, instanceId),
        backupId,
        backup,
      });
      operation = started.latestResponse;
    } catch (err) {
      fail(`Could not create backup ${backupId}: ${codeOf(err)}.`);
      if (MAY_HAVE_STARTED.includes(err.code) && (await backupWasStarted())) {
        await deleteBackup();
      }
      return;
    }

    console.log(`Cancelling operation ${operation.name}.`);
    try {
      await databaseAdminClient.cancelOperation({name: operation.name});
    } catch (err) {
      console.log(`The cancel request was refused: ${codeOf(err)}.`);
    }

    // Cancelling is best effort: only the end of the operation tells what came of it.
    try {
      operation = await endOf(operation);
    } catch (err) {
      console.error(`Could not see the operation end: ${codeOf(err)}.`);
      // Deleting a backup that is still being created also cancels its operation.
      await deleteBackup();
      return;
    }

    if (operation.response) {
      console.log('The backup was completed before it could be cancelled.');
      await deleteBackup();
    } else if (operation.error.code === Status.CANCELLED) {
      console.log('The operation was cancelled; no backup was made.');
    } else {
      fail(`The operation failed: ${codeOf(operation.error)}.`);
    }
  }

  // Polls the operation, ever less often, until it is done.
  async function endOf(operation) {
    let delay = 1000;
    for (let waited = 0; !operation.done; ) {
      [operation] = await databaseAdminClient.getOperation({name: operation.name});
      if (!operation.done) {
        if (waited >= PATIENCE_MS) {
          const err = new Error(`${operation.name} is still running`);
          throw Object.assign(err, {code: Status.DEADLINE_EXCEEDED});
        }
        await sleep(delay);
        waited += delay;
        delay = Math.min(delay * 1.5, 10000);
      }
    }
    return operation;
  }

  // Somebody else's backup may have this name; the expiration time tells ours from it.
  async function backupWasStarted() {
    try {
      const [found] = await databaseAdminClient.getBackup({name});
      return (
        found.database === backup.database &&
        Number(found.expireTime?.seconds) === backup.expireTime.seconds &&
        found.expireTime?.nanos === backup.expireTime.nanos
      );
    } catch (err) {
      if (err.code !== Status.NOT_FOUND) {
        fail(`Could not tell whether backup ${backupId} exists: ${codeOf(err)}.`);
      }
      return false;
    }
  }

  async function deleteBackup() {
    try {
      await databaseAdminClient.deleteBackup({name});
      console.log(`Deleted backup ${backupId}.`);
    } catch (err) {
      fail(`Could not delete backup ${backupId}: ${codeOf(err)}.`);
    }
  }

  function fail(reason) {
    console.error(reason);
    process.exitCode = 1;
  }

  // The name in google.rpc.Code of what a request failed with; other errors are not for us to handle.
  function codeOf(err) {
    if (!(err.code in Status)) {
      throw err;
    }
    return Status[err.code];
  }
  // [END spanner_cancel_backup_create]
}

module.exports = {cancelBackup};
