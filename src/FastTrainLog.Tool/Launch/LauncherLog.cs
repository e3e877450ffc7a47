using FastTrainLog.Records;
using FastTrainLog.Sinks;
using FastTrainLog.Training;
using Microsoft.Extensions.Logging;

namespace FastTrainLog.Tool.Launch;

/// <summary>The launcher's own log, in a directory inside that of the run, so that the files of the run keep their names: system events, and a file for the output of each rank.</summary>
internal sealed class LauncherLog : IDisposable
{
    private static readonly EventId Output = new(1, "Output");
    private static readonly EventId ErrorOutput = new(2, "ErrorOutput");

    private readonly TrainLogging _logging;
    private readonly TrainLogger _system;

    public LauncherLog(LaunchPlan plan)
    {
        _logging = TrainLogging.Create(options =>
        {
            options.LogDirectory = plan.LauncherDirectory;
            options.EnableConsoleLogging = false;
            // A full disk must not hold up the training, whose output waits here.
            options.FullPolicy = FullPolicy.DropNewest;
            for (int rank = 0; rank < plan.Ranks; rank++)
            {
                options.CategoryFiles[CategoryOf(rank)] = FileOf(rank);
            }
        });
        _system = _logging.GetLogger(LogCategories.System);
    }

    /// <summary>Returns the name of the file of a rank's output.</summary>
    public static string FileOf(int rank) => $"rank-{rank}.log";

    /// <summary>Logs an event of the launcher.</summary>
    public void Event(string type, string description, params ReadOnlySpan<KeyValuePair<string, object?>> details) => _system.SystemEvent(type, description, PropertyList.Of(details));

    /// <summary>Logs a line of a rank's output. Any thread may call it.</summary>
    public void Line(int rank, bool isError, string line) => _logging.GetLogger(CategoryOf(rank)).Log(LogLevel.Information, isError ? ErrorOutput : Output, "{Line}", line);

    public void Dispose() => _logging.Dispose();

    private static string CategoryOf(int rank) => $"output.{rank}";
}
