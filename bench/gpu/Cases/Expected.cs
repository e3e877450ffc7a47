using FastTrainLog.Gradients;

namespace FastTrainLog.GpuBench.Cases;

/// <summary>The plain answer to a case: one element after the other, in double, for the limits that need no history.</summary>
internal sealed class Expected
{
    private readonly ClipCase _case;
    private double _held;

    public Expected(ClipCase clipCase, byte[][] values)
    {
        _case = clipCase;
        Layers = [.. values.Select(layer => Measure([layer]))];
        Total = Measure(values);
        Decide();
    }

    public LayerStatistics[] Layers { get; }

    public LayerStatistics Total { get; }

    public bool NonFinite { get; private set; }

    public int FirstNonFinite { get; private set; }

    public double Threshold { get; private set; } = double.PositiveInfinity;

    public double Coefficient { get; private set; } = 1.0;

    public double ClampAt { get; private set; } = double.PositiveInfinity;

    public GradientAction Action { get; private set; }

    /// <summary>Computes what an element becomes.</summary>
    /// <param name="value">The element before.</param>
    /// <param name="coefficient">The coefficient that the device reports for its layer, already found to be right.</param>
    public double Element(double value, double coefficient)
    {
        if ((Action & GradientAction.Skipped) != 0)
        {
            return 0.0;
        }

        if ((Action & GradientAction.Reported) != 0)
        {
            return value;
        }

        if (!double.IsFinite(value))
        {
            return 0.0;
        }

        double written = Written(value, coefficient);
        return (Action & GradientAction.Sanitized) != 0 && Overflows(written) ? 0.0 : written;
    }

    /// <summary>Says whether a factor is too small for a double to hold its digits, so that elements can only be compared to within some.</summary>
    public bool IsMinute(double coefficient) => _case.Type == GradientType.Float64 && coefficient > 0.0
        && !(double.IsNormal(coefficient) && double.IsNormal(coefficient * _case.InverseScale));

    private double Written(double value, double coefficient)
    {
        double factor = coefficient * _case.InverseScale;
        if (IsMinute(coefficient))
        {
            return value / _held * Threshold * _case.InverseScale;
        }

        if (_case.Type == GradientType.Float64)
        {
            return Math.Clamp(value * factor, -ClampAt, ClampAt);
        }

        // The kernels multiply in float32, in two steps where the factor would be a denormal one.
        bool minute = factor < Math.ScaleB(1.0, -100);
        float scaled = minute
            ? (float)value * (float)Math.ScaleB(1.0, -64) * (float)(factor * Math.ScaleB(1.0, 64))
            : (float)value * (float)factor;
        return Math.Clamp(scaled, -(float)ClampAt, (float)ClampAt);
    }

    /// <summary>Counts a tensor's magnitudes by their power of two.</summary>
    public long[] Histogram(byte[] values)
    {
        var counts = new long[GradientHistogram.Bins];
        foreach (double value in Elements([values]))
        {
            double scaled = value * _case.InverseScale;
            if (double.IsFinite(scaled) && scaled != 0.0)
            {
                counts[Math.Clamp(Math.ILogB(scaled) - GradientHistogram.LowestExponent + 1, 0, GradientHistogram.Bins - 1)]++;
            }
        }

        return counts;
    }

    private bool Overflows(double written)
    {
        var stored = new byte[8];
        Cases.Element.Write(stored, 0, _case.Type, written);
        return !double.IsFinite(Cases.Element.Read(stored, 0, _case.Type));
    }

    private LayerStatistics Measure(byte[][] parts)
    {
        long nans = 0, infinities = 0, zeros = 0, count = 0;
        double largest = 0.0;
        foreach (double value in Elements(parts))
        {
            count++;
            nans += double.IsNaN(value) ? 1 : 0;
            infinities += double.IsInfinity(value) ? 1 : 0;
            zeros += value == 0.0 ? 1 : 0;
            largest = double.IsFinite(value) ? Math.Max(largest, Math.Abs(value)) : largest;
        }

        // Relative to the largest, summed as Neumaier does: right in every range.
        double sum = 0.0, lost = 0.0;
        if (largest > 0.0)
        {
            // Scaling by a power of two is exact; a divisor of 5e-324 would leave its range.
            int exponent = Math.ILogB(largest);
            foreach (double value in Elements(parts))
            {
                double share = double.IsFinite(value) ? Math.ScaleB(value, -exponent) : 0.0;
                double square = share * share;
                double next = sum + square;
                lost += sum >= square ? sum - next + square : square - next + sum;
                sum = next;
            }

            sum = Math.ScaleB(Math.Sqrt(sum + lost), exponent);
        }

        return new LayerStatistics
        {
            ElementCount = count,
            Norm = Math.Min(sum * _case.InverseScale, double.MaxValue),
            AbsoluteMaximum = Math.Min(largest * _case.InverseScale, double.MaxValue),
            LargestElement = largest,
            NaNCount = nans,
            InfinityCount = infinities,
            ZeroCount = zeros,
        };
    }

    private IEnumerable<double> Elements(byte[][] parts)
    {
        int size = Cases.Element.SizeOf(_case.Type);
        foreach (byte[] part in parts)
        {
            for (int i = 0; i < part.Length / size; i++)
            {
                yield return Cases.Element.Read(part, i, _case.Type);
            }
        }
    }

    private void Decide()
    {
        (Threshold, _held) = _case.Limit switch
        {
            L2NormLimit l2 => (l2.Maximum, Total.Norm),
            InfinityNormLimit infinity => (infinity.Maximum, Total.AbsoluteMaximum),
            ValueLimit value => (value.Maximum, 0.0),
            _ => (double.PositiveInfinity, 0.0),
        };
        Coefficient = _held > Threshold ? Math.Max(Threshold / _held, double.Epsilon) : 1.0;
        if (_case.Limit is ValueLimit && Total.AbsoluteMaximum > Threshold)
        {
            ClampAt = Threshold;
        }

        bool overflowed = Array.Exists(Layers, layer => Overflows(Written(layer.LargestElement, Coefficient)));
        NonFinite = Total.NaNCount + Total.InfinityCount > 0 || overflowed;
        FirstNonFinite = Array.FindIndex(Layers, layer => layer.NonFiniteCount > 0 || Overflows(Written(layer.LargestElement, Coefficient)));
        GradientAction clipped = Coefficient != 1.0 || ClampAt < double.PositiveInfinity ? GradientAction.Clipped : GradientAction.None;
        Action = !NonFinite ? clipped : _case.Policy switch
        {
            NonFinitePolicy.Skip => GradientAction.Skipped,
            NonFinitePolicy.Sanitize => GradientAction.Sanitized | clipped,
            _ => GradientAction.Reported,
        };
        Coefficient = Action == GradientAction.Skipped ? 0.0 : Action == GradientAction.Reported ? 1.0 : Coefficient;
        Action |= overflowed ? GradientAction.Overflowed : GradientAction.None;
    }
}
