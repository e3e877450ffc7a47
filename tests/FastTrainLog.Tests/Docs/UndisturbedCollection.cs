using Xunit;

namespace FastTrainLog.Tests.Docs;

/// <summary>Tests that change the working directory, which all tests of the process share.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class UndisturbedCollection
{
    public const string Name = "undisturbed";
}
