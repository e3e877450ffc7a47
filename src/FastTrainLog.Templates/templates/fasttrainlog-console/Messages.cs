using FastTrainLog;
using Microsoft.Extensions.Logging;

namespace FastTrainLogConsole;

/// <summary>Log messages of this program: the generator writes their bodies.</summary>
internal static partial class Messages
{
    [TrainLog(1, LogLevel.Information, "Epoch {Epoch} classifies {Accuracy:P1} of the validation data")]
    public static partial void Validated(this TrainLogger logger, int epoch, double accuracy);
}
