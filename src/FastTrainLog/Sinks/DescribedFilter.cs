using FastTrainLog.Files;

namespace FastTrainLog.Sinks;

/// <summary>The filter of a file, from its description in the journal: the same for a writing log and for a recovery.</summary>
internal static class DescribedFilter
{
    /// <summary>Returns the filter of a file; null for all records.</summary>
    /// <param name="file">The file.</param>
    /// <param name="users">The user's filter; null for all.</param>
    public static RecordFilter? Of(LogFileDescription file, RecordFilter? users)
    {
        RecordFilter? own = Of(file);
        return own is null ? users : users is null ? own : RecordFilters.All(users, own);
    }

    private static RecordFilter? Of(LogFileDescription file)
    {
        string[] categories = [.. file.Categories];
        switch (file.Content)
        {
            case LogFileRecords.Category:
                string category = categories is [var only] ? only : string.Empty;
                return (in LogRecord record) => record.Category == category;
            case LogFileRecords.Categories:
                return RecordFilters.Category(categories);
            case LogFileRecords.Errors:
                return RecordFilters.Errors;
            case LogFileRecords.Rest:
                RecordFilter elsewhere = RecordFilters.Category(categories);
                return (in LogRecord record) =>
                    record.Category == LogCategories.Main || (Array.IndexOf(LogCategories.All, record.Category) < 0 && !elsewhere(record));
            default:
                return null;
        }
    }
}
