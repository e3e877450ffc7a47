namespace FastTrainLog.Tool.Launch;

/// <summary>What is to be started.</summary>
/// <param name="Command">The command and its arguments.</param>
/// <param name="Ranks">How many processes of it.</param>
/// <param name="MostRestarts">How often all of them are started again after a failure; 0 for never.</param>
/// <param name="LogDirectory">The log directory of the run, full.</param>
/// <param name="HasDashboard">Whether the dashboard is shown over it meanwhile.</param>
internal sealed record LaunchPlan(string[] Command, int Ranks, int MostRestarts, string LogDirectory, bool HasDashboard)
{
    /// <summary>How long the other ranks have to end after SIGTERM, and what is left of an ended rank's process group to close its outputs.</summary>
    public static readonly TimeSpan Grace = TimeSpan.FromSeconds(30);

    /// <summary>Gets the directory of the launcher's own log, inside that of the run.</summary>
    public string LauncherDirectory => Path.Combine(LogDirectory, "launcher");
}
