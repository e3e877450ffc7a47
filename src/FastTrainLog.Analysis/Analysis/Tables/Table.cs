namespace FastTrainLog.Analysis.Tables;

/// <summary>A table that records of some events are exported to.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Events">The events, each of which is a row.</param>
/// <param name="Columns">Its columns, after those that every table has: time, run, level and event.</param>
/// <param name="HasMetrics">Whether the records also have metrics.</param>
internal sealed record Table(string Name, int[] Events, Column[] Columns, bool HasMetrics = false);
