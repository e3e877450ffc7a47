using Xunit;

namespace FastTrainLog.Integrations.Tests.Absent;

public sealed class TorchSharpAbsentTests
{
    [Fact]
    public void TorchSharp_integration() => Assert.Skip($"{BuildMetadata.Read("TorchSharp")} is not on this machine's package sources");
}
