using FastTrainLog.Frontend;
using FastTrainLog.Journals;
using Microsoft.Extensions.Logging;

namespace FastTrainLog.Backend;

/// <summary>Reports problems of the log in the log itself: dropped records, sinks that fail or hang, files that cannot be rotated, the journal.</summary>
/// <param name="pipeline">The log's pipeline.</param>
/// <param name="journal">The journal; null if there is none.</param>
/// <param name="routes">The sinks.</param>
internal sealed class TroubleReports(LogPipeline pipeline, Journal? journal, SinkRoute[] routes)
{
    private readonly TrainLogger _log = pipeline.OwnLogger;
    private long _journalLookAt = Environment.TickCount64;

    /// <summary>Logs what has occurred since the last time.</summary>
    public void Report()
    {
        foreach (DropCount dropped in pipeline.Drops.Counts)
        {
            long count = dropped.Take();
            if (count > 0)
            {
                long before = DropCounter.OfThisThread;
                BackendMessages.RecordsDropped(_log, count, dropped.Category, dropped.Level);
                if (DropCounter.OfThisThread != before)
                {
                    // There was no room for the report either: the next one has its count.
                    dropped.Return(count);
                }
            }
        }

        foreach (SinkRoute route in routes)
        {
            if (route.TakeFailure() is { } failure)
            {
                BackendMessages.SinkFailed(_log, route.Name, route.Lost, failure);
            }

            if (route.TakeEndOfFailure() is { } time)
            {
                BackendMessages.FileGoesOn(_log, route.Name, time.TotalSeconds, route.Lost);
            }

            if (route.File is { RotationFailure: { } reason } file)
            {
                file.RotationFailure = null;
                BackendMessages.RotationFailed(_log, route.Name, reason.Message);
            }

            ReportHang(route);
        }

        if (Environment.TickCount64 - _journalLookAt >= BackendLoop.LongestIdle && journal is not null)
        {
            _journalLookAt = Environment.TickCount64;
            if (journal.TakeTrouble() is { } trouble)
            {
                BackendMessages.JournalTrouble(_log, journal.Path, trouble);
            }
        }
    }

    private void ReportHang(SinkRoute route)
    {
        TimeSpan? hangs = route.Hangs();
        if (hangs is { } time && !route.IsReportedHanging)
        {
            BackendMessages.SinkHangs(_log, route.Name, time.TotalSeconds);
        }
        else if (hangs is null && route.IsReportedHanging)
        {
            BackendMessages.SinkGoesOn(_log, route.Name, route.Lost);
        }

        route.IsReportedHanging = hangs is not null;
    }
}
