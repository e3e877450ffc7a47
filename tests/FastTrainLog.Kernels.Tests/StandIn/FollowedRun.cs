using System.Text.Json;
using FastTrainLog.Gradients;
using FastTrainLog.Training;
using Xunit;

namespace FastTrainLog.Kernels.Tests.StandIn;

/// <summary>A run that follows a clipper on the stand-in driver, and what its log says.</summary>
internal sealed class FollowedRun : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("ftl-delivery-").FullName;

    public FollowedRun(GradientClipper clipper, TimeSpan? flushInterval = null, TimeSpan? shutdownTimeout = null)
    {
        Logging = TrainLogging.Create(options =>
        {
            options.LogDirectory = _directory;
            options.EnableConsoleLogging = false;
            options.FlushInterval = flushInterval ?? options.FlushInterval;
            options.ShutdownTimeout = shutdownTimeout ?? options.ShutdownTimeout;
        });
        Run = TrainingRun.Start(Logging, new TrainingRunOptions { Model = "m", CheckpointGuard = CheckpointGuard.Refuse });
        Run.Follow(clipper);
    }

    public TrainLogging Logging { get; }

    public TrainingRun Run { get; }

    /// <summary>Gets the records of an event, in the order of run.jsonl, of what is logged so far.</summary>
    public JsonElement[] Records(int eventId)
    {
        Assert.True(Logging.Flush());
        return
        [
            .. File.ReadLines(Path.Combine(_directory, "run.jsonl"))
                .Select(line => JsonDocument.Parse(line).RootElement)
                .Where(record => record.GetProperty("event_id").GetInt32() == eventId),
        ];
    }

    public JsonElement[] Properties(int eventId) => [.. Records(eventId).Select(record => record.GetProperty("properties"))];

    public long[] Steps() => [.. Properties(TrainingEvents.Gradients).Select(record => record.GetProperty("Step").GetInt64())];

    public void Dispose()
    {
        Run.Dispose();
        Logging.Dispose();
        Directory.Delete(_directory, recursive: true);
    }
}
