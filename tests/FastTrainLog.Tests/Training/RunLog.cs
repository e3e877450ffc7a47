using System.Text.Json;
using FastTrainLog.Training;
using Microsoft.Extensions.Logging;
using Xunit;

namespace FastTrainLog.Tests.Training;

/// <summary>A run that logs into a directory of its own, and what stands there once it is closed.</summary>
internal sealed class RunLog : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("ftl-run-").FullName;
    private readonly TrainLogging _logging;

    public RunLog(TrainingRunOptions? options = null, LogLevel level = LogLevel.Information)
    {
        _logging = TrainLogging.Create(o =>
        {
            o.LogDirectory = _directory;
            o.EnableConsoleLogging = false;
            o.MinimumLevel = level;
            // On a busy machine a test may take longer than until the first sample.
            o.ResourceInterval = TimeSpan.Zero;
        });
        Run = TrainingRun.Start(_logging, options ?? Options);
    }

    public static TrainingRunOptions Options { get; } = new()
    {
        Model = "DemoModel",
        Epochs = 5,
        TotalSteps = 150,
        BatchSize = 32,
        LearningRate = 0.001,
        Optimizer = "Adam",
    };

    public TrainingRun Run { get; }

    public string File(string name) => Path.Combine(_directory, name);

    /// <summary>Ends the log, and the run with it where it is still under way.</summary>
    public void Close() => _logging.Dispose();

    /// <summary>Returns the lines of a file, all that was logged before included.</summary>
    public string[] Lines(string name)
    {
        Assert.True(_logging.Flush(TimeSpan.FromMinutes(1)));
        return System.IO.File.ReadAllLines(File(name));
    }

    /// <summary>Returns all records of an event.</summary>
    public JsonElement[] Events(int eventId) =>
        [.. Lines("run.jsonl").Select(line => JsonDocument.Parse(line).RootElement).Where(record => record.GetProperty("event_id").GetInt32() == eventId)];

    /// <summary>Returns the properties of the only record of an event.</summary>
    public JsonElement Properties(int eventId) => Events(eventId).Single().GetProperty("properties");

    public void Dispose()
    {
        Run.Dispose();
        _logging.Dispose();
        Directory.Delete(_directory, recursive: true);
    }
}
