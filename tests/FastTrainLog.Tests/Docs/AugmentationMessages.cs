using Microsoft.Extensions.Logging;

namespace FastTrainLog.Tests.Docs;

// #message
internal static partial class AugmentationMessages
{
    [TrainLog(1, LogLevel.Information, "Epoch {Epoch} made {Count} images in {Seconds:F1} s")]
    public static partial void Augmented(this TrainLogger logger, int epoch, int count, double seconds);
}
// #
