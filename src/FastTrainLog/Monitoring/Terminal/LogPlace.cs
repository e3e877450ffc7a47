namespace FastTrainLog.Monitoring.Terminal;

/// <summary>The location of a log's files, shown to the user.</summary>
/// <param name="Directory">The directory, as specified.</param>
/// <param name="Errors">The file with all details of warnings and errors; null for none.</param>
/// <param name="Records">The file that <c>fasttrainlog analyze</c> reads; null for none.</param>
internal sealed record LogPlace(string Directory, string? Errors, string? Records)
{
    /// <summary>Gets the command that analyses the log.</summary>
    public string? NextCommand => Records is null ? null : $"fasttrainlog analyze {Argument}";

    private string Argument => Directory.AsSpan().IndexOfAnyExcept(Plain) < 0 && !Directory.StartsWith('-') ? Directory : $"'{Directory.Replace("'", "'\\''", StringComparison.Ordinal)}'";

    private static System.Buffers.SearchValues<char> Plain { get; } =
        System.Buffers.SearchValues.Create("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789/\\:._-+@%");
}
