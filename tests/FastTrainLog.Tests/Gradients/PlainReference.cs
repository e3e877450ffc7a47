namespace FastTrainLog.Tests.Gradients;

/// <summary>What the statistics must be, computed element by element with sums that neither overflow nor lose small terms.</summary>
internal sealed class PlainReference
{
    public PlainReference(params double[][] layers)
    {
        double[] all = [.. layers.SelectMany(v => v)];
        double largest = 0.0;
        foreach (double value in all)
        {
            largest = double.IsFinite(value) ? Math.Max(largest, Math.Abs(value)) : largest;
        }

        AbsoluteMaximum = largest;

        // A power of two near the largest magnitude keeps every square in range; Kahan's compensation keeps the small terms.
        double scale = largest == 0.0 ? 1.0 : Math.ScaleB(1.0, Math.ILogB(largest));
        double sum = 0.0;
        double lost = 0.0;
        foreach (double value in all)
        {
            NaNs += double.IsNaN(value) ? 1 : 0;
            Infinities += double.IsInfinity(value) ? 1 : 0;
            Zeros += value == 0.0 ? 1 : 0;
            if (double.IsFinite(value))
            {
                double scaled = value / scale;
                double term = (scaled * scaled) - lost;
                double next = sum + term;
                lost = next - sum - term;
                sum = next;
            }
        }

        Norm = Math.Sqrt(sum) * scale;
    }

    public double Norm { get; }

    public double AbsoluteMaximum { get; }

    public long NaNs { get; }

    public long Infinities { get; }

    public long Zeros { get; }
}
