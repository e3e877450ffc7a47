using FastTrainLog.Training;

namespace FastTrainLog.Formatting;

/// <summary>The symbols that the reference's lines begin with, which are optional.</summary>
internal static class EventSymbols
{
    /// <summary>Returns an event's symbol and the space after it; empty for an event without one.</summary>
    public static ReadOnlySpan<byte> Of(int eventId, string category) => Array.IndexOf(LogCategories.All, category) < 0 ? default : eventId switch
    {
        TrainingEvents.RunStarted => "🚀 "u8,
        TrainingEvents.RunCompleted or TrainingEvents.ModelOperationSucceeded => "✅ "u8,
        TrainingEvents.RunFailed or TrainingEvents.ModelOperationFailed or TrainingEvents.ErrorWithContext => "❌ "u8,
        TrainingEvents.CheckpointSaved => "💾 "u8,
        TrainingEvents.CheckpointFlagged or TrainingEvents.NumericalIssue or TrainingEvents.ResourceShort => "⚠️ "u8,
        TrainingEvents.CheckpointRefused => "⛔ "u8,
        TrainingEvents.BestValidation => "🏆 "u8,
        _ => default,
    };
}
