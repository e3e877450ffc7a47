using System.Diagnostics;
using System.Runtime.Versioning;

namespace FastTrainLog.Tool.Tests;

/// <summary>The tool as a process of a user who owns nothing.</summary>
internal static class OtherUser
{
    private const string Name = "nobody";

    public const string Lacking = "Only root on Linux can start a process of another user, who must be able to read where the tool is.";

    [SupportedOSPlatformGuard("linux")]
    public static bool Exists => OperatingSystem.IsLinux() && Environment.UserName == "root"
        && File.ReadLines("/etc/passwd").Any(line => line.StartsWith(Name + ":", StringComparison.Ordinal)) && Run([], "--version").Code == 0;

    public static (int Code, string Output, string Error) Run(Dictionary<string, string> environment, params string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, "FastTrainLog.Tool.dll"), .. arguments])
        {
            UserName = Name,
            WorkingDirectory = "/",
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["HOME"] = "/";
        foreach ((string name, string value) in environment)
        {
            start.Environment[name] = value;
        }

        using Process process = Process.Start(start)!;
        Task<string> output = process.StandardOutput.ReadToEndAsync();
        string error = process.StandardError.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, output.GetAwaiter().GetResult(), error);
    }
}
