// [START spanner_cancel_backup_create]
using Google.Api.Gax;
using Google.Cloud.Spanner.Admin.Database.V1;
using Google.Cloud.Spanner.Common.V1;
using Google.LongRunning;
using Google.Protobuf.Reflection;
using Google.Protobuf.WellKnownTypes;
using Google.Rpc;
using Grpc.Core;
using System;

public class CancelBackupOperationSample
{
    /// <summary>How the end of the operation is waited for. By default the client library polls for a day.</summary>
    private static readonly PollSettings Patience = new PollSettings(
        Expiration.FromTimeout(TimeSpan.FromMinutes(5)),
        delay: TimeSpan.FromSeconds(1), delayMultiplier: 1.5, maxDelay: TimeSpan.FromSeconds(10));

    /// <summary>
    /// Starts a backup and cancels it, so that no backup of this call is left. Cancelling is best effort: the backup
    /// may well be completed, and is then deleted.
    /// </summary>
    /// <returns>The operation as it was last seen.</returns>
    /// <exception cref="InvalidOperationException">
    /// The backup could not be created, failed by itself, or could not be deleted.
    /// </exception>
    public Operation<Backup, CreateBackupMetadata> CancelBackupOperation(
        string projectId, string instanceId, string databaseId, string backupId)
    {
        // DatabaseAdminClient.Create() would ignore SPANNER_EMULATOR_HOST.
        DatabaseAdminClient databaseAdminClient = new DatabaseAdminClientBuilder
        {
            EmulatorDetection = EmulatorDetection.EmulatorOrProduction
        }.Build();

        InstanceName instanceName = InstanceName.FromProjectInstance(projectId, instanceId);
        BackupName backupName = BackupName.FromProjectInstanceBackup(projectId, instanceId, backupId);
        // Three days from now; the service keeps microseconds.
        DateTime expireTime = DateTime.UtcNow.AddDays(3);
        expireTime = expireTime.AddTicks(-(expireTime.Ticks % TimeSpan.TicksPerMicrosecond));
        Backup backup = new Backup
        {
            DatabaseAsDatabaseName = DatabaseName.FromProjectInstanceDatabase(projectId, instanceId, databaseId),
            ExpireTime = expireTime.ToTimestamp()
        };

        Console.WriteLine($"Creating backup {backupId} of database {databaseId}.");
        Operation<Backup, CreateBackupMetadata> operation;
        try
        {
            operation = databaseAdminClient.CreateBackup(instanceName, backup, backupId);
        }
        catch (RpcException e)
        {
            string failure = $"Could not create backup {backupId}: {CodeOf(e)}.";
            try
            {
                if (MayHaveStarted(e) && WasStarted(databaseAdminClient, backupName, backup))
                {
                    DeleteBackup(databaseAdminClient, backupName);
                }
            }
            catch (InvalidOperationException consequence)
            {
                failure += Environment.NewLine + consequence.Message;
            }
            throw new InvalidOperationException(failure, e);
        }

        Console.WriteLine($"Cancelling operation {operation.Name}.");
        try
        {
            operation.Cancel();
        }
        catch (RpcException e)
        {
            Console.WriteLine($"The cancel request was refused: {CodeOf(e)}.");
        }

        // Only the end of the operation tells what came of it.
        try
        {
            operation = operation.PollUntilCompleted(Patience);
        }
        catch (Exception e) when (e is RpcException or TimeoutException)
        {
            Console.Error.WriteLine($"Could not see the operation end: {CodeOf(e)}.");
            // Deleting a backup that is still being created also cancels its operation.
            DeleteBackup(databaseAdminClient, backupName);
            return operation;
        }

        if (!operation.IsFaulted)
        {
            Console.WriteLine("The backup was completed before it could be cancelled.");
            DeleteBackup(databaseAdminClient, backupName);
        }
        else if (operation.Exception.Status.Code == (int)Code.Cancelled)
        {
            Console.WriteLine("The operation was cancelled; no backup was made.");
        }
        else
        {
            string code = NameOf(operation.Exception.Status.Code);
            throw new InvalidOperationException($"The operation failed: {code}.", operation.Exception);
        }
        return operation;
    }

    /// <summary>Whether CreateBackup may have taken effect although its reply says otherwise.</summary>
    private static bool MayHaveStarted(RpcException e) => e.StatusCode
        is StatusCode.Unavailable or StatusCode.DeadlineExceeded or StatusCode.Unknown or StatusCode.Internal;

    /// <summary>Somebody else's backup may have this name; the expiration time tells ours from it.</summary>
    private static bool WasStarted(DatabaseAdminClient databaseAdminClient, BackupName backupName, Backup backup)
    {
        try
        {
            Backup found = databaseAdminClient.GetBackup(backupName);
            return found.Database == backup.Database && found.ExpireTime.Equals(backup.ExpireTime);
        }
        catch (RpcException e) when (e.StatusCode == StatusCode.NotFound)
        {
            return false;
        }
        catch (RpcException e)
        {
            throw new InvalidOperationException(
                $"Could not tell whether backup {backupName.BackupId} exists: {CodeOf(e)}.", e);
        }
    }

    private static void DeleteBackup(DatabaseAdminClient databaseAdminClient, BackupName backupName)
    {
        try
        {
            databaseAdminClient.DeleteBackup(backupName);
        }
        catch (RpcException e)
        {
            throw new InvalidOperationException($"Could not delete backup {backupName.BackupId}: {CodeOf(e)}.", e);
        }
        Console.WriteLine($"Deleted backup {backupName.BackupId}.");
    }

    private static string CodeOf(Exception e) =>
        NameOf((int)((e as RpcException)?.StatusCode ?? StatusCode.DeadlineExceeded));

    /// <summary>The name in google.rpc.Code.</summary>
    private static string NameOf(int code) => CodeReflection.Descriptor
        .FindTypeByName<EnumDescriptor>(nameof(Code)).FindValueByNumber(code)?.Name ?? $"{code}";
}
// [END spanner_cancel_backup_create]
