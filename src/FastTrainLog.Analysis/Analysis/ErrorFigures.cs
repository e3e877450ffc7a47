namespace FastTrainLog.Analysis;

/// <summary>The errors of a run: all records of level Warning or above.</summary>
/// <param name="Warnings">The number of warnings.</param>
/// <param name="Errors">The number of errors.</param>
/// <param name="Criticals">The number of critical errors.</param>
/// <param name="PerThousandSteps">Their total per thousand steps; null if there is no step.</param>
/// <param name="PerHour">Their total per hour of the run.</param>
/// <param name="ByCategory">The errors that were logged with their context, by category.</param>
/// <param name="Patterns">Groups of similar ones, the most frequent first; at most 200.</param>
/// <param name="Others">The number of errors in no group, because there were more than 200 groups.</param>
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
    /// <summary>Gets their total.</summary>
    public long Count => Warnings + Errors + Criticals;
}
