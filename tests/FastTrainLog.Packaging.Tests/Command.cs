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
        using Process process = Process.Start(start)!;
        Task<string> errors = process.StandardError.ReadToEndAsync();
        string output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        return new Command(process.ExitCode, output + await errors);
    }

    /// <summary>Runs the .NET SDK's command as a person has it: the compiler of one build serves the next.</summary>
    public static Task<Command> Dotnet(string directory, string verb, params string[] arguments) =>
        Run("dotnet", directory, [verb, .. arguments, "-nodeReuse:false", "-tl:off"]);

    public void AssertSucceeded() => Assert.True(ExitCode == 0, Output);

    private static bool BelongsToTheBuildOfThisTest(string variable) =>
        variable.StartsWith("MSBUILD", StringComparison.OrdinalIgnoreCase) || variable is "NUGET_PACKAGES";
}
