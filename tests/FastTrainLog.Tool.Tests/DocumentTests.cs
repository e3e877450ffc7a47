using System.Text.RegularExpressions;
using FastTrainLog.Tests.Shared;
using Xunit;

namespace FastTrainLog.Tool.Tests;

/// <summary>docs/tool.md, held against the tool's own help.</summary>
public sealed partial class DocumentTests
{
    public static TheoryData<string> Commands => [.. CommandLine().Matches(ToolRun.Of("--help").Output).Select(match => match.Groups[1].Value)];

    [Theory]
    [MemberData(nameof(Commands))]
    public void Every_command_has_a_section_and_help_with_examples(string command)
    {
        string document = File.ReadAllText(Path.Combine(Repository.Root, "docs", "tool.md"));

        Assert.Contains($"\n## {command}\n", document);
        if (command == "analyze")
        {
            return;
        }

        string help = ToolRun.Of(command, "--help").Output;
        Assert.Contains("Returns 0", help);
        Assert.Contains($"  fasttrainlog {command} ", help);
        Assert.All(Option().Matches(help).Select(match => match.Value).Except(["--help"]).Distinct(), option => Assert.Contains(option, document));
    }

    [GeneratedRegex(@"^  ([a-z]+) <", RegexOptions.Multiline)]
    private static partial Regex CommandLine();

    [GeneratedRegex("(?<=^  (-., )?)--[a-z-]+", RegexOptions.Multiline)]
    private static partial Regex Option();
}
