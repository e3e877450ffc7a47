using System.Diagnostics;
using Microsoft.Extensions.Hosting;

namespace FastTrainLog.Dashboard.Logs;

/// <summary>Refreshes the catalogue at intervals, as long as somebody looks at it.</summary>
internal sealed class LogWatcher(LogCatalog catalog, DashboardOptions options) : BackgroundService
{
    // Reading must not use more than a part of a processor: it rests for a multiple of its own duration.
    private const int Rest = 3;

    // Where no run goes on, only another one can begin.
    private static readonly TimeSpan RestOfEnded = TimeSpan.FromSeconds(1);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            await Watch(stoppingToken);
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // A host that does not get its address stops its services before they count as started, and would call this a failure.
        }
    }

    private async Task Watch(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            await catalog.Interest.WaitAsync(stoppingToken);
            long begun = Stopwatch.GetTimestamp();
            await Task.Run(() => catalog.Refresh(stoppingToken), stoppingToken);
            TimeSpan rest = Stopwatch.GetElapsedTime(begun) * Rest;
            TimeSpan interval = catalog.IsLive || options.RefreshInterval > RestOfEnded ? options.RefreshInterval : RestOfEnded;
            await Task.Delay(rest > interval ? rest : interval, stoppingToken);
        }
    }
}
