namespace FastTrainLogConsole;

/// <summary>Points of two spirals that wind around each other: each is to be told from the other. Put your data in its place.</summary>
internal sealed class SpiralData
{
    private const double Turns = 1.0;
    private const double Noise = 0.02;

    private readonly Random _random;

    public SpiralData(int seed)
    {
        _random = new Random(seed);
        Validation = Batch(500);
    }

    public (float X, float Y, int Class)[] Validation { get; }

    public (float X, float Y, int Class)[] Batch(int count)
    {
        var batch = new (float, float, int)[count];
        for (int i = 0; i < count; i++)
        {
            int spiral = i % 2;
            double radius = 0.1 + (0.9 * _random.NextDouble());
            double angle = (radius * Turns * Math.Tau) + (spiral * Math.PI);
            batch[i] = ((float)((radius * Math.Cos(angle)) + Jitter()), (float)((radius * Math.Sin(angle)) + Jitter()), spiral);
        }

        return batch;
    }

    private double Jitter() => Noise * ((2.0 * _random.NextDouble()) - 1.0);
}
