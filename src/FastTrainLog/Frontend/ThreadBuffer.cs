using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using FastTrainLog.Records;
using Microsoft.Extensions.Logging;
using CallSite = FastTrainLog.Records.CallSite;

namespace FastTrainLog.Frontend;

/// <summary>One thread's access to a pipeline: the page that it fills and the position in it.</summary>
/// <remarks>
/// Only its own thread writes it. The backend reads <see cref="OpenPage"/> and the page's memory, never the position. When pages run short it
/// takes back the page of a sleeping thread (<see cref="TryTakeBack"/>), which costs the calls of other threads nothing.
/// </remarks>
internal sealed unsafe class ThreadBuffer
{
    /// <summary>The buffer that the calling thread used last, of whichever pipeline: the one to which the thread's <see cref="ThreadSlot"/> belongs.</summary>
    [ThreadStatic]
    private static ThreadBuffer? Current;

    [ThreadStatic]
    private static List<ThreadBuffer>? AllOfThread;

    // Equals no flow; also represents a suppressed flow, whose locals may change without notice.
    private static readonly object Unseen = new();

    // The owner of the open page: the thread, the thread although the backend has requested it, or the backend.
    private const int Owned = 0;
    private const int Wanted = 1;
    private const int Taken = 2;

    private readonly ThreadContext _context = new();
    private readonly bool _runsInWaits;
    private int _hold;

    // The thread's slot, while the buffer is the current one.
    private ThreadSlot* _slot;
    private volatile bool _inSlowPath;

    // The thread's execution context at its last record: as long as it is the same, so are activity and scopes.
    private object _seenFlow = Unseen;

    // Where the next record goes while another buffer is the current one.
    private byte* _cursor;
    private byte* _limit;
    private Page? _openPage;
    private long _sequence = -1;
    private long _takenSequence;
    private long _readSequence;
    private byte[]? _scratch;
    private bool _inScratch;

    private ThreadBuffer(LogPipeline pipeline)
    {
        Pipeline = pipeline;
        Id = pipeline.NextBufferId();
        Thread = Thread.CurrentThread;
        ThreadId = Environment.CurrentManagedThreadId;
        // There a wait may run code that logs.
        _runsInWaits = OperatingSystem.IsWindows() && Thread.GetApartmentState() == ApartmentState.STA;
    }

    public LogPipeline Pipeline { get; }

    public Thread Thread { get; }

    public int ThreadId { get; }

    /// <summary>Gets the buffer's identifier in its pipeline; successive threads with the same managed identifier differ in it.</summary>
    public int Id { get; }

    /// <summary>Gets the page being filled, or null if there is none or the backend has taken it.</summary>
    /// <remarks>
    /// Never a page that the backend may have freed: that page is another thread's by now, whose records would be read twice. So a page that was
    /// taken does not count, and one that is full is not open any more when it goes to the backend.
    /// </remarks>
    public Page? OpenPage => Volatile.Read(ref _hold) == Taken ? null : Volatile.Read(ref _openPage);

    /// <summary>Gets or sets which of the buffer's pages the backend reads.</summary>
    public long ReadSequence
    {
        get => Volatile.Read(ref _readSequence);
        set => Volatile.Write(ref _readSequence, value);
    }

    /// <summary>Begins a record that does not fit into the current page: in the page that the backend has handed to the thread, or by <see cref="BeginSlow"/>.</summary>
    /// <remarks>
    /// This is what one in some hundred calls of a training loop costs more than the others. At the loop's pace nothing of it is in the caches, so it
    /// touches the slot, the end of one page and the beginning of the next, and no object.
    /// </remarks>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static RecordWriter BeginNext(TrainLogger logger, ThreadSlot* slot, ulong siteBits, int argumentBytes, LogLevel level)
    {
        int size = RecordLayout.Size(argumentBytes);
        byte* limit = slot->Limit;
        // Without a limit, the page may be the backend's. A thread that could come to the front does so where it begins a page slowly.
        if (limit == null || size > Page.MaxRecordSize || !logger.GoesOnIn(slot) || !ThreadSlot.StaysWhereItIs(slot))
        {
            return BeginSlow(logger, slot, siteBits, argumentBytes, level);
        }

        byte* first = Page.Leave(limit);
        if (first == null)
        {
            return BeginSlow(logger, slot, siteBits, argumentBytes, level);
        }

        Page.Seal(slot->Cursor);
        slot->Cursor = first;
        slot->Limit = Page.LimitOf(first);
        if (slot != ThreadSlot.Front)
        {
            logger.ComeNear(slot);
        }

        *(ulong*)(first + size) = 0;
        return new RecordWriter(&slot->Place, RecordLayout.Word(siteBits, logger.Id, size), RecordWriter.NoTextLimit);
    }

    /// <summary>Begins a record that does not fit into the current page: in the page of the pipeline's own buffer, in a new one, or in scratch memory when the policy drops it.</summary>
    public static RecordWriter BeginSlow(TrainLogger logger, ThreadSlot* slot, ulong siteBits, int argumentBytes, LogLevel level)
    {
        LogPipeline pipeline = logger.Pipeline;
        if (!pipeline.WatchesFlow && Activity.Current is not null)
        {
            // An activity that was current before the log was created.
            pipeline.WatchFlow();
        }

        if (pipeline.WatchesFlow)
        {
            // Again, because another thread may have enabled this after this call checked.
            slot = NoteFlow(pipeline, slot);
        }

        ThreadBuffer buffer = CurrentOf(pipeline, slot);
        buffer._inSlowPath = true;
        buffer.LeaveScratch(slot);
        buffer.ComeBack(slot);
        int textLimit = RecordWriter.NoTextLimit;
        int size = RecordLayout.Size(argumentBytes);
        Page? page = null;
        if (size > slot->Limit - slot->Cursor && size > buffer.RoomIn(pieces: 1))
        {
            int pieces = 2;
            while (pieces < Page.MostPieces && buffer.RoomIn(pieces) < size)
            {
                pieces++;
            }

            // If there is none, the texts are truncated to what one piece holds; waiting for several consecutive ones might never end.
            pieces = pipeline.TryRentLargePage(pieces, out page) ? pieces : 1;
            if (size > buffer.RoomIn(pieces))
            {
                size = buffer.RoomIn(pieces);
                textLimit = FairTextLimit(CallSite.FromId(RecordLayout.CallSiteId(siteBits)), size);
            }
        }

        if (page is not null || size > slot->Limit - slot->Cursor)
        {
            // Before it waits for another: threads that each wait for a page and hold one would wait for each other.
            bool wasFilled = buffer.TryLeavePage(slot);
            while (page is not null && slot->Cursor != null)
            {
                // Into a page that was handed to the thread this record does not fit.
                buffer.TryLeavePage(slot);
            }

            if (slot->Cursor == null && page is null && !pipeline.TryRentPage(logger.Id, level, out page))
            {
                buffer.EnterScratch(size, slot);
            }
            else
            {
                if (wasFilled)
                {
                    slot = buffer._slot = ThreadSlot.ComeToFront(slot);
                }

                if (page is not null)
                {
                    buffer.OpenNext(page, slot);
                }

                if (!buffer._context.IsEmpty)
                {
                    buffer.WriteContext(slot);
                }
            }
        }

        if (slot != ThreadSlot.Front)
        {
            logger.ComeNear(slot);
        }

        *(ulong*)(slot->Cursor + size) = 0;
        buffer._inSlowPath = false;
        return new RecordWriter(&slot->Place, RecordLayout.Word(siteBits, logger.Id, size), textLimit);
    }

    /// <summary>Writes the context of the thread's records from here on, if it has changed.</summary>
    /// <returns>The thread's slot from here on.</returns>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static ThreadSlot* NoteFlow(LogPipeline pipeline, ThreadSlot* slot)
    {
        // Where another thread is about to have all loggers check: what is noted here for one would hold for the records of another that does not check yet.
        pipeline.WatchFlow();
        ThreadBuffer buffer = CurrentOf(pipeline, slot);
        ExecutionContext? flow = ExecutionContext.Capture();
        if (ReferenceEquals(flow, buffer._seenFlow) || buffer._context.IsUpdating)
        {
            return slot;
        }

        buffer._seenFlow = flow ?? Unseen;
        bool changed = buffer._context.Update(pipeline.Scopes);
        // A scope's own code may have logged meanwhile: to another pipeline, or past the end of a page and so from another slot.
        slot = ThreadSlot.OfThread();
        if (!changed)
        {
            return slot;
        }

        CurrentOf(pipeline, slot);
        buffer.LeaveScratch(slot);
        buffer.ComeBack(slot);
        if (buffer._context.RecordSize <= slot->Limit - slot->Cursor)
        {
            buffer.WriteContext(slot);
        }
        else
        {
            // The next record begins a page, which begins with the context.
            slot->Limit = null;
        }

        return slot;
    }

    /// <summary>Wakes the backend of the pipeline that the calling thread logged to last.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void WakeBackend() => Current!.Pipeline.Wake();

    /// <summary>Takes the open page back if the thread sleeps and has written nothing after what was read; called by the backend.</summary>
    /// <remarks>
    /// A call reads its slot's limit, writes, and commits, without a wait in between. So the limit is removed, which is visible to every call that
    /// begins after the barrier; a thread that is found in a wait of the framework after that is in no call that began before, and what those
    /// calls wrote is visible. A thread that is not in such a wait gets a new page at its next call.
    /// </remarks>
    /// <param name="page">The page.</param>
    /// <param name="readUpTo">What is after the last record that was read.</param>
    /// <returns>Whether the page is the backend's now, with those that were handed to the thread after it.</returns>
    public bool TryTakeBack(Page page, byte* readUpTo)
    {
        if (!Sleeps || Interlocked.CompareExchange(ref _hold, Wanted, Owned) == Taken)
        {
            return false;
        }

        ThreadSlot* slot = _slot;
        if (slot != null)
        {
            // If it belongs to another thread by now, that thread only begins a new page early.
            slot->Limit = null;
        }

        Interlocked.MemoryBarrierProcessWide();
        if (!Sleeps)
        {
            return false;
        }

        Interlocked.MemoryBarrier();
        _takenSequence = page.Sequence;
        // A thread that waits for a page still has to seal this one.
        return !_inSlowPath
            && Volatile.Read(ref Unsafe.AsRef<ulong>(readUpTo)) == 0
            && Interlocked.CompareExchange(ref _hold, Taken, Wanted) == Wanted;
    }

    private bool Sleeps => !_runsInWaits && (Thread.ThreadState & System.Threading.ThreadState.WaitSleepJoin) != 0;

    /// <summary>Determines, on the thread, whether the backend has taken the page or requested it.</summary>
    private void ComeBack(ThreadSlot* slot)
    {
        int hold = Interlocked.CompareExchange(ref _hold, Owned, Wanted);
        if (hold == Taken)
        {
            _openPage = null;
            _sequence = _takenSequence;
            slot->Cursor = slot->Limit = null;
            // Last, see OpenPage.
            Volatile.Write(ref _hold, Owned);
        }
        else if (hold == Wanted)
        {
            // Its limit may be gone: the next record begins a page.
            slot->Limit = null;
        }
    }

    /// <summary>Frees the pages when no thread will write to them any more.</summary>
    public void Abandon() => Volatile.Write(ref _openPage, null);

    private static ThreadBuffer CurrentOf(LogPipeline pipeline, ThreadSlot* slot) => slot->Pipeline == pipeline.Id ? Current! : MakeCurrent(pipeline, slot);

    private static ThreadBuffer MakeCurrent(LogPipeline pipeline, ThreadSlot* slot)
    {
        if (Current is { } last)
        {
            last._cursor = slot->Cursor;
            last._limit = slot->Limit;
            last._slot = null;
        }

        List<ThreadBuffer> all = AllOfThread ??= [];
        ThreadBuffer? buffer = all.Find(b => b.Pipeline == pipeline);
        if (buffer is null)
        {
            all.RemoveAll(b => b.Pipeline.IsClosed);
            buffer = new ThreadBuffer(pipeline);
            all.Add(buffer);
            pipeline.Register(buffer);
        }

        slot->Cursor = buffer._cursor;
        slot->Limit = buffer._limit;
        slot->Place.OnError = &WakeBackend;
        slot->Pipeline = pipeline.Id;
        buffer._slot = slot;
        buffer.ComeBack(slot);
        return Current = buffer;
    }

    private int RoomIn(int pieces) => (Page.MaxRecordSize + ((pieces - 1) * Page.Size) - (_context.IsEmpty ? 0 : _context.RecordSize)) & ~7;

    private static int FairTextLimit(CallSite site, int size)
    {
        int texts = 0;
        foreach (CallSiteArgument argument in site.Arguments)
        {
            texts += argument.Kind switch
            {
                ArgumentKind.String or ArgumentKind.Text or ArgumentKind.Numbers => 1,
                ArgumentKind.Exception => 3,
                ArgumentKind.Metrics or ArgumentKind.Properties => 2,
                _ => 0,
            };
        }

        return (size - RecordLayout.HeaderBytes - (2 * RecordLayout.OversizedReserve)) / sizeof(char) / Math.Max(1, texts);
    }

    // Leaves the page, for the one that the backend has handed to the thread, if any.
    private bool TryLeavePage(ThreadSlot* slot)
    {
        if (_openPage is not { } full)
        {
            return false;
        }

        byte* end = slot->Cursor;
        if (!full.Holds(end))
        {
            // The thread has gone on since then, without noting it, in pages that it was handed.
            full = Pipeline.HandedPageAt(end);
        }

        _sequence = full.Sequence;
        byte* first = Page.Leave(full.Limit);
        if (first != null)
        {
            slot->Cursor = first;
            slot->Limit = Page.LimitOf(first);
            Volatile.Write(ref _openPage, Pipeline.HandedPageAt(first));
            Page.Seal(end);
            return true;
        }

        Page.Seal(end);
        slot->Cursor = slot->Limit = null;
        Volatile.Write(ref _openPage, null);
        Pipeline.Submit(full);
        return true;
    }

    private void OpenNext(Page page, ThreadSlot* slot)
    {
        page.Open(this, ++_sequence);
        slot->Cursor = page.First;
        slot->Limit = page.Limit;
        Volatile.Write(ref _openPage, page);
    }

    private void WriteContext(ThreadSlot* slot)
    {
        int size = _context.RecordSize;
        *(ulong*)(slot->Cursor + size) = 0;
        var writer = new RecordWriter(&slot->Place, RecordLayout.Word(ContextSite.Site.HeaderBits, 0, size), RecordWriter.NoTextLimit);
        _context.WriteTo(ref writer);
        writer.Commit(LogLevel.Trace);
    }

    // A dropped record is written too, to memory that is never read: the fast path needs no branch for it. The cursor then
    // is at the end of the scratch memory, so the next record comes back to BeginSlow. No such record is larger than a page of one piece.
    private void EnterScratch(int size, ThreadSlot* slot)
    {
        _inScratch = true;
        _scratch ??= GC.AllocateUninitializedArray<byte>(Page.Size + sizeof(ulong), pinned: true);
        // No limit: what comes after the record must not look there for a page that was handed to the thread.
        slot->Cursor = (byte*)Marshal.UnsafeAddrOfPinnedArrayElement(_scratch, 0);
        slot->Limit = null;
    }

    private void LeaveScratch(ThreadSlot* slot)
    {
        if (_inScratch)
        {
            _inScratch = false;
            slot->Cursor = slot->Limit = null;
        }
    }
}
