using FastTrainLog.State;
using FastTrainLog.Training;

namespace FastTrainLog.Analysis.Collecting;

/// <summary>Finds the best validation of a run by the metric in its start record, independent of the process that logged it and what it reported as the best.</summary>
internal sealed class BestTracker
{
    private string? _metric;
    private bool _higherIsBetter;
    private double _value = double.NaN;

    public ValidationFigures? Best { get; private set; }

    /// <summary>Gets the value of the metric in the best validation; null if there is none.</summary>
    public double? Value => double.IsNaN(_value) ? null : _value;

    public void Start(string? metric, bool higherIsBetter) => (_metric, _higherIsBetter) = (metric, higherIsBetter);

    public void Carry(StateCodec codec)
    {
        codec.Text(ref _metric);
        codec.Value(ref _higherIsBetter);
        codec.Value(ref _value);
        Best = codec.Value(Best is not null) ? ValidationFigures.Carry(codec, Best) : null;
    }

    public void Add(ValidationFigures validation)
    {
        double value = _metric is null ? validation.Loss : validation.Metrics.GetValueOrDefault(_metric, double.NaN);
        if (BestValidation.IsBetter(value, double.IsNaN(_value) ? null : _value, _higherIsBetter))
        {
            (_value, Best) = (value, validation);
        }
    }
}
