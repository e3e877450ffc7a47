using System.Runtime.InteropServices;

namespace FastTrainLog.Journals;

/// <summary>Keeps a process alive when the file under a mapping is truncated: what it then reads and writes there is private memory.</summary>
/// <remarks>
/// <para>
/// The kernel answers an access past the end of a mapped file with SIGBUS, which ends the process. Another user cannot truncate a journal, but the same user's
/// cleaner can. No managed code may run in a signal's handler, so the handler is a hundred bytes of machine code, which look whether the address
/// is in a guarded range, put a page of zeros there, count that, and go back to the instruction; every other signal goes to the handler that was there before, .NET's own.
/// </para>
/// <para>
/// Invariant: the ranges are written before the code can run, a range's end before its start, so that the code sees a range completely or not at all. Linux on x86-64 only;
/// elsewhere, and where a hardened system allows no such code, nothing is guarded.
/// </para>
/// </remarks>
internal static unsafe partial class MappingGuard
{
    private const int BusError = 7;
    private const int Ranges = 64;
    private const int ReadWrite = 1 | 2;
    private const int ReadExecute = 1 | 4;
    private const int PrivateAnonymous = 0x02 | 0x20;
    private const int SignalInformation = 4;

    // struct sigaction of glibc and musl on x86-64: the handler, 128 bytes of signals, the flags, and what only the library sets.
    private const int ActionBytes = 152;
    private const int FlagsAt = 136;

    private static readonly Lock Gate = new();
    private static readonly GuardTable* Table = TryInstall();

    // rdi: the signal, rsi: its information, rdx: the context. The table is in the next page.
    private static ReadOnlySpan<byte> Code =>
    [
        0x48, 0x8B, 0x46, 0x10, // mov rax, [rsi+16]: the address
        0x4C, 0x8D, 0x05, 0xF5, 0x0F, 0x00, 0x00, // lea r8, [rip+0xFF5]: the table, at 0x1000
        0x4D, 0x8D, 0x48, 0x10, // lea r9, [r8+16]: the first range
        0xB9, Ranges, 0x00, 0x00, 0x00, // mov ecx, Ranges
        0x49, 0x3B, 0x01, // next: cmp rax, [r9]
        0x72, 0x06, // jb other
        0x49, 0x3B, 0x41, 0x08, // cmp rax, [r9+8]
        0x72, 0x0B, // jb hit
        0x49, 0x83, 0xC1, 0x10, // other: add r9, 16
        0xFF, 0xC9, // dec ecx
        0x75, 0xED, // jnz next
        0x41, 0xFF, 0x20, // jmp [r8]: the handler before
        0x57, // hit: push rdi
        0x56, // push rsi
        0x52, // push rdx
        0x41, 0x50, // push r8
        0x48, 0x89, 0xC7, // mov rdi, rax
        0x48, 0x81, 0xE7, 0x00, 0xF0, 0xFF, 0xFF, // and rdi, -4096
        0xBE, 0x00, 0x10, 0x00, 0x00, // mov esi, 4096
        0xBA, 0x03, 0x00, 0x00, 0x00, // mov edx, PROT_READ | PROT_WRITE
        0x41, 0xBA, 0x32, 0x00, 0x00, 0x00, // mov r10d, MAP_PRIVATE | MAP_FIXED | MAP_ANONYMOUS
        0x49, 0xC7, 0xC0, 0xFF, 0xFF, 0xFF, 0xFF, // mov r8, -1
        0x45, 0x31, 0xC9, // xor r9d, r9d
        0xB8, 0x09, 0x00, 0x00, 0x00, // mov eax, mmap
        0x0F, 0x05, // syscall
        0x41, 0x58, // pop r8
        0x5A, // pop rdx
        0x5E, // pop rsi
        0x5F, // pop rdi
        0x48, 0x85, 0xC0, // test rax, rax
        0x78, 0xC3, // js to: jmp [r8]
        0xF0, 0x49, 0xFF, 0x40, 0x08, // lock inc qword [r8+8]
        0xC3, // ret
    ];

    /// <summary>Gets how many pages of memory replaced missing parts of a file.</summary>
    public static long Replaced => Table == null ? 0 : Volatile.Read(ref Table->Replaced);

    /// <summary>Guards a range of memory.</summary>
    /// <returns>Whether it is guarded.</returns>
    public static bool TryAdd(byte* start, long length)
    {
        if (Table == null)
        {
            return false;
        }

        lock (Gate)
        {
            for (int i = 0; i < Ranges; i++)
            {
                GuardRange* range = &Table->First + i;
                if (range->Start == 0)
                {
                    range->End = (ulong)start + (ulong)length;
                    Volatile.Write(ref range->Start, (ulong)start);
                    return true;
                }
            }
        }

        return false;
    }

    /// <summary>Stops guarding a range.</summary>
    public static void Remove(byte* start)
    {
        if (Table == null)
        {
            return;
        }

        lock (Gate)
        {
            for (int i = 0; i < Ranges; i++)
            {
                GuardRange* range = &Table->First + i;
                if (range->Start == (ulong)start)
                {
                    range->End = 0;
                    Volatile.Write(ref range->Start, 0);
                }
            }
        }
    }

    private static GuardTable* TryInstall()
    {
        if (!OperatingSystem.IsLinux() || RuntimeInformation.ProcessArchitecture != Architecture.X64 || Environment.SystemPageSize != 4096)
        {
            return null;
        }

        nuint page = (nuint)Environment.SystemPageSize;
        nint memory = MapMemory(0, 2 * page, ReadWrite, PrivateAnonymous, -1, 0);
        if (memory == -1)
        {
            return null;
        }

        Code.CopyTo(new Span<byte>((void*)memory, Code.Length));
        var table = (GuardTable*)(memory + (nint)page);
        byte* action = stackalloc byte[ActionBytes];
        // Only a handler that takes the same three arguments can be chained to; .NET's does.
        if (ProtectMemory(memory, page, ReadExecute) != 0
            || SetAction(BusError, null, action) != 0
            || *(ulong*)action <= 1
            || (*(int*)(action + FlagsAt) & SignalInformation) == 0)
        {
            UnmapMemory(memory, 2 * page);
            return null;
        }

        table->Before = *(ulong*)action;
        *(nint*)action = memory;
        return SetAction(BusError, action, null) == 0 ? table : null;
    }

    [LibraryImport("libc", EntryPoint = "mmap", SetLastError = false)]
    private static partial nint MapMemory(nint address, nuint length, int protection, int flags, int file, nint offset);

    [LibraryImport("libc", EntryPoint = "mprotect", SetLastError = false)]
    private static partial int ProtectMemory(nint address, nuint length, int protection);

    [LibraryImport("libc", EntryPoint = "munmap", SetLastError = false)]
    private static partial int UnmapMemory(nint address, nuint length);

    [LibraryImport("libc", EntryPoint = "sigaction", SetLastError = false)]
    private static partial int SetAction(int signal, byte* action, byte* before);

    [StructLayout(LayoutKind.Sequential)]
    private struct GuardRange
    {
        public ulong Start;
        public ulong End;
    }

    // What the code accesses by offsets.
    [StructLayout(LayoutKind.Sequential)]
    private struct GuardTable
    {
        public ulong Before;
        public long Replaced;
        public GuardRange First;
    }
}
