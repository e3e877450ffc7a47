using FastTrainLog.Series;

namespace FastTrainLog.Monitoring.Snapshots;

/// <summary>The last step of a run and the series of its steps and validations. Steps that are repeated, after a return to a checkpoint, replace the earlier ones.</summary>
internal sealed class RunSeries
{
    private const int MostMetricSeries = 32;
    private const int MostNamesLeftOut = 200;

    private readonly Dictionary<string, MetricSeries> _series = [];
    private readonly Dictionary<string, MetricSeries> _metricSeries = [];
    private readonly HashSet<string> _leftOut = [];
    private readonly LastStep _step = new();
    private readonly MetricSeries _loss;
    private readonly MetricSeries _learningRate;
    private readonly MetricSeries _gradientNorm;
    private readonly MetricSeries _accuracy;
    private readonly MetricSeries _throughput;
    private readonly MetricSeries _validationLoss;
    private StepColumns? _columns;
    private bool _hasStep;

    public RunSeries()
    {
        _loss = Own("loss");
        _learningRate = Own("learning_rate");
        _gradientNorm = Own("gradient_norm");
        _accuracy = Own("accuracy");
        _throughput = Own("throughput");
        _validationLoss = Own("validation_loss");
    }

    /// <summary>Gets the last step; null before the first.</summary>
    public ProgressEntry? LastStep => _hasStep ? _step.ToEntry() : null;

    /// <summary>Gets how many names of metrics there were beyond those that have a series.</summary>
    public int LeftOut => _leftOut.Count;

    public Dictionary<string, SeriesSnapshot> Snapshot() => _series.ToDictionary(pair => pair.Key, pair => pair.Value.Snapshot());

    public void TakeGradients(long step, double norm) => _gradientNorm.Add(step, norm);

    public void TakeValidation(long step, double loss) => _validationLoss.Add(step, loss);

    public void TakeStep(in LogRecord record)
    {
        _columns = StepColumns.Of(record, _columns);
        if (record.Decoder.TrainingStep is not { } step)
        {
            return;
        }

        long last = _step.Step;
        _step.Read(record, step, _columns);
        if (_hasStep && _step.Step < last)
        {
            foreach (MetricSeries series in _series.Values)
            {
                series.CutFrom(_step.Step);
            }
        }

        _hasStep = true;
        _loss.Add(_step.Step, _step.Loss);
        _learningRate.Add(_step.Step, _step.LearningRate);
        AddIfKnown(_gradientNorm, _step.GradientNorm);
        AddIfKnown(_accuracy, _step.Accuracy);
        AddIfKnown(_throughput, _step.Throughput);
        for (int i = 0; i < _step.Metrics.Count; i++)
        {
            (string name, double value) = _step.Metrics[i];
            if (SeriesOf(name) is { } series)
            {
                series.Add(_step.Step, value);
            }
        }
    }

    private MetricSeries Own(string name)
    {
        var series = new MetricSeries();
        _series.Add(name, series);
        return series;
    }

    private void AddIfKnown(MetricSeries series, double? value)
    {
        if (value is { } known)
        {
            series.Add(_step.Step, known);
        }
    }

    private MetricSeries? SeriesOf(string metric)
    {
        if (_metricSeries.TryGetValue(metric, out MetricSeries? series))
        {
            return series;
        }

        if (_metricSeries.Count == MostMetricSeries)
        {
            if (_leftOut.Count < MostNamesLeftOut)
            {
                _leftOut.Add(metric);
            }

            return null;
        }

        // A metric with the name of one of the run's own series gets a longer name.
        string name = metric;
        while (_series.ContainsKey(name))
        {
            name = "metrics." + name;
        }

        series = Own(name);
        _metricSeries.Add(metric, series);
        return series;
    }
}
