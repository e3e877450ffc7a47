using System.Text.RegularExpressions;
using FastTrainLog.Tests.Shared;
using Xunit;

namespace FastTrainLog.Tests.Architecture;

public sealed partial class EventNumberTests
{
    [Fact]
    public void Each_event_of_the_log_about_itself_has_a_number_of_its_own()
    {
        string[] numbers = [.. Directory.GetFiles(Path.Combine(Repository.Root, "src", "FastTrainLog"), "*.cs", SearchOption.AllDirectories)
            .SelectMany(file => Number().Matches(File.ReadAllText(file)).Select(match => match.Groups[1].Value))];
        Assert.InRange(numbers.Length, 20, 200);
        Assert.DoesNotContain(numbers.GroupBy(number => number), same => same.Count() > 1);
    }

    // Generated, or by a call site of our own.
    [GeneratedRegex(@"(?:\[TrainLog\(|new\(\s*LogLevel\.\w+,\s*)(9\d{3}),")]
    private static partial Regex Number();
}
