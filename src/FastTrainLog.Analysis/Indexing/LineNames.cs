using FastTrainLog.Analysis.Collecting;
using FastTrainLog.Reading;
using FastTrainLog.State;
using FastTrainLog.Training;
using Microsoft.Extensions.Logging;

namespace FastTrainLog.Indexing;

/// <summary>The kinds of records and the runs of a log, by which its ranges of lines are described.</summary>
/// <remarks>Not thread-safe.</remarks>
internal sealed class LineNames
{
    /// <summary>The kinds that are told apart; a range with one beyond has to be read.</summary>
    public const int MostKinds = 4096;

    /// <summary>The runs that are told apart.</summary>
    public const int MostRuns = 4096;

    /// <summary>The number of a name beyond the limit.</summary>
    public const int Beyond = -1;

    private readonly List<LineKind> _kinds = [];
    private readonly List<RunName> _runs = [];
    private readonly Dictionary<LineKind, int> _numberOfKind = [];
    private readonly Dictionary<RunName, int> _numberOfRun = [];
    private (int Number, LineKind Kind, LineLayout? Layout) _lastKind = (Beyond, default, null);
    private (int Number, RunName Run) _lastRun = (Beyond, default);

    public IReadOnlyList<LineKind> Kinds => _kinds;

    public IReadOnlyList<RunName> Runs => _runs;

    /// <summary>Gets whether the run of a record depends on those before it, as in lines of old versions, which do not name their run.</summary>
    public bool DependOnOrder { get; private set; }

    /// <summary>Returns the number of a record's kind.</summary>
    public int KindOf(in StoredRecord record)
    {
        // Most records are like the one before, and names are interned while a log is read.
        if (record.Layout is { } layout && ReferenceEquals(layout, _lastKind.Layout))
        {
            return _lastKind.Number;
        }

        (LogLevel level, string category, int id, string? name) = (record.Level, record.Category, record.EventId, record.EventName);
        DependOnOrder |= id is TrainingEvents.RunAnnounced or TrainingEvents.RunStarted && record.TrainingEvent != 0 && !record.TryGetOwn("run"u8, out _);
        LineKind last = _lastKind.Kind;
        _lastKind.Layout = record.Layout;
        if (_lastKind.Number != Beyond && ReferenceEquals(category, last.Category) && ReferenceEquals(name, last.EventName) && level == last.Level && id == last.EventId)
        {
            return _lastKind.Number;
        }

        var kind = new LineKind(level, category, id, name);
        int number = NumberOf(kind, _kinds, _numberOfKind, MostKinds);
        _lastKind = (number, kind, record.Layout);
        return number;
    }

    /// <summary>Returns the number of a run.</summary>
    public int NumberOf(RunName run)
    {
        if (_lastRun.Number == Beyond || !_lastRun.Run.Equals(run))
        {
            _lastRun = (NumberOf(run, _runs, _numberOfRun, MostRuns), run);
        }

        return _lastRun.Number;
    }

    public void Carry(StateCodec codec)
    {
        codec.List(_kinds, kind => new LineKind(codec.Value(kind.Level), codec.Text(kind.Category), codec.Value(kind.EventId), Optional(codec, kind.EventName)));
        codec.List(_runs, run => run.Carry(codec));
        DependOnOrder = codec.Value(DependOnOrder);
        for (int i = 0; i < _kinds.Count; i++)
        {
            _numberOfKind[_kinds[i]] = i;
        }

        for (int i = 0; i < _runs.Count; i++)
        {
            _numberOfRun[_runs[i]] = i;
        }
    }

    private static string? Optional(StateCodec codec, string? text)
    {
        codec.Text(ref text);
        return text;
    }

    private static int NumberOf<T>(T item, List<T> all, Dictionary<T, int> numbers, int most)
        where T : notnull
    {
        if (numbers.TryGetValue(item, out int number))
        {
            return number;
        }

        if (all.Count == most)
        {
            return Beyond;
        }

        all.Add(item);
        numbers.Add(item, all.Count - 1);
        return all.Count - 1;
    }
}
