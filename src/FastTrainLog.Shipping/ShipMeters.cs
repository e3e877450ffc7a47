using System.Diagnostics.Metrics;

namespace FastTrainLog.Shipping;

/// <summary>Exposes what the shippers of this process do as metrics of the meter <c>FastTrainLog</c>, with the tags <c>directory</c> and <c>target</c>.</summary>
/// <remarks>They are observable: a listener that asks reads counters that there are, and the backlog, which is read for it at most every ten seconds. One set of instruments is for all shippers, so that no series is there twice.</remarks>
internal sealed class ShipMeters
{
    private const long BacklogInterval = 10_000;

    private static readonly Meter Meter = new(TrainLogging.MeterName);
    private static readonly Lock Gate = new();
    private static readonly List<ShipMeters> All = [];

    private readonly Lock _gate = new();
    private readonly LogShipper _shipper;
    private readonly KeyValuePair<string, object?>[] _tags;
    private ShipBacklog? _backlog;
    private long _measured;

    static ShipMeters()
    {
        Counter("fasttrainlog.ship.sent", "{record}", static counters => counters.Sent, "Records that the target has.");
        Counter("fasttrainlog.ship.sent.size", "By", static counters => counters.SentBytes, "The bytes of their JSON lines.");
        Counter("fasttrainlog.ship.retried", "{record}", static counters => counters.Retried, "Records sent again, counted at each attempt.");
        Counter("fasttrainlog.ship.quarantined", "{record}", static counters => counters.Quarantined, "Records that the target refused for good.");
        Counter("fasttrainlog.ship.lost", "{record}", static counters => counters.LostRecords, "Records deleted before they were shipped, where their number is known.");
        Counter("fasttrainlog.ship.lost.size", "By", static counters => counters.LostBytes, "The bytes of files deleted before they were shipped, where only that is known.");
        Counter("fasttrainlog.ship.unreadable", "{line}", static counters => counters.Unreadable, "Pieces of files that are not records, and were skipped.");
        Meter.CreateObservableGauge("fasttrainlog.ship.behind", static () => Of(static meters => meters.Backlog().Records), "{record}", "Records that are yet to be shipped.");
        Meter.CreateObservableGauge("fasttrainlog.ship.behind.age", static () => Of(static meters => meters.Backlog().Seconds(DateTime.UtcNow)), "s", "How long the oldest of them has been waiting.");
    }

    public ShipMeters(LogShipper shipper)
    {
        _shipper = shipper;
        _tags = [new("directory", shipper.Source.Directory), new("target", shipper.Target.Name)];
        lock (Gate)
        {
            All.Add(this);
        }
    }

    public void Remove()
    {
        lock (Gate)
        {
            All.Remove(this);
        }
    }

    private static void Counter(string name, string unit, Func<ShipCounters, long> read, string description) =>
        Meter.CreateObservableCounter(name, () => Of(meters => read(meters._shipper.Counters)), unit, description);

    private static IEnumerable<Measurement<T>> Of<T>(Func<ShipMeters, T> read)
        where T : struct
    {
        ShipMeters[] all;
        lock (Gate)
        {
            all = [.. All];
        }

        return [.. all.Select(meters => new Measurement<T>(read(meters), meters._tags))];
    }

    private ShipBacklog Backlog()
    {
        lock (_gate)
        {
            if (_backlog is null || Environment.TickCount64 - _measured >= BacklogInterval)
            {
                try
                {
                    _backlog = _shipper.GetStatus().Backlog;
                }
                catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or InvalidDataException)
                {
                    // The directory is away, or is changed at this moment: the figure of before stays.
                    _backlog ??= new ShipBacklog(0, 0, null);
                }

                _measured = Environment.TickCount64;
            }

            return _backlog;
        }
    }
}
