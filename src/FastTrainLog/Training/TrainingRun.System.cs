using FastTrainLog.Records;
using Microsoft.Extensions.Logging;

namespace FastTrainLog.Training;

/// <content>Errors, and what happens to the process and the machine.</content>
public sealed partial class TrainingRun
{
    /// <summary>Logs an exception with what it is about, what was going on, and what was done about it.</summary>
    /// <param name="error">The exception.</param>
    /// <param name="operation">The operation that failed.</param>
    /// <param name="context">Values that help to understand it.</param>
    /// <param name="recovery">The recovery that was attempted, such as <c>skip_batch</c>, or null where none was.</param>
    /// <param name="recovered">Whether the recovery succeeded; null where that is not known yet.</param>
    /// <returns>What is known of the exception.</returns>
    public ErrorDiagnosis LogError(
        Exception error,
        string operation,
        ReadOnlySpan<KeyValuePair<string, object?>> context = default,
        string? recovery = null,
        bool? recovered = null)
    {
        ErrorDiagnosis diagnosis = ErrorClassifier.Diagnose(error);
        Interlocked.Increment(ref _errorCounts[(int)diagnosis.Category]);
        LogLevel level = recovered == true || diagnosis.Category == ErrorCategory.Cancelled ? LogLevel.Warning : LogLevel.Error;
        _errors.ErrorWithContext(
            level,
            operation,
            diagnosis.Category,
            error.Message,
            PropertyList.Of(context),
            recovery,
            recovered,
            diagnosis.Suggestion,
            error);
        return diagnosis;
    }

    /// <summary>Logs something that happened to the process or the machine: its lifecycle, resources or health.</summary>
    /// <param name="eventType">The kind of event, such as <c>resource_allocation</c>.</param>
    /// <param name="description">What happened.</param>
    /// <param name="details">Further values.</param>
    public void LogSystemEvent(string eventType, string description, ReadOnlySpan<KeyValuePair<string, object?>> details = default) =>
        _system.SystemEvent(eventType, description, PropertyList.Of(details));

    /// <summary>Logs the state of the process and the machine now.</summary>
    /// <param name="moment">What moment of the run it is.</param>
    public void LogSystemStatistics(string moment)
    {
        SystemSnapshot now = SystemSnapshot.Capture(_logging.Options.LogDirectory);
        _system.SystemStatistics(
            moment,
            now.ProcessorCount,
            now.ProcessorTime.TotalSeconds,
            now.ManagedBytes,
            now.ProcessBytes,
            now.AvailableBytes,
            now.Collections,
            now.DiskFreeBytes);
    }
}
