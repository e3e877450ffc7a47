namespace FastTrainLog.Benchmarks.Pipeline;

/// <summary>The single calls of one logger in one process.</summary>
internal sealed record LatencyResult(PaceResult[] Paces, long Lost);

/// <summary>The single calls at one pace, in nanoseconds, with the timer in them.</summary>
internal sealed record PaceResult(string Pace, double[] Samples, double BytesPerCall);
