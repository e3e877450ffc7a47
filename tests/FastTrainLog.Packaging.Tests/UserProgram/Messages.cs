using FastTrainLog;
using Microsoft.Extensions.Logging;

internal enum Phase
{
    Warmup,
    Steady,
}

internal static partial class Messages
{
    [TrainLog(1, LogLevel.Information, "Epoch {Epoch} made {Count} images in {Seconds:F1} s, phase {Phase}")]
    public static partial void Augmented(this TrainLogger logger, int epoch, int count, double seconds, Phase phase);

    [TrainLog(2, LogLevel.Warning, "{Reader} is slow: {Waited} for shapes {Shapes}")]
    public static partial void ReaderSlow(this ILogger logger, string reader, TimeSpan? waited, int[] shapes);

    [TrainLog(3, LogLevel.Error, "Batch {Batch} cannot be read")]
    public static partial void BatchUnreadable<T>(this ILogger logger, T batch, Exception exception);
}
