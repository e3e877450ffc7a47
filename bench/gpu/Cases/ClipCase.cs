using FastTrainLog.Gradients;

namespace FastTrainLog.GpuBench.Cases;

/// <summary>One case: values, where they lie, and what the clipper is told to do.</summary>
internal sealed record ClipCase(
    GradientType Type,
    Scenario Scenario,
    Shape Shape,
    Placement Placement,
    GradientLimit Limit,
    NonFinitePolicy Policy,
    double InverseScale,
    int HistogramEvery)
{
    /// <summary>The only element of <see cref="Scenario.LonelyLast"/> that is not zero.</summary>
    public const double Lonely = 3.0;

    public override string ToString()
        => $"{Type} {Scenario}, {Shape.Name}, {Placement}, {Limit.GetType().Name}, {Policy}, inverse scale {InverseScale}, histograms every {HistogramEvery}";

    /// <summary>Makes each tensor's bytes: the same ones in every run.</summary>
    public byte[][] Values()
    {
        var random = new Random(HashCode());
        int tensors = Shape.Counts.Length;
        var values = new byte[tensors][];
        for (int t = 0; t < tensors; t++)
        {
            values[t] = new byte[Shape.Counts[t] * Element.SizeOf(Type)];
            for (int i = 0; i < Shape.Counts[t]; i++)
            {
                Element.Write(values[t], i, Type, Value(random, t, i));
            }
        }

        Poison(values, random);
        return values;
    }

    private int HashCode() => ((int)Type * 1000) + ((int)Scenario * 31) + Shape.Name.Length;

    private double Value(Random random, int tensor, int index)
    {
        double uniform = (random.NextDouble() * 2.0) - 1.0;
        double ordinary = index % 13 == 5 ? (index % 2 == 0 ? 0.0 : -0.0) : uniform * 0.1;
        double huge = Type switch
        {
            GradientType.Float16 => 65504.0,
            GradientType.Float64 => index % 3 == 0 ? 1e200 : index % 3 == 1 ? 3e307 : double.MaxValue,
            _ => index % 3 == 0 ? 1e20 : index % 3 == 1 ? 3.0e38 : Element.Maximum(Type),
        };
        double tiny = Type switch
        {
            GradientType.Float16 => 6e-8,
            GradientType.Float64 => index % 3 == 0 ? 1e-200 : 5e-324,
            _ => index % 3 == 0 ? 1e-30 : 1e-42,
        };
        return Scenario switch
        {
            Scenario.Constant => 0.1,
            Scenario.Huge => huge * Math.Sign(uniform),
            Scenario.Tiny => tiny * Math.Sign(uniform),
            Scenario.Mixed => index % 7 == 0 ? huge * uniform : index % 7 == 1 ? tiny : ordinary,
            Scenario.Zero or Scenario.LonelyLast => index % 2 == 0 ? 0.0 : -0.0,
            Scenario.Borders => Border(tensor) * (index % 3 == 0 ? 1.0 : 1.0 + (uniform / 4)),
            Scenario.Rising => Math.ScaleB(1.0 + (0.5 * Math.Abs(uniform)), (index % 12) - 6) * (index % 2 == 0 ? 1 : -1),
            _ => ordinary,
        };
    }

    // Where the sums of squares take another way, or the type ends.
    private double Border(int tensor) => (Type, tensor % 2) switch
    {
        (GradientType.Float64, 0) => Math.ScaleB(1.0, 490),
        (GradientType.Float64, _) => Math.ScaleB(1.0, -490),
        (GradientType.Float16, 0) => Math.ScaleB(1.0, -14),
        (GradientType.Float16, _) => Math.ScaleB(1.0, 15),
        (_, 0) => Math.ScaleB(1.0, -40),
        _ => Math.ScaleB(1.0, 64),
    };

    private void Poison(byte[][] values, Random random)
    {
        for (int t = 0; t < values.Length; t++)
        {
            int count = Shape.Counts[t];
            if (count == 0)
            {
                continue;
            }

            bool nan = Scenario is Scenario.NaN or Scenario.Both;
            bool infinity = Scenario is Scenario.Infinity or Scenario.Both;
            if (nan && t % 3 == 1)
            {
                Element.Write(values[t], 0, Type, double.NaN);
                Element.Write(values[t], count / 2, Type, -double.NaN);
            }

            if (nan && t % 3 == 2)
            {
                Element.Write(values[t], count - 1, Type, double.NaN);
            }

            // The largest finite value among those that are not.
            if (nan && infinity && count > 2)
            {
                Element.Write(values[t], count / 3, Type, Element.Maximum(Type));
            }

            if (infinity && t % 2 == 1)
            {
                Element.Write(values[t], random.Next(count), Type, double.NegativeInfinity);
            }

            if (infinity && t == values.Length - 1)
            {
                Element.Write(values[t], count - 1, Type, double.PositiveInfinity);
            }

            if (Scenario == Scenario.Flooded && t % 2 == 0)
            {
                for (int i = 0; i < count; i++)
                {
                    Element.Write(values[t], i, Type, t % 4 == 0 ? double.NaN : double.PositiveInfinity);
                }
            }

            if (Scenario == Scenario.LonelyLast && t == values.Length - 1)
            {
                Element.Write(values[t], count - 1, Type, Lonely);
            }
        }
    }
}
