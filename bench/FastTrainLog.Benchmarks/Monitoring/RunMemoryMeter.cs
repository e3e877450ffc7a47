using System.Diagnostics;
using System.Globalization;
using FastTrainLog.Monitoring.Snapshots;
using FastTrainLog.Training;

namespace FastTrainLog.Benchmarks.Monitoring;

/// <summary>Gives each record again and again to the memory of a run, and measures that. A record is valid inside of a sink only, so it is one.</summary>
internal sealed class RunMemoryMeter(long steps) : ILogSink
{
    private const long Others = 1_000_000;

    private readonly RunMonitor _monitor = new();
    private RunState? _state;
    private long _startBytes;

    public void Write(in LogRecord record)
    {
        if (_state is null && record.Decoder.Run is { } run)
        {
            _startBytes = GC.GetTotalMemory(forceFullCollection: true);
            _state = _monitor.Begin(run);
        }

        if (record.EventId.Id is TrainingEvents.RunStarted or TrainingEvents.RunCompleted)
        {
            // The monitor forgets no run that has not ended, and none has two beginnings.
            return;
        }

        long count = record.EventId.Id == TrainingEvents.Step ? steps : Others;
        for (long i = 0; i < count / 10; i++)
        {
            _monitor.Write(record);
        }

        long bytes = GC.GetAllocatedBytesForCurrentThread();
        long start = Stopwatch.GetTimestamp();
        for (long i = 0; i < count; i++)
        {
            _monitor.Write(record);
        }

        double nanoseconds = Stopwatch.GetElapsedTime(start).TotalNanoseconds / count;
        bytes = GC.GetAllocatedBytesForCurrentThread() - bytes;
        int metrics = record.TryGetArgument("Metrics", out LogArgument found) && found.ToObject() is List<KeyValuePair<string, double>> list ? list.Count : 0;
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture, $"{record.EventId.Name + (metrics > 0 ? $", {metrics} metrics" : string.Empty),-26} {nanoseconds,8:F1} ns {(double)bytes / count,8:F1} B a record, {count} records"));
    }

    public void Flush()
    {
    }

    public void Dispose()
    {
        long remembered = GC.GetTotalMemory(forceFullCollection: true) - _startBytes;
        RunSnapshot snapshot = _monitor.Snapshot(_state!);
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"remembered after {snapshot.Series["loss"].Points} steps: {remembered / 1024.0:F0} KiB of objects, a snapshot of {snapshot.Series["loss"].Buckets.Count} points a series, {snapshot.ToJson().Length / 1024.0:F0} KiB of JSON"));
        GC.KeepAlive(_monitor);
    }
}
