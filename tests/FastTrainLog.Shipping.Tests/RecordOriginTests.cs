using Microsoft.Extensions.Logging;
using Xunit;

namespace FastTrainLog.Shipping.Tests;

/// <summary>What many records have in common is kept once.</summary>
public sealed class RecordOriginTests
{
    [Theory]
    [InlineData("run 17")]
    [InlineData(null)]
    public void Records_of_one_level_logger_run_and_rank_have_one_origin(string? run)
    {
        var first = new RecordOrigin(LogLevel.Information, "training_progress", run, 3);
        var second = new RecordOrigin(LogLevel.Information, "training_progress", run, 3);

        Assert.Equal(first, second);
        Assert.Equal(first.GetHashCode(), second.GetHashCode());
        Assert.NotEqual(first, second with { Rank = 4 });
    }
}
