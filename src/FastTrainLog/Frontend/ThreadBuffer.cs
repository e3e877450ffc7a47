using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using FastTrainLog.Records;
using Microsoft.Extensions.Logging;
using CallSite = FastTrainLog.Records.CallSite;

namespace FastTrainLog.Frontend;

/// <summary>One thread's way into a pipeline: the page that it fills and how far it has come.</summary>
/// <remarks>Only its own thread writes it. The backend reads <see cref="OpenPage"/> and the page's memory, never how far it is filled.</remarks>
internal sealed unsafe class ThreadBuffer
{
    /// <summary>Bytes of an oversized record that are kept for arguments of fixed size.</summary>
    public const int OversizedReserve = 4096;

    /// <summary>The buffer that the calling thread used last, of whichever pipeline: the one that the thread's <see cref="ThreadSlot"/> is of.</summary>
    [ThreadStatic]
    private static ThreadBuffer? Current;

    [ThreadStatic]
    private static List<ThreadBuffer>? AllOfThread;

    // Equals no flow; stands for a suppressed one too, whose locals may change without a trace.
    private static readonly object Unseen = new();

    private readonly ThreadContext _context = new();

    // What the thread's asynchronous locals were at its last record: as long as it is the same, so are activity and scopes.
    private object _seenFlow = Unseen;

    // Where the next record goes while another buffer is the current one.
    private byte* _cursor;
    private byte* _limit;
    private Page? _openPage;
    private long _sequence = -1;
    private byte* _resumeAt;
    private byte* _resumeLimit;
    private byte[]? _scratch;
    private bool _inScratch;

    private ThreadBuffer(LogPipeline pipeline)
    {
        Pipeline = pipeline;
        Id = pipeline.NextBufferId();
        Thread = Thread.CurrentThread;
        ThreadId = Environment.CurrentManagedThreadId;
    }

    public LogPipeline Pipeline { get; }

    public Thread Thread { get; }

    public int ThreadId { get; }

    /// <summary>Gets the buffer's identifier in its pipeline; threads that follow each other under one managed identifier differ in it.</summary>
    public int Id { get; }

    /// <summary>Gets the page being filled, or null before the first record.</summary>
    public Page? OpenPage => Volatile.Read(ref _openPage);

    /// <summary>Begins a record that the current page does not take: in the page of the pipeline's own buffer, in a new one, or in scratch memory when the policy drops it.</summary>
    public static RecordWriter BeginSlow(TrainLogger logger, ThreadSlot* slot, ulong siteBits, int argumentBytes, LogLevel level)
    {
        LogPipeline pipeline = logger.Pipeline;
        if (!pipeline.WatchesFlow && Activity.Current is not null)
        {
            // An activity that was under way before the log was there.
            pipeline.WatchFlow();
        }

        if (pipeline.WatchesFlow)
        {
            // Again, since another thread may have had it watched after this call looked.
            slot = NoteFlow(pipeline, slot);
        }

        ThreadBuffer buffer = CurrentOf(pipeline, slot);
        buffer.LeaveScratch(slot);
        int textLimit = RecordWriter.NoTextLimit;
        int size = RecordLayout.Size(argumentBytes);
        int most = (Page.MaxRecordSize - (buffer._context.IsEmpty ? 0 : buffer._context.RecordSize)) & ~7;
        if (size > most)
        {
            size = most;
            textLimit = FairTextLimit(CallSite.FromId(RecordLayout.CallSiteId(siteBits)), size);
        }

        if (size > slot->Limit - slot->Cursor)
        {
            if (pipeline.TryRentPage(logger.Id, level, out Page? page))
            {
                if (buffer._openPage is not null)
                {
                    slot = ThreadSlot.ComeToFront(slot);
                }

                buffer.TurnTo(page, slot);
            }
            else
            {
                buffer.EnterScratch(size, slot);
            }
        }

        if (slot != ThreadSlot.Front)
        {
            logger.ComeNear(slot);
        }

        *(ulong*)(slot->Cursor + size) = 0;
        return new RecordWriter(slot, RecordLayout.Word(siteBits, logger.Id, size), textLimit);
    }

    /// <summary>Writes what the thread's records are made within from here on, where that has changed.</summary>
    /// <returns>The thread's slot from here on.</returns>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static ThreadSlot* NoteFlow(LogPipeline pipeline, ThreadSlot* slot)
    {
        ThreadBuffer buffer = CurrentOf(pipeline, slot);
        ExecutionContext? flow = ExecutionContext.Capture();
        if (ReferenceEquals(flow, buffer._seenFlow) || buffer._context.IsUpdating)
        {
            return slot;
        }

        buffer._seenFlow = flow ?? Unseen;
        bool changed = buffer._context.Update(pipeline.Scopes);
        // A scope's own code may have logged meanwhile: to another pipeline, or over the end of a page and so from another slot.
        slot = ThreadSlot.OfThread();
        if (!changed)
        {
            return slot;
        }

        CurrentOf(pipeline, slot);
        buffer.LeaveScratch(slot);
        if (buffer._context.RecordSize <= slot->Limit - slot->Cursor)
        {
            buffer.WriteContext(slot);
        }
        else
        {
            // The next record opens a page, which begins with the context.
            slot->Limit = slot->Cursor;
        }

        return slot;
    }

    /// <summary>Wakes the backend of the pipeline that the calling thread logged to last.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static void WakeBackend() => Current!.Pipeline.Wake();

    /// <summary>Gives the pages back when no thread will write them any more.</summary>
    public void Abandon() => Volatile.Write(ref _openPage, null);

    private static ThreadBuffer CurrentOf(LogPipeline pipeline, ThreadSlot* slot) => slot->Pipeline == pipeline.Id ? Current! : MakeCurrent(pipeline, slot);

    private static ThreadBuffer MakeCurrent(LogPipeline pipeline, ThreadSlot* slot)
    {
        if (Current is { } last)
        {
            last._cursor = slot->Cursor;
            last._limit = slot->Limit;
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
        slot->Pipeline = pipeline.Id;
        return Current = buffer;
    }

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

        return (size - RecordLayout.HeaderBytes - (2 * OversizedReserve)) / sizeof(char) / Math.Max(1, texts);
    }

    private void TurnTo(Page page, ThreadSlot* slot)
    {
        if (_openPage is { } full)
        {
            Page.Seal(slot->Cursor);
            Pipeline.Submit(full);
        }

        page.Open(this, ++_sequence);
        slot->Cursor = page.First;
        slot->Limit = page.Limit;
        Volatile.Write(ref _openPage, page);
        if (!_context.IsEmpty)
        {
            WriteContext(slot);
        }
    }

    private void WriteContext(ThreadSlot* slot)
    {
        int size = _context.RecordSize;
        *(ulong*)(slot->Cursor + size) = 0;
        var writer = new RecordWriter(slot, RecordLayout.Word(ThreadContext.Site.HeaderBits, 0, size), RecordWriter.NoTextLimit);
        _context.WriteTo(ref writer);
        writer.Commit(LogLevel.Trace);
    }

    // A dropped record is written all the same, where nobody reads it: the fast path needs no branch for it. The cursor then
    // stands at the end of the scratch memory, so the next record comes back to BeginSlow.
    private void EnterScratch(int size, ThreadSlot* slot)
    {
        _inScratch = true;
        _resumeAt = slot->Cursor;
        _resumeLimit = slot->Limit;
        _scratch ??= GC.AllocateUninitializedArray<byte>(Page.Size + sizeof(ulong), pinned: true);
        byte* scratch = (byte*)Marshal.UnsafeAddrOfPinnedArrayElement(_scratch, 0);
        slot->Cursor = scratch;
        slot->Limit = scratch + size;
    }

    private void LeaveScratch(ThreadSlot* slot)
    {
        if (_inScratch)
        {
            _inScratch = false;
            slot->Cursor = _resumeAt;
            slot->Limit = _resumeLimit;
        }
    }
}
