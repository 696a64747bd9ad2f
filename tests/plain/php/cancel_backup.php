<?php

// Cancels the creation of a Cloud Spanner backup over REST, with nothing but PHP's own extensions:
// php cancel_backup.php PROJECT INSTANCE DATABASE BACKUP

declare(strict_types=1);

if ($argc !== 5) {
    fwrite(STDERR, "usage: php {$argv[0]} PROJECT INSTANCE DATABASE BACKUP\n");
    exit(2);
}

// [START spanner_cancel_backup_create]
/** A request that failed; the message is the name in google.rpc.Code. */
final class ServiceError extends RuntimeException
{
    /** Whether the request may have taken effect although its answer says otherwise. */
    public function mayHaveTakenEffect(): bool
    {
        return in_array($this->getMessage(), ['UNAVAILABLE', 'DEADLINE_EXCEEDED', 'UNKNOWN', 'INTERNAL'], true);
    }
}

/** The REST API of Cloud Spanner. */
final class Spanner
{
    private const ENDPOINT = 'https://spanner.googleapis.com/v1/';
    private const ATTEMPTS = 5;

    private readonly CurlHandle $curl;

    public function __construct(private readonly string $token)
    {
        $this->curl = curl_init();
    }

    /**
     * Returns what the service answers.
     *
     * @throws ServiceError
     */
    public function request(string $method, string $path, ?array $body = null): array
    {
        curl_reset($this->curl);
        curl_setopt_array($this->curl, [
            CURLOPT_URL => self::ENDPOINT . $path,
            CURLOPT_CUSTOMREQUEST => $method,
            CURLOPT_HTTPHEADER => ["Authorization: Bearer $this->token", 'Content-Type: application/json'],
            CURLOPT_RETURNTRANSFER => true,
            CURLOPT_TIMEOUT => 30,
        ]);
        if ($body !== null) {
            curl_setopt($this->curl, CURLOPT_POSTFIELDS, json_encode((object) $body, JSON_THROW_ON_ERROR));
        }
        $answer = curl_exec($this->curl);
        if ($answer === false) {
            $late = curl_errno($this->curl) === CURLE_OPERATION_TIMEDOUT;
            throw new ServiceError($late ? 'DEADLINE_EXCEEDED' : 'UNAVAILABLE');
        }
        $answer = json_decode($answer, true);
        if (intdiv(curl_getinfo($this->curl, CURLINFO_RESPONSE_CODE), 100) !== 2 || !is_array($answer)) {
            throw new ServiceError($answer['error']['status'] ?? 'UNKNOWN');
        }
        return $answer;
    }

    /**
     * As request, for what may be repeated: it is, while the service is not available.
     *
     * @throws ServiceError
     */
    public function repeatableRequest(string $method, string $path, ?array $body = null): array
    {
        for ($attempt = 1;; $attempt++) {
            try {
                return $this->request($method, $path, $body);
            } catch (ServiceError $error) {
                if ($error->getMessage() !== 'UNAVAILABLE' || $attempt === self::ATTEMPTS) {
                    throw $error;
                }
            }
            sleep(2 ** ($attempt - 1));
        }
    }

    /**
     * Polls the operation, ever less often, and returns it once it is done; waits `$patience` seconds in all.
     *
     * @throws ServiceError
     */
    public function waitForEnd(array $operation, float $patience = 300): array
    {
        $delay = 1.0;
        $waited = 0.0;
        while (!($operation['done'] ?? false)) {
            $operation = $this->repeatableRequest('GET', $operation['name']);
            if (!($operation['done'] ?? false)) {
                if ($waited >= $patience) {
                    throw new ServiceError('DEADLINE_EXCEEDED');
                }
                usleep((int) ($delay * 1e6));
                $waited += $delay;
                $delay = min($delay * 1.5, 10.0);
            }
        }
        return $operation;
    }
}

/** What is the matter, in words for the user. */
final class BackupError extends RuntimeException
{
}

/** The names in google.rpc.Code, by their numbers. */
const CODES = [
    'OK', 'CANCELLED', 'UNKNOWN', 'INVALID_ARGUMENT', 'DEADLINE_EXCEEDED', 'NOT_FOUND', 'ALREADY_EXISTS',
    'PERMISSION_DENIED', 'RESOURCE_EXHAUSTED', 'FAILED_PRECONDITION', 'ABORTED', 'OUT_OF_RANGE', 'UNIMPLEMENTED',
    'INTERNAL', 'UNAVAILABLE', 'DATA_LOSS', 'UNAUTHENTICATED',
];

/**
 * Starts a backup and cancels it, so that no backup of this call is left.
 *
 * @throws BackupError The backup could not be created, failed by itself, or could not be deleted.
 */
function cancelBackup(string $projectId, string $instanceId, string $databaseId, string $backupId): void
{
    $spanner = new Spanner(getenv('GOOGLE_OAUTH_ACCESS_TOKEN') ?: throw new BackupError('There is no token.'));
    $instance = "projects/$projectId/instances/$instanceId";
    $database = "$instance/databases/$databaseId";
    $backup = "$instance/backups/$backupId";
    // Three days from now, to the microsecond.
    $expireTime = new DateTimeImmutable('+3 days', new DateTimeZone('UTC'));

    $deleteBackup = function () use ($spanner, $backup, $backupId): void {
        try {
            $spanner->repeatableRequest('DELETE', $backup);
        } catch (ServiceError $error) {
            throw new BackupError("Could not delete backup $backupId: {$error->getMessage()}.");
        }
        echo "Deleted backup $backupId.\n";
    };

    // Somebody else's backup may have this name; the expiration time tells ours from it.
    $backupWasStarted = function () use ($spanner, $backup, $backupId, $database, $expireTime): bool {
        try {
            $found = $spanner->repeatableRequest('GET', $backup);
        } catch (ServiceError $error) {
            if ($error->getMessage() === 'NOT_FOUND') {
                return false;
            }
            throw new BackupError("Could not tell whether backup $backupId exists: {$error->getMessage()}.");
        }
        return $found['database'] === $database && new DateTimeImmutable($found['expireTime']) == $expireTime;
    };

    echo "Creating backup $backupId of database $databaseId.\n";
    try {
        $operation = $spanner->request('POST', "$instance/backups?backupId=$backupId", [
            'database' => $database,
            'expireTime' => $expireTime->format('Y-m-d\TH:i:s.u\Z'),
        ]);
    } catch (ServiceError $error) {
        $failure = "Could not create backup $backupId: {$error->getMessage()}.";
        try {
            if ($error->mayHaveTakenEffect() && $backupWasStarted()) {
                $deleteBackup();
            }
        } catch (BackupError $consequence) {
            $failure .= "\n{$consequence->getMessage()}";
        }
        throw new BackupError($failure);
    }

    echo "Cancelling operation {$operation['name']}.\n";
    try {
        $spanner->repeatableRequest('POST', "{$operation['name']}:cancel", []);
    } catch (ServiceError $error) {
        echo "The cancel request was refused: {$error->getMessage()}.\n";
    }

    // Cancelling is best effort: only the end of the operation tells what came of it.
    try {
        $operation = $spanner->waitForEnd($operation);
    } catch (ServiceError $error) {
        fwrite(STDERR, "Could not see the operation end: {$error->getMessage()}.\n");
        // Deleting a backup that is still being created also cancels its operation.
        $deleteBackup();
        return;
    }

    if (isset($operation['response'])) {
        echo "The backup was completed before it could be cancelled.\n";
        $deleteBackup();
    } elseif (CODES[$operation['error']['code']] === 'CANCELLED') {
        echo "The operation was cancelled; no backup was made.\n";
    } else {
        throw new BackupError('The operation failed: ' . CODES[$operation['error']['code']] . '.');
    }
}
// [END spanner_cancel_backup_create]

try {
    cancelBackup(...array_slice($argv, 1));
} catch (BackupError $error) {
    fwrite(STDERR, "{$error->getMessage()}\n");
    exit(1);
}
