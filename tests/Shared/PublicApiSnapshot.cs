using System.Reflection;
using PublicApiGenerator;
using Xunit;

namespace FastTrainLog.Tests.Shared;

/// <summary>What an assembly offers its users, held against a file.</summary>
internal static class PublicApiSnapshot
{
    private const string Update = "UPDATE_SNAPSHOTS";

    /// <summary>Checks that an assembly offers what the file beside the tests of a project says; with UPDATE_SNAPSHOTS=1, writes the file.</summary>
    public static void Check(Assembly assembly, string testProject)
    {
        string name = assembly.GetName().Name!;
        string path = Path.Combine(Repository.Root, "tests", testProject, "Api", $"{name}.txt");
        string now = assembly.GeneratePublicApi(new ApiGeneratorOptions { IncludeAssemblyAttributes = false }).ReplaceLineEndings("\n").TrimEnd() + "\n";
        if (Environment.GetEnvironmentVariable(Update) == "1")
        {
            File.WriteAllText(path, now);
        }

        string[] before = File.Exists(path) ? File.ReadAllLines(path) : [];
        string[] after = now.TrimEnd().Split('\n');
        string[] changes = [.. before.Except(after).Select(static line => $"- {line.Trim()}"), .. after.Except(before).Select(static line => $"+ {line.Trim()}")];
        Assert.True(
            before.SequenceEqual(after),
            $"The public interface of {name} has changed. If you mean it, take it over: {Update}=1 dotnet run --project tests/{testProject} -- -class \"*PublicApi*\"\n{string.Join('\n', changes)}");
    }
}
