using Xunit;

namespace FastTrainLog.Schedules.Tests;

/// <summary>The hand-over of pages where what a thread stores reaches the memory, and so the others, later than what it does next: on x64, and in the weaker order that .NET allows.</summary>
/// <remarks>
/// <c>dotnet run --project tests/FastTrainLog.Schedules.Tests -- -explicit only -class "*LateStoreTests" -showliveoutput</c> tries 20,000 executions of each scenario. Loads are in their order: what ARM64
/// loads before its turn is not tried.
/// </remarks>
[Collection(Execution.Collection)]
public sealed class LateStoreTests
{
    private const int Executions = 300;
    private const int ExecutionsWithEnds = 20;
    private const int ExecutionsLong = 20_000;
    private const int ExecutionsWithEndsLong = 1_000;

    public static TheoryData<string> Names => HandOverTests.Names;

    [Theory]
    [MemberData(nameof(Names))]
    public void Every_record_is_read_once_though_stores_reach_the_memory_late(string name) => HandOverTests.ExploreLate(name, Executions, ExecutionsWithEnds);

    [Theory(Explicit = true)]
    [MemberData(nameof(Names))]
    public void Every_record_is_read_once_in_many_executions_with_late_stores(string name) => HandOverTests.ExploreLate(name, ExecutionsLong, ExecutionsWithEndsLong);
}
