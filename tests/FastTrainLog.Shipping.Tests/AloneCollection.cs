using Xunit;

namespace FastTrainLog.Shipping.Tests;

/// <summary>Tests that look at the metrics of the whole process, which other tests' logs would add to.</summary>
[CollectionDefinition("Alone", DisableParallelization = true)]
public sealed class AloneCollection;
