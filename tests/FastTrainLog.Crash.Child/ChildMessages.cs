using Microsoft.Extensions.Logging;

namespace FastTrainLog.Crash.Child;

/// <summary>The records whose survival is tested.</summary>
internal static partial class ChildMessages
{
    [TrainLog(1, LogLevel.Information, "session {Session} thread {Thread} number {Number} {Text} {Value:F3}")]
    public static partial void Numbered(TrainLogger logger, int session, int thread, long number, string text, double value);
}
