using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using FastTrainLog.Records;
using Microsoft.Extensions.Logging;
using CallSite = FastTrainLog.Records.CallSite;

namespace FastTrainLog.Frontend;

/// <summary>One thread's way into a pipeline: the page that it fills and how far it has come.</summary>
/// <remarks>Only its own thread writes it. The backend reads <see cref="OpenPage"/> and the page's memory, never <see cref="Cursor"/>.</remarks>
internal sealed unsafe class ThreadBuffer
{
    /// <summary>Bytes of an oversized record that are kept for arguments of fixed size.</summary>
    public const int OversizedReserve = 4096;

    /// <summary>The buffer that the calling thread used last, of whichever pipeline.</summary>
    [ThreadStatic]
    public static ThreadBuffer? Current;

    [ThreadStatic]
    private static List<ThreadBuffer>? AllOfThread;

    /// <summary>Where the next record goes.</summary>
    public byte* Cursor;

    /// <summary>What a record may not reach beyond.</summary>
    public byte* Limit;

    /// <summary>The most UTF-16 code units that one piece of text may take; no limit but in a record larger than a page.</summary>
    public int TextLimit = int.MaxValue;

    /// <summary>What the thread's asynchronous locals were at its last record: as long as it is the same, so are activity and scopes.</summary>
    public object SeenFlow = Unseen;

    // Equals no flow; stands for a suppressed one too, whose locals may change without a trace.
    private static readonly object Unseen = new();

    private readonly ThreadContext _context = new();
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

    public static ThreadBuffer ForCurrentThread(LogPipeline pipeline)
    {
        List<ThreadBuffer> all = AllOfThread ??= [];
        ThreadBuffer? buffer = all.Find(b => b.Pipeline == pipeline);
        if (buffer is null)
        {
            all.RemoveAll(b => b.Pipeline.IsClosed);
            buffer = new ThreadBuffer(pipeline);
            all.Add(buffer);
            pipeline.Register(buffer);
        }

        return Current = buffer;
    }

    /// <summary>Begins a record that does not fit the open page: in a new one, or in scratch memory when the policy drops it.</summary>
    public RecordWriter BeginSlow(CallSite site, int loggerId, int argumentBytes, LogLevel level)
    {
        LeaveScratch();
        TextLimit = int.MaxValue;
        int size = RecordLayout.Size(argumentBytes);
        int most = (Page.MaxRecordSize - (_context.IsEmpty ? 0 : _context.RecordSize)) & ~7;
        bool isOversized = size > most;
        if (isOversized)
        {
            size = most;
        }

        byte* record = Cursor;
        if (size > Limit - Cursor)
        {
            record = Pipeline.TryRentPage(loggerId, level, out Page? page) ? TurnTo(page) : EnterScratch(size);
        }

        if (isOversized)
        {
            TextLimit = FairTextLimit(site, size);
        }

        *(ulong*)(record + size) = 0;
        *(long*)(record + RecordLayout.TicksOffset) = TickClock.Now();
        return new RecordWriter(this, record, RecordLayout.Word(site, loggerId, size));
    }

    /// <summary>Writes what the thread's records are made within from here on, where that has changed.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public void NoteFlow(ExecutionContext? flow)
    {
        SeenFlow = flow ?? Unseen;
        if (!_context.Update(Pipeline.Scopes))
        {
            return;
        }

        LeaveScratch();
        if (_context.RecordSize <= Limit - Cursor)
        {
            TextLimit = int.MaxValue;
            WriteContext();
        }
        else
        {
            // The next record opens a page, which begins with the context.
            Limit = Cursor;
        }
    }

    /// <summary>Gives the pages back when no thread will write them any more.</summary>
    public void Abandon() => Volatile.Write(ref _openPage, null);

    private static int FairTextLimit(CallSite site, int size)
    {
        int texts = 0;
        foreach (CallSiteArgument argument in site.Arguments)
        {
            texts += argument.Kind switch
            {
                ArgumentKind.String or ArgumentKind.Text => 1,
                ArgumentKind.Exception => 3,
                ArgumentKind.Metrics or ArgumentKind.Properties => 2,
                _ => 0,
            };
        }

        return (size - RecordLayout.HeaderBytes - (2 * OversizedReserve)) / sizeof(char) / Math.Max(1, texts);
    }

    private byte* TurnTo(Page page)
    {
        if (_openPage is { } full)
        {
            Page.Seal(Cursor);
            Pipeline.Submit(full);
        }

        page.Open(this, ++_sequence);
        Cursor = page.First;
        Limit = page.Limit;
        Volatile.Write(ref _openPage, page);
        if (!_context.IsEmpty)
        {
            WriteContext();
        }

        return Cursor;
    }

    private void WriteContext()
    {
        byte* record = Cursor;
        int size = _context.RecordSize;
        *(ulong*)(record + size) = 0;
        *(long*)(record + RecordLayout.TicksOffset) = TickClock.Now();
        var writer = new RecordWriter(this, record, RecordLayout.Word(ThreadContext.Site, 0, size));
        _context.WriteTo(ref writer);
        writer.Commit(LogLevel.Trace);
    }

    // A dropped record is written all the same, where nobody reads it: the fast path needs no branch for it. The cursor then
    // stands at the end of the scratch memory, so the next record comes back to BeginSlow.
    private byte* EnterScratch(int size)
    {
        _inScratch = true;
        _resumeAt = Cursor;
        _resumeLimit = Limit;
        _scratch ??= GC.AllocateUninitializedArray<byte>(Page.Size + sizeof(ulong), pinned: true);
        byte* scratch = (byte*)Marshal.UnsafeAddrOfPinnedArrayElement(_scratch, 0);
        Limit = scratch + size;
        return scratch;
    }

    private void LeaveScratch()
    {
        if (_inScratch)
        {
            _inScratch = false;
            Cursor = _resumeAt;
            Limit = _resumeLimit;
        }
    }
}
