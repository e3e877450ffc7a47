using System.Text.RegularExpressions;
using FastTrainLog.Tests.Shared;
using Xunit;

namespace FastTrainLog.Tests.Docs;

public sealed partial class ArchitectureTests
{
    private static readonly string Document = Repository.Read("docs/architecture.md");

    [Fact]
    public void The_drawing_shows_every_folder_of_the_library()
    {
        string source = Path.Combine(Repository.Root, "src");
        Assert.All(
            Directory.GetDirectories(source, "*", SearchOption.AllDirectories).Where(d => Directory.EnumerateFiles(d, "*.cs").Any()),
            folder => Assert.Contains($" {Path.GetFileName(folder)}/ ", Document));
    }

    [Fact]
    public void Every_folder_of_the_drawing_exists()
    {
        string[] folders = [.. Folder().Matches(Document).Select(m => m.Groups[1].Value)];
        Assert.NotEmpty(folders);
        Assert.All(folders, folder => Assert.NotEmpty(Directory.GetDirectories(Path.Combine(Repository.Root, "src"), folder, SearchOption.AllDirectories)));
    }

    [GeneratedRegex(@"(?<=^ +(?:\w+/ )*)([A-Z]\w+(?:\.\w+)?)/ ", RegexOptions.Multiline)]
    private static partial Regex Folder();
}
