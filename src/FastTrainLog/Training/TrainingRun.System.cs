using FastTrainLog.Records;
using Microsoft.Extensions.Logging;

namespace FastTrainLog.Training;

/// <content>Errors, and events of the process and the machine.</content>
public sealed partial class TrainingRun
{
    /// <summary>Logs an exception with its category, its context and the recovery from it.</summary>
    /// <param name="error">The exception.</param>
    /// <param name="operation">The operation that failed.</param>
    /// <param name="context">Values that help to explain it.</param>
    /// <param name="recovery">The recovery that was attempted, such as <c>skip_batch</c>, or null if none was.</param>
    /// <param name="recovered">Whether the recovery succeeded; null if that is not known yet.</param>
    /// <returns>The diagnosis of the exception.</returns>
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
            SafeText.MessageOf(error),
            PropertyList.Of(context),
            recovery,
            recovered,
            diagnosis.Suggestion,
            error);
        return diagnosis;
    }

    /// <summary>Logs an event of the process or the machine: its lifecycle, resources or health.</summary>
    /// <param name="eventType">The kind of event, such as <c>resource_allocation</c>.</param>
    /// <param name="description">What happened.</param>
    /// <param name="details">Further values.</param>
    public void LogSystemEvent(string eventType, string description, ReadOnlySpan<KeyValuePair<string, object?>> details = default) =>
        _system.SystemEvent(eventType, description, PropertyList.Of(details));

    /// <summary>Logs the state of the process and the machine now.</summary>
    /// <param name="moment">The moment of the run, such as <c>after warm-up</c>.</param>
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
            now.TotalBytes,
            now.Collections,
            now.DiskFreeBytes);
    }
}
