<?php

// Cancels the creation of a Cloud Spanner backup.

// [START spanner_cancel_backup_create]
use Google\ApiCore\ApiException;
use Google\Cloud\Spanner\Admin\Database\V1\Backup;
use Google\Cloud\Spanner\Admin\Database\V1\Client\DatabaseAdminClient;
use Google\Cloud\Spanner\Admin\Database\V1\CreateBackupRequest;
use Google\Cloud\Spanner\Admin\Database\V1\DeleteBackupRequest;
use Google\Cloud\Spanner\Admin\Database\V1\GetBackupRequest;
use Google\Protobuf\Timestamp;
use Google\Rpc\Code;
use GuzzleHttp\Exception\TransferException;

/** What is the matter, in words for the user. */
final class BackupError extends RuntimeException
{
}

/**
 * Starts a backup and cancels it, so that no backup of this call is left.
 * Example:
 * ```
 * cancel_backup($projectId, $instanceId, $databaseId, $backupId);
 * ```
 *
 * Cancelling is best effort: the operation may well complete. A backup that was completed is deleted.
 *
 * @param string $projectId The Google Cloud project ID.
 * @param string $instanceId The Spanner instance ID.
 * @param string $databaseId The Spanner database ID.
 * @param string $backupId The ID that the backup gets.
 *
 * @throws BackupError The backup could not be created, failed by itself, or could not be deleted.
 */
function cancel_backup(string $projectId, string $instanceId, string $databaseId, string $backupId): void
{
    // After one of these, createBackup may have taken effect although its reply says otherwise.
    $mayHaveStarted = ['UNAVAILABLE', 'DEADLINE_EXCEEDED', 'UNKNOWN', 'INTERNAL'];

    $databaseAdminClient = new DatabaseAdminClient();
    $databaseName = DatabaseAdminClient::databaseName($projectId, $instanceId, $databaseId);
    $backupName = DatabaseAdminClient::backupName($projectId, $instanceId, $backupId);
    // Three days from now, to the microsecond.
    $expireTime = new Timestamp();
    $expireTime->fromDateTime(new DateTime('+3 days'));

    $deleteBackup = function () use ($databaseAdminClient, $backupName, $backupId): void {
        try {
            $databaseAdminClient->deleteBackup(new DeleteBackupRequest(['name' => $backupName]));
        } catch (ApiException | TransferException $error) {
            throw new BackupError("Could not delete backup $backupId: " . code_of($error) . '.', previous: $error);
        }
        echo "Deleted backup $backupId.", PHP_EOL;
    };

    // Somebody else's backup may have this name; the expiration time tells ours from it.
    $backupWasStarted = function () use (
        $databaseAdminClient,
        $backupName,
        $backupId,
        $databaseName,
        $expireTime
    ): bool {
        try {
            $found = $databaseAdminClient->getBackup(new GetBackupRequest(['name' => $backupName]));
        } catch (ApiException | TransferException $error) {
            if (code_of($error) === 'NOT_FOUND') {
                return false;
            }
            $text = "Could not tell whether backup $backupId exists: " . code_of($error) . '.';
            throw new BackupError($text, previous: $error);
        }
        return $found->getDatabase() === $databaseName
            && $found->getExpireTime()?->toDateTime() == $expireTime->toDateTime();
    };

    echo "Creating backup $backupId of database $databaseId.", PHP_EOL;
    try {
        $operation = $databaseAdminClient->createBackup(new CreateBackupRequest([
            'parent' => DatabaseAdminClient::instanceName($projectId, $instanceId),
            'backup_id' => $backupId,
            'backup' => new Backup([
                'database' => $databaseName,
                'expire_time' => $expireTime,
            ]),
        ]));
    } catch (ApiException | TransferException $error) {
        $failure = "Could not create backup $backupId: " . code_of($error) . '.';
        try {
            if (in_array(code_of($error), $mayHaveStarted, true) && $backupWasStarted()) {
                $deleteBackup();
            }
        } catch (BackupError $consequence) {
            $failure .= PHP_EOL . $consequence->getMessage();
        }
        throw new BackupError($failure, previous: $error);
    }

    echo "Cancelling operation {$operation->getName()}.", PHP_EOL;
    try {
        $operation->cancel();
    } catch (ApiException | TransferException $error) {
        echo 'The cancel request was refused: ' . code_of($error) . '.', PHP_EOL;
    }

    // Cancelling is best effort: only the end of the operation tells what came of it.
    try {
        // Ever less often, and for five minutes in all.
        $ended = $operation->pollUntilComplete([
            'initialPollDelayMillis' => 1000,
            'pollDelayMultiplier' => 1.5,
            'maxPollDelayMillis' => 10000,
            'totalPollTimeoutMillis' => 300000,
        ]);
        $unseen = $ended ? null : 'DEADLINE_EXCEEDED';
    } catch (ApiException | TransferException $error) {
        $unseen = code_of($error);
    }
    if ($unseen !== null) {
        fwrite(STDERR, "Could not see the operation end: $unseen." . PHP_EOL);
        // Deleting a backup that is still being created also cancels its operation.
        $deleteBackup();
        return;
    }

    if ($operation->operationSucceeded()) {
        echo 'The backup was completed before it could be cancelled.', PHP_EOL;
        $deleteBackup();
    } elseif ($operation->getError()->getCode() === Code::CANCELLED) {
        echo 'The operation was cancelled; no backup was made.', PHP_EOL;
    } else {
        throw new BackupError('The operation failed: ' . Code::name($operation->getError()->getCode()) . '.');
    }
}

/**
 * The name in google.rpc.Code of what a request failed with.
 *
 * Without the gRPC extension the library speaks REST, and a connection that breaks is none of its own exceptions.
 */
function code_of(ApiException | TransferException $error): string
{
    return $error instanceof ApiException ? $error->getStatus() : 'UNAVAILABLE';
}
// [END spanner_cancel_backup_create]
