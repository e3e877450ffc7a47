using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace FastTrainLog.Crash.Child;

/// <summary>Ways to die that .NET itself does not offer.</summary>
internal static unsafe partial class Native
{
    [LibraryImport("libc", EntryPoint = "abort")]
    public static partial void Abort();

    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.NoOptimization)]
    public static int Overflow(int depth)
    {
        byte* room = stackalloc byte[1024];
        room[0] = (byte)depth;
        return Overflow(depth + 1) + room[0];
    }

    /// <summary>Touches memory until the kernel's out-of-memory killer ends the process, as it does beyond a control group's limit.</summary>
    public static int EatMemory()
    {
        while (true)
        {
            const int Piece = 1 << 24;
            byte* memory = (byte*)NativeMemory.Alloc(Piece);
            for (int i = 0; i < Piece; i += 4096)
            {
                memory[i] = 1;
            }
        }
    }

    /// <summary>Lets no file of the process grow beyond a size, as <c>ulimit -f</c> does.</summary>
    public static void LimitFileSize(ulong bytes)
    {
        const int FileSize = 1;
        ulong* limits = stackalloc ulong[] { bytes, bytes };
        if (SetLimit(FileSize, limits) != 0)
        {
            throw new InvalidOperationException("setrlimit failed");
        }
    }

    [LibraryImport("libc", EntryPoint = "setrlimit")]
    private static partial int SetLimit(int resource, ulong* limits);
}
