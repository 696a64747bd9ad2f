// Cancels the creation of a Cloud Spanner backup over REST, with nothing but .NET's own library:
// dotnet cancel-backup.dll PROJECT INSTANCE DATABASE BACKUP

if (args.Length != 4)
{
    Console.Error.WriteLine("usage: dotnet cancel-backup.dll PROJECT INSTANCE DATABASE BACKUP");
    return 2;
}
try
{
    using var spanner = new Spanner(Environment.GetEnvironmentVariable("GOOGLE_OAUTH_ACCESS_TOKEN")
        ?? throw new BackupException("GOOGLE_OAUTH_ACCESS_TOKEN is not set"));
    await new CancelBackupSample(spanner).CancelBackupAsync(args[0], args[1], args[2], args[3]);
    return 0;
}
catch (BackupException error)
{
    Console.Error.WriteLine(error.Message);
    return 1;
}
