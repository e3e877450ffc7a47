namespace DigitsTraining.Network;

/// <summary>Adam (Kingma and Ba 2015) with decoupled weight decay (AdamW, Loshchilov and Hutter 2019).</summary>
internal sealed class AdamOptimizer(Parameter[] parameters, float weightDecay)
{
    private const float FirstDecay = 0.9f;
    private const float SecondDecay = 0.999f;
    private const float Epsilon = 1e-8f;
    private int _steps;

    public void Step(float learningRate)
    {
        _steps++;
        float firstCorrection = 1f - MathF.Pow(FirstDecay, _steps);
        float secondCorrection = 1f - MathF.Pow(SecondDecay, _steps);
        foreach (Parameter p in parameters)
        {
            for (int i = 0; i < p.Values.Length; i++)
            {
                float g = p.Gradient[i];
                p.FirstMoment[i] += (1f - FirstDecay) * (g - p.FirstMoment[i]);
                p.SecondMoment[i] += (1f - SecondDecay) * ((g * g) - p.SecondMoment[i]);
                float update = p.FirstMoment[i] / firstCorrection / (MathF.Sqrt(p.SecondMoment[i] / secondCorrection) + Epsilon);
                p.Values[i] -= learningRate * (update + (weightDecay * p.Values[i]));
            }
        }
    }
}
