using FastTrainLog.Analysis.Collecting;
using FastTrainLog.Analysis.Tables;
using FastTrainLog.Reading;
using FastTrainLog.State;
using FastTrainLog.Training;

namespace FastTrainLog.Analysis.Scalars;

/// <summary>Which numbers of a run's records are points of a series, and the names of the series: the same in TensorBoard, in the index and on every page of a report.</summary>
/// <remarks>
/// A record without a step, such as an epoch or a sample of memory, is placed at the last step of its run before it. Add the records of one run, in the
/// order of the log. Not thread-safe.
/// </remarks>
internal sealed class RecordScalars
{
    private static readonly Group Step = new("train", new FieldNames("Loss", "LearningRate", "Accuracy", "Throughput", "StepSeconds"));
    private static readonly Group Gradients = new("gradients", new FieldNames("GradientNorm", "AbsoluteMaximum", "Coefficient", "StabilityScore", "ClippingRatio"));
    private static readonly Group Epoch = new("epoch", new FieldNames("Loss", "DurationSeconds", "Throughput"));
    private static readonly Group Validation = new("validation", new FieldNames("Loss"));
    private static readonly Group Resources = new(
        "system", new FieldNames("ProcessCpu", "SystemCpu", "ProcessBytes", "ManagedBytes", "AvailableBytes", "PauseTime", "DiskFreeBytes", "ProcessorSeconds"));

    private static readonly Group None = new("metrics", new FieldNames());
    private static readonly FieldNames OtherPhase = new("Loss", "Accuracy", "Throughput", "StepSeconds");
    private static readonly FieldNames Layer = new("Norm", "AbsoluteMaximum", "NaNCount", "InfinityCount");
    private static readonly FieldNames Performance = new("DurationSeconds", "Throughput", "GpuUtilization");
    private static readonly FieldNames Gpu = new("Utilization", "UsedBytes", "Temperature", "PowerWatts");

    private readonly Dictionary<string, Group> _groups = [];
    private readonly Dictionary<(Group Group, string Name), string> _metrics = [];
    private long _lastStep;

    /// <summary>Reads the points of a record.</summary>
    /// <param name="record">The record.</param>
    /// <param name="scalars">The list to which they are added.</param>
    /// <returns>Their step.</returns>
    public long Read(in StoredRecord record, List<(string Tag, double Value)> scalars)
    {
        int id = record.TrainingEvent;
        long? step = record.TrainingStep;
        if (step is not null)
        {
            _lastStep = step.Value;
            Step.Add(record, scalars);
            Gradients.Add(record, scalars);
            AddMetrics(record, None, scalars);
            return _lastStep;
        }

        if (id == TrainingEvents.Step && record.IsOfOtherPhase)
        {
            Group phase = GroupOf(string.Empty, $"{record.GetText("Phase"u8)}_steps", OtherPhase);
            phase.Add(record, scalars);
            AddMetrics(record, phase, scalars);
            return record.GetInt64("Step"u8) ?? _lastStep;
        }

        switch (id)
        {
            case TrainingEvents.Step:
                return _lastStep;
            case TrainingEvents.Gradients:
                Gradients.Add(record, scalars);
                break;
            case TrainingEvents.GradientLayer:
                Group layer = GroupOf("layers/", record.GetText("Layer"u8), Layer);
                layer.Add(record, scalars);
                if (record.GetDouble("ZeroCount"u8) is { } zeros && record.GetDouble("ElementCount"u8) is > 0 and var elements)
                {
                    scalars.Add((layer.ShareOfZeros, zeros / elements));
                }

                break;
            case TrainingEvents.EpochEnded:
                Epoch.Add(record, scalars);
                AddMetrics(record, Epoch, scalars);
                break;
            case TrainingEvents.Validation or TrainingEvents.BestValidation:
                Validation.Add(record, scalars);
                AddMetrics(record, Validation, scalars);
                break;
            case TrainingEvents.Performance:
                GroupOf("performance/", record.GetText("Operation"u8), Performance).Add(record, scalars);
                break;
            case TrainingEvents.ResourceUsage or TrainingEvents.SystemStatistics:
                Resources.Add(record, scalars);
                break;
            case TrainingEvents.GpuUsage:
                GroupOf("gpu_", record.GetText("Device"u8), Gpu).Add(record, scalars);
                break;
        }

        return RecordStep.Of(record) ?? _lastStep;
    }

    /// <summary>Serialises the state that is kept from one record to the next.</summary>
    public void Carry(StateCodec codec) => codec.Value(ref _lastStep);

    /// <summary>Returns whether this is the name of a number of all gradients together.</summary>
    public static bool IsOfGradients(string name) => Gradients.Has(name);

    private Group GroupOf(string kind, string? name, FieldNames properties)
    {
        string group = kind + name;
        if (!_groups.TryGetValue(group, out Group? known))
        {
            _groups.Add(group, known = new Group(group, properties));
        }

        return known;
    }

    // A metric with the name of a number of the record itself would be confused with it, so it gets its name in CSV.
    private void AddMetrics(in StoredRecord record, Group group, List<(string Tag, double Value)> scalars)
    {
        if (!record.TryGet("Metrics"u8, out StoredField metrics) || metrics.Utf8Value.Length <= 2)
        {
            return;
        }

        foreach (StoredField metric in metrics.GetFields())
        {
            if (metric.TryGetDouble(out double value))
            {
                string name = record.Names.Get(metric.Utf8Name);
                if (!_metrics.TryGetValue((group, name), out string? tag))
                {
                    string text = metric.GetName();
                    tag = $"{group.Name}/{(group.Has(text) ? $"metric_{text}" : text)}";
                    _metrics.Add((group, name), tag);
                }

                scalars.Add((tag, value));
            }
        }
    }

    /// <summary>The numbers of a kind of record.</summary>
    private sealed class Group
    {
        private readonly (string Name, string Tag)[] _numbers;
        private readonly FieldNames _properties;

        public Group(string name, FieldNames properties)
        {
            Name = name;
            _properties = properties;
            _numbers = [.. properties.Names.Select(property => (TrainingTables.NameOf(property), $"{name}/{TrainingTables.NameOf(property)}"))];
        }

        public string Name { get; }

        public string ShareOfZeros => field ??= $"{Name}/zero_share";

        public bool Has(string name) => Array.Exists(_numbers, number => number.Name == name);

        public void Add(in StoredRecord record, List<(string Tag, double Value)> scalars)
        {
            int[] places = record.PlacesOf(_properties);
            for (int i = 0; i < places.Length; i++)
            {
                if (record.NumberAt(places[i]) is { } value)
                {
                    scalars.Add((_numbers[i].Tag, value));
                }
            }
        }
    }
}
