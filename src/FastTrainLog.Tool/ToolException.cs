namespace FastTrainLog.Tool;

/// <summary>A reason why a command fails, as a message for its user.</summary>
/// <param name="message">What is wrong, where, and what to do.</param>
internal sealed class ToolException(string message) : Exception(message);
