namespace FastTrainLog.Analysis;

/// <summary>What went wrong in a run: all records from Warning on.</summary>
/// <param name="Warnings">How many warnings there are.</param>
/// <param name="Errors">How many errors.</param>
/// <param name="Criticals">How many critical ones.</param>
/// <param name="PerThousandSteps">All of them for each thousand steps; null where there is no step.</param>
/// <param name="PerHour">All of them for each hour of the run.</param>
/// <param name="ByCategory">The errors that were logged with their context, by category.</param>
/// <param name="Patterns">Those that are alike, the most frequent first; at most 200 kinds.</param>
/// <param name="Others">How many belong to none of these, because there were more kinds.</param>
public sealed record ErrorFigures(
    long Warnings,
    long Errors,
    long Criticals,
    double? PerThousandSteps,
    double PerHour,
    IReadOnlyDictionary<string, long> ByCategory,
    IReadOnlyList<ErrorPattern> Patterns,
    long Others)
{
    /// <summary>Gets all of them.</summary>
    public long Count => Warnings + Errors + Criticals;
}
