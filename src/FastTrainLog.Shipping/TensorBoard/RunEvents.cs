using System.Globalization;
using System.Text;
using FastTrainLog.Analysis.Collecting;
using FastTrainLog.Analysis.Scalars;
using FastTrainLog.Reading;
using FastTrainLog.State;
using FastTrainLog.Training;

namespace FastTrainLog.Shipping.TensorBoard;

/// <summary>The events of one run: which value of a record becomes which tag.</summary>
/// <param name="file">The file that they are written to.</param>
internal sealed class RunEvents(EventFile file)
{
    private readonly RecordScalars _series = new();
    private readonly StepOrder _order = new();
    private readonly List<(string Tag, double Value)> _scalars = [];
    private readonly Dictionary<string, (long Step, double Maximum)> _maxima = [];

    public long Scalars { get; private set; }

    public long Histograms { get; private set; }

    public long Texts { get; private set; }

    /// <summary>Adds a record; records are added in the order of the log.</summary>
    public void Add(in StoredRecord record)
    {
        if (record.TrainingStep is { } taken && _order.GoesBack(taken))
        {
            file.AddSessionStart(taken, record.Time);
        }

        long step = _series.Read(record, _scalars);
        switch (record.TrainingEvent)
        {
            case TrainingEvents.GradientLayer:
                NoteMaximum(record, step);
                break;
            case TrainingEvents.GradientHistogram:
                AddHistogram(record, step);
                break;
            case TrainingEvents.RunStarted:
                _order.BeginSession();
                AddText(record, step, "run/configuration");
                break;
            case TrainingEvents.RunCompleted or TrainingEvents.RunFailed:
                AddText(record, step, "run/summary");
                break;
            case TrainingEvents.CheckpointSaved or TrainingEvents.CheckpointFlagged or TrainingEvents.CheckpointRefused:
                AddText(record, step, "checkpoints");
                break;
            case TrainingEvents.NumericalIssue:
                AddText(record, step, "numerical_issues");
                break;
            case TrainingEvents.ErrorWithContext:
                AddText(record, step, "errors");
                break;
        }

        if (_scalars.Count > 0)
        {
            file.AddScalars(step, record.Time, _scalars);
            Scalars += _scalars.Count;
            _scalars.Clear();
        }
    }

    /// <summary>Serialises the state that is kept from one record to the next.</summary>
    public void Carry(StateCodec codec)
    {
        file.Carry(codec);
        _series.Carry(codec);
        _order.Carry(codec);
        codec.Dictionary(_maxima, codec.Text, (_, maximum) => codec.Value(maximum));
    }

    // A layer's magnitudes are logged with its norm, where both are.
    private void NoteMaximum(in StoredRecord record, long step)
    {
        if (record.GetDouble("AbsoluteMaximum"u8) is { } maximum && double.IsFinite(maximum))
        {
            _maxima[record.GetText("Layer"u8) ?? string.Empty] = (step, maximum);
        }
    }

    private void AddHistogram(in StoredRecord record, long step)
    {
        string layer = record.GetText("Layer"u8) ?? string.Empty;
        double? maximum = _maxima.TryGetValue(layer, out (long Step, double Maximum) noted) && noted.Step == step ? noted.Maximum : null;
        if (MagnitudeHistogram.Read(record, maximum) is { } histogram)
        {
            // A layer with the name of a scalar of the same group would give one tag two kinds.
            string name = RecordScalars.IsOfGradients(layer) ? $"layer_{layer}" : layer;
            file.AddHistogram($"gradients/{name}", step, record.Time, histogram);
            Histograms++;
        }
    }

    private void AddText(in StoredRecord record, long step, string tag)
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

        file.AddText(tag, step, record.Time, markdown.ToString());
        Texts++;
    }
}
