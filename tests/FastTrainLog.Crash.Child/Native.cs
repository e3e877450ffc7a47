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
        Limit(FileSize, bytes);
    }

    /// <summary>Lets the process open no further file, as where <c>ulimit -n</c> is reached.</summary>
    /// <returns>Lets it open files again.</returns>
    public static Action ForbidFiles()
    {
        const int OpenFiles = 7;
        ulong before = Limit(OpenFiles, 0);
        return () => Limit(OpenFiles, before);
    }

    /// <summary>Lets the process start no further thread, as where <c>ulimit -u</c> is reached; root alone may still.</summary>
    /// <returns>Lets it start threads again.</returns>
    public static Action ForbidThreads()
    {
        const int Processes = 6;
        ulong before = Limit(Processes, 0);
        return () => Limit(Processes, before);
    }

    /// <summary>Lets the process map no further memory, as where <c>ulimit -v</c> is reached.</summary>
    /// <returns>Lets it map memory again.</returns>
    public static Action ForbidMemory()
    {
        const int AddressSpace = 9;
        ulong before = Limit(AddressSpace, 0);
        return () => Limit(AddressSpace, before);
    }

    // The hard limit stays, so that the other can be raised again. Gives the limit before.
    private static ulong Limit(int resource, ulong limit)
    {
        ulong* limits = stackalloc ulong[2];
        if (GetLimit(resource, limits) != 0)
        {
            throw new InvalidOperationException("getrlimit failed");
        }

        ulong before = limits[0];
        limits[0] = limit;
        return SetLimit(resource, limits) == 0 ? before : throw new InvalidOperationException("setrlimit failed");
    }

    [LibraryImport("libc", EntryPoint = "getrlimit")]
    private static partial int GetLimit(int resource, ulong* limits);

    [LibraryImport("libc", EntryPoint = "setrlimit")]
    private static partial int SetLimit(int resource, ulong* limits);
}
