namespace FastTrainLog.Generators.Parsing;

/// <summary>Computes identifiers of events from their names, for events without one.</summary>
internal static class EventIds
{
    // FNV-1a over UTF-16 code units, made positive: the same identifier that [LoggerMessage] computes for the name.
    public static int OfName(string name)
    {
        uint hash = 2166136261;
        foreach (char c in name)
        {
            hash = unchecked((hash ^ c) * 16777619);
        }

        int id = unchecked((int)hash);
        return id == int.MinValue ? 0 : Math.Abs(id);
    }
}
