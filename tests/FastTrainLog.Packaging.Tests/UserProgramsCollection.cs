namespace FastTrainLog.Packaging.Tests;

[CollectionDefinition(Name)]
public sealed class UserProgramsCollection : ICollectionFixture<UserPrograms>
{
    public const string Name = "User programs";
}
