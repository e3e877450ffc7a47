using FastTrainLog.Monitoring.Snapshots;
using FastTrainLog.Tests.Docs;
using FastTrainLog.Tests.Pipeline;
using FastTrainLog.Training;
using Xunit;

namespace FastTrainLog.Tests.Monitoring.Snapshots;

/// <summary>By itself, for it looks at the memory of the whole process.</summary>
[Collection(UndisturbedCollection.Name)]
public sealed class NameMemoryTests
{
    [Fact]
    public void Names_that_never_come_again_are_not_kept()
    {
        const int Steps = 10_000;
        using var directory = new TemporaryDirectory();
        using TrainLogging logging = TrainLogging.Create(o => (o.LogDirectory, o.EnableFileLogging, o.EnableJsonLogging, o.EnableConsoleLogging) = (directory.Path, false, false, false));
        using TrainingRun run = TrainingRun.Start(logging, new TrainingRunOptions { Model = "DemoModel" });
        long before = GC.GetTotalMemory(forceFullCollection: true);
        string padding = new('x', 10_000);
        for (int i = 0; i < Steps; i++)
        {
            run.LogStep(1, i, 1.0, 0.1, phase: padding + i, metrics: [new($"m{i}", i)]);
        }

        Assert.True(logging.Flush(TimeSpan.FromMinutes(1)));

        // All of them would be 200 MB.
        Assert.InRange(GC.GetTotalMemory(forceFullCollection: true) - before, long.MinValue, 100_000_000);
        RunSnapshot snapshot = run.Snapshot();
        Assert.Equal((padding + (Steps - 1), 200), (snapshot.TrainingProgress!.Phase, snapshot.LeftOut.Series));
        Assert.Equal([$"m{Steps - 1}"], snapshot.TrainingProgress.Metrics.Keys);
    }
}
