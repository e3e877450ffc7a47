using System.Globalization;
using System.Text;
using System.Text.Json;
using FastTrainLog.Reading;
using FastTrainLog.Training;

namespace FastTrainLog.Tool.Export.TensorBoard;

/// <summary>The event file of one run: which value of a record becomes which tag.</summary>
/// <remarks>What has no step of its own, as an epoch or an error, stands at the last step before it.</remarks>
internal sealed class RunEvents : IDisposable
{
    private readonly OutputFile _output;
    private readonly EventFile _file;
    private readonly List<(string Tag, double Value)> _scalars = [];
    private long _step;

    public RunEvents(string path, DateTime start)
    {
        Path = path;
        _output = new OutputFile(path);
        _file = new EventFile(new BufferedStream(_output.Create(), 64 * 1024), start);
    }

    public string Path { get; }

    public long Scalars { get; private set; }

    public long Histograms { get; private set; }

    public long Texts { get; private set; }

    public void Add(in StoredRecord record)
    {
        _step = record.GetInt64("Step"u8) ?? _step;
        switch (record.EventId)
        {
            case TrainingEvents.Step:
                AddNumbers(record, "train", StepNumbers);
                AddNumbers(record, "gradients", GradientNumbers);
                AddMetrics(record, "metrics");
                break;
            case TrainingEvents.Gradients:
                AddNumbers(record, "gradients", GradientNumbers);
                break;
            case TrainingEvents.GradientLayer:
                AddNumbers(record, $"layers/{record.GetText("Layer"u8)}", LayerNumbers);
                break;
            case TrainingEvents.GradientHistogram:
                AddHistogram(record);
                break;
            case TrainingEvents.EpochEnded:
                AddNumbers(record, "epoch", EpochNumbers);
                AddMetrics(record, "epoch");
                break;
            case TrainingEvents.Validation or TrainingEvents.BestValidation:
                AddNumbers(record, "validation", ["Loss"]);
                AddMetrics(record, "validation");
                break;
            case TrainingEvents.Performance:
                AddNumbers(record, $"performance/{record.GetText("Operation"u8)}", PerformanceNumbers);
                break;
            case TrainingEvents.ResourceUsage or TrainingEvents.SystemStatistics:
                AddNumbers(record, "system", SystemNumbers);
                break;
            case TrainingEvents.GpuUsage:
                AddNumbers(record, $"gpu_{record.GetInt64("Device"u8)}", GpuNumbers);
                break;
            case TrainingEvents.RunStarted:
                AddText(record, "run/configuration");
                break;
            case TrainingEvents.RunCompleted or TrainingEvents.RunFailed:
                AddText(record, "run/summary");
                break;
            case TrainingEvents.CheckpointSaved or TrainingEvents.CheckpointFlagged or TrainingEvents.CheckpointRefused:
                AddText(record, "checkpoints");
                break;
            case TrainingEvents.NumericalIssue:
                AddText(record, "numerical_issues");
                break;
            case TrainingEvents.ErrorWithContext:
                AddText(record, "errors");
                break;
        }

        if (_scalars.Count > 0)
        {
            _file.AddScalars(_step, record.Time, _scalars);
            Scalars += _scalars.Count;
            _scalars.Clear();
        }
    }

    public void Complete()
    {
        _file.Dispose();
        _output.Complete();
    }

    public void Dispose()
    {
        _file.Dispose();
        _output.Dispose();
    }

    private static string[] StepNumbers => ["Loss", "LearningRate", "Accuracy", "Throughput", "StepSeconds"];

    private static string[] GradientNumbers => ["GradientNorm", "AbsoluteMaximum", "Coefficient", "StabilityScore", "ClippingRatio"];

    private static string[] LayerNumbers => ["Norm", "AbsoluteMaximum", "NaNCount", "InfinityCount"];

    private static string[] EpochNumbers => ["Loss", "DurationSeconds", "Throughput"];

    private static string[] PerformanceNumbers => ["DurationSeconds", "Throughput", "GpuUtilization"];

    private static string[] SystemNumbers => ["ProcessCpu", "SystemCpu", "ProcessBytes", "ManagedBytes", "AvailableBytes", "ProcessorSeconds", "PauseTime", "DiskFreeBytes"];

    private static string[] GpuNumbers => ["Utilization", "UsedBytes", "Temperature", "PowerWatts"];

    private void AddNumbers(in StoredRecord record, string group, string[] properties)
    {
        foreach (string property in properties)
        {
            if (record.GetDouble(Encoding.UTF8.GetBytes(property)) is { } value)
            {
                _scalars.Add(($"{group}/{JsonNamingPolicy.SnakeCaseLower.ConvertName(property)}", value));
            }
        }
    }

    private void AddMetrics(in StoredRecord record, string group)
    {
        if (record.TryGet("Metrics"u8, out StoredField metrics))
        {
            foreach (StoredField metric in metrics.GetFields())
            {
                if (metric.TryGetDouble(out double value))
                {
                    _scalars.Add(($"{group}/{metric.GetName()}", value));
                }
            }
        }
    }

    private void AddHistogram(in StoredRecord record)
    {
        if (MagnitudeHistogram.Read(record) is { } histogram)
        {
            _file.AddHistogram($"gradients/{record.GetText("Layer"u8)}", _step, record.Time, histogram);
            Histograms++;
        }
    }

    private void AddText(in StoredRecord record, string tag)
    {
        var markdown = new StringBuilder();
        markdown.Append(record.GetMessage()).Append("\n\n");
        markdown.Append("| | |\n|---|---|\n");
        foreach (StoredField field in record.Properties)
        {
            if (field.GetText() is { } value)
            {
                markdown.Append(CultureInfo.InvariantCulture, $"| {field.GetName()} | {value.Replace("|", "\\|", StringComparison.Ordinal).ReplaceLineEndings(" ")} |\n");
            }
        }

        if (record.TryGetOwn("exception"u8, out StoredField exception))
        {
            foreach (StoredField member in exception.GetFields())
            {
                if (member.Utf8Name.SequenceEqual("details"u8))
                {
                    markdown.Append("\n```\n").Append(member.GetText()).Append("\n```\n");
                }
            }
        }

        _file.AddText(tag, _step, record.Time, markdown.ToString());
        Texts++;
    }
}
