using System.Runtime.Versioning;

namespace FastTrainLog.Tool.Launch;

/// <summary><c>fasttrainlog dashboard</c> over the run's log directory, for as long as the launcher runs. A process of its own, so that nothing that it does holds up the ranks.</summary>
[UnsupportedOSPlatform("windows")]
internal sealed class DashboardProcess : IDisposable
{
    private readonly RankProcess _process;
    private readonly ManualResetEventSlim _gone = new();
    private volatile bool _isEnding;

    /// <summary>Starts it, at a free port, which it prints.</summary>
    /// <param name="directory">The log directory.</param>
    /// <param name="environment">All of its environment.</param>
    /// <param name="shown">Where its output is shown.</param>
    /// <param name="log">Receives each line of it.</param>
    /// <param name="onEnd">Called if it ends by itself.</param>
    /// <exception cref="LaunchException">It cannot be started.</exception>
    public DashboardProcess(string directory, IEnumerable<KeyValuePair<string, string>> environment, Func<ShownOutput> shown, Action<string> log, Action<ProcessEnd> onEnd)
    {
        _process = RankProcess.Start(0, [.. Self(), "dashboard", directory, "--port", "0"], environment, _ => new OutputPump(shown(), log));
        _process.Watch(
            LaunchPlan.Grace,
            ended =>
            {
                if (!_isEnding)
                {
                    onEnd(ended.End);
                }
            },
            _ => _gone.Set());
    }

    /// <summary>Ends it.</summary>
    public void Dispose()
    {
        _isEnding = true;
        _process.Group.Send(Signals.Terminate);
        if (!_gone.Wait(LaunchPlan.Grace))
        {
            _process.Group.Send(Signals.Kill);
            _gone.Wait(LaunchPlan.Grace);
        }

        _process.Dispose();
    }

    // As an installed tool it is a program; in a clone, and in the tests, an assembly that dotnet runs.
    private static string[] Self() => Path.GetFileNameWithoutExtension(Environment.ProcessPath) is { } name && name != "dotnet"
        ? [Environment.ProcessPath!]
        : [Environment.ProcessPath ?? "dotnet", typeof(DashboardProcess).Assembly.Location];
}
