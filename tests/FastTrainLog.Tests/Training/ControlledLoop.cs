using System.Text.Json;
using FastTrainLog.Control;
using FastTrainLog.Tests.Shared;
using FastTrainLog.Training;
using Xunit;

namespace FastTrainLog.Tests.Training;

/// <summary>A training loop on a thread of its own, in a log of its own, that takes commands.</summary>
internal sealed class ControlledLoop : IDisposable
{
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(2);

    private readonly TrainLogging _logging;
    private readonly Thread _thread;
    private readonly bool _ownsDirectory;
    private long _step;
    private int _checkpoints;
    private double _learningRate;

    public ControlledLoop(string? directory = null, TrainingRunOptions? options = null, bool savesCheckpoints = true, CancellationToken cancellationToken = default)
    {
        _ownsDirectory = directory is null;
        Directory = directory ?? System.IO.Directory.CreateTempSubdirectory("ftl-control-").FullName;
        _logging = TrainLogging.Create(o => (o.LogDirectory, o.EnableConsoleLogging, o.ResourceInterval) = (Directory, false, TimeSpan.Zero));
        Run = TrainingRun.Start(_logging, (options ?? new TrainingRunOptions { Model = "model" }) with { EnableControl = true, BatchSize = 8 });
        if (savesCheckpoints)
        {
            Run.Control.OnCheckpoint = () => Interlocked.Increment(ref _checkpoints);
        }

        _thread = new Thread(() =>
        {
            while (Run.Control.Continue(cancellationToken))
            {
                double learningRate = Run.Control.Value("learning_rate", 0.1);
                Volatile.Write(ref _learningRate, learningRate);
                Run.LogStep(1, Interlocked.Increment(ref _step), 1.0, learningRate);
                Thread.Sleep(1);
            }
        });
        _thread.Start();
    }

    public string Directory { get; }

    public TrainingRun Run { get; }

    public long Step => Interlocked.Read(ref _step);

    public int Checkpoints => Volatile.Read(ref _checkpoints);

    public double LearningRate => Volatile.Read(ref _learningRate);

    public static void WaitFor(Func<bool> condition) => Assert.True(Eventually.Is(condition, Longest), "What is waited for did not come.");

    /// <summary>Finds the runs of a directory.</summary>
    public static IReadOnlyList<ControlledRun> FindAll(string directory) => ControlledRun.FindAsync(directory).WaitAsync(Longest).Result;

    public static ControlReply Send(ControlledRun run, ControlCommand command) => run.SendAsync(command).WaitAsync(Longest).Result;

    /// <summary>Finds this run from outside.</summary>
    public ControlledRun Find() => FindAll(Directory).Single(run => run.Status.RunId == Run.Id);

    public ControlReply Send(ControlCommand command) => Send(Find(), command);

    public void WaitForState(string state) => WaitFor(() => Find().Status.State == state);

    /// <summary>Waits until the loop has ended.</summary>
    public void Join() => Assert.True(_thread.Join(Longest), "The loop does not end.");

    public JsonElement[] Events(int eventId)
    {
        Assert.True(_logging.Flush(Longest));
        return [.. System.IO.Directory.GetFiles(Directory, "run*.jsonl").SelectMany(File.ReadLines).Select(line => JsonDocument.Parse(line).RootElement)
            .Where(line => line.GetProperty("run").GetString() == Run.Id && line.GetProperty("event_id").GetInt32() == eventId)];
    }

    public void Dispose()
    {
        // Ends the loop too.
        Run.Dispose();
        Join();
        _logging.Dispose();
        if (_ownsDirectory)
        {
            System.IO.Directory.Delete(Directory, recursive: true);
        }
    }
}
