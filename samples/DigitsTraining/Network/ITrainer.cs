using DigitsTraining.Data;
using FastTrainLog.Gradients;

namespace DigitsTraining.Network;

/// <summary>A network that can be trained step by step: the embedded one, or TorchSharp's where that is present.</summary>
internal interface ITrainer : IDisposable
{
    string Model { get; }

    string Optimizer { get; }

    long ParameterCount { get; }

    /// <summary>Computes the loss of a batch and the gradients of all parameters.</summary>
    BatchResult ForwardBackward(Batch batch);

    /// <summary>Measures and limits those gradients.</summary>
    GradientStatistics Clip(GradientClipper clipper, long step);

    /// <summary>Puts a NaN into one gradient.</summary>
    void PoisonGradient();

    /// <summary>Lets the optimiser use the gradients.</summary>
    void Update(double learningRate);

    BatchResult Evaluate(Batch batch);

    void Save(string path);

    void Load(string path);
}
