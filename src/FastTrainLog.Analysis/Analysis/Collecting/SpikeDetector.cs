using System.Globalization;
using FastTrainLog.Analysis.Statistics;
using FastTrainLog.State;

namespace FastTrainLog.Analysis.Collecting;

/// <summary>Finds values far above the previous ones, by the robust z-score of Iglewicz and Hoaglin, "How to detect and handle outliers", 1993.</summary>
/// <remarks>Spikes less than <see cref="Apart"/> steps apart are one, with the size of the largest.</remarks>
internal sealed class SpikeDetector(string kind, string what)
{
    private const int Apart = 10;

    // The MAD of normally distributed values times this is their standard deviation.
    private const double Normal = 1.4826;

    // A window of equal values has no deviation, so every change would have an infinite score.
    private const double LeastDeviation = 1e-3;

    private readonly RobustWindow _window = new(AnomalyRules.Window);
    private Anomaly? _spike;

    public void Add(long step, DateTime time, double value, AnomalyList found)
    {
        if (!double.IsFinite(value))
        {
            return;
        }

        if (_spike is not null && step - _spike.LastStep >= Apart)
        {
            End(found);
        }

        // For most steps this is sufficient, and the deviation is not computed.
        double median = _window.Median;
        if (_window.Count >= AnomalyRules.FewestInWindow && value - median >= (AnomalyRules.SpikeFactor - 1.0) * Math.Abs(median))
        {
            double deviation = Normal * Math.Max(_window.MedianAbsoluteDeviation(), LeastDeviation * Math.Abs(median));
            double score = (value - median) / deviation;
            if (score >= AnomalyRules.SpikeScore && double.IsFinite(score))
            {
                Note(step, time, value, median, score);
            }
        }

        _window.Add(value);
    }

    public void End(AnomalyList found)
    {
        if (_spike is not null)
        {
            found.Add(_spike);
            _spike = null;
        }
    }

    public void Carry(StateCodec codec)
    {
        _window.Carry(codec);
        bool has = codec.Value(_spike is not null);
        _spike = has ? AnomalyList.Carry(codec, _spike) : null;
    }

    private void Note(long step, DateTime time, double value, double median, double score)
    {
        if (_spike is null || score > _spike.Size)
        {
            _spike = new Anomaly(kind, step, step, time, score, string.Create(
                CultureInfo.InvariantCulture, $"{what} {value:G4}, {score:F0} robust standard deviations above the usual {median:G4}"));
        }
        else
        {
            _spike = _spike with { LastStep = step };
        }
    }
}
