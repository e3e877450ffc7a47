using FastTrainLog.Training;
using Xunit;

namespace FastTrainLog.Allocation.Tests;

/// <summary>What a run that takes commands asks between two steps costs no allocation.</summary>
public sealed class ControlAllocationTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Continue_and_Value_allocate_nothing(bool isEnabled)
    {
        string directory = Directory.CreateTempSubdirectory("fasttrainlog-").FullName;
        using (TrainLogging logging = TrainLogging.Create(o => (o.LogDirectory, o.EnableConsoleLogging, o.ResourceInterval) = (directory, false, TimeSpan.Zero)))
        {
            using var run = TrainingRun.Start(logging, new TrainingRunOptions { Model = "model", EnableControl = isEnabled });
            Assert.Equal(isEnabled, run.Control.IsEnabled);
            Assert.Equal(2000.0, Ask(run, 1000));
            long before = GC.GetAllocatedBytesForCurrentThread();
            double sum = Ask(run, 100_000);
            long allocated = GC.GetAllocatedBytesForCurrentThread() - before;
            Assert.Equal(200_000.0, sum);
            Assert.Equal(0, allocated);
        }

        Directory.Delete(directory, recursive: true);
    }

    private static double Ask(TrainingRun run, int steps)
    {
        double sum = 0;
        for (int step = 0; step < steps && run.Control.Continue(); step++)
        {
            sum += run.Control.Value("learning_rate", 0.5) + run.Control.Value("momentum", 1.5);
        }

        return sum;
    }
}
