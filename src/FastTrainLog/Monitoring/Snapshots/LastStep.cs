using System.Runtime.CompilerServices;
using FastTrainLog.Records;

namespace FastTrainLog.Monitoring.Snapshots;

/// <summary>The figures of the last step, overwritten with each step and turned into an entry only on request.</summary>
internal sealed unsafe class LastStep
{
    private readonly List<KeyValuePair<string, double>> _metrics = [];
    private readonly List<string> _names = [];
    private int _lastName = -1;
    private string _phase = string.Empty;
    private long _epoch;
    private double? _totalSteps;
    private double? _progress;
    private TimeSpan? _eta;
    private double? _stabilityScore;
    private double? _clippingRatio;
    private DateTime _timestamp;

    public long Step { get; private set; }

    public double Loss { get; private set; }

    public double LearningRate { get; private set; }

    public double? Accuracy { get; private set; }

    public double? GradientNorm { get; private set; }

    public double? Throughput { get; private set; }

    public IReadOnlyList<KeyValuePair<string, double>> Metrics => _metrics;

    public void Read(in LogRecord record, long step, StepColumns columns)
    {
        columns.Read(record, columns.Epoch).TryGetInt64(out _epoch);
        Step = step;
        _totalSteps = Number(columns.Read(record, columns.TotalSteps));
        _progress = Number(columns.Read(record, columns.Progress));
        Loss = Number(columns.Read(record, columns.Loss)) ?? double.NaN;
        LearningRate = Number(columns.Read(record, columns.LearningRate)) ?? double.NaN;
        _eta = columns.Read(record, columns.Eta).TryGetInt64(out long ticks) ? new TimeSpan(ticks) : null;
        _phase = Name(columns.Read(record, columns.Phase).Text);
        Accuracy = Number(columns.Read(record, columns.Accuracy));
        GradientNorm = Number(columns.Read(record, columns.GradientNorm));
        _stabilityScore = Number(columns.Read(record, columns.StabilityScore));
        _clippingRatio = Number(columns.Read(record, columns.ClippingRatio));
        Throughput = Number(columns.Read(record, columns.Throughput));
        _timestamp = record.Timestamp;
        ReadMetrics(columns.Read(record, columns.Metrics));
    }

    public ProgressEntry ToEntry() => new()
    {
        Epoch = (int)_epoch,
        Step = Step,
        TotalSteps = (long?)_totalSteps,
        ProgressPercentage = _progress,
        Loss = Loss,
        LearningRate = LearningRate,
        Eta = _eta,
        Phase = _phase,
        Accuracy = Accuracy,
        GradientNorm = GradientNorm,
        StabilityScore = _stabilityScore,
        ClippingRatio = _clippingRatio,
        Throughput = Throughput,
        Metrics = RecordReader.ByName(_metrics),
        Timestamp = _timestamp,
    };

    private static double? Number(in LogArgument argument) => argument.TryGetDouble(out double value) ? value : null;

    private void ReadMetrics(in LogArgument metrics)
    {
        _metrics.Clear();
        if (metrics.IsNull || metrics.Kind != ArgumentKind.Metrics)
        {
            return;
        }

        byte* value = metrics.Value;
        int count = metrics.Read<int>();
        value += sizeof(int);
        for (int i = 0; i < count; i++)
        {
            string name = Name(RecordDecoder.ReadText(ref value));
            _metrics.Add(new(name, Unsafe.ReadUnaligned<double>(value)));
            value += sizeof(double);
        }
    }

    // The same few names come with each step, in the same order: they are kept, so that a step allocates nothing, and sought from the last one on.
    private string Name(ReadOnlySpan<char> text)
    {
        const int MostNames = 256;
        for (int tried = 0; tried < _names.Count; tried++)
        {
            _lastName = _lastName + 1 < _names.Count ? _lastName + 1 : 0;
            if (text.SequenceEqual(_names[_lastName]))
            {
                return _names[_lastName];
            }
        }

        string name = text.ToString();
        if (_names.Count < MostNames)
        {
            _lastName = _names.Count;
            _names.Add(name);
        }

        return name;
    }
}
