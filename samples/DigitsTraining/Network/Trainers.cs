namespace DigitsTraining.Network;

/// <summary>Chooses the trainer: TorchSharp's where the build found its packages, else the embedded one.</summary>
internal static class Trainers
{
    public static ITrainer Create(int seed) =>
#if LIBTORCH
        new Torch.TorchTrainer(seed);
#else
        new EmbeddedTrainer(seed);
#endif
}
