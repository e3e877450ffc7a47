using System.Globalization;
using FastTrainLog.Analysis.Statistics;
using FastTrainLog.State;

namespace FastTrainLog.Analysis.Collecting;

/// <summary>Finds where the smoothed loss stops falling, and where it rises again.</summary>
internal sealed class TrendDetector
{
    private readonly List<Plateau> _plateaus = [];
    private Smoother _smoother;
    private long _steps;
    private double _start;
    private double _best = double.PositiveInfinity;
    private Plateau? _level;
    private (long First, long Last, long Count, double Highest, DateTime Time) _rise;

    public void Add(long step, DateTime time, double loss, AnomalyList found)
    {
        _steps++;
        if (!double.IsFinite(loss))
        {
            return;
        }

        _smoother.Add(loss);
        double smoothed = _smoother.Mean;
        if (!_smoother.IsSettled)
        {
            _start = smoothed;
            return;
        }

        _best = Math.Min(_best, smoothed);
        AddToRise(step, time, smoothed, found);
        if (_rise.Count < AnomalyRules.DivergenceSteps)
        {
            AddToPlateau(step, time, smoothed);
        }
        else
        {
            // A rising loss is not a plateau.
            ClosePlateau();
            _level = null;
        }
    }

    public void End(AnomalyList found, long? totalSteps)
    {
        EndRise(found);
        ClosePlateau();
        double share = AnomalyRules.PlateauShare * (totalSteps ?? _steps);
        foreach (Plateau plateau in _plateaus.Where(plateau => plateau.Last - plateau.First >= share))
        {
            long length = plateau.Last - plateau.First;
            found.Add(new Anomaly(AnomalyRules.Plateau, plateau.First, plateau.Last, plateau.Time, length, string.Create(
                CultureInfo.InvariantCulture, $"the smoothed loss stayed at {plateau.Value:G4} or above for {length} steps")));
        }
    }

    public void Carry(StateCodec codec)
    {
        codec.List(_plateaus, codec.Value);
        codec.Value(ref _smoother);
        codec.Value(ref _steps);
        codec.Value(ref _start);
        codec.Value(ref _best);
        codec.Value(ref _level);
        codec.Value(ref _rise);
    }

    private void AddToPlateau(long step, DateTime time, double smoothed)
    {
        if (_level is null || smoothed < _level.Value.Value - (AnomalyRules.PlateauFall * Math.Abs(_level.Value.Value)))
        {
            ClosePlateau();
            _level = new Plateau(step, step, smoothed, time);
        }
        else
        {
            _level = _level.Value with { Last = step };
        }
    }

    private void ClosePlateau()
    {
        if (_level is { } level && level.Last - level.First >= AnomalyRules.PlateauSteps)
        {
            _plateaus.Add(level);

            // The minimum length of a plateau is known only at the end. Until then the shortest are discarded, to bound their number.
            if (_plateaus.Count > 2 * AnomalyList.MostOfAKind)
            {
                _plateaus.Remove(_plateaus.MinBy(plateau => plateau.Last - plateau.First));
            }
        }
    }

    private void AddToRise(long step, DateTime time, double smoothed, AnomalyList found)
    {
        double least = Math.Max(AnomalyRules.DivergenceRise * Math.Abs(_best), AnomalyRules.DivergenceShare * (_start - _best));
        if (smoothed - _best < least)
        {
            EndRise(found);
            return;
        }

        _rise = _rise.Count == 0 ? (step, step, 1, smoothed, time) : (_rise.First, step, _rise.Count + 1, Math.Max(_rise.Highest, smoothed), _rise.Time);
    }

    private void EndRise(AnomalyList found)
    {
        if (_rise.Count >= AnomalyRules.DivergenceSteps)
        {
            double factor = _rise.Highest / Math.Abs(_best);
            found.Add(new Anomaly(AnomalyRules.Divergence, _rise.First, _rise.Last, _rise.Time, factor, string.Create(
                CultureInfo.InvariantCulture, $"the smoothed loss rose from {_best:G4} to {_rise.Highest:G4}, for {_rise.Count} steps")));
        }

        _rise = default;
    }

    private readonly record struct Plateau(long First, long Last, double Value, DateTime Time);
}
