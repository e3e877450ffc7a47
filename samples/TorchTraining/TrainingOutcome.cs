using TorchTraining.Text;

namespace TorchTraining;

/// <summary>What came of a training: the loss on held-out sentences, what they cost whoever knows the grammar, and what the model writes by itself.</summary>
internal sealed record TrainingOutcome(double Loss, double LossOfTheGrammar, string[] Written)
{
    public int Accepted { get; } = Written.Count(Grammar.Accepts);
}
