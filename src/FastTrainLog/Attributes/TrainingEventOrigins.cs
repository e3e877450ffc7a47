using System.Collections.Frozen;
using System.Text;

namespace FastTrainLog.Training;

/// <summary>Identifies the events of a <see cref="TrainingRun"/>: by number, category and name together. The number alone is not enough: any program may use it.</summary>
internal static class TrainingEventOrigins
{
    private static readonly FrozenDictionary<int, (string Category, string Name, byte[] Utf8Name)> Origins = new (string Category, (int Number, string Name)[] Events)[]
    {
        (LogCategories.Main,
        [
            (TrainingEvents.RunAnnounced, nameof(TrainingEvents.RunAnnounced)), (TrainingEvents.RunConcluded, nameof(TrainingEvents.RunConcluded)),
            (TrainingEvents.LoggedAfterEnd, nameof(TrainingEvents.LoggedAfterEnd)), (TrainingEvents.CallsAfterEnd, nameof(TrainingEvents.CallsAfterEnd)),
        ]),
        (LogCategories.TrainingProgress,
        [
            (TrainingEvents.RunStarted, nameof(TrainingEvents.RunStarted)), (TrainingEvents.Step, nameof(TrainingEvents.Step)), (TrainingEvents.EpochEnded, nameof(TrainingEvents.EpochEnded)),
            (TrainingEvents.RunCompleted, nameof(TrainingEvents.RunCompleted)), (TrainingEvents.RunFailed, nameof(TrainingEvents.RunFailed)),
            (TrainingEvents.Validation, nameof(TrainingEvents.Validation)), (TrainingEvents.BestValidation, nameof(TrainingEvents.BestValidation)),
            (TrainingEvents.CheckpointSaved, nameof(TrainingEvents.CheckpointSaved)), (TrainingEvents.CheckpointFlagged, nameof(TrainingEvents.CheckpointFlagged)),
            (TrainingEvents.CheckpointRefused, nameof(TrainingEvents.CheckpointRefused)),
        ]),
        (LogCategories.NumericalStability,
        [
            (TrainingEvents.NumericalIssue, nameof(TrainingEvents.NumericalIssue)), (TrainingEvents.GradientsClipped, nameof(TrainingEvents.GradientsClipped)),
            (TrainingEvents.GradientHealth, nameof(TrainingEvents.GradientHealth)), (TrainingEvents.GradientGuard, nameof(TrainingEvents.GradientGuard)),
            (TrainingEvents.Gradients, nameof(TrainingEvents.Gradients)), (TrainingEvents.GradientLayer, nameof(TrainingEvents.GradientLayer)),
            (TrainingEvents.GradientHistogram, nameof(TrainingEvents.GradientHistogram)), (TrainingEvents.GradientStatisticsLost, nameof(TrainingEvents.GradientStatisticsLost)),
            (TrainingEvents.GradientFallback, nameof(TrainingEvents.GradientFallback)), (TrainingEvents.GradientsOutstanding, nameof(TrainingEvents.GradientsOutstanding)),
            (TrainingEvents.GradientHistogramsLost, nameof(TrainingEvents.GradientHistogramsLost)),
        ]),
        (LogCategories.Errors, [(TrainingEvents.ErrorWithContext, nameof(TrainingEvents.ErrorWithContext)), (TrainingEvents.ErrorSummary, nameof(TrainingEvents.ErrorSummary))]),
        (LogCategories.Performance, [(TrainingEvents.Performance, nameof(TrainingEvents.Performance))]),
        (LogCategories.ModelOperations,
        [
            (TrainingEvents.ModelOperationStarted, nameof(TrainingEvents.ModelOperationStarted)), (TrainingEvents.ModelOperationSucceeded, nameof(TrainingEvents.ModelOperationSucceeded)),
            (TrainingEvents.ModelOperationFailed, nameof(TrainingEvents.ModelOperationFailed)),
        ]),
        (LogCategories.System,
        [
            (TrainingEvents.SystemEvent, nameof(TrainingEvents.SystemEvent)), (TrainingEvents.SystemStatistics, nameof(TrainingEvents.SystemStatistics)),
            (TrainingEvents.ResourceUsage, nameof(TrainingEvents.ResourceUsage)), (TrainingEvents.GpuUsage, nameof(TrainingEvents.GpuUsage)),
            (TrainingEvents.ResourceShort, nameof(TrainingEvents.ResourceShort)), (TrainingEvents.ResourceEnough, nameof(TrainingEvents.ResourceEnough)),
            (TrainingEvents.SamplingTrouble, nameof(TrainingEvents.SamplingTrouble)), (TrainingEvents.SignalReceived, nameof(TrainingEvents.SignalReceived)),
            (TrainingEvents.ControlOpened, nameof(TrainingEvents.ControlOpened)), (TrainingEvents.ControlUnavailable, nameof(TrainingEvents.ControlUnavailable)),
            (TrainingEvents.ControlCommand, nameof(TrainingEvents.ControlCommand)), (TrainingEvents.ControlRefused, nameof(TrainingEvents.ControlRefused)),
            (TrainingEvents.RunPaused, nameof(TrainingEvents.RunPaused)), (TrainingEvents.PauseEnded, nameof(TrainingEvents.PauseEnded)),
        ]),
    }.SelectMany(group => group.Events, (group, e) => KeyValuePair.Create(e.Number, (group.Category, e.Name, Encoding.UTF8.GetBytes(e.Name)))).ToFrozenDictionary();

    /// <summary>Returns whether an event is one of a run.</summary>
    /// <param name="number">The event's number.</param>
    /// <param name="category">The category that it was logged to.</param>
    /// <param name="utf8Name">The event's name.</param>
    public static bool IsOfRun(int number, string category, ReadOnlySpan<byte> utf8Name) =>
        Origins.TryGetValue(number, out (string Category, string Name, byte[] Utf8Name) origin) && origin.Category == category && utf8Name.SequenceEqual(origin.Utf8Name);

    /// <summary>Returns whether an event is one of the library's events of a run.</summary>
    /// <param name="number">The event's number.</param>
    /// <param name="category">The category that it was logged to.</param>
    /// <param name="name">The event's name.</param>
    public static bool IsOfRun(int number, string category, string? name) =>
        Origins.TryGetValue(number, out (string Category, string Name, byte[] Utf8Name) origin) && origin.Category == category && name == origin.Name;
}
