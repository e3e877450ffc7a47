namespace FastTrainLog.Benchmarks.Dashboard;

/// <summary>One figure of the dashboard.</summary>
/// <param name="Case">The logs that it shows.</param>
/// <param name="Operation">What was measured; of what was repeated, the 95th percentile.</param>
/// <param name="Milliseconds">The time; for <c>idle</c> the processor time of a second.</param>
/// <param name="Bytes">The size of the answer; the greatest if there were several.</param>
/// <param name="ResidentMb">The memory of the server afterwards, in MB.</param>
internal sealed record DashboardRow(string Case, string Operation, double Milliseconds, long Bytes, double ResidentMb);
