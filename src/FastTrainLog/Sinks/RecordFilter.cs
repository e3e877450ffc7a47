namespace FastTrainLog;

/// <summary>Decides whether a sink receives a record; called on the backend's thread.</summary>
/// <param name="record">The record.</param>
/// <returns>True to take it.</returns>
public delegate bool RecordFilter(in LogRecord record);
