using System.Runtime.InteropServices;
using TorchSharp;

namespace FastTrainLog.Integrations;

/// <summary>
/// Says whether TorchSharp's native library loads on this machine. A package that restores may still not: it asks for a newer C++ runtime than
/// some systems have. TorchSharp itself would copy half a gigabyte while it looks for another, and then throw from a static constructor.
/// </summary>
internal static class NativeTorch
{
    /// <summary>Gets why the library does not load, in the words of the system's loader, or null where it does.</summary>
    public static string? Refusal { get; } = Load();

    private static string? Load()
    {
        try
        {
            NativeLibrary.Load("LibTorchSharp", typeof(torch).Assembly, searchPath: null);
            return null;
        }
        catch (DllNotFoundException exception)
        {
            // One line for each place that was looked at. Where the file is, the line has what it lacks.
            string[] lines = exception.Message.Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
            string cause = lines.FirstOrDefault(line => line.Contains("required by", StringComparison.Ordinal)) ?? lines[0];
            return $"TorchSharp's native library does not load on this machine: {cause}";
        }
    }
}
