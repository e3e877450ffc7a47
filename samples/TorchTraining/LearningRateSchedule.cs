namespace TorchTraining;

/// <summary>A linear warm-up, then half a cosine wave down to a tenth (Loshchilov and Hutter 2017, "SGDR").</summary>
internal sealed class LearningRateSchedule(double highest, long totalSteps)
{
    private const double LowestShare = 0.1;
    private readonly long _warmUp = Math.Max(1, totalSteps / 10);

    /// <summary>Returns the learning rate of a step, from 1.</summary>
    public double At(long step)
    {
        if (step <= _warmUp)
        {
            return highest * step / _warmUp;
        }

        double done = (double)(step - _warmUp) / Math.Max(1, totalSteps - _warmUp);
        return highest * (LowestShare + ((1.0 - LowestShare) * 0.5 * (1.0 + Math.Cos(Math.PI * done))));
    }
}
