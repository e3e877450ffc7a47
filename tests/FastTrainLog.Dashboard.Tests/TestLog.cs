using FastTrainLog.Training;

namespace FastTrainLog.Dashboard.Tests;

/// <summary>A log directory that the library itself writes, deleted with the test.</summary>
internal sealed class TestLog : IDisposable
{
    private readonly TrainLogging _logging;

    private TestLog(string path, TrainLogging logging, TrainingRun run)
    {
        Path = path;
        _logging = logging;
        Run = run;
    }

    public string Path { get; }

    public TrainingRun Run { get; }

    /// <summary>Starts a run that logs to a directory below a root.</summary>
    public static TestLog Start(string root, TrainingRunOptions options, long maxFileSize = 0)
    {
        string path = System.IO.Path.Combine(root, System.IO.Path.GetRandomFileName().Replace(".", string.Empty, StringComparison.Ordinal));
        Directory.CreateDirectory(path);
        TrainLogging logging = TrainLogging.Create(new TrainLogOptions { LogDirectory = path, EnableConsoleLogging = false, FlushInterval = TimeSpan.FromMilliseconds(50), MaxFileSize = maxFileSize });
        return new TestLog(path, logging, TrainingRun.Start(logging, options));
    }

    /// <summary>Writes a run that has ended, with a loss for each step.</summary>
    public static void Write(string root, TrainingRunOptions options, int steps, Func<int, double> loss)
    {
        using TestLog log = Start(root, options);
        log.Steps(1, steps, loss);
        log.Run.End(success: true);
    }

    /// <summary>Starts the ranks of a run that train together, each with a log directory of its own.</summary>
    public static TestLog[] StartRanks(string root, int ranks) =>
        [.. Enumerable.Range(0, ranks).Select(rank => Start(root, new TrainingRunOptions { Model = "Net", RunId = "together", Rank = rank, WorldSize = ranks }))];

    public void Steps(int first, int last, Func<int, double> loss)
    {
        for (int step = first; step <= last; step++)
        {
            Run.LogStep(1, step, loss(step), 0.01);
        }

        _logging.Flush();
    }

    public void Flush() => _logging.Flush();

    /// <summary>Ends the log; an open run is stopped by that.</summary>
    public void Dispose()
    {
        Run.Dispose();
        _logging.Dispose();
    }
}
