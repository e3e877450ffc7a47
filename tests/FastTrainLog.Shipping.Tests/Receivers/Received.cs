namespace FastTrainLog.Shipping.Tests.Receivers;

/// <summary>A request as a receiver sees it.</summary>
/// <param name="Method">Its method.</param>
/// <param name="Path">Its path and query.</param>
/// <param name="Headers">Its headers.</param>
/// <param name="Body">Its body, decompressed.</param>
internal sealed record Received(string Method, string Path, IReadOnlyDictionary<string, string> Headers, byte[] Body);
