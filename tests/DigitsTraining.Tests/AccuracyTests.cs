using System.Globalization;
using Xunit;

namespace DigitsTraining.Tests;

public sealed class AccuracyTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    public void Every_seed_reaches_95_percent_in_less_than_a_minute_without_an_error(int seed)
    {
        using var sample = new SampleProcess($"--seed={seed}", "--log-dir", "elsewhere");
        long started = System.Diagnostics.Stopwatch.GetTimestamp();
        Assert.True(sample.WaitForEnd() == 0, sample.Output + sample.Error);
        Assert.InRange(double.Parse(sample.LastLine["test accuracy: ".Length..], CultureInfo.InvariantCulture), 0.95, 1.0);
        Assert.InRange(System.Diagnostics.Stopwatch.GetElapsedTime(started), TimeSpan.Zero, TimeSpan.FromMinutes(1));
        string line = Assert.Single(File.ReadAllLines(Path.Combine(sample.Directory, "elsewhere", "errors.log")));
        Assert.Contains("Errors: 0, Numerical issues: 0, Steps: 1200, Success rate: 100.0 %", line);
    }
}
