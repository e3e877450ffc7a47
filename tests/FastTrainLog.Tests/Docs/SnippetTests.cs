using System.Text.RegularExpressions;
using FastTrainLog.Tests.Shared;
using Xunit;

namespace FastTrainLog.Tests.Docs;

/// <summary>The code in the documents is code of this folder, compiled and run here.</summary>
public sealed partial class SnippetTests
{
    public static TheoryData<string> Documents => [.. Repository.Documents.Select(path => Path.GetRelativePath(Repository.Root, path))];

    [Theory]
    [MemberData(nameof(Documents))]
    public void Every_snippet_is_code_that_the_tests_compile(string document)
    {
        string text = Repository.Read(document);
        MatchCollection snippets = Snippet().Matches(text);
        if (document is "README.md" or "docs/training-log.md")
        {
            Assert.Equal(CSharpFence().Count(text), snippets.Count);
        }

        Assert.All(snippets, snippet =>
        {
            string source = Repository.Read(Path.Combine("tests", "FastTrainLog.Tests", "Docs", snippet.Groups["file"].Value));
            string[] lines = snippet.Groups["code"].Value.Trim().Split('\n');
            Assert.All(
                lines.Where(line => IsImport(line) && line != "using FastTrainLog;"),
                line => Assert.Contains(line, source));
            Assert.Equal(Marked(source, snippet.Groups["mark"].Value), string.Join('\n', lines.Where(line => !IsImport(line))).Trim());
        });
    }

    [Theory]
    [MemberData(nameof(Documents))]
    public void Every_file_that_is_linked_to_exists(string document) => Assert.All(
        Link().Matches(Repository.Read(document)),
        link => Assert.True(Path.Exists(Path.Combine(Repository.Root, Path.GetDirectoryName(document)!, link.Groups[1].Value)), link.Value));

    private static bool IsImport(string line) => ImportLine().IsMatch(line);

    /// <summary>Returns what stands between <c>// #mark</c> and <c>// #</c>, without its indentation.</summary>
    private static string Marked(string source, string mark)
    {
        string[] lines = source.Split('\n');
        int start = Array.FindIndex(lines, line => line.Trim() == $"// #{mark}") + 1;
        Assert.True(start > 0, $"no // #{mark}");
        int end = Array.FindIndex(lines, start, line => line.Trim() == "// #");
        int indent = lines[start].Length - lines[start].TrimStart().Length;
        return string.Join('\n', lines[start..end].Select(line => line.Length > indent ? line[indent..] : line.Trim()));
    }

    [GeneratedRegex(@"^<!-- snippet: (?<file>\S+)#(?<mark>\S+) -->\n```csharp\n(?<code>.*?)^```", RegexOptions.Singleline | RegexOptions.Multiline)]
    private static partial Regex Snippet();

    [GeneratedRegex("^```(csharp|cs|c#)", RegexOptions.Multiline)]
    private static partial Regex CSharpFence();

    [GeneratedRegex(@"\]\((?!http)([^)#]+)\)")]
    private static partial Regex Link();

    [GeneratedRegex(@"^using [\w.]+;$")]
    private static partial Regex ImportLine();
}
