using Xunit;

namespace FastTrainLog.Tests.Docs;

/// <summary>Tests that change or measure what all tests of the process share: the working directory, the memory.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class UndisturbedCollection
{
    public const string Name = "undisturbed";
}
