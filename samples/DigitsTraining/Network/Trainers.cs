namespace DigitsTraining.Network;

/// <summary>Chooses the trainer: TorchSharp's where the build found its packages and this machine can load them, else the embedded one.</summary>
internal static class Trainers
{
    /// <summary>Makes the trainer.</summary>
    /// <param name="seed">What its first weights are made of.</param>
    /// <param name="torchTrouble">Why it is not TorchSharp's, although the build has that; null where it is, or where the build lacks it.</param>
    public static ITrainer Create(int seed, out string? torchTrouble)
    {
        torchTrouble = null;
#if LIBTORCH
        torchTrouble = FastTrainLog.Integrations.NativeTorch.Refusal;
        if (torchTrouble is null)
        {
            return new Torch.TorchTrainer(seed);
        }
#endif
        return new EmbeddedTrainer(seed);
    }
}
