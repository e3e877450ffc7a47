using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using FastTrainLog.Platform;
using FastTrainLog.Records;

namespace FastTrainLog.Frontend;

/// <summary>The position of a thread's next record: all per-thread state of a log call, in one cache line of native memory.</summary>
/// <remarks>
/// <para>
/// A training loop logs about once a millisecond, with caches and page tables that other code has used meanwhile: each page of memory between
/// the call and the record is then a miss that the call waits for. Thread-local storage is several (the resolver's code, the thread's table,
/// the storage itself), so a call checks slots that it can find without it, and recognises by the address of a local variable whether one is its own
/// thread's: a stack belongs to one thread.
/// </para>
/// <para>
/// The first that it checks is <see cref="Front"/>, at an address that is a constant of the compiled code: the processor waits for it and for the
/// logger at the same time, not one after the other. The first thread that fills a page owns it until it ends; that is the training thread,
/// if there is one. The second is the slot cached in the logger: that of the last other thread that began a page through it.
/// </para>
/// <para>
/// The association of a stack with a thread must end with the thread, before another can reuse the stack. A destructor of POSIX thread-specific data sets the
/// slot's stack to none; it is the C library's own <c>sigemptyset</c>, which takes one address and stores zeros there, so that no managed
/// code runs in a thread that is ending. If any of this is not available, the slot has no stack, and every call uses thread-local storage.
/// </para>
/// </remarks>
[StructLayout(LayoutKind.Explicit, Size = Bytes)]
internal unsafe partial struct ThreadSlot
{
    /// <summary>The bytes of a slot: a line that calls use, and what the destructor clears from the stack on, a <c>sigset_t</c> of 128 bytes.</summary>
    public const int Bytes = 192;

    private const int PageBytes = 4096;
    private const int PageShift = 12;
    private const int StackPagesBits = 20;
    private const ulong MostStackPages = (1UL << StackPagesBits) - 1;

    /// <summary>A slot without a thread or a pipeline, which has no space for a record.</summary>
    public static readonly ThreadSlot* Nobody;

    /// <summary>The slot of the thread in front.</summary>
    public static readonly ThreadSlot* Front;

    /// <summary>The part of the slot that the writer of a record uses.</summary>
    [FieldOffset(0)]
    public RecordPlace Place;

    /// <summary>Where the next record goes.</summary>
    [FieldOffset(0)]
    public byte* Cursor;

    /// <summary>The end that a record must not exceed.</summary>
    [FieldOffset(8)]
    public byte* Limit;

    /// <summary>The identifier of the pipeline that the page belongs to; 0 for none.</summary>
    [FieldOffset(24)]
    public int Pipeline;

    // Its first page above the number of its pages: one word, so that no reader sees a mixture of two threads' values. 0 for none.
    [FieldOffset(32)]
    private ulong _stack;

    private static readonly Lock Gate = new();
    private static readonly Stack<nint> Free = [];
    private static readonly uint? Key;
    // 0 or 1.
    private static int FrontIsTaken;

    // As long as the thread is alive, this prevents the finalizer from running.
    [ThreadStatic]
    private static Owner? OwnerOfThread;

    [ThreadStatic]
    private static ThreadSlot* SlotOfThread;

    static ThreadSlot()
    {
        AddFree(TickClock.IsCounter ? TimeStampCounter.PageBehind : AllocatePage());
        Nobody = Take();
        Front = Take();
        Key = TryCreateKey();
    }

    /// <summary>Returns whether the slot is the calling thread's.</summary>
    /// <param name="local">The address of a local variable.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly bool IsOfThreadWith(void* local)
    {
        ulong stack = Volatile.Read(in _stack);
        return ((ulong)local >> PageShift) - (stack >> StackPagesBits) < (stack & MostStackPages);
    }

    /// <summary>Returns the calling thread's slot.</summary>
    /// <param name="local">The address of a local variable.</param>
    /// <param name="near">The slot that it may be, if it is not the one in front.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ThreadSlot* OfThreadWith(void* local, ThreadSlot* near) =>
        Front->IsOfThreadWith(local) ? Front : near->IsOfThreadWith(local) ? near : OfThread();

    /// <summary>Returns the calling thread's slot.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static ThreadSlot* OfThread()
    {
        ThreadSlot* slot = SlotOfThread;
        return slot != null ? slot : Claim();
    }

    /// <summary>Returns whether <see cref="ComeToFront"/> would do nothing.</summary>
    public static bool StaysWhereItIs(ThreadSlot* slot) => slot == Front || Volatile.Read(ref FrontIsTaken) != 0 || slot->_stack == 0;

    /// <summary>Moves the calling thread to the front, if the front is free.</summary>
    /// <param name="slot">The thread's slot.</param>
    /// <returns>The thread's slot from here on.</returns>
    public static ThreadSlot* ComeToFront(ThreadSlot* slot)
    {
        ulong stack = slot->_stack;
        // Without its stack, the thread would not be recognised as the one in front.
        if (stack == 0 || Interlocked.Exchange(ref FrontIsTaken, 1) != 0)
        {
            return slot;
        }

        if (SetSpecific(Key!.Value, &Front->_stack) != 0)
        {
            Volatile.Write(ref FrontIsTaken, 0);
            return slot;
        }

        // A thread never has two slots at a time.
        Volatile.Write(ref slot->_stack, 0);
        Front->Place = slot->Place;
        Front->Pipeline = slot->Pipeline;
        Volatile.Write(ref Front->_stack, stack);
        OwnerOfThread!.Slot = (nint)Front;
        SlotOfThread = Front;
        Return(slot);
        return Front;
    }

    private static ThreadSlot* Claim()
    {
        ThreadSlot* slot = Take();
        OwnerOfThread = new Owner { Slot = (nint)slot };
        if (Key is { } key && TryFindStack(out ulong stack) && SetSpecific(key, &slot->_stack) == 0)
        {
            Volatile.Write(ref slot->_stack, stack);
        }

        return SlotOfThread = slot;
    }

    private static ThreadSlot* Take()
    {
        lock (Gate)
        {
            if (Free.Count == 0)
            {
                AddFree(AllocatePage());
            }

            var slot = (ThreadSlot*)Free.Pop();
            *slot = default;
            return slot;
        }
    }

    private static void Return(ThreadSlot* slot)
    {
        lock (Gate)
        {
            Free.Push((nint)slot);
        }
    }

    private static void AddFree(byte* page)
    {
        for (int offset = PageBytes - Bytes; offset >= 0; offset -= Bytes)
        {
            Free.Push((nint)(page + offset));
        }
    }

    // Never freed: loggers may read a slot at any time.
    private static byte* AllocatePage() => (byte*)NativeMemory.AlignedAlloc(PageBytes, PageBytes);

    private static uint? TryCreateKey()
    {
        if (!OperatingSystem.IsLinux())
        {
            return null;
        }

        try
        {
            return NativeLibrary.TryGetExport(NativeLibrary.GetMainProgramHandle(), "sigemptyset", out nint clear) && CreateKey(out uint key, clear) == 0
                ? key
                : null;
        }
        catch (EntryPointNotFoundException)
        {
            return null;
        }
    }

    private static bool TryFindStack(out ulong stack)
    {
        // pthread_attr_t has 56 bytes with glibc on x86-64, 64 on arm64.
        byte* attributes = stackalloc byte[128];
        stack = 0;
        try
        {
            if (GetAttributes(ThreadSelf(), attributes) != 0)
            {
                return false;
            }

            bool found = GetStack(attributes, out nuint start, out nuint size) == 0;
            DestroyAttributes(attributes);
            byte local;
            if (!found || (nuint)(&local) - start >= size)
            {
                return false;
            }

            // Its complete pages, because another thread's stack may share the others; for a stack without a limit, the 4 GiB at its upper end, where it begins.
            ulong end = ((ulong)start + size) >> PageShift;
            ulong pages = Math.Min(end - (((ulong)start + PageBytes - 1) >> PageShift), MostStackPages);
            stack = ((end - pages) << StackPagesBits) | pages;
            return true;
        }
        catch (EntryPointNotFoundException)
        {
            return false;
        }
    }

    [LibraryImport("libc", EntryPoint = "pthread_key_create")]
    private static partial int CreateKey(out uint key, nint destructor);

    [LibraryImport("libc", EntryPoint = "pthread_setspecific")]
    private static partial int SetSpecific(uint key, void* value);

    [LibraryImport("libc", EntryPoint = "pthread_self")]
    private static partial nint ThreadSelf();

    [LibraryImport("libc", EntryPoint = "pthread_getattr_np")]
    private static partial int GetAttributes(nint thread, byte* attributes);

    [LibraryImport("libc", EntryPoint = "pthread_attr_getstack")]
    private static partial int GetStack(byte* attributes, out nuint start, out nuint size);

    [LibraryImport("libc", EntryPoint = "pthread_attr_destroy")]
    private static partial int DestroyAttributes(byte* attributes);

    /// <summary>Releases a slot some time after its thread has ended.</summary>
    private sealed class Owner
    {
        public nint Slot { get; set; }

        ~Owner()
        {
            var slot = (ThreadSlot*)Slot;
            Volatile.Write(ref slot->_stack, 0);
            if (slot == Front)
            {
                Volatile.Write(ref FrontIsTaken, 0);
            }
            else
            {
                Return(slot);
            }
        }
    }
}
