using Microsoft.Extensions.Logging;

namespace FastTrainLog;

/// <summary>Filters for sinks: predefined ones, and combinations of others.</summary>
public static class RecordFilters
{
    /// <summary>Gets the filter for the progress of training.</summary>
    public static RecordFilter TrainingProgress { get; } = Category(LogCategories.TrainingProgress);

    /// <summary>Gets the filter for all records from Warning on, and those of an error's context.</summary>
    public static RecordFilter Errors { get; } =
        static (in LogRecord record) => record.Level >= LogLevel.Warning || record.Category == LogCategories.Errors;

    /// <summary>Gets the filter for numerical stability and clipping.</summary>
    public static RecordFilter NumericalStability { get; } = Category(LogCategories.NumericalStability);

    /// <summary>Returns a filter for categories and those below them, up to a dot.</summary>
    /// <param name="names">The categories.</param>
    /// <returns>The filter.</returns>
    public static RecordFilter Category(params string[] names)
    {
        string[] copy = [.. names];
        return (in LogRecord record) =>
        {
            foreach (string name in copy)
            {
                if (CategoryNames.Covers(name, record.Category))
                {
                    return true;
                }
            }

            return false;
        };
    }

    /// <summary>Returns a filter for records from a level on.</summary>
    /// <param name="least">The level.</param>
    /// <returns>The filter.</returns>
    public static RecordFilter Level(LogLevel least) => (in LogRecord record) => record.Level >= least;

    /// <summary>Returns a filter for events by their numeric identifiers.</summary>
    /// <param name="ids">The identifiers.</param>
    /// <returns>The filter.</returns>
    public static RecordFilter Event(params int[] ids)
    {
        int[] copy = [.. ids];
        return (in LogRecord record) => Array.IndexOf(copy, record.EventId.Id) >= 0;
    }

    /// <summary>Returns a filter for records with an argument that satisfies a condition.</summary>
    /// <param name="name">The argument's name, ignoring case.</param>
    /// <param name="condition">The condition.</param>
    /// <returns>The filter.</returns>
    public static RecordFilter Property(string name, ArgumentPredicate condition)
    {
        ArgumentNullException.ThrowIfNull(name);
        ArgumentNullException.ThrowIfNull(condition);
        return (in LogRecord record) => record.TryGetArgument(name, out LogArgument argument) && condition(argument);
    }

    /// <summary>Returns a filter that accepts what all of the given filters accept.</summary>
    /// <param name="filters">The filters.</param>
    /// <returns>The filter.</returns>
    public static RecordFilter All(params RecordFilter[] filters) => Join(filters, decisive: false);

    /// <summary>Returns a filter that accepts what at least one of the given filters accepts.</summary>
    /// <param name="filters">The filters.</param>
    /// <returns>The filter.</returns>
    public static RecordFilter Any(params RecordFilter[] filters) => Join(filters, decisive: true);

    /// <summary>Returns a filter that accepts what another does not.</summary>
    /// <param name="filter">The other.</param>
    /// <returns>The filter.</returns>
    public static RecordFilter Not(RecordFilter filter)
    {
        ArgumentNullException.ThrowIfNull(filter);
        return (in LogRecord record) => !filter(record);
    }

    private static RecordFilter Join(RecordFilter[] filters, bool decisive)
    {
        RecordFilter[] copy = [.. filters];
        return (in LogRecord record) =>
        {
            foreach (RecordFilter filter in copy)
            {
                if (filter(record) == decisive)
                {
                    return decisive;
                }
            }

            return !decisive;
        };
    }
}
