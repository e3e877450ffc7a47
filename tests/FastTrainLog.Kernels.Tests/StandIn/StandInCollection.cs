using Xunit;

namespace FastTrainLog.Kernels.Tests.StandIn;

/// <summary>Tests on the stand-in driver, which has one state for all and so takes them one at a time.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class StandInCollection
{
    public const string Name = "stand-in driver";
}
