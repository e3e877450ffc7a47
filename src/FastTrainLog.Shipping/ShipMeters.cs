using System.Diagnostics.Metrics;

namespace FastTrainLog.Shipping;

/// <summary>Exposes what a shipper does as metrics of the meter <c>FastTrainLog</c>, with the tags <c>directory</c> and <c>target</c>.</summary>
/// <remarks>They are observable: a listener that asks reads counters that there are, and the backlog, which is read for it at most every ten seconds.</remarks>
internal sealed class ShipMeters : IDisposable
{
    private const long BacklogInterval = 10_000;

    private readonly Meter _meter = new(TrainLogging.MeterName);
    private readonly Lock _gate = new();
    private readonly LogShipper _shipper;
    private readonly KeyValuePair<string, object?>[] _tags;
    private ShipBacklog? _backlog;
    private long _measured;

    public ShipMeters(LogShipper shipper)
    {
        _shipper = shipper;
        _tags = [new("directory", shipper.Source.Directory), new("target", shipper.Target.Name)];
        Counter("fasttrainlog.ship.sent", "{record}", static counters => counters.Sent, "Records that the target has.");
        Counter("fasttrainlog.ship.sent.size", "By", static counters => counters.SentBytes, "The bytes of their JSON lines.");
        Counter("fasttrainlog.ship.retried", "{record}", static counters => counters.Retried, "Records sent again, counted at each attempt.");
        Counter("fasttrainlog.ship.quarantined", "{record}", static counters => counters.Quarantined, "Records that the target refused for good.");
        Counter("fasttrainlog.ship.lost", "{record}", static counters => counters.LostRecords, "Records deleted before they were shipped, where their number is known.");
        Counter("fasttrainlog.ship.lost.size", "By", static counters => counters.LostBytes, "The bytes of files deleted before they were shipped, where only that is known.");
        Counter("fasttrainlog.ship.unreadable", "{line}", static counters => counters.Unreadable, "Pieces of files that are not records, and were skipped.");
        _meter.CreateObservableGauge("fasttrainlog.ship.behind", () => new Measurement<long>(Backlog().Records, _tags), "{record}", "Records that are yet to be shipped.");
        _meter.CreateObservableGauge("fasttrainlog.ship.behind.age", () => new Measurement<double>(Backlog().Seconds(DateTime.UtcNow), _tags), "s", "How long the oldest of them has been waiting.");
    }

    public void Dispose() => _meter.Dispose();

    private void Counter(string name, string unit, Func<ShipCounters, long> read, string description) =>
        _meter.CreateObservableCounter(name, () => new Measurement<long>(read(_shipper.Counters), _tags), unit, description);

    private ShipBacklog Backlog()
    {
        lock (_gate)
        {
            if (_backlog is null || Environment.TickCount64 - _measured >= BacklogInterval)
            {
                _backlog = _shipper.GetStatus().Backlog;
                _measured = Environment.TickCount64;
            }

            return _backlog;
        }
    }
}
