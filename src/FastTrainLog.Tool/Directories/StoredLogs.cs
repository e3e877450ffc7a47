using FastTrainLog.Shipping;
using FastTrainLog.Tool.Shipping;

namespace FastTrainLog.Tool.Directories;

/// <summary>Logs in object storage, fetched into the user's cache before they are read.</summary>
internal static class StoredLogs
{
    private const string Scheme = "s3://";

    /// <summary>Returns the directory that a log is in: the given one, or where an address of object storage was fetched to.</summary>
    /// <exception cref="ToolException">The log cannot be fetched.</exception>
    public static string DirectoryOf(string given, CancellationToken cancellation)
    {
        if (!given.StartsWith(Scheme, StringComparison.Ordinal))
        {
            return given;
        }

        try
        {
            S3Options options = TargetOption.S3(given);
            string cache = Path.Combine(CacheDirectory, "fasttrainlog", "s3", options.Bucket, options.Prefix);
            S3Log.Fetch(options, cache, cancellation);
            return cache;
        }
        catch (Exception exception) when (exception is IOException or InvalidDataException or UnauthorizedAccessException or ArgumentException)
        {
            throw new ToolException(exception.Message);
        }
    }

    private static string CacheDirectory => Environment.GetEnvironmentVariable("XDG_CACHE_HOME") is { Length: > 0 } cache
        ? cache
        : Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".cache");
}
