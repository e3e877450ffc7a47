using FastTrainLog;
using Microsoft.Extensions.Logging;

namespace TorchTraining;

/// <summary>The sample's own log calls.</summary>
internal static partial class SampleMessages
{
    [TrainLog(1, LogLevel.Information, "Resumed after step {Step} of {TotalSteps} from {Path}")]
    public static partial void Resumed(this TrainLogger logger, long step, long totalSteps, string path);

    [TrainLog(2, LogLevel.Information, "The model writes: {Sentence}")]
    public static partial void Wrote(this TrainLogger logger, string sentence);
}
