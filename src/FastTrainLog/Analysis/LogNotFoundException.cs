namespace FastTrainLog.Analysis;

/// <summary>There is no log, or none of the run that was asked for.</summary>
/// <param name="message">What there is instead.</param>
public sealed class LogNotFoundException(string message) : Exception(message);
