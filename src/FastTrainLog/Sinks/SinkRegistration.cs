namespace FastTrainLog;

/// <summary>A sink and the records that it takes.</summary>
/// <param name="Name">The sink's name in messages.</param>
/// <param name="Sink">The sink.</param>
/// <param name="Filter">The filter of its records; null for all.</param>
public sealed record SinkRegistration(string Name, ILogSink Sink, RecordFilter? Filter);
