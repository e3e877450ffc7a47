namespace FastTrainLog.Analysis;

/// <summary>There is no log, or none of the requested run.</summary>
/// <param name="message">What exists instead.</param>
public sealed class LogNotFoundException(string message) : Exception(message);
