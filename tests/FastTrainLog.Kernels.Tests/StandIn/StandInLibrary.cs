using System.Diagnostics;

namespace FastTrainLog.Kernels.Tests.StandIn;

/// <summary>Compiles libcuda.c with the kernels into a shared library.</summary>
internal static class StandInLibrary
{
    private const string Compiler = "cc";

    private static readonly Lazy<string?> Path = new(() => Build(KernelSource.Folder, "libcuda-standin.so"));

    /// <summary>Gets the library's path, or skips the test where there is no compiler.</summary>
    public static string Require()
    {
        Xunit.Assert.SkipUnless(
            OperatingSystem.IsLinux() && Path.Value is not null, "no C compiler (cc) for the stand-in driver, which is written for Linux");
        return Path.Value!;
    }

    /// <summary>Compiles the stand-in with kernels from a folder.</summary>
    /// <param name="kernels">The folder that gradients.cu and its headers lie in.</param>
    /// <param name="name">The library's file name.</param>
    /// <returns>The library's path, or null when there is no compiler or the source does not compile.</returns>
    public static string? Build(string kernels, string name)
    {
        string output = System.IO.Path.Combine(AppContext.BaseDirectory, name);
        string source = System.IO.Path.Combine(AppContext.BaseDirectory, "StandIn", "libcuda.c");
        string[] arguments =
        [
            "-std=gnu11", "-O0", "-ffp-contract=off", "-fvisibility=hidden", "-shared", "-fPIC", "-w",

            // The stand-in itself is what the checks call: no library of theirs is wanted.
            "-fsanitize=alignment", "-nodefaultlibs",
            "-I", kernels, "-DKERNELS=\"gradients.cu\"", source, "-o", output, "-lm", "-lc",
        ];
        try
        {
            var start = new ProcessStartInfo(Compiler, arguments) { RedirectStandardError = true };
            using var process = Process.Start(start)!;
            process.StandardError.ReadToEnd();
            process.WaitForExit();
            return process.ExitCode == 0 ? output : null;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return null;
        }
    }
}
