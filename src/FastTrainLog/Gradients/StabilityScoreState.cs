using System.Text.Json.Serialization;

namespace FastTrainLog.Gradients;

/// <summary>The saved form of a stability score.</summary>
/// <param name="Steps">The number of steps.</param>
/// <param name="FiniteSteps">The number of finite steps.</param>
/// <param name="MeanNorm">The mean norm.</param>
/// <param name="Score">The score after the last step.</param>
internal readonly record struct StabilityScoreState(long Steps, long FiniteSteps, double MeanNorm, double Score)
{
    [JsonIgnore]
    public bool IsSound => Steps >= 0 && FiniteSteps >= 0 && FiniteSteps <= Steps && LimitState.IsMagnitude(MeanNorm) && Score is >= 0.0 and <= 1.0;
}
