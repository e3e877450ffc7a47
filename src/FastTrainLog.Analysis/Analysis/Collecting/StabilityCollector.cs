using FastTrainLog.Analysis.Statistics;
using FastTrainLog.Reading;
using FastTrainLog.State;
using FastTrainLog.Training;

namespace FastTrainLog.Analysis.Collecting;

/// <summary>Collects the numerical stability.</summary>
internal sealed class StabilityCollector
{
    private const int MostLayers = 1000;
    private const int MostActions = 100;

    private readonly ValueTracker _norm = new();
    private readonly QuantileSketch _norms = new();
    private readonly ValueTracker _score = new();
    private readonly Dictionary<(string Location, string Type), Layer> _layers = [];
    private readonly Dictionary<string, LayerNorm> _layerNorms = [];
    private readonly SortedDictionary<string, long> _issues = new(StringComparer.Ordinal);
    private readonly SortedDictionary<string, long> _recoveries = new(StringComparer.Ordinal);
    private readonly NonFiniteTracker _firstNonFinite = new();
    private double? _clippingRatio;
    private long _nonFiniteSteps;
    private long? _lastNonFiniteStep;
    private string? _guard;

    public void AddStep(in StepFields step)
    {
        AddGradients(step.Step, step.GradientNorm, step.StabilityScore, step.ClippingRatio);
        _firstNonFinite.Add(step);
    }

    public void Add(in StoredRecord record)
    {
        switch (record.EventId)
        {
            case TrainingEvents.NumericalIssue:
                AddIssue(record);
                break;
            case TrainingEvents.Gradients:
                AddGradients(record);
                break;
            case TrainingEvents.GradientLayer:
                AddLayerNorm(record);
                break;
            case TrainingEvents.GradientGuard:
                _guard = $"{record.GetText("Limit"u8)}, non-finite gradients: {record.GetText("Policy"u8)}";
                break;
        }
    }

    public StabilityFigures ToFigures() => new(
        _norm.ToFigures(),
        _norms.Count == 0 ? null : _norms.ToFigures(),
        _score.ToFigures(),
        _clippingRatio,
        _nonFiniteSteps,
        _issues,
        [.. _layers.OrderByDescending(pair => pair.Value.Count).Select(pair => pair.Value.ToFigures(pair.Key.Location, pair.Key.Type))],
        [.. _layerNorms.Select(pair => pair.Value.ToFigures(pair.Key)).OrderByDescending(layer => layer.Norms.P50)],
        _recoveries,
        _guard)
    {
        FirstNonFinite = _firstNonFinite.ToFigures(),
    };

    public void Carry(StateCodec codec)
    {
        _norm.Carry(codec);
        _norms.Carry(codec);
        _score.Carry(codec);
        codec.Dictionary(_layers, key => (codec.Text(key.Location), codec.Text(key.Type)), (_, layer) => Carry(codec, layer ?? new Layer()));
        codec.Dictionary(_layerNorms, codec.Text, (_, norm) => Carry(codec, norm ?? new LayerNorm()));
        codec.Dictionary(_issues, codec.Text, (_, count) => codec.Value(count));
        codec.Dictionary(_recoveries, codec.Text, (_, count) => codec.Value(count));
        codec.Value(ref _clippingRatio);
        codec.Value(ref _nonFiniteSteps);
        codec.Value(ref _lastNonFiniteStep);
        codec.Text(ref _guard);
        _firstNonFinite.Carry(codec);
    }

    private static Layer Carry(StateCodec codec, Layer layer)
    {
        layer.Carry(codec);
        return layer;
    }

    private static LayerNorm Carry(StateCodec codec, LayerNorm norm)
    {
        norm.Carry(codec);
        return norm;
    }

    private void AddGradients(in StoredRecord record)
    {
        long step = record.GetInt64("Step"u8) ?? 0;
        double? norm = record.GetDouble("GradientNorm"u8);
        AddGradients(step, norm, record.GetDouble("StabilityScore"u8), record.GetDouble("ClippingRatio"u8));
        if (norm is { } known)
        {
            _firstNonFinite.AddNorm(step, record.Time, known);
        }
    }

    private void AddGradients(long step, double? norm, double? score, double? clippingRatio)
    {
        if (norm is { } known)
        {
            _norm.Add(step, known);
            _norms.Add(known);
        }

        if (score is { } stability)
        {
            _score.Add(step, stability);
        }

        _clippingRatio = clippingRatio ?? _clippingRatio;
    }

    private void AddLayerNorm(in StoredRecord record)
    {
        if (!record.TryGet("Layer"u8, out StoredField name))
        {
            return;
        }

        string layer = record.Names.Get(name.Utf8Value);
        if (!_layerNorms.TryGetValue(layer, out LayerNorm? norms) && _layerNorms.Count < MostLayers)
        {
            _layerNorms.Add(layer, norms = new LayerNorm());
        }

        norms?.Add(record);
    }

    private void AddIssue(in StoredRecord record)
    {
        string type = record.GetText("Type"u8) ?? "unknown";
        string severity = record.GetText("Severity"u8) ?? "unknown";
        string location = record.GetText("Location"u8) ?? "unknown";
        long? step = record.GetInt64("Step"u8);
        _issues[type] = _issues.GetValueOrDefault(type) + 1;
        if (type is nameof(NumericalIssueType.NaN) or nameof(NumericalIssueType.Infinity) && step is { } at)
        {
            _firstNonFinite.Add(at, record.Time, location, type);
            _nonFiniteSteps += at == _lastNonFiniteStep ? 0 : 1;
            _lastNonFiniteStep = at;
        }

        if (!_layers.TryGetValue((location, type), out Layer? layer) && _layers.Count < MostLayers)
        {
            _layers.Add((location, type), layer = new Layer());
        }

        layer?.Add(step, record.GetInt64("NaNCount"u8) ?? 0, record.GetInt64("InfinityCount"u8) ?? 0, severity);
        string action = record.GetText("RecoveryAction"u8) ?? "none";
        if (_recoveries.TryGetValue(action, out long count) || _recoveries.Count < MostActions)
        {
            _recoveries[action] = count + 1;
        }
    }

    private sealed class Layer
    {
        private static readonly string[] Severities = Enum.GetNames<IssueSeverity>();

        private long _naNs;
        private long _infinities;
        private string _worst = string.Empty;
        private long? _first;
        private long? _last;

        public long Count { get; private set; }

        public void Add(long? step, long naNs, long infinities, string severity)
        {
            _first = Count++ == 0 ? step : _first;
            _last = step ?? _last;
            _naNs += naNs;
            _infinities += infinities;
            _worst = Array.IndexOf(Severities, severity) >= Array.IndexOf(Severities, _worst) ? severity : _worst;
        }

        public void Carry(StateCodec codec)
        {
            codec.Value(ref _naNs);
            codec.Value(ref _infinities);
            _worst = codec.Text(_worst);
            codec.Value(ref _first);
            codec.Value(ref _last);
            Count = codec.Value(Count);
        }

        public LayerFigures ToFigures(string location, string type) => new(location, type, Count, _naNs, _infinities, _worst, _first, _last);
    }

    private sealed class LayerNorm
    {
        private readonly QuantileSketch _norms = new();
        private double _greatest = double.NegativeInfinity;
        private long _greatestStep;
        private double _last = double.NaN;
        private double _zeros;
        private double _elements;

        public void Add(in StoredRecord record)
        {
            long step = record.GetInt64("Step"u8) ?? 0;
            _last = record.GetDouble("Norm"u8) ?? double.NaN;
            _zeros += record.GetInt64("ZeroCount"u8) ?? 0;
            _elements += record.GetInt64("ElementCount"u8) ?? 0;
            _norms.Add(_last);
            if (_last > _greatest && double.IsFinite(_last))
            {
                (_greatest, _greatestStep) = (_last, step);
            }
        }

        public void Carry(StateCodec codec)
        {
            _norms.Carry(codec);
            codec.Value(ref _greatest);
            codec.Value(ref _greatestStep);
            codec.Value(ref _last);
            codec.Value(ref _zeros);
            codec.Value(ref _elements);
        }

        public LayerNormFigures ToFigures(string layer) => new(layer, _norms.ToFigures(), _greatestStep, _last, _zeros / _elements);
    }
}
