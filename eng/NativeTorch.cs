using System.Runtime.InteropServices;
using TorchSharp;

namespace FastTrainLog.Integrations;

/// <summary>Loads TorchSharp's native library, also on a Linux whose C++ runtime is older than GCC 13's, such as Debian 12.</summary>
/// <remarks>
/// <para>
/// The library of TorchSharp 0.107 names version GLIBCXX_3.4.32 of libstdc++ among those it needs, for one symbol
/// (<c>std::ios_base_library_init</c>) that nothing in it refers to. The loader refuses it for the missing version alone. A copy in which that
/// need is marked as weak loads, and does what the original does.
/// </para>
/// <para>For the tests, samples and benchmarks of this repository; nothing of this ships.</para>
/// </remarks>
internal static class NativeTorch
{
    // An entry of .gnu.version_r begins with the ELF hash of "GLIBCXX_3.4.32", four bytes, and its flags, two.
    private static readonly byte[] Need = [0x42, 0xf8, 0x97, 0x02, 0x00, 0x00];
    private const byte WeakFlag = 2; // VER_FLG_WEAK

    /// <summary>Loads the library, where the process has not done so. Call it before TorchSharp's first use: its own search throws from a static constructor.</summary>
    /// <exception cref="DllNotFoundException">The library is not there, or lacks something else; the message is the system loader's.</exception>
    public static void Load()
    {
        try
        {
            NativeLibrary.Load("LibTorchSharp", typeof(torch).Assembly, searchPath: null);
        }
        catch (DllNotFoundException) when (OperatingSystem.IsLinux() && ReadWithWeakNeed() is { } library)
        {
            LoadCopy(library);
        }
    }

    /// <summary>Returns where a native library of the program lies: beside it where it was published for one platform, else in a folder for each.</summary>
    private static string? PathOf(string file) => ((string?)AppContext.GetData("NATIVE_DLL_SEARCH_DIRECTORIES") ?? AppContext.BaseDirectory)
        .Split(Path.PathSeparator)
        .Select(folder => Path.Combine(folder, file))
        .FirstOrDefault(File.Exists);

    private static byte[]? ReadWithWeakNeed()
    {
        byte[] library = PathOf("libLibTorchSharp.so") is { } path ? File.ReadAllBytes(path) : [];
        int entry = library.AsSpan().IndexOf(Need);
        if (entry < 0)
        {
            return null;
        }

        library[entry + sizeof(uint)] = WeakFlag;
        return library;
    }

    private static void LoadCopy(byte[] library)
    {
        // The copy would look for these beside itself. The loader finds what is loaded by its name, also for the calls that follow.
        foreach (string needed in (ReadOnlySpan<string>)["libc10.so", "libtorch_cpu.so", "libtorch.so"])
        {
            NativeLibrary.Load(PathOf(needed) ?? needed);
        }

        DirectoryInfo folder = Directory.CreateTempSubdirectory("fasttrainlog-torch-");
        try
        {
            string copy = Path.Combine(folder.FullName, "libLibTorchSharp.so");
            File.WriteAllBytes(copy, library);
            NativeLibrary.Load(copy);
        }
        finally
        {
            folder.Delete(recursive: true); // what is loaded stays mapped
        }
    }
}
