using System.Text.RegularExpressions;
using FastTrainLog.Tests.Shared;
using Xunit;

namespace FastTrainLog.Tool.Tests;

/// <summary>tests/PublicReports.md names tests that there are.</summary>
public sealed partial class PublicReportTests
{
    [Fact]
    public void Every_report_is_answered_by_a_test_that_there_is()
    {
        string tests = Path.Combine(Repository.Root, "tests");
        string[] named = [.. Test().Matches(File.ReadAllText(Path.Combine(tests, "PublicReports.md"))).Select(match => match.Groups[1].Value)];
        HashSet<string> there = [.. Directory.GetFiles(tests, "*.cs", SearchOption.AllDirectories).SelectMany(file => Method().Matches(File.ReadAllText(file)).Select(match => match.Groups[1].Value))];

        Assert.NotEmpty(named);
        Assert.All(named, test => Assert.Contains(test, there));
    }

    [GeneratedRegex(@"\| `([A-Za-z0-9_]+)` \|$", RegexOptions.Multiline)]
    private static partial Regex Test();

    [GeneratedRegex(@"public (?:async Task|Task|void) (\w+)\(")]
    private static partial Regex Method();
}
