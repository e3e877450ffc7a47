using System.Diagnostics;

namespace FastTrainLog.Generators.Tests.Diagnostics;

/// <summary>The build of a project as a person runs it.</summary>
internal static class RealBuild
{
    /// <summary>Builds a project.</summary>
    /// <param name="directory">Its directory.</param>
    /// <param name="project">Its file.</param>
    /// <returns>What the build said.</returns>
    public static async Task<string> Run(string directory, string project)
    {
        var start = new ProcessStartInfo("dotnet", ["build", project, "-nodeReuse:false", "-tl:off", "-v:m"])
        {
            WorkingDirectory = directory,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (string name in start.Environment.Keys.Where(static k => k.StartsWith("MSBUILD", StringComparison.OrdinalIgnoreCase)).ToList())
        {
            start.Environment.Remove(name);
        }

        using Process process = Process.Start(start)!;
        Task<string> errors = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        string output = await process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        return output + await errors;
    }
}
