// Runs the sample: dotnet cancel-backup.dll PROJECT INSTANCE DATABASE BACKUP

using Google.LongRunning;
using Grpc.Core;
using System;

if (args.Length != 4)
{
    Console.Error.WriteLine("usage: dotnet cancel-backup.dll PROJECT INSTANCE DATABASE BACKUP");
    return 2;
}
try
{
    new CancelBackupOperationSample().CancelBackupOperation(args[0], args[1], args[2], args[3]);
    return 0;
}
// The sample's own words about an answer of the service.
catch (InvalidOperationException e) when (e.InnerException is RpcException or OperationFailedException)
{
    Console.Error.WriteLine(e.Message);
    return 1;
}
// A method reports what it cannot do by an exception. If nobody caught it, .NET would abort the program (SIGABRT), which
// is how programs end that crash.
catch (Exception e)
{
    // The messages last: of a long text, the end is read first.
    Console.Error.WriteLine(e.StackTrace);
    for (Exception? cause = e; cause is not null; cause = cause.InnerException)
    {
        Console.Error.WriteLine($"{cause.GetType()}: {cause.Message}");
    }
    return 1;
}
