namespace FastTrainLog.Files;

/// <summary>A file that a log writes, as its journal describes it.</summary>
/// <param name="Path">Its name in the log directory, or the full path of a file of a custom sink.</param>
/// <param name="Name">The name that the first log of the directory gives to it: <c>main.log</c> for <c>main.2.log</c> too. Of a sink's file, the path that the sink was given.</param>
/// <param name="IsJson">Whether it holds JSON lines.</param>
/// <param name="Content">Which records it takes.</param>
/// <param name="Categories">The categories to which this applies.</param>
internal sealed record LogFileDescription(string Path, string Name, bool IsJson, LogFileRecords Content, IReadOnlyList<string> Categories)
{
    /// <summary>Gets whether it is a file of the log directory; for a custom sink's file, its location is not checked.</summary>
    public bool IsOwn => Content != LogFileRecords.Sink;
}
