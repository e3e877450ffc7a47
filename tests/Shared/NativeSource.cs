using System.ComponentModel;
using System.Diagnostics;

namespace FastTrainLog.Tests.Shared;

/// <summary>A C source beside the tests, compiled into a library by the machine's C compiler.</summary>
internal sealed class NativeSource : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("fasttrainlog-native-").FullName;

    public NativeSource(string source)
    {
        string library = Path.Combine(_directory, "lib" + Path.GetFileNameWithoutExtension(source) + ".so");
        foreach (string compiler in new[] { "cc", "gcc", "clang" })
        {
            if (TryCompile(compiler, Path.Combine(AppContext.BaseDirectory, source), library))
            {
                Library = library;
                return;
            }
        }
    }

    /// <summary>Gets the library's path; null where there is no compiler.</summary>
    public string? Library { get; }

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    private static bool TryCompile(string compiler, string source, string library)
    {
        try
        {
            using Process process = Process.Start(new ProcessStartInfo(compiler, ["-shared", "-fPIC", "-O1", "-o", library, source])
            {
                RedirectStandardError = true,
            })!;
            string complaint = process.StandardError.ReadToEnd();
            process.WaitForExit();
            return process.ExitCode == 0 ? true : throw new InvalidOperationException($"{compiler} could not build the stand-in: {complaint}");
        }
        catch (Win32Exception)
        {
            // This compiler is not installed.
            return false;
        }
    }
}
