using FastTrainLog.Dashboard.Access;
using Microsoft.AspNetCore.Http;

namespace FastTrainLog.Dashboard.Logs;

/// <summary>What is known of all logs at one time.</summary>
/// <param name="Version">A number that increases with every change of it, of a series or of a record.</param>
/// <param name="Runs">The runs, in the order in which they started.</param>
/// <param name="Logs">The number of logs found.</param>
/// <param name="LogsRead">The number of those that were read; fewer at the start only.</param>
/// <param name="Problems">The logs that cannot be read, and why.</param>
internal sealed record CatalogState(long Version, IReadOnlyList<DashboardRun> Runs, int Logs, int LogsRead, IReadOnlyList<string> Problems)
{
    private readonly Dictionary<string, DashboardRun> _byKey = Runs.DistinctBy(run => run.Key).ToDictionary(run => run.Key);

    /// <summary>Returns a run.</summary>
    /// <exception cref="RequestRefusedException">There is none.</exception>
    public DashboardRun Require(string key) => _byKey.GetValueOrDefault(key)
        ?? throw new RequestRefusedException(StatusCodes.Status404NotFound, LogsRead < Logs ? $"The run '{key}' is not known yet: {Logs - LogsRead} logs are still being read." : $"There is no run '{key}'.");

    /// <summary>Returns a run, or null.</summary>
    public DashboardRun? Find(string key) => _byKey.GetValueOrDefault(key);
}
