using System.Diagnostics;
using Microsoft.Extensions.Hosting;

namespace FastTrainLog.Dashboard.Logs;

/// <summary>Refreshes the catalogue as long as somebody looks at it: when the system says that a log was written, and now and then without that.</summary>
internal sealed class LogWatcher(LogCatalog catalog, DashboardOptions options) : BackgroundService
{
    // Reading must not use more than a part of a processor: it rests for a multiple of its own duration.
    private const int Rest = 3;

    // Whether a run still goes on depends on the time, also if it writes nothing. And of what was told, not everything is looked at at once.
    private static readonly TimeSpan ShortRest = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan LongRest = TimeSpan.FromSeconds(5);

    // Without the system's word, where no run goes on only another one can begin.
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
        using var changes = new FileChanges(catalog.Roots);
        bool wasToldBefore = false;
        while (!stoppingToken.IsCancellationRequested)
        {
            if (!catalog.Interest.IsThere)
            {
                changes.Stop();
                await catalog.Interest.WaitAsync(stoppingToken);
            }

            changes.Start();
            bool wasTold = changes.Take();
            long begun = Stopwatch.GetTimestamp();
            bool isLonger = await Task.Run(() => catalog.Refresh(stoppingToken), stoppingToken);
            changes.Confirm(wasTold || wasToldBefore, isLonger);
            TimeSpan rest = Stopwatch.GetElapsedTime(begun) * Rest;
            TimeSpan interval = catalog.IsLive || changes.AreTold || options.RefreshInterval > RestOfEnded ? options.RefreshInterval : RestOfEnded;
            await Task.Delay(rest > interval ? rest : interval, stoppingToken);
            if (changes.AreTold)
            {
                await changes.WaitAsync(catalog.IsLive || wasTold ? ShortRest : LongRest, stoppingToken);
            }

            wasToldBefore = wasTold;
        }
    }
}
