using System.Diagnostics;
using System.Runtime.InteropServices;

namespace FastTrainLog.Packaging.Tests;

/// <summary>A program run to its end.</summary>
internal sealed record Command(int ExitCode, string Output)
{
    public static async Task<Command> Run(string file, string directory, params string[] arguments)
    {
        var start = new ProcessStartInfo(file, arguments)
        {
            WorkingDirectory = directory,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (string name in start.Environment.Keys.Where(BelongsToTheBuildOfThisTest).ToList())
        {
            start.Environment.Remove(name);
        }

        // Programs that the SDK makes look for the runtime in the places of an installation; this one may be elsewhere.
        start.Environment["DOTNET_ROOT"] = Path.GetFullPath(Path.Combine(RuntimeEnvironment.GetRuntimeDirectory(), "..", "..", ".."));
        // Builds live for seconds: counting branches for a second compilation costs them more than it saves.
        start.Environment["DOTNET_TieredPGO"] = "0";
        // An advisory published today against a dependency must not fail yesterday's commit.
        start.Environment["NuGetAudit"] = "false";
        using Process process = Process.Start(start)!;
        Task<string> errors = process.StandardError.ReadToEndAsync();
        string output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        return new Command(process.ExitCode, output + await errors);
    }

    /// <summary>Runs a program that was built.</summary>
    /// <param name="program">Its path, without what a platform appends.</param>
    /// <param name="directory">Where it runs.</param>
    /// <param name="arguments">What it is told.</param>
    public static Task<Command> RunProgram(string program, string directory, params string[] arguments) =>
        Run(OperatingSystem.IsWindows() ? program + ".exe" : program, directory, arguments);

    /// <summary>Runs the .NET SDK's command as a person has it: the compiler of one build serves the next. One process, because a second one has its own start.</summary>
    public static Task<Command> Dotnet(string directory, string verb, params string[] arguments) =>
        Run("dotnet", directory, [verb, .. arguments, "-nodeReuse:false", "-maxcpucount:1", "-tl:off"]);

    public void AssertSucceeded() => Assert.True(ExitCode == 0, Output);

    private static bool BelongsToTheBuildOfThisTest(string variable) =>
        variable.StartsWith("MSBUILD", StringComparison.OrdinalIgnoreCase) || variable is "NUGET_PACKAGES";
}
