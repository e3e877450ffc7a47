namespace FastTrainLog.Tests.Shared;

/// <summary>
/// The size of tests that are long in their full form, by <c>FTL_TEST_LONG</c> (the library would take a name that begins with its own for a misspelt option): as little as shows that the test works by default, a <c>sample</c> in
/// <c>.ci/run</c>, all of it where it is 1.
/// </summary>
internal static class Campaign
{
    private static readonly string? Size = Environment.GetEnvironmentVariable("FTL_TEST_LONG");

    /// <summary>Gets whether the full form is asked for.</summary>
    public static bool IsLong => Size == "1";

    /// <summary>Gets whether a sample is asked for, or more.</summary>
    public static bool IsSampled => Size is "sample" or "1";

    /// <summary>Returns the number of rounds, seeds or inputs of the size that is asked for.</summary>
    public static int Of(int least, int sample, int all) => IsLong ? all : IsSampled ? sample : least;
}
