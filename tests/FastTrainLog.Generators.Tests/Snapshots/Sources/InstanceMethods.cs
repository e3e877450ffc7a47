using FastTrainLog;
using Microsoft.Extensions.Logging;

namespace Features;

internal abstract class Trainer(TrainLogger log)
{
    protected readonly TrainLogger Log = log;
    private readonly ILogger _hidden = log;

    public override string ToString() => $"{_hidden}";
}

internal sealed partial class InheritedField(TrainLogger log) : Trainer(log)
{
    [TrainLog(1, LogLevel.Information, "step {Step}")]
    public partial void Step(int step);
}

internal partial class OwnField
{
    private readonly ILogger _logger;

    public OwnField(ILogger logger) => _logger = logger;

    [TrainLog(1, LogLevel.Information, "step {Step}")]
    public virtual partial void Step(int step);
}

internal partial class StaticField
{
    private static readonly TrainLogger Log = null!;

    [TrainLog(1, LogLevel.Information, "step {Step}")]
    public static partial void Step(int step);
}

internal partial class PrimaryConstructor(ILogger @event, int other)
{
    [TrainLog(1, LogLevel.Information, "step {Step}")]
    protected internal partial void Step(int step);

    public int Other => other;
}

internal readonly partial struct PrimaryConstructorOfStruct(TrainLogger logger)
{
    [TrainLog(1, LogLevel.Information, "step {Step}")]
    public readonly partial void Step(int step);
}
