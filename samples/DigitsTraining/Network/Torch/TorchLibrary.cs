using System.Reflection;
using System.Runtime.InteropServices;

namespace DigitsTraining.Network.Torch;

/// <summary>Whether this machine can load TorchSharp's native libraries: they ask for a C++ runtime that an older system lacks.</summary>
internal static class TorchLibrary
{
    // In this order, for the second finds the first loaded. TorchSharp would try the same, and where that fails copy every library of its packages first.
    private static readonly string[] Names = ["torch_cpu", "LibTorchSharp"];

    /// <summary>Loads the libraries.</summary>
    /// <returns>Why that is impossible, or null.</returns>
    public static string? FindTrouble()
    {
        try
        {
            Assembly assembly = typeof(TorchSharp.torch).Assembly;
            Array.ForEach(Names, name => NativeLibrary.Load(name, assembly, searchPath: null));
            return null;
        }
        catch (DllNotFoundException exception)
        {
            return exception.Message;
        }
    }
}
