using System.Diagnostics;
using System.Text.RegularExpressions;
using FastTrainLog.Tests.Shared;
using Xunit;

namespace FastTrainLog.Crash.Tests.Planted;

/// <summary>The tests of crashes find the bugs that they are there for.</summary>
/// <remarks>
/// <c>dotnet run --project tests/FastTrainLog.Crash.Tests -- -explicit only -class "*PlantedBugTests" -showliveoutput</c> builds the library with each bug in turn, in a copy, and runs the
/// tests that are there for it, until one fails.
/// </remarks>
public sealed partial class PlantedBugTests
{
    private static readonly string[] Sources = ["src/FastTrainLog", "src/FastTrainLog.Generators", "src/FastTrainLog.Generators.CodeFixes", "src/Polyfills", "eng"];

    [Fact]
    public void Each_planted_bug_changes_one_place_of_the_source() => Assert.All(
        PlantedBug.All, bug => Assert.Single(Regex.Matches(Repository.Read(Path.Combine(Sources[0], bug.File)), Regex.Escape(bug.Original))));

    [Fact(Explicit = true)]
    public void Every_planted_bug_is_found()
    {
        ITestOutputHelper output = TestContext.Current.TestOutputHelper!;
        string copy = Directory.CreateTempSubdirectory("fasttrainlog-planted-").FullName;
        try
        {
            CopySources(copy);
            string tests = Path.Combine(copy, "tests");
            Copy(AppContext.BaseDirectory, tests);
            int found = 0;
            foreach (PlantedBug bug in PlantedBug.All)
            {
                string path = Path.Combine(copy, Sources[0], bug.File);
                string source = File.ReadAllText(path);
                File.WriteAllText(path, source.Replace(bug.Original, bug.Replacement, StringComparison.Ordinal));
                (int code, string built) = Run("dotnet", copy, "build", Sources[0], "-f", "net10.0", "-p:RunAnalyzers=false", "-p:GenerateDocumentationFile=false", "-nologo");
                Assert.True(code == 0, $"With the bug '{bug.Name}' the library cannot be built: {built}");
                File.Copy(Directory.GetFiles(Path.Combine(copy, "artifacts/bin/FastTrainLog"), "FastTrainLog.dll", SearchOption.AllDirectories).Single(), Path.Combine(tests, "FastTrainLog.dll"), overwrite: true);
                string? failed = Find(bug, tests);
                found += failed is null ? 0 : 1;
                output.WriteLine($"{bug.Name}: {failed ?? "not found"}");
                File.WriteAllText(path, source);
            }

            output.WriteLine($"{found} of {PlantedBug.All.Count} planted bugs are found");
            Assert.Equal(PlantedBug.All.Count, found);
        }
        finally
        {
            Directory.Delete(copy, recursive: true);
        }
    }

    // Gives the test that failed; null if none did.
    private static string? Find(PlantedBug bug, string tests)
    {
        (int code, string output) = Run("dotnet", tests, "FastTrainLog.Crash.Tests.dll", "-noColor", "-stopOnFail", "-class", $"*.{bug.Finder}");
        return code == 0 ? null : FailedTest().Match(output) is { Success: true } failed ? failed.Groups[1].Value : throw new InvalidOperationException($"The tests ended with {code}: {output}");
    }

    private static void CopySources(string copy)
    {
        foreach (string file in Directory.GetFiles(Repository.Root).Where(file => Path.GetExtension(file) is ".props" or ".targets" or ".json" or ".md"))
        {
            File.Copy(file, Path.Combine(copy, Path.GetFileName(file)));
        }

        Array.ForEach(Sources, folder => Copy(Path.Combine(Repository.Root, folder), Path.Combine(copy, folder)));
    }

    private static void Copy(string from, string to)
    {
        Directory.CreateDirectory(to);
        foreach (string file in Directory.GetFiles(from))
        {
            File.Copy(file, Path.Combine(to, Path.GetFileName(file)));
        }

        foreach (string folder in Directory.GetDirectories(from))
        {
            Copy(folder, Path.Combine(to, Path.GetFileName(folder)));
        }
    }

    private static (int Code, string Output) Run(string command, string directory, params string[] arguments)
    {
        var start = new ProcessStartInfo(command, arguments) { WorkingDirectory = directory, RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["DOTNET_DbgEnableMiniDump"] = "0";
        start.Environment["FTL_TEST_CAMPAIGN"] = "1-40";
        using var process = Process.Start(start)!;
        Task<string> errors = process.StandardError.ReadToEndAsync();
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, output + errors.Result);
    }

    [GeneratedRegex(@"([\w.]+(?:\(.*\))?) \[FAIL\]")]
    private static partial Regex FailedTest();
}
