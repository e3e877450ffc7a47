namespace FastTrainLog.Shipping;

/// <summary>What is in a log directory and was not shipped yet.</summary>
/// <param name="Bytes">The bytes of the files from the cursor on; of compressed files before decompression.</param>
/// <param name="Records">The records in them: counted in the first 16 MiB, extrapolated beyond.</param>
/// <param name="Oldest">The time of the oldest one in UTC; null if there is none.</param>
public sealed record ShipBacklog(long Bytes, long Records, DateTime? Oldest)
{
    /// <summary>Returns how long the oldest record has been waiting, in seconds; 0 if there is none.</summary>
    /// <param name="now">The current time in UTC.</param>
    public double Seconds(DateTime now) => Oldest is { } oldest ? Math.Max(0, (now - oldest).TotalSeconds) : 0;
}
