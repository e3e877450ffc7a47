using System.ComponentModel;
using System.Diagnostics;

namespace FastTrainLog.Tests.Shared;

/// <summary>A C source beside the tests, compiled by the machine's C compiler into a library or a program.</summary>
internal sealed class NativeSource : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("fasttrainlog-native-").FullName;

    /// <summary>Compiles a library.</summary>
    public NativeSource(string source)
        : this(source, $"lib{Path.GetFileNameWithoutExtension(source)}.so", ["-shared", "-fPIC"])
    {
    }

    private NativeSource(string source, string result, string[] options)
    {
        string path = Path.Combine(_directory, result);
        foreach (string compiler in new[] { "cc", "gcc", "clang" })
        {
            // The libraries come after what needs them.
            if (TryCompile(compiler, ["-O1", "-o", path, Path.Combine(AppContext.BaseDirectory, source), .. options]))
            {
                Result = path;
                return;
            }
        }
    }

    /// <summary>Gets the path of the library or program; null where there is no compiler.</summary>
    public string? Result { get; }

    /// <summary>Compiles a program.</summary>
    public static NativeSource Program(string source, params string[] options) => new(source, Path.GetFileNameWithoutExtension(source), options);

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    private static bool TryCompile(string compiler, string[] arguments)
    {
        try
        {
            using Process process = Process.Start(new ProcessStartInfo(compiler, arguments)
            {
                RedirectStandardError = true,
            })!;
            string complaint = process.StandardError.ReadToEnd();
            process.WaitForExit();
            return process.ExitCode == 0 ? true : throw new InvalidOperationException($"{compiler} could not build a source of the tests: {complaint}");
        }
        catch (Win32Exception)
        {
            // This compiler is not installed.
            return false;
        }
    }
}
