namespace FastTrainLog.Tool.Compare;

/// <summary>A curve of the loss over steps in a fixed number of points: as steps continue, neighbours are joined and each covers twice as many.</summary>
internal sealed class LossCurve
{
    private const int Capacity = 512;

    private readonly double[] _sums = new double[Capacity];
    private readonly long[] _counts = new long[Capacity];
    private readonly bool[] _nonFinite = new bool[Capacity];

    /// <summary>Gets how many steps a point covers.</summary>
    public long Width { get; private set; } = 1;

    /// <summary>Gets the last step.</summary>
    public long LastStep { get; private set; }

    public void Add(long step, double loss)
    {
        if (step < 0)
        {
            return;
        }

        while (step / Width >= Capacity)
        {
            Join();
        }

        LastStep = Math.Max(LastStep, step);
        int point = (int)(step / Width);
        if (double.IsFinite(loss))
        {
            _sums[point] += loss;
            _counts[point]++;
        }
        else
        {
            _nonFinite[point] = true;
        }
    }

    /// <summary>Adds the losses of another curve.</summary>
    public void Add(LossCurve other)
    {
        LastStep = Math.Max(LastStep, other.LastStep);
        while (Width < other.Width)
        {
            Join();
        }

        for (int i = 0; i < Capacity; i++)
        {
            int point = (int)(i * other.Width / Width);
            _sums[point] += other._sums[i];
            _counts[point] += other._counts[i];
            _nonFinite[point] |= other._nonFinite[i];
        }
    }

    /// <summary>Returns the mean loss of the steps from one to before another: NaN if any was not finite, null if there is none.</summary>
    public double? Mean(double from, double to)
    {
        int first = (int)Math.Clamp(from / Width, 0, Capacity);
        int last = (int)Math.Clamp(Math.Ceiling(to / Width), first, Capacity);
        double sum = 0;
        long count = 0;
        for (int i = first; i < last; i++)
        {
            if (_nonFinite[i])
            {
                return double.NaN;
            }

            sum += _sums[i];
            count += _counts[i];
        }

        return count == 0 ? null : sum / count;
    }

    /// <summary>Returns the points that hold any step: its first step, and the mean loss.</summary>
    public IEnumerable<(long Step, double Loss)> Points()
    {
        for (int i = 0; i < Capacity; i++)
        {
            if (_counts[i] > 0 || _nonFinite[i])
            {
                yield return (i * Width, _nonFinite[i] ? double.NaN : _sums[i] / _counts[i]);
            }
        }
    }

    private void Join()
    {
        for (int i = 0; i < Capacity; i++)
        {
            (double sum, long count, bool nonFinite) = i < Capacity / 2
                ? (_sums[2 * i] + _sums[(2 * i) + 1], _counts[2 * i] + _counts[(2 * i) + 1], _nonFinite[2 * i] || _nonFinite[(2 * i) + 1])
                : default;
            (_sums[i], _counts[i], _nonFinite[i]) = (sum, count, nonFinite);
        }

        Width *= 2;
    }
}
