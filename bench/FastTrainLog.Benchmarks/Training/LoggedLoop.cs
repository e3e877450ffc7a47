using System.Diagnostics;
using FastTrainLog.Training;

namespace FastTrainLog.Benchmarks.Training;

/// <summary>A loop whose step takes about a millisecond of a core, logged in one way or not at all.</summary>
internal sealed class LoggedLoop : IDisposable
{
    private const int WorkPasses = 500_000;

    private readonly string _directory = Directory.CreateTempSubdirectory("ftl-step-").FullName;
    private readonly TrainLogging? _logging;
    private readonly TrainingRun? _run;
    private long _step;
    private double _loss = 2.5;

    /// <summary>Initializes a loop.</summary>
    /// <param name="way">The way in which it is logged.</param>
    /// <param name="configure">Sets the options of its log; null for a loop without one.</param>
    /// <param name="begin">Adds to its log what is not an option; null for nothing.</param>
    public LoggedLoop(string way, Action<TrainLogOptions>? configure, Action<TrainLogging>? begin = null)
    {
        Way = way;
        if (configure is not null)
        {
            _logging = TrainLogging.Create(log =>
            {
                (log.LogDirectory, log.EnableConsoleLogging) = (_directory, false);
                configure(log);
            });
            begin?.Invoke(_logging);
            _run = TrainingRun.Start(_logging, new TrainingRunOptions { Model = "Bench", TotalSteps = 10_000_000, BatchSize = 64 });
        }
    }

    /// <summary>Gets the way in which it is logged.</summary>
    public string Way { get; }

    /// <summary>Gets the nanoseconds of each call.</summary>
    public List<double> Calls { get; } = [];

    /// <summary>Trains for a number of steps.</summary>
    public void Train(int steps)
    {
        for (int i = 0; i < steps; i++)
        {
            Work();
            long start = Stopwatch.GetTimestamp();
            _run?.LogStep(1, ++_step, _loss, 1e-3);
            Calls.Add(Stopwatch.GetElapsedTime(start).TotalNanoseconds);
        }
    }

    public void Dispose()
    {
        _run?.End(success: true);
        _run?.Dispose();
        _logging?.Dispose();
        Directory.Delete(_directory, recursive: true);
    }

    // Arithmetic of fixed length, whose result is logged, so that it is not left out.
    private void Work()
    {
        double value = _loss;
        for (int i = 0; i < WorkPasses; i++)
        {
            value += (1.0 - value) * 1e-6;
        }

        _loss = value;
    }
}
