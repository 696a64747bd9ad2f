package com.example.spanner;

import com.google.api.gax.rpc.ApiException;
import com.google.api.gax.rpc.NotFoundException;
import com.google.api.gax.rpc.StatusCode;
import com.google.cloud.spanner.SpannerExceptionFactory;
import com.google.cloud.spanner.admin.database.v1.DatabaseAdminClient;
import com.google.longrunning.Operation;
import com.google.longrunning.OperationsClient;
import com.google.protobuf.Timestamp;
import com.google.rpc.Code;
import com.google.spanner.admin.database.v1.Backup;
import com.google.spanner.admin.database.v1.BackupName;
import com.google.spanner.admin.database.v1.CreateBackupRequest;
import com.google.spanner.admin.database.v1.DatabaseName;
import com.google.spanner.admin.database.v1.InstanceName;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.EnumSet;
import java.util.Set;

// What the published code needs besides, when it takes the place of the region.
import com.google.api.gax.longrunning.OperationFuture;
import com.google.api.gax.longrunning.OperationSnapshot;
import com.google.api.gax.retrying.RetryingFuture;
import com.google.spanner.admin.database.v1.CreateBackupMetadata;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;

/** Cancels the creation of a Cloud Spanner backup. */
final class CancelBackup {

  private CancelBackup() {}

  // [START spanner_cancel_backup_create]
  /** After one of these, CreateBackup may have taken effect although its reply says otherwise. */
  private static final Set<StatusCode.Code> MAY_HAVE_STARTED =
      EnumSet.of(
          StatusCode.Code.UNAVAILABLE,
          StatusCode.Code.DEADLINE_EXCEEDED,
          StatusCode.Code.UNKNOWN,
          StatusCode.Code.INTERNAL);

  private static final Duration PATIENCE = Duration.ofMinutes(5);

  /**
   * Starts a backup and cancels it, so that no backup of this call is left. Cancelling is best effort: the backup may
   * well be completed, and is then deleted.
   *
   * @throws IllegalStateException if the backup could not be created, failed by itself, or could not be deleted
   */
  static void cancelCreateBackup(
      DatabaseAdminClient dbAdminClient,
      String projectId,
      String instanceId,
      String databaseId,
      String backupId) {
    BackupName backupName = BackupName.of(projectId, instanceId, backupId);
    Instant expireTime = Instant.now().plus(Duration.ofDays(3)).truncatedTo(ChronoUnit.MICROS);
    Backup backup =
        Backup.newBuilder()
            .setDatabase(DatabaseName.of(projectId, instanceId, databaseId).toString())
            .setExpireTime(
                Timestamp.newBuilder()
                    .setSeconds(expireTime.getEpochSecond())
                    .setNanos(expireTime.getNano()))
            .build();

    System.out.printf("Creating backup %s of database %s.%n", backupId, databaseId);
    Operation operation;
    try {
      operation =
          dbAdminClient
              .createBackupCallable()
              .call(
                  CreateBackupRequest.newBuilder()
                      .setParent(InstanceName.of(projectId, instanceId).toString())
                      .setBackupId(backupId)
                      .setBackup(backup)
                      .build());
    } catch (ApiException e) {
      IllegalStateException failure = failure("Could not create backup " + backupId, e);
      try {
        if (MAY_HAVE_STARTED.contains(e.getStatusCode().getCode())
            && wasStarted(dbAdminClient, backupName, backup)) {
          deleteBackup(dbAdminClient, backupName);
        }
      } catch (IllegalStateException consequence) {
        failure.addSuppressed(consequence);
      }
      throw failure;
    }

    OperationsClient operations = dbAdminClient.getOperationsClient();
    System.out.printf("Cancelling operation %s.%n", operation.getName());
    try {
      operations.cancelOperation(operation.getName());
    } catch (ApiException e) {
      System.out.printf("The cancel request was refused: %s.%n", e.getStatusCode().getCode());
    }

    StatusCode.Code unseen = StatusCode.Code.DEADLINE_EXCEEDED;
    try {
      operation = waitForEnd(operations, operation);
    } catch (ApiException e) {
      unseen = e.getStatusCode().getCode();
    }

    if (!operation.getDone()) {
      System.err.printf("Could not see the operation end: %s.%n", unseen);
      // Deleting a backup that is still being created also cancels its operation.
      deleteBackup(dbAdminClient, backupName);
    } else if (operation.hasResponse()) {
      System.out.println("The backup was completed before it could be cancelled.");
      deleteBackup(dbAdminClient, backupName);
    } else if (operation.getError().getCode() == Code.CANCELLED_VALUE) {
      System.out.println("The operation was cancelled; no backup was made.");
    } else {
      Code code = Code.forNumber(operation.getError().getCode());
      throw new IllegalStateException("The operation failed: " + code + ".");
    }
  }

  /** Polls the operation, ever less often, until it is done or patience has run out. */
  private static Operation waitForEnd(OperationsClient operations, Operation operation) {
    Duration delay = Duration.ofSeconds(1);
    Duration waited = Duration.ZERO;
    while (!operation.getDone()) {
      operation = operations.getOperation(operation.getName());
      if (operation.getDone() || waited.compareTo(PATIENCE) >= 0) {
        break;
      }
      try {
        Thread.sleep(delay.toMillis());
      } catch (InterruptedException e) {
        throw SpannerExceptionFactory.propagateInterrupt(e);
      }
      waited = waited.plus(delay);
      delay = Duration.ofMillis(Math.min(delay.toMillis() * 3 / 2, 10_000));
    }
    return operation;
  }

  /** Somebody else's backup may have this name; the expiration time, to the microsecond, tells ours from it. */
  private static boolean wasStarted(DatabaseAdminClient dbAdminClient, BackupName backupName, Backup backup) {
    try {
      Backup found = dbAdminClient.getBackup(backupName);
      return found.getDatabase().equals(backup.getDatabase())
          && found.getExpireTime().equals(backup.getExpireTime());
    } catch (NotFoundException e) {
      return false;
    } catch (ApiException e) {
      throw failure("Could not tell whether backup " + backupName.getBackup() + " exists", e);
    }
  }

  private static void deleteBackup(DatabaseAdminClient dbAdminClient, BackupName backupName) {
    try {
      dbAdminClient.deleteBackup(backupName);
    } catch (ApiException e) {
      throw failure("Could not delete backup " + backupName.getBackup(), e);
    }
    System.out.printf("Deleted backup %s.%n", backupName.getBackup());
  }

  private static IllegalStateException failure(String what, ApiException cause) {
    return new IllegalStateException(what + ": " + cause.getStatusCode().getCode() + ".", cause);
  }
  // [END spanner_cancel_backup_create]
}
