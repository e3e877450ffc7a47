using FastTrainLog.Dashboard.Series;

namespace FastTrainLog.Dashboard.Answers;

/// <summary>How much of the list of runs and of some series a page has: <c>INSTANCE.VERSION</c>, and the cursor of each series behind a tilde.</summary>
/// <param name="Instance">The instance of the server whose versions are counted.</param>
/// <param name="Version">The version of the list of runs.</param>
/// <param name="Series">The cursors of the series, in the order of the request.</param>
internal sealed record EventCursor(string Instance, long Version, IReadOnlyList<SeriesCursor> Series)
{
    private const char Separator = '~';

    /// <summary>Returns the text of a cursor without series.</summary>
    public static string Text(string instance, long version) => $"{instance}.{version}";

    public override string ToString() => string.Join(Separator, Series.Select(series => series.ToString()).Prepend(Text(Instance, Version)));

    /// <summary>Reads a cursor.</summary>
    /// <param name="text">Its text; null for a page that has nothing.</param>
    /// <param name="series">The number of series that it must have.</param>
    public static EventCursor Parse(string? text, int series)
    {
        if (string.IsNullOrEmpty(text))
        {
            return new EventCursor(string.Empty, 0, [.. Enumerable.Repeat(default(SeriesCursor), series)]);
        }

        string[] parts = text.Split(Separator);
        string[] list = parts[0].Split('.');
        if (list.Length != 2 || !long.TryParse(list[1], out long version) || parts.Length - 1 != series)
        {
            throw RequestFields.Invalid($"'cursor' is not one of this request: it must be that of the list of runs, and behind it those of {series} series, each after '{Separator}'.");
        }

        return new EventCursor(list[0], version, [.. parts.Skip(1).Select(SeriesCursor.Parse)]);
    }
}
