namespace FastTrainLog.Hosting.Tests;

internal static partial class InMemoryMessages
{
    [TrainLog(2, LogLevel.Warning, "{File} is left out")]
    public static partial void Skipped(this ILogger logger, string file, Exception exception);

    [TrainLog(3, LogLevel.Information, "{Number} {Ratio} {Took} {Day} {Missing} {Values}")]
    public static partial void Typed(this TrainLogger logger, long number, float ratio, TimeSpan took, DayOfWeek day, int? missing, [LogValues(8)] double[] values);

    [TrainLog(4, LogLevel.Information, "signed in with {Password}")]
    public static partial void SignedIn(this TrainLogger logger, [SecretData] string password);
}
