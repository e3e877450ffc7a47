namespace FastTrainLog.Tests.Shared;

/// <summary>The size of tests that are long in their full form: a sample by default, all of it where <c>FASTTRAINLOG_TEST_LONG=1</c> is set.</summary>
internal static class Campaign
{
    /// <summary>Gets whether the full form is asked for.</summary>
    public static bool IsLong { get; } = Environment.GetEnvironmentVariable("FASTTRAINLOG_TEST_LONG") == "1";
}
