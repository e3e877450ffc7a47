using Xunit;

namespace FastTrainLog.Integrations.Tests.Absent;

public sealed class ZLoggerAbsentTests
{
    [Fact]
    public void ZLogger_integration() => Assert.Skip($"{BuildMetadata.Read("ZLogger")} is not on this machine's package sources");
}
