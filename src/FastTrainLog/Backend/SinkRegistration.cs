namespace FastTrainLog.Backend;

/// <summary>A sink and the records that it takes.</summary>
/// <param name="Name">What messages about the sink call it.</param>
/// <param name="Sink">The sink.</param>
/// <param name="Filter">The records that it takes; null for all.</param>
public sealed record SinkRegistration(string Name, ILogSink Sink, RecordFilter? Filter);
