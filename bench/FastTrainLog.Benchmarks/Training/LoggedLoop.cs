namespace FastTrainLog.Benchmarks.Training;

/// <summary>A loop whose step is arithmetic of a fixed length, logged or not.</summary>
/// <param name="way">The way in which it is logged.</param>
/// <param name="passes">The length.</param>
/// <param name="log">Its log; null for a loop without one.</param>
internal sealed class LoggedLoop(string way, int passes, RunLog? log) : StepLoop(way)
{
    /// <summary>A length that takes about a millisecond.</summary>
    public const int MillisecondOfPasses = 500_000;

    private long _step;
    private double _loss = 2.5;

    public override void Dispose() => log?.Dispose();

    // Its result is logged, so that it is not left out.
    protected override void Work()
    {
        double value = _loss;
        for (int i = 0; i < passes; i++)
        {
            value += (1.0 - value) * 1e-6;
        }

        _loss = value;
    }

    protected override void Call() => log?.Run.LogStep(1, ++_step, _loss, 1e-3, accuracy: 0.5, metrics: Values);
}
