using System.Diagnostics.Metrics;

namespace FastTrainLog.Tests.Pipeline;

/// <summary>Reads the meters of the logs that have a sink of a given name: other tests' logs run at the same time.</summary>
internal sealed class MeterReading : IDisposable
{
    private readonly MeterListener _listener = new();
    private readonly List<(Meter Meter, string Instrument, double Value, Dictionary<string, object?> Tags)> _seen = [];
    private readonly string _sink;

    public MeterReading(string sink)
    {
        _sink = sink;
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (instrument.Meter.Name == "FastTrainLog" && instrument.IsObservable)
            {
                listener.EnableMeasurementEvents(instrument);
            }
        };
        _listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) => Add(instrument, value, tags));
        _listener.SetMeasurementEventCallback<int>((instrument, value, tags, _) => Add(instrument, value, tags));
        _listener.SetMeasurementEventCallback<double>((instrument, value, tags, _) => Add(instrument, value, tags));
        _listener.Start();
    }

    public IReadOnlyList<(long Value, Dictionary<string, object?> Tags)> Read(string instrument)
    {
        _seen.Clear();
        _listener.RecordObservableInstruments();
        Meter meter = _seen.Single(m => m.Instrument == "fasttrainlog.sink.lost" && (string?)m.Tags["sink"] == _sink).Meter;
        return [.. _seen.Where(m => m.Meter == meter && m.Instrument == instrument).Select(m => ((long)m.Value, m.Tags))];
    }

    public void Dispose() => _listener.Dispose();

    private void Add(Instrument instrument, double value, ReadOnlySpan<KeyValuePair<string, object?>> tags) =>
        _seen.Add((instrument.Meter, instrument.Name, value, new Dictionary<string, object?>(tags.ToArray())));
}
