<?php

// Runs the sample: php main.php PROJECT INSTANCE DATABASE BACKUP

// Where Composer puts what it installs, unless this variable of its own says otherwise.
require_once (getenv('COMPOSER_VENDOR_DIR') ?: __DIR__ . '/vendor') . '/autoload.php';
require_once __DIR__ . '/cancel_backup.php';

if ($argc !== 5) {
    fwrite(STDERR, "usage: php {$argv[0]} PROJECT INSTANCE DATABASE BACKUP" . PHP_EOL);
    exit(2);
}
[, $projectId, $instanceId, $databaseId, $backupId] = $argv;
try {
    cancel_backup($projectId, $instanceId, $databaseId, $backupId);
} catch (BackupError $error) {
    // What went wrong, and what the library said of it.
    for ($cause = $error; $cause !== null; $cause = $cause->getPrevious()) {
        fwrite(STDERR, $cause->getMessage() . PHP_EOL);
    }
    exit(1);
}
