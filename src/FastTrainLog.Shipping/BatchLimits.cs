namespace FastTrainLog.Shipping;

/// <summary>The size of a batch: it ends with the record that reaches either limit, so a batch of one record may be larger.</summary>
/// <param name="Records">The most records, at least 1.</param>
/// <param name="Bytes">The bytes of their JSON lines, at least 1.</param>
/// <param name="Linger">How long a shipper that follows a log waits for a batch to be full; zero for not at all.</param>
public sealed record BatchLimits(int Records = 4096, int Bytes = 1 << 20, TimeSpan Linger = default);
