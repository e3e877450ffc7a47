namespace FastTrainLog.Testing;

/// <summary>Reports that a log does not contain what a test expects, and what it contains.</summary>
/// <param name="message">The message.</param>
public sealed class LogAssertionException(string message) : Exception(message)
{
    private const int MostShown = 50;

    internal static LogAssertionException For(string what, IReadOnlyList<InMemoryRecord> records, string title)
    {
        IEnumerable<string> lines = records.TakeLast(MostShown).Select(record => $"  {record}");
        string left = records.Count > MostShown ? $"{Environment.NewLine}  ({records.Count - MostShown} before)" : string.Empty;
        return new LogAssertionException($"{what}; {title}:{left}{Environment.NewLine}{(records.Count == 0 ? "  nothing" : string.Join(Environment.NewLine, lines))}");
    }
}
