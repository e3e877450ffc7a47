using FastTrainLog.Platform;
using FastTrainLog.Records;

namespace FastTrainLog;

/// <summary>A log that has been closed, so that a later crash of the process is still written to its files.</summary>
/// <param name="options">The options of its files.</param>
/// <param name="leftRun">The run that was left without an end before it was closed, or null.</param>
internal sealed class ClosedLog(TrainLogOptions options, RunContext? leftRun)
{
    /// <summary>Opens the log once more and writes the exception to its files.</summary>
    public void LogCrash(Exception exception)
    {
        try
        {
            using TrainLogging logging = TrainLogging.Create(options);
            logging.Runs.LogCrash(exception, leftRun is null ? null : logging.BeginRun(leftRun.Id, leftRun.Rank, leftRun.WorldSize), lastStep: null);
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException)
        {
            StandardError.WriteLine($"FastTrainLog: the exception that ends the process could not be logged to '{options.LogDirectory}': {refused.Message}");
        }
    }
}
