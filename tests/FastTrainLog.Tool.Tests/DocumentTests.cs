using System.CommandLine;
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

    [Fact]
    public void Every_command_line_of_the_documents_is_one_that_the_tool_takes()
    {
        RootCommand root = Tool.CommandLine.CreateRoot(TextWriter.Null, TextWriter.Null);
        string[] lines = [.. Repository.Documents.Select(File.ReadAllText).SelectMany(text => Shell().Matches(text)).SelectMany(block => Invocation().Matches(block.Groups[1].Value)).Select(line => line.Groups[1].Value)];
        Assert.InRange(lines.Length, 40, 1000);
        Assert.All(lines, line =>
        {
            string[] words = [.. Word().Matches(line.Split(" && ")[0]).TakeWhile(word => word.Value is not ("|" or ">") && word.Value[0] != '#').Select(word => word.Value.Trim('\''))];
            if (words is not ["COMMAND", ..])
            {
                ParseResult parsed = root.Parse(words);
                Assert.True(parsed.Errors.Count == 0, $"{line}: {string.Join("; ", parsed.Errors.Select(problem => problem.Message))}");
            }
        });
    }

    [GeneratedRegex("^[ ]*```sh\\n(.*?)^[ ]*```", RegexOptions.Singleline | RegexOptions.Multiline)]
    private static partial Regex Shell();

    [GeneratedRegex(@"^[ ]*fasttrainlog ([^\n]*)", RegexOptions.Multiline)]
    private static partial Regex Invocation();

    [GeneratedRegex(@"'[^']*'|\S+")]
    private static partial Regex Word();

    [GeneratedRegex(@"^  ([a-z]+) <", RegexOptions.Multiline)]
    private static partial Regex CommandLine();

    [GeneratedRegex("(?<=^  (-., )?)--[a-z-]+", RegexOptions.Multiline)]
    private static partial Regex Option();
}
