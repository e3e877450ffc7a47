namespace TorchTraining;

/// <summary>Says what is wrong with the command line.</summary>
internal sealed class UsageException(string message) : Exception(message);
