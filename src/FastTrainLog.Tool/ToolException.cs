namespace FastTrainLog.Tool;

/// <summary>A reason why a command cannot do what it was asked, in words for the person who asked.</summary>
/// <param name="message">What is wrong, where, and what to do.</param>
internal sealed class ToolException(string message) : Exception(message);
