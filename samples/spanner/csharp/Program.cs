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
// What the sample says itself about an answer of the service. Any other error ends the program as .NET does it.
catch (InvalidOperationException e) when (e.InnerException is RpcException or OperationFailedException)
{
    Console.Error.WriteLine(e.Message);
    return 1;
}
