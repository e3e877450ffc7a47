using System.Runtime.InteropServices;
using System.Runtime.Intrinsics.X86;

namespace FastTrainLog.Platform;

/// <summary>Creates the function that reads the x86-64 time stamp counter, for which .NET has no intrinsic.</summary>
/// <remarks>
/// Used only if the processor reports that the counter is invariant (CPUID 80000007H, EDX bit 8: Intel SDM volume 3, "Invariant
/// TSC") and if the Linux kernel itself uses it as clock source: as "tsc", which it drops from its list if counters of several
/// sockets disagree, or as "kvm-clock", which is the counter scaled by the host. A virtual machine that is migrated or suspended may
/// see its counter change; the backend, which compares it with UTC in every cycle, adapts. The environment variable
/// FASTTRAINLOG_CLOCK=stopwatch switches it off.
/// </remarks>
internal static unsafe partial class TimeStampCounter
{
    /// <summary>The environment variable that chooses the clock.</summary>
    public const string Variable = "FASTTRAINLOG_CLOCK";

    private const int ReadWrite = 1 | 2;
    private const int ReadExecute = 1 | 4;
    private const int PrivateAnonymous = 0x02 | 0x20;

    // rdtsc; shl rdx, 32; or rax, rdx; ret
    private static ReadOnlySpan<byte> Code => [0x0F, 0x31, 0x48, 0xC1, 0xE2, 0x20, 0x48, 0x09, 0xD0, 0xC3];

    /// <summary>Gets a page of zeros right after the function, for what is needed whenever that is called: its entry in the page table is in the same cache line. Null if there is no function.</summary>
    public static byte* PageBehind { get; private set; }

    /// <summary>Returns the function, or null if the counter is not safe or the system allows no such code.</summary>
    public static delegate* unmanaged[SuppressGCTransition]<long> TryCreateReader()
    {
        if (!OperatingSystem.IsLinux()
            || RuntimeInformation.ProcessArchitecture != Architecture.X64
            || string.Equals(Environment.GetEnvironmentVariable(Variable), "stopwatch", StringComparison.OrdinalIgnoreCase)
            || !IsInvariant()
            || !KernelCountsByIt())
        {
            return null;
        }

        nuint size = (nuint)Environment.SystemPageSize;
        nint memory = MapMemory(0, 2 * size, ReadWrite, PrivateAnonymous, -1, 0);
        if (memory == -1)
        {
            return null;
        }

        Code.CopyTo(new Span<byte>((void*)memory, Code.Length));
        // Never writable and executable at once; hardened systems reject the change, and then the counter is not used.
        if (ProtectMemory(memory, size, ReadExecute) != 0)
        {
            UnmapMemory(memory, 2 * size);
            return null;
        }

        PageBehind = (byte*)memory + size;
        return (delegate* unmanaged[SuppressGCTransition]<long>)memory;
    }

    private static bool IsInvariant()
    {
        const int ExtendedRange = unchecked((int)0x80000000);
        const int PowerManagement = unchecked((int)0x80000007);
        return X86Base.IsSupported
            && (uint)X86Base.CpuId(ExtendedRange, 0).Eax >= unchecked((uint)PowerManagement)
            && (X86Base.CpuId(PowerManagement, 0).Edx & (1 << 8)) != 0;
    }

    private static bool KernelCountsByIt()
    {
        const string Sources = "/sys/devices/system/clocksource/clocksource0/";
        try
        {
            return File.ReadAllText(Sources + "available_clocksource").Split().Contains("tsc")
                || File.ReadAllText(Sources + "current_clocksource").Trim() == "kvm-clock";
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    [LibraryImport("libc", EntryPoint = "mmap", SetLastError = false)]
    private static partial nint MapMemory(nint address, nuint length, int protection, int flags, int file, nint offset);

    [LibraryImport("libc", EntryPoint = "mprotect", SetLastError = false)]
    private static partial int ProtectMemory(nint address, nuint length, int protection);

    [LibraryImport("libc", EntryPoint = "munmap", SetLastError = false)]
    private static partial int UnmapMemory(nint address, nuint length);
}
