using System.Diagnostics;

namespace FastTrainLog.Training;

/// <content>Commands from outside.</content>
public sealed partial class TrainingRun
{
    /// <summary>Gets what steers the run from outside, if <see cref="TrainingRunOptions.EnableControl"/> is set.</summary>
    public RunControl Control { get; }

    internal long? LoggedStep => LastStep;

    internal long? TotalSteps => _options.TotalSteps;

    internal void LogControlOpened(string user, string address) => _system.ControlOpened(user, address);

    internal void LogControlUnavailable(string reason) => _system.ControlUnavailable(reason);

    internal void LogControlCommand(string command, string? name, string user, long? userId, int? processId, string? source, string? before, string? after, string? text) =>
        _system.ControlCommand(command, name, user, userId, processId, source, before, after, text);

    internal void LogControlRefused(string? command, string? name, string user, long? userId, int? processId, string? source, string reason) =>
        _system.ControlRefused(command, name, user, userId, processId, source, reason);

    /// <summary>Logs that the run is paused.</summary>
    /// <param name="soFar">How long it has been by now; null when it begins.</param>
    internal void LogPaused(TimeSpan? soFar) => _system.RunPaused(LastStep, soFar?.TotalSeconds);

    /// <summary>Logs that a pause has ended, and takes it out of the times of steps and of the epoch.</summary>
    internal void EndPause(long started)
    {
        long ticks = Stopwatch.GetTimestamp() - started;
        lock (_gate)
        {
            _clock.Exclude(ticks);
            _epoch.Exclude(ticks);
        }

        _system.PauseEnded(LastStep, Stopwatch.GetElapsedTime(0, ticks).TotalSeconds);
    }
}
