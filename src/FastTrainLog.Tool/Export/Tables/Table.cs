namespace FastTrainLog.Tool.Export.Tables;

/// <summary>A table that records of some events are exported to.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Events">The events, each of which makes a row.</param>
/// <param name="Columns">Its columns, behind those that every table has: time, run, level and event.</param>
/// <param name="HasMetrics">Whether the records carry metrics besides.</param>
internal sealed record Table(string Name, int[] Events, Column[] Columns, bool HasMetrics = false);
