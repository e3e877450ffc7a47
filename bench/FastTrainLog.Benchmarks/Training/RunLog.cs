using FastTrainLog.Training;

namespace FastTrainLog.Benchmarks.Training;

/// <summary>A log with one run, in a directory that is deleted with it.</summary>
internal sealed class RunLog : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("ftl-step-").FullName;
    private readonly TrainLogging _logging;

    /// <param name="configure">Sets further options.</param>
    /// <param name="begin">Adds to the log what is not an option.</param>
    public RunLog(Action<TrainLogOptions>? configure = null, Action<TrainLogging>? begin = null)
    {
        _logging = TrainLogging.Create(log =>
        {
            (log.LogDirectory, log.EnableConsoleLogging) = (_directory, false);
            configure?.Invoke(log);
        });
        begin?.Invoke(_logging);
        Logger = _logging.GetLogger("bench");
        Run = TrainingRun.Start(_logging, new TrainingRunOptions { Model = "Bench", TotalSteps = 10_000_000, BatchSize = 64 });
    }

    public TrainLogger Logger { get; }

    public TrainingRun Run { get; }

    public void Dispose()
    {
        Run.End(success: true);
        Run.Dispose();
        _logging.Dispose();
        Directory.Delete(_directory, recursive: true);
    }
}
