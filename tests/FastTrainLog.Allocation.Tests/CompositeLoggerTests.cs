using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Xunit;

namespace FastTrainLog.Allocation.Tests;

public sealed partial class CompositeLoggerTests
{
    private const int Calls = 5_000;

    [Fact]
    public void A_call_through_a_composite_logger_allocates_nothing()
    {
        string directory = Directory.CreateTempSubdirectory("fasttrainlog-composite-").FullName;
        using ServiceProvider services = new ServiceCollection()
            .AddLogging(b => b.AddFastTrainLog(o =>
            {
                o.LogDirectory = directory;
                o.EnableConsoleLogging = false;
            }))
            .BuildServiceProvider();
        ILogger logger = services.GetRequiredService<ILoggerFactory>().CreateLogger(LogCategories.Main);
        Assert.IsNotType<TrainLogger>(logger, exactMatch: false);

        Log(logger);
        long before = GC.GetAllocatedBytesForCurrentThread();
        Log(logger);
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
        Assert.True(services.GetRequiredService<TrainLogging>().Flush());
        Assert.Equal(0, services.GetRequiredService<TrainLogging>().DroppedRecords);
    }

    private static void Log(ILogger logger)
    {
        for (int i = 0; i < Calls; i++)
        {
            Step(logger, i, 0.5, 1e-3f, "train", TimeSpan.FromSeconds(i), i % 2 == 0 ? i : null, LogLevel.Debug);
            Plain(logger, i, 0.5, 1e-3f, "train", LogLevel.Debug, TimeSpan.FromSeconds(i));
        }
    }

    // By the library's own state.
    [TrainLog(2, LogLevel.Information, "Step {Step} loss {Loss:F4} rate {Rate} in {Phase} at {Next} took {Took}")]
    private static partial void Plain(ILogger logger, long step, double loss, float rate, string phase, LogLevel next, TimeSpan took);

    [TrainLog(1, LogLevel.Information, "Step {Step} loss {Loss:F4} rate {Rate} in {Phase} took {Took}, {Skipped} skipped, {Next}")]
    private static partial void Step(ILogger logger, long step, double loss, float rate, string phase, TimeSpan took, int? skipped, LogLevel? next);
}
