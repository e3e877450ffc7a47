using FastTrainLog.Records;
using Microsoft.Extensions.Logging;

namespace FastTrainLog.Integrations.Tests.ZLogger;

/// <summary>A log call as the generator writes it, and a log without files.</summary>
internal static class StepLog
{
    private static readonly CallSite Site = new(
        LogLevel.Information,
        12,
        "TrainingStep",
        "step {Step} of {Layer}: loss {Loss:F3}",
        new CallSiteArgument("Step", ArgumentKind.Int32),
        new CallSiteArgument("Layer", ArgumentKind.String),
        new CallSiteArgument("Loss", ArgumentKind.Single),
        new CallSiteArgument("LearningRate", ArgumentKind.Double, IsNullable: true));

    private static readonly CallSite CountSite = new(
        LogLevel.Information,
        13,
        "Count",
        "step {Step} of {Total}",
        new CallSiteArgument("Step", ArgumentKind.Int32),
        new CallSiteArgument("Total", ArgumentKind.Int64));

    public static TrainLogging Create(Action<TrainLogOptions> configure) => TrainLogging.Create(options =>
    {
        options.EnableFileLogging = false;
        options.EnableJsonLogging = false;
        options.EnableConsoleLogging = false;
        configure(options);
    });

    public static void Step(TrainLogger logger, int step, string layer, float loss, double? learningRate)
    {
        int size = sizeof(int) + RecordWriter.SizeOf(layer) + sizeof(float) + 1 + (learningRate is null ? 0 : sizeof(double));
        RecordWriter record = logger.Begin(Site.HeaderBits, LogLevel.Information, size);
        record.Write(step);
        record.Write(layer);
        record.Write(loss);
        record.Write((byte)(learningRate is null ? 0 : 1));
        if (learningRate is { } rate)
        {
            record.Write(rate);
        }

        record.Commit(LogLevel.Information);
    }

    public static void Count(TrainLogger logger, int step, long total)
    {
        RecordWriter record = logger.Begin(CountSite.HeaderBits, LogLevel.Information, sizeof(int) + sizeof(long));
        record.Write(step);
        record.Write(total);
        record.Commit(LogLevel.Information);
    }
}
