// [START spanner_cancel_backup_create]
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

/// <summary>What is the matter, in words for the user.</summary>
public class BackupException(string message) : Exception(message);

public class CancelBackupSample(Spanner spanner)
{
    /// <summary>Starts a backup and cancels it, so that no backup of this call is left.</summary>
    /// <exception cref="BackupException">
    /// The backup could not be created, failed by itself, or could not be deleted.
    /// </exception>
    public async Task CancelBackupAsync(string projectId, string instanceId, string databaseId, string backupId)
    {
        string instance = $"projects/{projectId}/instances/{instanceId}";
        string database = $"{instance}/databases/{databaseId}";
        string backup = $"{instance}/backups/{backupId}";
        // Three days from now; the service keeps microseconds.
        string expireTime = DateTime.UtcNow.AddDays(3).ToString("yyyy-MM-dd'T'HH:mm:ss.ffffff'Z'", CultureInfo.InvariantCulture);

        Console.WriteLine($"Creating backup {backupId} of database {databaseId}.");
        JsonNode operation;
        try
        {
            operation = await spanner.RequestAsync(HttpMethod.Post, $"{instance}/backups?backupId={backupId}",
                new JsonObject { ["database"] = database, ["expireTime"] = expireTime });
        }
        catch (ServiceException error)
        {
            string failure = $"Could not create backup {backupId}: {error.Code}.";
            try
            {
                if (error.MayHaveTakenEffect && await BackupWasStartedAsync())
                {
                    await DeleteBackupAsync();
                }
            }
            catch (BackupException consequence)
            {
                failure += $"\n{consequence.Message}";
            }
            throw new BackupException(failure);
        }

        string name = (string)operation["name"]!;
        Console.WriteLine($"Cancelling operation {name}.");
        try
        {
            await spanner.RepeatableRequestAsync(HttpMethod.Post, $"{name}:cancel", new JsonObject());
        }
        catch (ServiceException error)
        {
            Console.WriteLine($"The cancel request was refused: {error.Code}.");
        }

        // Cancelling is best effort: only the end of the operation tells what came of it.
        try
        {
            operation = await WaitForEndAsync(operation, TimeSpan.FromMinutes(5));
        }
        catch (ServiceException error)
        {
            Console.Error.WriteLine($"Could not see the operation end: {error.Code}.");
            // Deleting a backup that is still being created also cancels its operation.
            await DeleteBackupAsync();
            return;
        }

        if (operation["response"] is not null)
        {
            Console.WriteLine("The backup was completed before it could be cancelled.");
            await DeleteBackupAsync();
        }
        else if (Codes[(int)operation["error"]!["code"]!] == "CANCELLED")
        {
            Console.WriteLine("The operation was cancelled; no backup was made.");
        }
        else
        {
            throw new BackupException($"The operation failed: {Codes[(int)operation["error"]!["code"]!]}.");
        }

        async Task DeleteBackupAsync()
        {
            try
            {
                await spanner.RepeatableRequestAsync(HttpMethod.Delete, backup);
            }
            catch (ServiceException error)
            {
                throw new BackupException($"Could not delete backup {backupId}: {error.Code}.");
            }
            Console.WriteLine($"Deleted backup {backupId}.");
        }

        // Somebody else's backup may have this name; the expiration time tells ours from it.
        async Task<bool> BackupWasStartedAsync()
        {
            try
            {
                JsonNode found = await spanner.RepeatableRequestAsync(HttpMethod.Get, backup);
                return (string?)found["database"] == database
                    && (DateTimeOffset)found["expireTime"]! == DateTimeOffset.Parse(expireTime, CultureInfo.InvariantCulture);
            }
            catch (ServiceException error) when (error.Code == "NOT_FOUND")
            {
                return false;
            }
            catch (ServiceException error)
            {
                throw new BackupException($"Could not tell whether backup {backupId} exists: {error.Code}.");
            }
        }
    }

    /// <summary>Polls the operation, ever less often, and returns it once it is done.</summary>
    private async Task<JsonNode> WaitForEndAsync(JsonNode operation, TimeSpan patience)
    {
        TimeSpan delay = TimeSpan.FromSeconds(1), waited = TimeSpan.Zero;
        while ((bool?)operation["done"] is not true)
        {
            operation = await spanner.RepeatableRequestAsync(HttpMethod.Get, (string)operation["name"]!);
            if ((bool?)operation["done"] is not true)
            {
                if (waited >= patience)
                {
                    throw new ServiceException("DEADLINE_EXCEEDED");
                }
                await Task.Delay(delay);
                waited += delay;
                delay = TimeSpan.FromSeconds(Math.Min(delay.TotalSeconds * 1.5, 10));
            }
        }
        return operation;
    }

    /// <summary>The names in google.rpc.Code, by their numbers.</summary>
    private static readonly string[] Codes =
    [
        "OK", "CANCELLED", "UNKNOWN", "INVALID_ARGUMENT", "DEADLINE_EXCEEDED", "NOT_FOUND", "ALREADY_EXISTS",
        "PERMISSION_DENIED", "RESOURCE_EXHAUSTED", "FAILED_PRECONDITION", "ABORTED", "OUT_OF_RANGE", "UNIMPLEMENTED",
        "INTERNAL", "UNAVAILABLE", "DATA_LOSS", "UNAUTHENTICATED",
    ];
}

/// <summary>A request that failed, with the name in google.rpc.Code.</summary>
public class ServiceException(string code) : Exception(code)
{
    public string Code { get; } = code;

    /// <summary>Whether the request may have taken effect although its answer says otherwise.</summary>
    public bool MayHaveTakenEffect => Code is "UNAVAILABLE" or "DEADLINE_EXCEEDED" or "UNKNOWN" or "INTERNAL";
}

/// <summary>The REST API of Cloud Spanner.</summary>
public sealed class Spanner(string token) : IDisposable
{
    private const int Attempts = 5;

    private readonly HttpClient _client = new()
    {
        BaseAddress = new Uri("https://spanner.googleapis.com/v1/"),
        Timeout = TimeSpan.FromSeconds(30),
        DefaultRequestHeaders = { { "Authorization", $"Bearer {token}" } },
    };

    /// <summary>Returns what the service answers.</summary>
    public async Task<JsonNode> RequestAsync(HttpMethod method, string path, JsonNode? body = null)
    {
        // An operation's name ends in `:cancel`, which would make a relative address one of a scheme of its own.
        using var request = new HttpRequestMessage(method, new Uri(_client.BaseAddress!.AbsoluteUri + path));
        if (body is not null)
        {
            request.Content = new StringContent(body.ToJsonString(), null, "application/json");
        }
        try
        {
            using HttpResponseMessage response = await _client.SendAsync(request);
            JsonNode? answer = JsonNode.Parse(await response.Content.ReadAsStringAsync());
            return response.IsSuccessStatusCode && answer is not null
                ? answer
                : throw new ServiceException((string?)answer?["error"]?["status"] ?? "UNKNOWN");
        }
        catch (HttpRequestException)
        {
            throw new ServiceException("UNAVAILABLE");
        }
        catch (TaskCanceledException)
        {
            throw new ServiceException("DEADLINE_EXCEEDED");
        }
        catch (JsonException)
        {
            throw new ServiceException("UNKNOWN");
        }
    }

    /// <summary>As RequestAsync, for what may be repeated: it is, while the service is not available.</summary>
    public async Task<JsonNode> RepeatableRequestAsync(HttpMethod method, string path, JsonNode? body = null)
    {
        for (int attempt = 1; ; attempt++)
        {
            try
            {
                return await RequestAsync(method, path, body);
            }
            catch (ServiceException error) when (error.Code == "UNAVAILABLE" && attempt < Attempts)
            {
                await Task.Delay(TimeSpan.FromSeconds(Math.Pow(2, attempt - 1)));
            }
        }
    }

    public void Dispose() => _client.Dispose();
}
// [END spanner_cancel_backup_create]
