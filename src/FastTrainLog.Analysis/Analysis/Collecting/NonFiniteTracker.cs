using FastTrainLog.State;

namespace FastTrainLog.Analysis.Collecting;

/// <summary>Finds the first non-finite number of a run.</summary>
internal sealed class NonFiniteTracker
{
    public const string Loss = "loss";
    public const string Norm = "gradient norm";

    private NonFiniteOrigin? _first;

    /// <summary>Notes a layer or an operation with a non-finite number.</summary>
    public void Add(long step, DateTime time, string location, string type) => Add(new NonFiniteOrigin(null, step, time, location, type));

    /// <summary>Notes the loss and the norm of a step.</summary>
    public void Add(in StepFields step)
    {
        if (step.Loss is { } loss && !double.IsFinite(loss))
        {
            Add(step.Step, step.Time, Loss, KindOf(loss));
        }

        if (step.GradientNorm is { } norm)
        {
            AddNorm(step.Step, step.Time, norm);
        }
    }

    /// <summary>Notes the norm of a step.</summary>
    public void AddNorm(long step, DateTime time, double norm)
    {
        if (!double.IsFinite(norm))
        {
            Add(step, time, Norm, KindOf(norm));
        }
    }

    public NonFiniteOrigin? ToFigures() => _first;

    public void Carry(StateCodec codec)
    {
        if (codec.Value(_first is not null))
        {
            _first = new NonFiniteOrigin(codec.Nullable(_first?.Rank), codec.Value(_first?.Step ?? 0), codec.Value(_first?.Time ?? default), codec.Text(_first?.Location), codec.Text(_first?.Type));
        }
    }

    /// <summary>Returns the earlier of two; in the same step, the one that names a layer, then the one logged first.</summary>
    public static NonFiniteOrigin? Earlier(NonFiniteOrigin? one, NonFiniteOrigin? other) =>
        one is null ? other
        : other is null ? one
        : (other.Step, IsFigure(other), other.Time).CompareTo((one.Step, IsFigure(one), one.Time)) < 0 ? other : one;

    private static bool IsFigure(NonFiniteOrigin origin) => origin.Location is Loss or Norm;

    private static string KindOf(double value) => double.IsNaN(value) ? "NaN" : "Infinity";

    private void Add(NonFiniteOrigin origin) => _first = Earlier(_first, origin);
}
