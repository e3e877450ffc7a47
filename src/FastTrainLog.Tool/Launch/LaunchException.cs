namespace FastTrainLog.Tool.Launch;

/// <summary>A command cannot be started.</summary>
/// <param name="message">Which, and why.</param>
/// <param name="exitCode">What a shell returns for that.</param>
internal sealed class LaunchException(string message, int exitCode) : Exception(message)
{
    public int ExitCode => exitCode;
}
