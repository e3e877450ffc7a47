namespace FastTrainLog.Benchmarks.Reading;

/// <summary>One figure of the reading.</summary>
/// <param name="Case">The log that is read.</param>
/// <param name="Operation">What was measured.</param>
/// <param name="Milliseconds">The time.</param>
/// <param name="MegabytesPerSecond">The lines read a second; null where not all are read.</param>
/// <param name="PeakMb">The most memory that the process had in RAM, in MB; null if it is not known.</param>
/// <param name="Load">The load of the machine at the end.</param>
internal sealed record ReadingRow(string Case, string Operation, double Milliseconds, double? MegabytesPerSecond, double? PeakMb, string Load);
