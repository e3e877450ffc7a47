using FastTrainLog.Analysis.Statistics;
using FastTrainLog.Reading;
using FastTrainLog.Series;
using FastTrainLog.State;
using FastTrainLog.Training;

namespace FastTrainLog.Analysis.Collecting;

/// <summary>Collects the time and memory that a run used.</summary>
internal sealed class PerformanceCollector
{
    private const int MostOperations = 200;
    private const int MostGpus = 64;
    private const int FewestForChange = 8;

    // The memory of every process grows at its start; extrapolating that to an hour is meaningless.
    private const long FewestSecondsForGrowth = 600;

    private readonly QuantileSketch _stepSeconds = new();
    private readonly MetricSeries _stepSecondsSeries = new();
    private readonly Dictionary<string, Operation> _operations = [];
    private readonly SortedDictionary<string, (long Succeeded, long Failed)> _modelOperations = new(StringComparer.Ordinal);
    private readonly ValueTracker _managed = new();
    private readonly ValueTracker _process = new();
    private readonly ValueTracker _processCpu = new();
    private readonly ValueTracker _gpu = new();
    private readonly ValueTracker _gpuUtilization = new();
    private readonly SortedDictionary<long, Gpu> _gpus = [];
    private DateTime? _start;
    private long _lastSecond;
    private long _step;
    private double? _secondsOfStep;

    public void AddStep(in StepFields step)
    {
        _start ??= step.Time;
        if (step.Step != _step)
        {
            EndStep();
            _step = step.Step;
        }

        // If a step has several records, the last one contains its full time.
        _secondsOfStep = step.Seconds;
    }

    public void Add(in StoredRecord record)
    {
        if (record.EventId != TrainingEvents.Performance || record.GetText("Operation"u8) is not { } name || record.GetDouble("DurationSeconds"u8) is not { } seconds)
        {
            return;
        }

        if (!_operations.TryGetValue(name, out Operation? operation) && _operations.Count < MostOperations)
        {
            _operations.Add(name, operation = new Operation());
        }

        operation?.Add(seconds, record.GetDouble("Throughput"u8));
        AddMemory(record);
    }

    public void AddModelOperation(in StoredRecord record)
    {
        bool succeeded = record.EventId == TrainingEvents.ModelOperationSucceeded;
        if ((!succeeded && record.EventId != TrainingEvents.ModelOperationFailed) || record.GetText("Operation"u8) is not { } name)
        {
            return;
        }

        if (_modelOperations.TryGetValue(name, out (long Succeeded, long Failed) counts) || _modelOperations.Count < MostOperations)
        {
            _modelOperations[name] = succeeded ? (counts.Succeeded + 1, counts.Failed) : (counts.Succeeded, counts.Failed + 1);
        }
    }

    /// <summary>Collects the memory and load in a record of any event.</summary>
    public void AddMemory(in StoredRecord record)
    {
        _start ??= record.Time;
        long second = Math.Max(0, (long)(record.Time - _start.Value).TotalSeconds);
        _lastSecond = second;
        AddTo(_managed, second, record.GetDouble("ManagedBytes"u8));
        AddTo(_process, second, record.GetDouble("ProcessBytes"u8));
        AddTo(_processCpu, second, record.GetDouble("ProcessCpu"u8));
        AddTo(_gpu, second, record.GetDouble("GpuBytes"u8));
        AddTo(_gpuUtilization, second, record.GetDouble("GpuUtilization"u8));
        if (record.EventId == TrainingEvents.GpuUsage && record.GetInt64("Device"u8) is { } device)
        {
            AddGpu(record, device, second);
        }
    }

    public void Carry(StateCodec codec)
    {
        _stepSeconds.Carry(codec);
        _stepSecondsSeries.Carry(codec);
        codec.Dictionary(_operations, codec.Text, (_, operation) =>
        {
            operation ??= new Operation();
            operation.Carry(codec);
            return operation;
        });
        codec.Dictionary(_modelOperations, codec.Text, (_, counts) => codec.Value(counts));
        _managed.Carry(codec);
        _process.Carry(codec);
        _processCpu.Carry(codec);
        _gpu.Carry(codec);
        _gpuUtilization.Carry(codec);
        codec.Dictionary(_gpus, codec.Value, (_, gpu) =>
        {
            string name = codec.Text(gpu?.Name);
            gpu ??= new Gpu(name);
            gpu.UsedBytes.Carry(codec);
            gpu.Utilization.Carry(codec);
            return gpu;
        });
        codec.Value(ref _start);
        codec.Value(ref _lastSecond);
        codec.Value(ref _step);
        codec.Value(ref _secondsOfStep);
    }

    public PerformanceFigures ToFigures()
    {
        EndStep();
        return Figures();
    }

    private PerformanceFigures Figures() => new(
        QuantileSketch.RelativeError,
        _stepSeconds.Count == 0 ? null : _stepSeconds.ToFigures(),
        _stepSeconds.Count < FewestForChange ? double.NaN : _stepSecondsSeries.Change(),
        _stepSecondsSeries.ToPoints(),
        [.. _operations.Select(pair => pair.Value.ToFigures(pair.Key)).OrderByDescending(operation => operation.TotalSeconds)],
        [.. _modelOperations.Select(pair => new ModelOperationFigures(pair.Key, pair.Value.Succeeded, pair.Value.Failed))],
        _managed.ToFigures(),
        _process.ToFigures(),
        _lastSecond >= FewestSecondsForGrowth ? _process.Series.Slope(0.5) * 3600.0 : double.NaN,
        _processCpu.ToFigures(),
        _gpu.ToFigures(),
        _gpuUtilization.ToFigures(),
        [.. _gpus.Select(pair => new GpuFigures(pair.Key, pair.Value.Name, pair.Value.UsedBytes.ToFigures(), pair.Value.Utilization.ToFigures()))]);

    private void EndStep()
    {
        if (_secondsOfStep is { } seconds)
        {
            _stepSeconds.Add(seconds);
            _stepSecondsSeries.Add(_step, seconds);
            _secondsOfStep = null;
        }
    }

    private void AddGpu(in StoredRecord record, long device, long second)
    {
        if (!_gpus.TryGetValue(device, out Gpu? gpu))
        {
            if (_gpus.Count == MostGpus)
            {
                return;
            }

            _gpus.Add(device, gpu = new Gpu(record.GetText("Name"u8) ?? string.Empty));
        }

        AddTo(gpu.UsedBytes, second, record.GetDouble("UsedBytes"u8));
        AddTo(gpu.Utilization, second, record.GetDouble("Utilization"u8));
    }

    private static void AddTo(ValueTracker tracker, long second, double? value)
    {
        if (value is { } known)
        {
            tracker.Add(second, known);
        }
    }

    private sealed class Gpu(string name)
    {
        public string Name => name;

        public ValueTracker UsedBytes { get; } = new();

        public ValueTracker Utilization { get; } = new();
    }

    private sealed class Operation
    {
        private readonly QuantileSketch _seconds = new();
        private readonly QuantileSketch _throughput = new();
        private readonly MetricSeries _series = new();

        public void Add(double seconds, double? throughput)
        {
            _seconds.Add(seconds);
            _series.Add(_seconds.Count, seconds);
            if (throughput is { } known)
            {
                _throughput.Add(known);
            }
        }

        public void Carry(StateCodec codec)
        {
            _seconds.Carry(codec);
            _throughput.Carry(codec);
            _series.Carry(codec);
        }

        public OperationFigures ToFigures(string name) => new(
            name,
            _seconds.ToFigures(),
            _seconds.Sum,
            _seconds.Count < FewestForChange ? double.NaN : _series.Change(),
            _throughput.Count == 0 ? null : _throughput.ToFigures(),
            _series.ToPoints());
    }
}
